"""Greetings, thanks, answers to a question, and what is not among the operations at all."""

from __future__ import annotations

import re

from kubesteer.planners.rules.lexicon.phrases import NAMESPACE, NUMBER, OBJECT, phrases

_END = r"[\s,。.!?~、啊呀哦哈呢吧了的嘛啦呗]*"


def _whole(pattern: str, before: str = "(?!)", behind: str = "(?!)") -> re.Pattern[str]:
    return re.compile(
        rf"^[\s,。.!~]*(?:(?:{before}){_END})?(?:{pattern}){_END}(?:(?:{pattern}){_END})*(?:(?:{behind}){_END})*$"
    )


GREETING = _whole(
    "还在(?:不|吗|么)|在吗|在不在|在么|在不|有人吗|有人在吗|你好|您好|哈喽|嗨|嘿|早上好|早安|早|晚上好|下午好|中午好|大家好|hi there|hi|hello there|hello|hey there|hey|yo|good (?:morning|afternoon|evening)|morning|anyone there|anybody there|are you there|you there|ping|hola|sup|what's up|kubesteer|机器人|小助手|bot|辛苦"
)
THANKS = _whole(
    "谢谢(?:你|您|啦|哈)?|多谢|感谢|辛苦(?:了|啦)?|谢了|谢啦|thanks(?: a lot| a bunch| so much| again| for .{0,40}| man| mate| buddy)?|thank you(?: so much| very much| for .{0,40})?|thx|ty|cheers|great job|nice|good job|well done|awesome|perfect|太好了|真棒|厉害|牛|不错|很好|赞|great|cool|good|lovely|appreciate it|much appreciated|棒|干得漂亮|666|没事了|好了好了|帮大忙|that's all|all good now|got it|明白|知道了|收到|了解|懂了"
)
YES = _whole(
    "是的?|对的?|嗯+|恩|好的?|行|可以|没错|确认|确定|同意|批准|没问题|就是它?|就它|是它|对对|要得|中|ok|okay|okey|k|yes(?: please| pls)?|go|yep|yeah|yup|ya|sure|correct|right|confirm|confirmed|go ahead|do it|please do|that's (?:it|the one|right)|that one|exactly|indeed|affirmative|approve|approved|执行|执行吧|动手|搞|干|来|y|apply|proceed|go for it|of course|sounds good|正是|就这个|就那个|对就是这个|就是这个|就是那个|就这么办|yes that one|right that one|please|您说得对|你说得对|没错就是它|thats it|it is|对头|嗯呢|是滴|好滴|必须的|that is the one|absolutely|fine|aye|确认执行|没毛病|继续(?:吧|执行)?|提交|放行|就这样|那就这样|按这个来|continue|carry on|go on|create it|ship it|send it|submit|submit it|make it so|go right ahead|yes go ahead|you got it|works for me|fine by me|approved go|是这个|是那个|i (?:did|do|meant that)|照做|照办|照此办理|批了|准了|准|通过|走起|妥|成|请?执行吧?|麻烦执行|确认无误|应用|应用吧|没意见|无异议|请继续|请确认执行|弄吧|做吧|办吧|开始吧?|开干|整|sure thing|apply (?:it|this|that|them|now|please)|looks? (?:good|fine|right|ok)(?: to me)?|let's (?:do it|go|go ahead)|by all means|why not|i (?:approve|confirm|agree)|agreed|confirm it|approve it|lgtm|all yours|just do it|do that|do so|yes do it|please apply|that's fine|that works|that's correct|that's what i (?:mean|meant|want)|yea|yeh|roger|definitely|certainly",
    before="oops|ah|oh|sorry|whoops|哦|啊|呃|哎呀|哎|perfect|great|awesome|cool|nice|lgtm|all good|thanks|thank you|excellent|wonderful|太好了|太棒了|谢谢|辛苦了",
    behind="手滑了?|手误|打错了?|写错了?|输错了?|拼错了?|(?:my |a )?(?:typo|bad|mistake)|sorry|oops|谢谢(?:你|您|啦)?|多谢|麻烦了?|辛苦了?|拜托|thanks(?: a lot)?|thank you|thx|ty|please|pls|cheers|now|then|mate|boss",
)
# 「对,…」: what follows changes what was offered, or comes on top of it.
YES_HEAD = re.compile(
    r"^\s*(?:是的?|对的?|对对|嗯+|好的?|行|可以|没错|确认|没问题|就它|就是它|yes(?: please)?|yeah|yep|yup|sure|ok(?:ay)?|right|correct|exactly)(?:[,。.!\s]+|(?=但|不过|只是|but))+(?P<also>顺便|顺带|顺手|然后|再(?!说)|另外|还有|同时|(?:and )?(?:also|then)|and|plus)?"
)
COUNTED = {"two": 2, "three": 3, "2": 2, "3": 3, "两": 2, "俩": 2, "二": 2, "三": 3}
FROM_THE_END = frozenset({"last", "后", "最后"})
FIRST_OF = re.compile(
    r"(?P<end>\bfirst|\blast|最后|前|后)\s*(?:面)?\s*(?P<n>two|three|2|3|两|俩|二|三)\s*(?:个|项|台|条|ones?)?(?![a-z天周月小分])"
)
NUMBERS = re.compile(r"[\s#]*\d(?:\s*(?:,|、|和|跟|与|and|&|\+|\s)\s*#?\d)+\s*(?:号|please|吧|[.。])*")
PREVIOUS = re.compile(
    r"(?:上|前)一?(?:个|版)|(?:之|先)前(?:的|那个|那版|那一版)|previous|\bthe (?:last|prior) one\b|one before|\bprior\b"
)
# Left to us: what is missing stays missing.
INDIFFERENT = _whole(
    "看你|随便|随你|你定|你看着办|你决定|你说呢|看着办|无所谓|up to you|you decide|you choose|your call|whatever|whichever|any|anything|i don't (?:know|care)|dunno|not sure|no idea|不知道|不清楚|不确定"
)
# What comes on top of an answer, behind the punctuation.
ALSO = re.compile(
    r"[\s,;。.!…]*(?:顺便|顺带|顺手|然后|再(?!说)|另外|还有|同时|并|also\b|and\b|then\b|plus\b|after that\b)"
)
NO = _whole(
    "不|不是的?|不对|不行|不要|不用|否|别|no(?: thanks| thank you| way)?|nope|nah|n|negative|not that(?: one)?|neither(?: of (?:them|those|these))?|none(?: of (?:them|those|these|the above))?|not (?:those|these|them)|(?:两个|俩|三个|哪个|这些|这两个|以上)?都不(?:是|对|要)|不是这(?:两|几)个|不是这个|不是它|不是那个|错了|wrong|wrong one|not it"
)
CANCEL = re.compile(
    r"^[\s,。.!]*(?:(?:嗯|呃|哦|啊|ok|no|哎|额|那|还是|oh|hmm|er|um|actually|wait|不|好吧|唉|well)[\s,]*)*(?:算了|罢了|取消(?![^,;。]{1,60}的?(?:暂停|封锁|隔离|不可调度|冻结|挂起))|不(?:删|重启|扩|缩|用|要|搞|弄|做|改|动|升|滚|回滚|排|停|发|换|跑|看|执行)了|作罢|先(?:这样|不|别)|停(?:手|下)?吧?$|打住|撤了吧|不了|别(?:了|动|搞|弄|删|重启|扩|缩|做|改|执行)?了?(?:吧)?$|不必了|免了|拉倒|当我没说|忘了吧|放弃|保持(?:现状|原样)|维持现状|先等等|等等再说|不执行|没必要了|cancel|never ?mind|nvm|forget (?:it|about it|that)|drop it|abort|scrap (?:it|that)|stop(?: it| that)?[\s.!]*$|don't(?: do it| bother)?(?=[\s.!,]|$)|do not(?: do (?:it|that))?|leave it|hold off|call it off|no,? don't|not now|skip it|let it be|let's not|on second thought|changed my mind|no need|keep it as (?:it is|is)|abandon|quit)"
)
BOTH = _whole(
    "都|两个都?(?:要|是)?|俩都?(?:要)?|全都?(?:要)?|全部|都要|都是|both(?: of them| please)?|all(?: of them| three| of those)?|all please|each|every one|三个都要?|统统|都要上|each of (?:them|those)|every one(?: of (?:them|those))?|everywhere|所有的?|每个都?(?:要)?|每一个|都来|都重启|都扩|都做|一起|两边都?(?:要)?|两个一起|都行"
)
ORDINALS = {
    "first": 1, "1st": 1, "second": 2, "2nd": 2, "third": 3, "3rd": 3, "fourth": 4, "4th": 4, "last": -1, "former": 1, "latter": 2,
    "最后": -1, "后面": -1, "前面": 1, "前者": 1, "后者": -1, "末": -1, "前": 1, "后": -1, "头": 1, "倒数第一": -1, "other": 2,
}  # fmt: skip
ORDINAL = re.compile(
    rf"倒数第\s*(?P<back>{NUMBER}|\d+)\s*(?:个|项|条|台|行)?|\b(?P<backen>second|third)[ -](?:to[ -])?last\b|第\s*(?P<zh>{NUMBER}|\d+)\s*(?:个|项|条|台|行|套|种|环境)?(?!\s*个?(?:版|次|代|轮|季|天|周))|(?P<word>最后|中间|居中|后面|前面|前者|后者|头|倒数第一|前(?=一)|后(?=一))\s*(?:那|一|这)?(?:个|台|项)|(?P<words>前者|后者|中间的|居中的)|\b(?P<en>first|1st|second|2nd|third|3rd|fourth|4th|last|former|latter|middle)\b(?:\s+(?:one|option|choice))?|(?:(?<!\w)#|\b(?:number|no\.?|option)|选项?|选择?)\s*(?P<n>\d+|one|two|three|四|三|二|一)|(?<![月\d])(?P<han>[一二三四五六]|\d\d?)\s*号(?!版|线|机|楼|晚|早|上|下|之|前|后)"
)

