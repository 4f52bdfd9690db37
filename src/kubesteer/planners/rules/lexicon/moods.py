"""Words that make a verb something other than a request: refused, done, asked about, reported, later."""

from __future__ import annotations

from kubesteer.planners.rules.lexicon.phrases import CLOCK, phrases

# A negation refuses the verb behind it, up to the end of the clause.
NEGATIONS = phrases("""
    没(有)?来得及 | 来不及(?=看|查|翻) | 没(顾上|顾得上) | 别(?!的|人|处|名) | 不要 | 不用 | 勿 | 甭 | 莫 | 不必 | 无需 | 不需要 | 用不着 | 没必要 | 不想 | 不准 | 禁止 | 没让 | 没叫 | 没说要 | 没要 | 不是要 | 不是让 | 不是想 | 不打算 | 不许 | 不能(?!够) | (?<!可)不可以 | 不急着? | 没打算 | 先不 | 暂不 | 不(?=重启|扩|缩|删|回滚|升级|更新|排空|封|驱逐|暂停|触发|停|动|看|改|换)  | 千万别 | 免得 | 省得 | 以免 | 而不是 | 没(有)?(?=重启|扩容|缩容|删|回滚|升级|动过)
""", """
    don't | do not | dont | don’t | never | no need to | not to | without | instead of | rather than | shouldn't | must not | mustn't | avoid | can't | cannot | not going to | not asking (you )?to | no longer want to | doesn't need | does not need | didn't | did not | not(?= (restart|scale|delete|roll|drain|cordon|touch|remove|suspend|trigger|undo|pause|update|yet)) | leave | hands off | nobody should | refrain from | hold off on | i won't | stop trying to | won't | wouldn't
""")  # fmt: skip
BUT = phrases("而是 | 但是? | 只 | 不过 | 改(为|成)", "but | just | only | instead(?! of) | rather(?! than)")

# How a thing is done, what it means, what it would do: questions about doing.
HOW_TO = phrases("""
    (怎么(?!不|没|还|又|老|就|总|一直|突然)|如何|怎样|咋(?!不|没|还|又|老|就|总)|咋样)(才能|才|能|去|把|给|让|用|在|对|来|可以|做|手动|快速|优雅|安全|正确)?(一个|某个|一台|它|@)?(?=[^,;。!?\\n]{0,18}?$)
    有(没有|什么|啥)?(办法|法子|途径|方式) | (怎么|咋|如何)(操作|弄|实现|个?做法|搞法)的? | 什么意思 | 是什么意思 | 啥意思 | (?<!版)(?<!版本)是什么(?!问题|情况|状态|版本|镜像|原因|时候|毛病|鬼|事|ip|状况) | (?<!版)(?<!版本)是啥(?!问题|情况|状态|版本|镜像|原因|时候|毛病) | (有)?(什么|啥|何)(区别|不同|不一样|两样|分别|差别|差异|关系|好处|坏处|风险|影响|后果|作用|意义|用处|含义) | 区别(是|在) | 会(怎么样|怎样|咋样|如何|发生什么|有什么|有啥|不会|影响|丢|断|中断|导致|掉|出|触发|引起|带来|造成) | 的(步骤|流程|命令|方法|原理|办法|语法)(是|有|呢|$|怎么) | 后果 | 哪个命令 | 什么命令 | 用什么命令 | 啥命令 | 教我 | 教教 | 讲讲 | 讲一下 | 解释(一?下)? | 介绍(一?下)? | 科普 | 万一.{0,12}(怎么办|咋办) | 怎么办 | 咋办 | 多久(能|会|才) | 要多久 | 需要多久 | (?<!了)多长时间 | 是怎么(实现|工作|做|算) | 你(都)?(能|会)(做|干|干点)?(什么|啥|哪些) | 支持(哪些|什么|不支持) | 支持.{0,12}(吗|么)$ | 哪种(好|更)
""", """
    why (would|should|do|does|might|must) (anyone|anybody|someone|people|one|we|you|i) | is there (a|any) way | any way (to|of) | imagine | suppose | let's say | what then | hypothetically | explain [a-z]+ing | tell me about | how do i | how do you | how do we | how to | how can i | how can we | how can you | how could i | how would i | how would (you|one|we) | how does one | how should | how is ~ done | what does ~ (do|mean)(?! to) | what('s| is) the (difference|command|best way|point|right way|syntax|procedure|proper way|effect|impact|risk|meaning|purpose|safest|quickest) | difference between | what (happens|would happen|will happen|happened) (if|when|to ~ if) | what if | what would | what will | (could|can|might|may) ~ (cause|break|affect|lose|interrupt) | (would|will|does|do|might|could|can) ~ (help|fix it|solve|improve|suffice|be enough|make a difference) | would ~ (cause|break|affect|lose|drop|hurt|interrupt) | will ~ (cause|break|affect|lose|drop|hurt|interrupt) | does ~ (cause|break|affect|lose|drop|hurt|mean|support|work)(?! now) | explain (how|what|the) | teach me | tell me how to | show me how to | which command | what command | the command (to|for) | what (is|are) an? (deployment|pod|service|statefulset|daemonset|cronjob|job|ingress|node|hpa|replicaset|configmap|rollout|rolling|pvc|namespace) | how long (does|will|would|do) | is it possible to | are you able to | do you (support|know how) | steps to | guide | tutorial | docs (for|on) | documentation | can you explain | what (can|could) you do | what do you do | who are you | what are you | pros and cons | vs\\.? | versus | better than | what are the (risks|consequences|steps) | meaning of | walk me through
""")  # fmt: skip

