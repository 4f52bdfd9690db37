"""Words that hold a whole message back: taken back at its end, asked about only, or to be turned back later."""

from __future__ import annotations

import re

from kubesteer.planners.rules.lexicon.phrases import NAMESPACE, NUMBER

_LEAD = (
    r"(?:(?:oh|no|nope|hmm+|wait|actually|but|sorry|ok|um+|uh|er|err|well|on second thoughts?)[\s,.;…!-]+)*"
)
_LEAD_ZH = r"(?:(?:哦|呃|额|嗯|唉|哎|啊|不|等等|等一?下|还是|那就?|想了想|我想了?一?下|不对|要不)[\s,。…!]*)*"
_END = r"[\s.!?。…~吧啦哈呗]*$"
_VERBS_ZH = "重启|扩容?|缩容?|删除?|弄|搞|做|改|动|回滚|执行|升级?|换|排空"

# Behind a request, these take it back, whatever stands between.
TAKEN_BACK = re.compile(
    rf"(?:^|(?<=[\s,.;…!-])){_LEAD}(?:never ?mind(?: that| it| this)?|nvm|forget (?:it|that|about (?:it|that)|i (?:said|asked)[a-z ]*)|scrap (?:it|that)"
    rf"|(?:i(?:'ve| have)? )?changed my mind|disregard(?: that| this)?|ignore that|let's not|(?:i'?m |i am |was )?(?:just |only )?(?:kidding|joking)|jk|scratch that|call it off){_END}"
    rf"|{_LEAD_ZH}(?:(?<!打)(?<!计)算了|当我没说|开(?:个)?玩笑的?|逗你(?:玩|的)*|作罢|拉倒|我?改主意了|还是(?:别|不|算|先别|先不)[^,;。!?\n]{{0,6}}){_END}"
)
# These take it back only as a clause of their own, or behind a word that hesitates.
TAKEN_BACK_APART = re.compile(
    rf"(?:[,.;…!\n-]\s*|\b(?:no|wait|actually|hmm+|oh|but)[\s,]+){_LEAD}(?:don't(?: do (?:it|that)| bother)?|do not(?: do (?:it|that))?|stop(?: it| that)?|cancel(?: it| that)?|abort"
    rf"|hold off|hold on|leave it(?: alone| as is)?|not now|not yet|no need|skip it|wait(?: a (?:sec|second|moment|minute))?){_END}"
    rf"|[,;。…!\n]\s*{_LEAD_ZH}(?:先?(?:别|不)(?:了|{_VERBS_ZH})(?:它|了)*|(?<=[哦呃额嗯唉哎啊那是])不[用要]了|取消|撤回|收回|罢了|免了|不必了|先等等|等等|等一下|打住){_END}"
)
# "Restart it if it crashes, otherwise leave it": what is to be done in the other case takes nothing back.
OTHERWISE = re.compile(r"(?:\b(?:otherwise|else|if not)|否则|不然|要不然|其他情况|其它情况)[\s,]*$")
# 「干脆重启算了」 settles for it.
SETTLES = re.compile("干脆|不如|索性")

# What would come of it: a question, whatever verb stands in it.
WHAT_WOULD_COME = re.compile(
    r"有(?:没有|无|啥|什么|哪些)?(?:大|多大)?(?:的)?(?:风险|后果|副作用)|有(?:没有|无|啥|什么|哪些|多大)(?:的)?(?:影响|危险)|风险(?:大|高|有多)|影响(?:大不大|大吗|有多大)|安不安全|安全(?:吗|么|不)"
    r"|(?:如果|要是|假如|假设|万一|若)[^。!?\n]{0,40}?会(?:怎么?样|咋样|如何|发生|出什么|有什么|有啥|不会|影响|导致)"
    r"|\bwhat (?:would |will |might |could )?(?:happens?|break|breaks) (?:if|when)\b|\bwhat if (?:i|we|you)\b|\b(?:is|would) (?:it|that|this) (?:be )?(?:safe|risky|dangerous|harmful)\b|\bhow (?:safe|risky|dangerous)\b"
    r"|\b(?:any|the|what) (?:risks?|downsides?|danger|harm|side effects?|impact)\b[^.!?\n]{0,12}\b(?:in|of|to|if|when)\b"
    r"|\bif (?:i|we|you) (?:were to|was to|did|(?:re)?[a-z]+ed|cut|ran|took|put)\b[^.!?\n]*\b(?:would|could|will|might)\b|\b(?:would|could|will|might)\b[^.!?\n]*\bif (?:i|we|you) (?:were to|was to|did|[a-z]+ed|cut|ran|took|put)\b"
)