PRONOUN = phrases(
    "它们?(?!自己) | 他们?(?!说|让) | 这(个|台|货|俩|几个|家伙|边的)?(?!次|样|么|里|边|会|些天|些|段|两天|几天|就|周|时候) | 那(个|台|货|家伙|俩|几个)(?!次|样|么|里|边|会) | 其 | 该(?=服务|应用|节点|pod) | 上面那?个 | 刚才那个(?!改动|操作) | 俩 | 两个(?=都|也|全|一起|继续)",
    "it | its | this one | that one | them | they | this | that | these | those | the same( one)? | the (first|second|third|last|other) (one|two)? | both | the one(s)?(?= you)",
)
AGAIN = phrases(
    "呢 | 也(?!许|没) | 同样 | 一样 | 照做 | 同上 | 还有 | 再来一?次 | 再做一?次 | 同理 | 照旧 | 依样 | 一并",
    "same | too | also | as well | what about | how about | likewise | ditto | again | and for | and the | do the same | and | likewise for | repeat",
)
ALL_OF_THEM = phrases(
    "两个(都|也|全)?(?=继续|恢复|重启|都|一起) | 俩都? | 都(?!是|没|不|有|市) | 全部 | 一起",
    "both | all of them | them | these two | each of them | they",
)

OUT_OF_SCOPE = phrases("""
    (发|转发|寄|传)(给|到|至)?[^,;。]{0,6}?[a-z0-9._-]+\\x40\\S | (send|mail|forward)[^,;.]{0,40}?\\x40\\S | exec | 进(到|入|去)?[^,;。!?\\n]{0,10}?(容器|pod|里面|里)[^,;。!?\\n]{0,12}?(执行|跑|敲|看|查|输|cat|ls|curl|bash|命令|shell) | 端口转发 | port-forward | 转发端口 | 拷贝 | 复制文件 | 拷(出来|到|进|一份) | 传文件 | (帮我|给我)?(下载|上传)(一?下|个|到|这|那) | ssh | (帮我|去|给我|怎么)登[录陆] | 登[录陆](到|上|进)?@ | sql | 查(一?下|查)?数据库 | 数据库(里|中)(面)?(有|的|存|查) | (多少|几)(个|条|笔|张|位|名)?(订单|用户|数据|记录|钱|人|商品|会员|客户|订阅) | 建表 | select  | 重启(这|那|该)?(台)?(机器|主机|服务器|物理机|操作系统|宿主机)(?!@) | reboot(?! @) | 关机 | 开机 | 发(个)?邮件 | 发(到|给|去)(我|他|老板|我们|大家|客户)?(的)?(钉钉|微信|飞书|slack|邮箱|群|邮件|外网|公网) | 写(个|一个|封|份|一封|一份)(邮件|周报|脚本|报告|文档|总结|代码|诗|ppt|python|shell|yaml)? | 周报 | 日报 | ppt | 订(个|一个)?(会议|餐|外卖|票|房|机票|会议室) | 会议室 | 天气 | 讲个笑话 | 笑话 | 翻译(一?下|成|这) | 股票 | 点(个|杯|份)(外卖|咖啡|奶茶) | 请假 | 排班 | 建(一?个)?(集群|命名空间|namespace|用户|账号|工单|jira|新的?) | 创建(一?个|一?下|新) | 新建 | 密码(发|告诉|给|是) | (密码|密钥|token|secret|凭证)[^,;。!?\\n]{0,12}(发|给|传|告诉|推|贴|外)(?!现) | 加密 | 装(一?个|一下)?(软件|插件|helm|istio|prometheus) | 安装(一?下|个|上|helm) | 打补丁 | 抓包 | tcpdump | (做|跑|来|搞)(个|一下|一轮|一次)?压测 | 执行\\s*(ls|cat|curl|bash|sh|ps|df|env|命令|脚本|sql) | (里面?|里头)(去)?(执行|敲|跑)\\s*[a-z] | 连(上|接|到)@[^,;。]{0,10}(看|查|执行|跑) | 压测一下 | 导出[^,;。!?\n]{0,12}数据 | 数据[^,;。!?\n]{0,4}导出 | (改|修改|编辑)(一?下|掉)?@(里|中|的(配置|内容|参数|值)) | (帮我|做|来)(个|一?下|一?次)?备份 | 备份(一?下|数据库|数据)(?!@) | 导入数据 | 合并(代码|分支|pr) | 提交代码 | 编译 | 跑(一下|下)?(测试|单测|脚本|流水线|ci|命令|curl|sql) | 流水线 | jenkins | 改代码 | 改密码 | dns解析 | 清(理)?缓存 | 刷缓存 | 换证书 | 续(期|签)证书 | 打(个)?电话 | 通知(一?下)?(大家|用户|老板|运维|他们|值班) | 挂载(一?个|上) | 扩磁盘分区 | 改名 | 重命名 | 放歌 | 几点了 | 算一下\\d | 你(叫|是谁|多大) | 爱我 | 克隆 | 迁移到(另|新|阿里|aws|腾讯) | 切流(量)? | 路由切 | 流量切 | 灰度流量 | 改(hosts|防火墙) | 防火墙
""", """
    exec | exec into | shell into | get (me )?a shell | open a shell | port-forward | port forward | forward port | copy (the )?(file|files|dump|logs|heap|config|folder|data|a|this|that|some|/)[a-z /.]* | cp | kubectl cp | scp | ssh | log ?in(to| to) (the )?(node|pod|machine|server|container|box|\ue000) | download | upload | run (a |the |this |some |my )?(sql|query|script|command|curl|test|tests|benchmark|load test|migration|pipeline|bash|unit tests)[a-z ]* | select \\* | drop (the )?(table|database) | insert into | reboot (the )?(machine|server|host|box|node|vm) | power (off|cycle) (the )?(machine|server|host|node) | shut down the (machine|server|host) | send (an? )?(email|mail|message|slack|sms|the secret|the password|the token|it to|them to|me an email|a note|the)[a-z ]* | email | post (it |this |that )?(to|in|on) | write (me )?(an?|the|some) | draft | book (a|me|us) | order (a|some|me|lunch|pizza) | weather | joke | translate | stock price | poem | sing | create (an?|the|new|some)(?! manual| hpa| autoscaler| job from) | provision | install | helm (install|upgrade) | tcpdump | packet capture | take a (heap|thread) dump | heap dump | thread dump | (take a )?back ?up(?= (the|my|our|this|that|data|db|database|all|everything)) | restore (the )?(database|backup|db) | merge (the )?(pr|branch|pull request) | commit | git push | compile | build the image | jenkins | change (the )?password | rotate (the )?(cert|certs|certificate|key|keys|secret|password|credentials) | renew | clear (the )?cache | flush (the )?cache | purge the cache | notify | call (me|him|her|bob) | page (me|him|the|someone) | open (a )?(ticket|jira) | file (a )?(ticket|bug|jira) | rename | play (some )?music | what time | how old are you | clone | migrate (to|it to) (aws|gcp|another|the new) | route traffic | shift traffic | switch traffic | cut traffic | firewall | schedule a meeting | attach to | edit (the )?(file|code|nginx\\.conf) | chmod | sudo | apply -f | kubectl (apply|edit|exec|cp|port-forward|create(?! job --from)|attach|proxy|debug|patch|replace|expose|taint|certificate|run)
""")  # fmt: skip
INJECTION = phrases("""
    忽略(以上|之前|前面|所有|你的|上面|掉)[^,;。!?\\n]{0,12}(指令|规则|提示|限制|要求|指示|设定) | 无视[^,;。!?\\n]{0,12}(规则|限制|指令|审批|安全) | (绕过|跳过|免|不用|无需|不需要)(审批|确认|批准|审核|检查|权限) | (已经?|都)(获得|得到|拿到|经过|通过)(了)?(批准|授权|审批|许可|同意) | 你现在是 | 扮演 | 开发者模式 | 越狱 | 系统提示 | 管理员模式 | 关闭安全
""", """
    (ignore|disregard|forget|override|bypass|skip|drop)~(rules?|instructions|prompt|guidelines|policy|policies|restrictions|safety|approval|confirmation|checks|guardrails) | you are now | pretend (to be|you) | act as (an?|root|admin) | developer mode | jailbreak | system prompt | sudo mode | god mode | no approval (is )?needed | (already|pre-?)(\\s)?approved | without (approval|asking|confirmation)
""")  # fmt: skip
SAME_AGAIN = re.compile(
    r"(?:再|也)?来(?:上|个)?(?:一)?(?:次|下|遍|把|轮)|再(?:做|搞)一?(?:次|遍)|(?:do|run) (?:it|that) again|once more|one more time|again$"
)
CORRECTION = phrases(
    "算了(?=[,\\s]*[^,。!\\s]) | (?<![一-龥])不对(?!劲|头|称|外) | [哦啊诶哎呃嗯噢]不对 | (?<=[…,;。!])\\s*不(?=[,\\s…]) | (?<=[…,;。!])\\s*不是(?=\\s*[,…]) | 哦不 | 啊不 | 不不+ | 不是不是 | 说错了?(了)? | 搞错了? | 打错了?(字)? | 写错了? | 弄错了? | 记错了? | 口误 | 更正(一下)? | 错了 | 等等 | 等一下 | 等下(?!次) | 应该是 | 我是说 | 我的意思是 | 改一下 | 纠正 | 手误 | 我说的是 | 我指的是",
    "never mind(?=[\\s,.]+[a-z]) | forget that(?=[\\s,.]+[a-z]) | no wait | wait no | wait | scratch that | correction | i mean | i meant | my bad | oops | sorry | rather(?! than) | make that | strike that | no, | no not | not that(?= one)? | actually(?=,| no| make| it's| i meant| in| the) | err | typo | wrong (one|ns|namespace|env) | meant to say | my mistake | or rather",
)
FINE = phrases(
    "已排除 | 没问题 | 正常的? | 没事 | 好的 | 不用管 | 没受影响 | 无关 | 不相关 | 没异常 | 已恢复 | 已经?好 | 一切正常 | 不是 | 还好$",
    "is fine | are fine | is ok | is okay | looks ok | looks fine | is good | unaffected | unrelated | not affected | ruled out | (looks|seems|was|is|are|all)? ?(normal|unsuspicious|in order)(?=\\s*($|[.,;!])) | already (fixed|fine|ok) | is healthy | not related | works fine | not the problem",
)
BARE_OBJECT = re.compile(f'^[{OBJECT}{NAMESPACE}\\s,/的那个这"“”]+$')