COMPARED = phrases(
    "(有)?(什么|啥|何)(区别|不同|不一样|两样|分别|差别|差异|关系) | (差别|差|不同|不一样|差异)在(哪|什么|何) | 区别(是|在) | (是|算)?(不是)?一(回|码)事 | (一样|相同|等价)(吗|么|不) | 哪种(好|更) | 哪个(更)?好",
    "difference between | pros and cons | vs\\.? | versus | better than | which is better | differ | differs",
)
# Whether it should be done: advice, permission.
ADVICE = phrases("""
    要不要 | 该不该 | 需不需要 | 应不应该 | 用不用 | 有(没有)?必要 | 是否(需要|应该|要|有必要|值得|可以|能) | 值不值 | 值得 | 建议(?!你) | 合适(吗|么|不) | 安全(吗|么|不) | 需要[^,;。!?\\n]{0,20}(吗|么|不) | 应该[^,;。!?\\n]{0,20}(吗|么|不) | 用得着 | 你(觉得|认为|看|说)(要|该|能|可|是|应|需|我|这|行)? | 会不会 | 行得通 | 好主意 | 靠谱(吗|么) | 可不可行 | 可行(吗|么) | 该[^,;。!?\\n]{0,12}(吗|么|了吗) | 我(可以|能|能不能|可不可以|是不是该|是不是可以|要|该)[^,;。!?\\n]{0,20}(吗|么|不) | 要[^,;。!?\\n帮请]{0,12}(吗|么)$ | 敢不敢 | 是不是(该|应该|要|得|可以|需要|最好) | 能直接 | 有没有必要 | 倾向 | 更好(吗|呢|点)? | 划算
""", """
    (could|would|might|does) @ (use|need|want|benefit) | should (i|we|it|they|this|that|@) | shall (i|we) | do (i|we|you think) (need|have|want|ought)? ?(to|we|it|that|i)? | is (it|that|this) (safe|worth|wise|necessary|a good idea|advisable|sensible|reasonable|risky|overkill) | is it (safe|ok|okay|worth|wise|necessary|a good idea|advisable|risky|smart|time|dangerous|fine|better|sensible|possible) | would it (help|be|make sense) | does it make sense | worth | recommend | advise | advice | can i | may i | could i | (can|could|may) @ be | could we | can we | might we | ought | think (we|i|it) (should|need|ought|could) | do you think | good idea | better to | wise to | any point | your opinion | thoughts on | what do you think | need to be (restarted|scaled|rolled|deleted|drained|cordoned)\\? | does ~ need | would you (recommend|suggest|advise|rather|say) | am i allowed | makes sense to | considering | wondering (if|whether) (we|i) should | suggest
""")  # fmt: skip