_UNIT = r"(?:minutes?|mins?|hours?|hrs?|days?|weeks?|h|m)(?![a-z])"
_UNIT_ZH = r"(?:分钟?|个?小时|个?钟头?|天|周|个?星期|刻钟)"
# A change that is to hold for a while only.
FOR_A_WHILE = re.compile(
    rf"\bfor (?!the (?:last|past)|(?:last|past))(?:the next |the coming |another |about |around |only |just |at most )*(?:an? |half an? |a couple of |a few |{NUMBER}\s*)?(?:more )?{_UNIT}|\bfor (?:tonight|today|the (?:night|day|weekend|evening|afternoon|morning|peak|sale|event))\b"
    rf"|(?:持续|维持|保持|撑|顶|坚持)(?:个|住|上|它)?\s*(?:{NUMBER}|半|几)\s*个?半?{_UNIT_ZH}"
)
BACK_LATER = re.compile(
    rf"(?:(?:{NUMBER}|半)\s*个?半?{_UNIT_ZH}(?:之|以)?后|过\s*(?:{NUMBER}|半|几)\s*个?半?{_UNIT_ZH}|(?:高峰|活动|大促|压测|之|以|完|结束)(?:期|结束|过)*后|晚上|夜里|半夜|下班后?|等会儿?|待会儿?|稍后|回头|晚点|明[天早]|今晚)[^。!?\n]{{0,8}}?(?:缩|扩|降|调|改|恢复|还原|拉|减|加|退|变|撤)\w{{0,2}}?(?:回|原)"
    rf"|(?:{NUMBER}|半)\s*个?半?{_UNIT_ZH}(?:之|以)?后[^。!?\n]{{0,6}}?(?:恢复|还原|复原)"
    rf"|\b(?:then|and|afterwards|later)\b[^.!?\n]*\bback\b[^.!?\n]*\b(?:after|in|later|tomorrow|tonight|at)\b|\b(?:after|in) (?:an? |half an? |{NUMBER} )?{_UNIT},?[^.!?\n]*\bback\b"
)

A_NAMESPACE = re.compile(
    rf"(?:\b(?:namespace|ns)|命名空间|名字空间)\s*[:=]?\s*[{NAMESPACE}]|[{NAMESPACE}]\s*(?:这个|那个|的)?\s*(?:(?:namespace|ns)\b|命名空间|名字空间)"
)

HELP = re.compile(
    r"\s*[/!-]{0,2}(?:help|commands|usage|\?+)(?: me| please| pls)?[\s.!?]*"
    r"|\s*(?:(?:hi|hey|hello|so|and|ok)[\s,]+)?(?:what|which things) (?:all )?(?:can|could|do) (?:you|u|kubesteer|it|this(?: bot| tool)?) (?:actually |really |even )?(?:do|help(?: me)? with|offer|support)(?: for me)?[\s.!?]*"
    r"|\s*(?:how can you help(?: me)?|what are you(?: able to do| capable of)?|who are you|what do you do|what is kubesteer|what are (?:your|the) (?:commands|features|capabilities|operations)|how do (?:i|you) use (?:you|this|it|kubesteer))[\s.!?]*"
    r"|[\s,]*(?:你好|请问|那)?[\s,]*(?:你|您|kubesteer|这个?(?:工具|机器人)?)?(?:都)?(?:能|会|可以|支持)(?:帮我|帮忙|干|做|执行)*(?:干|做|搞|点|些)*(?:什么|啥|哪些(?:事情?|操作|功能|命令)?|些什么|些啥)(?:事情?|操作|功能|命令|呢|呀|啊|东西)*[\s。!?]*"
    r"|[\s,]*(?:请)?(?:帮助|使用说明|使用帮助|怎么用(?:你)?|(?:你|您)?有(?:什么|哪些|啥)(?:功能|操作|命令|能力|本事)|你是谁|(?:说明|介绍)(?:一下)?(?:你的?(?:功能|自己))?)(?:呢|呀|啊|吗)?[\s。!?]*"
)
