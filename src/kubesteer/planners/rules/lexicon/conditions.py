"""What "if …" can mean: the six conditions that evidence can be gathered for, and the words that open one."""

from __future__ import annotations

from kubesteer.core.plans import Condition
from kubesteer.planners.rules.lexicon.phrases import Phrases, phrases

OPENERS = phrases("""
    如果 | 如 ?(?=cpu|内存|果) | 要是 | 若是? | 假如 | 假使 | 倘若 | 一旦 | 万一 | 只要(?!\\s*[\\d一二两三四五六七八九十百]+\\s*行|带|包含|含|最后?|其中|里面|看|日志|[^,;。!?\\n]{1,24}(的|字样|那部分)\\s*($|[,。;!?])) | 当(?!前|时|天|我|初|中) | 除非 | 若果 | 真要是 | 假设 | 但凡 | 等到?(?=[^,]{1,16}(再|就)) | 看到 | 发现 | 遇到 | 碰到 | 直到
""", """
    if | (?<!a\\x20)while | in case | when(?!'s| is| (you|u|possible|free|ready|convenient|did|was|were|is|has|does|do|will|can|should|it was)) | whenever | once(?! (now|more|over|again)|-|\\s*($|[,.!;])) | provided( that)? | assuming | as long as | unless | only if | should it | should(?= (the )?[\ue000]+ ([a-z]+ )?(crash|restart|become|go|fail|get|oom|keep|start|stay|die)) | until | in the event | as soon as
""")  # fmt: skip
# 「…就 V」 and 「…的话」 open a condition without a word in front.
THEN = phrases(
    "就(?!是|行|好|可以|这|那|绪|只) | (?<!方便)(?<!可以)(?<!有空)(?<!时间)(?<!合适)的话 | (?<!方便)(?<!有空)(?<!时间)(?<!合适)(?<!空闲)的时候 | (?<=[高满多大超低忙错挂崩好])时(?=就|再|自动|[^间候段长刻常]{0,6}(重启|扩|缩|回滚|删|加|减|排)) | 则 | (?<![方顺随])便(?!宜|于|利) | 了再 | 才(?=重启|扩|缩|回滚|删)"
)
OTHERWISE = phrases(
    "否则 | 不然 | 要不然 | 反之 | 没有的话 | 不是的话",
    "otherwise | else | or else | if not | if it isn't | if it doesn't",
)

_HIGH = r"(?:高|满|飙|爆|超|过(?:了|载|大|高)?\s*\d*|上去|上来|吃紧|顶|大(?!约)|重|紧张|冲|涨|>|≥|≥|\bhigh\b|\bover\b|\babove\b|\bexceed|\bspik|\bhot\b|\bpegged|\bmax|\b100\b|\bmore than|\btoo\b|through the roof|\bbusy\b|\bheavy\b|\bsaturat|\bgreater|\bhits?\b|\bgoes up|\brises?|\bclimb|\bup\b|\bfull\b|\bpast\b|\bthrottl|\bbeyond|\breach|\belevated|\bburn|不够|不足|扛不住|撑不住|顶不住|short|running out|runs out|tight|打满|跑满|拉满|居高)"

# Looked at in this order; the first that matches is the condition. A negation is looked for after the first two.
EVIDENCE: tuple[tuple[Condition, Phrases], ...] = (
    (
        "not_ready",
        phrases(
            r"(没|未|不|还没|没有|还未|一直没|迟迟不|迟迟没|老不|总不)(有|能|是)?\s*(就绪|ready|准备好|起来|起得来|恢复|正常起) | notready | not ready | not-ready | isn't ready | aren't ready | isn't up | unready | not yet ready | 起不来 | 拉不起来 | 没 ?ready | not (come|coming) up | doesn't (come|become|get) (up|ready) | never (becomes|gets) ready | (fails|failing) (its )?(readiness|health) | readiness (fails|is failing) | won't (come up|start|get ready) | 就绪(探针|检查)?失败 | (stays|still|remains) (not ready|unready|notready)"
        ),
    ),
    (
        "oom",
        phrases(
            "oom | oomkilled | oom-killed | oomkill | oomed | oom了 | oom(?![a-z]) | out of memory | 内存溢出 | 爆内存 | 内存爆 | 因(为)?内存被杀 | 被 ?oom | 内存不足被杀 | killed for memory | memory kill | 内存(超限)?被(杀|干掉|kill)"
        ),
    ),
)
AFTER_NEGATION: tuple[tuple[Condition, Phrases], ...] = (
    (
        "errors_in_logs",
        phrases(
            "(日志|log|logs)[^,;。]{0,16}?(错|error|异常|exception|报|fail|panic|fatal|堆栈|告警|refused|timeout|超时|warn|500) | (报错|error|errors|异常|exception|错误|exceptions)[^,;。]{0,12}?(日志|log|logs)"
        ),
    ),
    (
        "cpu_high",
        phrases(
            f"(cpu|负载|处理器|\\bload\\b|算力)[^,;。]{{0,24}}?{_HIGH} | {_HIGH}[^,;。]{{0,12}}?(cpu|负载|load)(?![a-z]) | cpu[- ]?bound | cpu (pressure|throttling) | cpu压力"
        ),
    ),
    (
        "memory_high",
        phrases(
            f"(内存|memory|\\bmem\\b|\\bram\\b)[^,;。]{{0,24}}?{_HIGH} | {_HIGH}[^,;。]{{0,12}}?(内存|memory|mem|ram)(?![a-z]) | memory (pressure|leak)[a-z]* | 内存泄漏 | 内存压力"
        ),
    ),
    (
        "crashing",
        phrases(
            "crash[a-z-]* | 崩 | (一直|不停|反复|不断|频繁|老是?|总是?|疯狂|循环|还在|又)(在)?(自动|自己)?(重启|挂|崩|死|restart) | (keeps?|kept|constantly|always|repeatedly|is|are|still|continues to) ?(on )?(restarting|crashing|dying|falling over|restart|crash|crash-looping|looping) | restarts? (again|repeatedly|constantly|a lot|too (much|often)|over and over|in a loop) | 重启(太多|很多|个不停|不止|不断|循环|好多次|好几次|多次|了?几次|次数(多|高|太)) | crashloop[a-z]* | restart loop | 闪退 | 循环重启 | 反复挂 | 挂了又 | restarting"
        ),
    ),
)
BARE_ERRORS = phrases(
    "报错 | (有|见|出现|看到)?\\s*(error|errors|错误|异常|exception|exceptions|报错|错)(?![a-z]) | 报 ?(5\\d\\d|错|异常) | stack ?traces?"
)
DOWN = phrases(
    "挂(了|掉)? | 不健康 | unhealthy | down | 宕 | 死了 | not healthy | isn't healthy | 不可用 | unavailable | not running | 没在跑 | dead | 没跑起来 | 异常(?!日志)"
)
NEGATED = phrases("""
    不(?!断|停|够|足) | 没(?!完没了) | 未 | 别 | 低(?!于) | 降 | 除非 | 正常 | 恢复 | 下来
""", """
    not | no | isn't | aren't | doesn't | don't | never | unless | low | below | under | drops? | stops? | fine | ok | healthy | until | (?<!above\\x20)(?<!than\\x20)(?<!over\\x20)normal | recovers? | without | falls | stopped | hasn't | haven't | won't | goes down | less than
""")  # fmt: skip