# A request put as a question: beats ADVICE and ability.
POLITE = phrases("""
    帮(我|忙|个忙|下|一下|俺|咱|咱们|我们|你) | 麻烦 | 劳烦 | 劳驾 | 请 | 拜托 | 给我 | 替我 | 求 | 可以帮 | 能帮 | 一下(吗|么|好吗|可以吗|行吗|行不行|吧|好不好|不|呗|嘛|可否)
""", """
    can you | could you | (can|could) (we|i) (get|have|please) | would you(?! (recommend|suggest|advise|rather|say)) | will you | can u | could u | please | pls | plz | kindly | would you mind | do me a favou?r | mind (?=[a-z]+ing) | i need you to | i'd like you to | i want you to | go ahead and | can someone | could someone | let's | lets
""")  # fmt: skip

# Somebody else's words, or the person's own of another time.
REPORTED = phrases("""
    (老板|领导|他们?|她们?|同事|小[一-龥]|老[王李张刘陈赵]|运维|开发|测试|客户|用户|经理|组长|dba|研发|大佬|别人|有人|客服|产品|前端|后端|文档|手册|群里|runbook|wiki|邮件|日志|脚本|监控|告警|报警|值班|架构师|甲方|业务方|上面)(里|中|上|同学|那边|那里|刚|刚才|昨天|上周|之前|一直|都|也|又|还|组|们)*\\s*(说|让(?!我看)|叫(?!做)|要求|建议|觉得|问(?!题)|喊|提议|写着|写的|写|提到|表示|认为|嚷|主张|反馈说|告诉我|想|要(?!是)|希望|打算|准备|计划|吩咐|命令|声称|提示|显示|打印|输出|已经|把)
    据说 | 听说 | 号称 | 传言
""", """
    (he|she|they|bob|alice|john|someone|somebody|everyone|the (customer|user|boss|team|manager|doc|docs|runbook|wiki|guy|dev|devs|developer|developers|client|vendor|log|logs|dba|alert|ticket|oncall|previous on-call|cto|lead|support|page|email|message|script|bot|intern|guide|playbook)|my (boss|manager|colleague|teammate|lead|coworker|predecessor)|our (boss|manager|lead|cto|dba|vendor)|boss|manager|qa|dba|support|[a-z]+ from [a-z]+|people|management|docs|runbook|[a-z]{3,10}(?= (said|says|told (me|us)|suggested|suggests|asked (me|us)|recommends|thinks|thought|claims|insists|mentioned) )|dashboard|monitoring|grafana|alerts?|prometheus|pager|the (dashboard|graph|monitor))( just| already| also| once| keeps| kept| always| team)? (said|says|say|saying|told|tells|asked|asks|ask|asking|wants|wanted|want|suggested|suggests|suggest|thinks|thought|think|recommended|recommends|claimed|claims|wrote|writes|mentioned|insists|insisted|proposed|proposes|demanded|begged|would like|tried|plans|planned|intends|is going|will|was going|reads|printed|prints|shouted|yelled)
    i( have|'ve)? (heard|read|was told) | rumou?r has it | according to | apparently | supposedly | it says | quote
""")  # fmt: skip

# Before a verb, these put it into the past; so does 过 behind it.
PAST_BEFORE = phrases(
    f"""
    刚(刚|才)? | 已经 | 已(?!知) | 昨[天晚日]? | 前天 | 上午 | 早上 | 今早 | 上周 | 上次 | 之前 | 先前 | 以前 | 前面 | 早就 | 曾经? | 前(?=@) | #\\s*(个)?(分钟|小时|天|周|钟头|月)(以|之)?前 | 半(个)?小时前 | (我|我们|咱们?|有人|同事|他|她|谁)(们)?(都|也|就|又|已经|刚|才)?(?=把|给|重启|扩|缩|删|回滚|升级|更新) | 自从 | 自(?=@) | 凌晨[^,;。!?\\n]{{0,6}}?(?=有人|被|我|他) | 被 | {CLOCK}+[^,;。!?\\n]{{0,6}}?(?=把|给|重启|扩|缩|删|回滚|升级|更新|做|完成) | 自动(?!伸缩|扩|缩|弹|调整?副本)
""",
    """
    i (just|already|have|had|have already|'ve)? ?(?=[a-z]+(ed|ck|wn)) | we (just|already|have|had)? ?(?=[a-z]+ed) | just (?=[a-z]+ed) | already | was | were | has been | have been | had been | been | got | after (the|we|i|my|our|a|last) | since (the|we|i|my|our|last) | yesterday | earlier | ago | got | previously | used to | last (week|month|night|time) i | before (the|we|i)
""",
)
PAST_AFTER_ZH = phrases(
    "(完|好|过|掉)?(了)?(之后|以后|后)(?!台|端) | (之|以)?前(?!端|台) | 过(?!去|来|一|会|程) | 完(了)?(?=但|可|还|怎么|为什么|为啥) | 了(一下|一次|一遍|两次|三次|好几次|几次|好多次)?(?=还|但|可|也没|没用|都|，|,|怎么|结果|依然|仍|之后|#\\s*(次|遍|个小时|分钟)) | 了(三|两|几|好几|\\d+)(次|遍)"
)
DONE_EN = phrases("[a-z-]+ed | rolled back | rolling back | [a-z-]+ing")
GERUND_OK = phrases(
    "mind | go at | how about | what about | start | begin | try | keep | need | needs | wants | by | for | consider"
)

# Later is not now.
FUTURE = phrases(f"""
    (同意|点头|批准|批了|允许|许可|拍板|签字|审批完?|答应|验收|放话|首肯)(了|过)?(之后|以后|后|再|才)(?!台|端) |
    今晚 | 明[天早晚日]早?上? | 后天 | 大后天 | 下(个)?(周|星期|礼拜|月)[一二三四五六日天末]? | (?<!从)(这个)?(周|星期|礼拜)[一二三四五六日天末](?!开始|就|以来) | 凌晨 | 半夜 | 夜里 | 午夜 | 零点 | 下班(后|之后|以后|前|的时候)? | 午饭后 | #\\s*(个)?(半)?(分钟|小时|钟头|天|秒|周|刻钟)(之|以)?后 | 半(个)?(小时|钟头)(之|以)?后 | 一会儿?后 | 过(了)?(#|半)\\s*(个)?(分钟|小时|天|钟头|会儿?) | 等(会儿?|一?下|到|一会儿?|我|他|她|大家|发布|流量|高峰|业务|客户|下班|晚上|低峰|人少)(?!.{{0,6}}看) | 晚点 | 晚些 | 晚上 | 待会儿? | 回头(再)? | 过会儿? | 稍后 | 稍晚 | (早上|上午|中午|下午|傍晚|晚上|凌晨)\\s*#\\s*点 | (?!一点(?!钟|半|整))#\\s*点(钟|半|整)?(的时候|准时|再|把|给|重启|扩|缩|删|,)? | (?:在|到|于|等到)?\\s*{CLOCK}+\\s*(的时候|准时|再|把|给|时|重启|扩|缩|删|自动)? | 每(天|晚|周|小时|隔|个|日|月|#) | 提醒 | 定时(?=重启|扩|缩|删|清|回滚|升级|更新) | 低峰(期)?(再|的时候|时)? | 高峰(期)?(前|再|的时候|过后|后|过了) | 到时候 | 改天 | 以后再 | 发布完(之)?(后)?再 | 晚高峰
""", f"""
    tonight | tomorrow | later(?! than) | at {CLOCK}+ | {CLOCK}+ | at #( o'clock)?( sharp| tonight| tomorrow)?(?!\\s*(%|percent|cpu|\\S)) | at (midnight|noon|night|dawn|the weekend) | in (#|half an|an|a few|a couple of|several) ?(min|mins|minutes?|hours?|hrs?|days?|weeks?|secs?|seconds?|h|m)(?!ore) | after (lunch|work|hours|midnight|dinner|the release|the meeting|the deploy|peak|the freeze|business hours|the weekend|deployment|standup|the backup) | midnight | next (week|month|monday|tuesday|wednesday|thursday|friday|saturday|sunday|morning|time|weekend) | (on|this|by|until|before) (monday|tuesday|wednesday|thursday|friday|saturday|sunday|weekend) | every (day|night|hour|week|morning|evening|monday|# \\S+|other) | remind | daily | nightly | hourly | weekly | end of (the )?(day|week) | eod | this (evening|afternoon|weekend) | when (i'm|i am|we're|we are|everyone|traffic|the) ~ (back|done|over|low|lower|finished|asleep|gone) | set a timer | off-peak | off peak | in the (morning|evening|night) | once (the|everyone|traffic|we) | from now( on)? | soon | after \\d+ ?(am|pm|minutes|mins|hours)
""")  # fmt: skip

# Everything, or a vague many: never written to.
EVERYTHING = phrases("""
    所有(的)? | 全部(的)? | 全都 | 统统 | 一切 | 每(一)?个 | 整个 | 通通 | 全(?=删|重启|清|干掉|缩|停|扩|部|干|下) | 一锅端 | 都(?=删|干掉|清|给我删|清掉|清空) | 一些 | 几个没用 | 没用的 | 不用的 | 旧的(pod|东西|资源|服务) | 老的pod | 多余的 | 闲置 | 那些 | 这些 | 垃圾 | 用不到的 | 过期的 | 清空(?!@) | 挂(了|掉)的 | 异常的 | 失败的 | 不健康的 | 报错的 | 有问题的 | 慢的
""", """
    all | every | everything | entire | whole | each | any | unused | old (pods|stuff|deployments|ones|jobs) | everyone's | anything | some (pods|of|deployments|nodes|stuff|old) | a few | the lot | whatever | dead pods | failed pods | broken (pods|ones) | crashed pods | unhealthy (pods|ones) | stuck pods | those | these | the rest | stale pods | completed jobs | finished jobs | evicted pods | garbage | the cluster | the namespace | namespace
""")  # fmt: skip

STRONG_ADVICE = phrases(
    "要不要 | 该不该 | 应不应该 | 需不需要 | 有没有必要 | 是否(需要|应该|要|有必要) | 是不是(该|应该|要|得|需要|最好)",
    "should (i|we) | do (i|we) (need|have) to | whether (i|we|to) | is it (safe|worth|wise) | if (i|we) should",
)

# Behind a verb of writing, these make it a noun or a state: nothing is asked for.
NOUN_AFTER = phrases(
    """
    \\s*(的)?\\s*(次数|原因|记录|历史|事件|策略|时间|状态|进度|日志|失败|成功|循环|审批|命令|计划|速度|通知|情况|完成|报错|异常|超时|是什么时候|权限|流程|方案|风险|影响|后果|区别|点(有|是|在)|无效|没用|有用|管用|慢|进展|公告|时(?!间)|的时候|是谁|是什么|是哪|耗时|花了|用了多久|多久|多长|几(天|次|小时|个月|周|遍|回)了|了(哪些|谁|什么|多久|几次)) | \\s*中(?!止|断) | \\s*不(掉|了|动|上|成|起来|下去|完)
    [\\s\\d]*(\\s*(个|台|份|副本|实例))*\\s*(之后|以后|后(?!台|端)|(了)?(还|又|依然|仍|却|也没)) | [\\s\\d]*(\\s*(个|台|份|副本|实例))*\\s*就\\s*(挂|崩|慢|报|不|失败|异常|超时|没|开始|一直|老|crash|oom)
    """,
    """
    \\s+(policy|policies|loop|loops|count|counts|reason|reasons|history|event|events|needed|required|strategy|failed|failing|fails|successful|succeeded|status|failure|storm|in progress|worked|works|ran|is|was|has|hangs|hung|got|takes|took|window|plan|script|job failed|permission)
    \\s+(time|times|date|button|feature|api|chain)(?! (to|in)) | \\s+of\\s+\\S+\\s+(failed|successful|succeed|succeeded|done|ok|finished|went|is|was|took|hangs)
    """,
)  # fmt: skip
DESCRIBED_BEFORE = phrases(
    """
    (卡在|正在|处于|一直在|还在|(?<!现)在)\\s*$ | (一次|上次|这次|那次|上回|每次|第\\s*#\\s*次|这轮|上一轮|自动|意外|异常|被动|频繁|反复|不断|一直|老是?|总是?|疯狂|莫名其妙)(地|的)?\\s*$ | (什么|啥|几|哪个?)(时候|点|时|时间)[^,。;]{0,8}$ | 何时[^,。;]{0,8}$ | 关于[^,。;]{0,8}$ | 是不是[^,。;]{0,40}$ | 有没有[^,。;]{0,40}$ | 是否[^,。;]{0,40}$ | (又|自己|自行|自个儿?)(给)?\\s*$ | (一般|通常|平时|往往|计划|预计|考虑|打算|本来|原本|估计|大概|可能)[^,。;]{0,40}$
    """,
    """
    (fails?|failed|failing|refuses?|refused|unable|won't|doesn't|didn't|can't|cannot|couldn't|trying|tried|about|supposed|had|used|seems|appears|attempts?)( to)?\\s*$ | (about|during|since|after|before|of|from|per|until|because of|due to)( the| a)?\\s*$ | (keeps|kept|was|were|been|being|got|gets)( [a-z]+ing)?\\s*$ | (normally|usually|typically|often|always|sometimes|generally|occasionally)[^,;.]{0,40}$ | (we|i|you|one|they) (could|might|may)[^,;.]{0,20}$
    """,
)  # fmt: skip
QUESTION_EN = phrases(
    "\\s*(so |and |but |hey |ok )?(is|are|was|were|did|does|has|have|had|when|why|who|whose|which|how (many|much|often|long)) "
)
STATED_EN = phrases(
    "hit | hits | exceeded | exceeds | runs | uses | used | needed | reached | went | goes | gone | dropped | fell | is | are | was | were | has | had | jumped | grew | came | shows | says"
)

# Whoever stands before a colon speaks.
SPEAKERS = phrases(
    "(小|老)[一-龥] | [张王李赵刘陈杨黄周吴徐孙马朱胡郭何林高罗郑梁谢宋唐许邓韩冯曹彭曾][一-龥]{1,2} | .*(说|写|写着|写道|要求|提示|回复|通知|留言|原话|里写|显示|打印|内容)(是|了|的)? | (老板|领导|同事|客户|用户|经理|运维|开发|测试|文档|手册|告警|日志|群里|工单|邮件)",
    ".*(says?|said|wrote|writes|text|reads|log|logs|alert|message|quote|doc|runbook|ticket|email|note|prompt) | [a-z]{3,10}",
)  # fmt: skip

DETERMINED = phrases(
    "\ue000\\s*的\\s*$",
    "(the|a|an|this|that|last|each|every|another|any|no|constant|frequent|repeated|recent|previous|first|second|automatic|unexpected)\\s+$",
)
