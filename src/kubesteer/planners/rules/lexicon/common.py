"""Latin words that are no names of objects: ordinary English, and technical words that Chinese keeps in Latin."""

from __future__ import annotations

import re
from functools import cache

from kubesteer.planners.rules.lexicon.places import ENVIRONMENT_WORDS_EN, KIND_WORDS
from kubesteer.planners.rules.lexicon.questions import COMPLAINTS, LOOKS, READ_WORDINGS
from kubesteer.planners.rules.lexicon.verbs import GENERIC_WORDINGS, WRITE_WORDINGS

_ORDINARY = """
a able about above accept accepted access accident account across act action actually add after afternoon again ago ah ahead ain alert alerts
all allow almost alone along already alright also although always am among an and announcement another answer any anybody anymore anyone anything anyway
apart app appear application applications apply approve approved april are aren around as aside ask asked asking assistant at attempt august available away aware
back bad badly balance bar based basically batch be because become been before began begin behind being believe below best better between big bit
blue board bob book both bottom bound box break brief bring broke bug build bunch bus busy but buy by call called calling came can cancel cannot capacity care careful carry
case cases cause caused center certain chance changed channel charge chart  cheap checked cheers choose class clean clear clearly client close closed cluster code cold come comes coming
command commands comment common company compare complaining complete completely config confirmed connect connected connection connections consider console container containers context continue control cool copy core correct cost could couldn count country couple course cover create created cron crash current currently curl cut
customer customers daily damn dashboard data database date day days db deal dear debug december decide deep default delay deleted depends deploy deployed design desk detail dev developer developers did didn difference different dinner direct directly disk disregard do docs document does doesn doing domain don done door double doubt down draft drive driver drop due during
each earlier early easy edit effect either else email emergency empty end engineer engineers enough ensure entire env environment error errors especially etc even evening ever every everybody everyone everything exact exactly example except exception excuse exec exist exit expect expected explain extra eye
face fact fail failed fails failure fair fall fallback false far fast fault favor feature february feel few fewer field fifth figure file files fill final finally fine finish fire first five fix fixed flight flow folks follow following food for force forget forgot form forward found four fourth free fresh friday from front full fully fun further future
game gave general get gets getting github give given gives giving go goes going gone gonna good got gotcha great green group guess guy guys ha had half hand handle hang happen happened happening happens hard has hasn hate have haven having he head health hear heard heavy hello help helpful her here hers hey hi hidden high higher him his history hit hmm hold home hope host hot hour hours how however http https huge huh hundred hurry hurt
i idea identity if ignore ill im image images immediate immediately important in incident include including indeed info information inform infra input inside instance instances instead instruction instructions int interesting internal internet into is isn issue issues it its itself ive january job join july june just keep keeps kept key kick kill kind kindly know known
lag language large last late lately later latest latency latest latter lead least leave left less let lets letter level life light like likely limit limits line lines link list little live ll load local lock log logic login logs long longer look looked looking looks lose lost lot lots love low lower lunch machine made mail main maintenance make makes making man manage manager many map march master matter matters max maximum may maybe me mean means meant meanwhile meeting memory mention menu mess message messages metrics mid middle midnight might mil min mind mine minimum minute minutes miss missing mistake mode monday money monitor monitoring month months more morning most mostly move much multiple music must my myself
name named names namespace namespaces near need needed needs neither net network never new news next nice night no nobody node nodes noise noon none noon normal normally nor not note nothing notice notify november now number numbers object objects october of off offer office ok okay old on once one ones online only onto oops open operation operations oops opinion option or order orders other others otherwise ought our ours out outage outside over overnight own owner
page pager paged pages pain panic part parts party pass password past pay pending people per perfect perhaps period permission person phone pick picture piece ping place plain plan platform play please pls plus plz pod pods point pool poor pop port possible post power pr prepare present press pretty previous price pro probably problem problems process prod production project proper properly protect public pull purpose push put
quarter query question questions quick quickly quiet quit quite quota random rate rather re reach read ready real really reason reboot recent recently recheck record red reduce refused region regular relax release remain remaining remember remind remote reply replica replicas report reported reports request requests require required resource resources rest result results return returns review rid right rise risk road role rollback room root round route rule rules run running runs runbook
safe said same saturday save saw say saying says schedule school screen script second seconds secret section secure security see seem seems seen self send sense sent separate september serve servers service services session set setting settings seven several shall she shift ship short should shouldn shot show shut side sign simple simply since single sir sit site six size skip slack sleep slow small smoke so software some somebody someone something sometimes somewhere soon sorry sort source space spec special speed spend spike split spot sql staging stand standard start started starting starts state statement states status stay step steps still stock stop stopped stopping storage story straight strange stream stress string strong stuck stuff stupid style subject success such suddenly suggest summary sunday super support suppose supposed sure surely survive swap switch system systems
table tag take taken takes taking talk target task tasks team teams tell temp ten test testing tests text than thank thanks that thats the their them themselves then there theres these they theyre thing things think third this those though thought thousand three through thursday thus ticket tier tight till time times tiny title to today together told tomorrow tonight too took tool tools top total touch toward town track traffic transfer tried trouble true trust try trying tuesday turn turned tweet twelve twenty twice two type types ugh um under understand understood unless unlike until up update updates upon upper ups url us use used user users uses using usual usually value values ve verify version versions very via view visible visit vs wait waiting wake walk wanna want wanted wants warn warning warnings was wasn watch water way we website wed wednesday week weekend weeks weird well went were weren what whatever when whenever where whether which while white who whole whom whose why wide will win window wipe wish with within without won wonder word words work worked worker workers working works world worried worry worse worst worth would wouldn wow write wrong yeah year years yep yes yesterday yet yo you your yours yourself youre yup zero zone
ssh scp bash shell sh ux sla slo sre ops oncall on-call qps tps rps p99 p95 p50 rt gc jvm cpu gpu mem ram io ip dns tcp udp http https tls ssl grpc rest json yaml yml k8s kubernetes kubectl kubesteer docker helm git ci cd sql java python go node js php xml csv html css ios android pc mac linux windows fyi asap btw imo lol wtf omg tbh idk thx ty np lgtm afaik bro dude mate sir madam boss please-ish eta etc eg ie aka ps nb todo wip
pls plz containercreating crashloopbackoff imagepullbackoff errimagepull terminating oomkilled createcontainerconfigerror init evicted unknown completed notready running succeeded kk hey yo hiya cheers ta gonna wanna gotta lemme gimme dunno kinda sorta coz cuz cos u r ur n b w thru tho nvm am pm utc cst gmt est pst ms sec secs min mins hr hrs k m g gb mb kb tb gi mi ki ti lots upset angry stakeholders stakeholder dear team regards hi-there error-free real-time so-called stress-test follow-up peak off-peak prime-time black friday launch campaign traffic spike sale sales
bigger smaller faster slower larger fewer safer easier sooner newer older lighter heavier smoother longer shorter closer cheaper stronger
weaker wider nicer smarter harder softer louder quieter cleaner warmer hotter cooler deeper colder richer poorer whether neither either rather
auth admin root sudo force true false null none nil ingress-nginx mitigate mitigation postmortem rootcause pager-duty pagerduty jira slack wechat dingtalk feishu zoom lark teams email sms oops whoops crap shit damn hell heck argh
""".split()  # noqa: SIM905


@cache
def ordinary() -> frozenset[str]:
    """Every Latin word of the tables, and ordinary English; built once."""
    tables = (*WRITE_WORDINGS, *READ_WORDINGS, *GENERIC_WORDINGS, COMPLAINTS, LOOKS)
    spoken = {word for table in tables for word in re.findall(r"[a-z][a-z'-]*[a-z]|[a-z]", table.en)}
    mixed = {word for table in tables for word in re.findall(r"[a-z]{2,}", table.zh)}
    kinds = {part for word in KIND_WORDS for part in (word, *word.split())}
    return frozenset(_ORDINARY) | spoken | mixed | kinds | frozenset(ENVIRONMENT_WORDS_EN)


# Words whose misspellings are mended before anything else reads the sentence.
MENDED = """
logs restart restarted scale rollback delete remove status describe cordon uncordon drain suspend resume trigger pause replicas replica deployment
deployments statefulset daemonset cronjob events usage memory rollout revision manifest diagnose autoscale upgrade update image
namespace service please production staging unhealthy pending failing broken crashing running health restarts limit container previous
""".split()  # noqa: SIM905

# Slips of Chinese input methods, each with what was meant; equally long.
CHINESE_SLIPS = {
    "从启": "重启", "重其": "重启", "崇启": "重启", "虫启": "重启", "重齐": "重启", "冲启": "重启", "重气": "重启", "扩荣": "扩容",
    "括容": "扩容", "阔容": "扩容", "扩溶": "扩容", "缩荣": "缩容", "锁容": "缩容", "回股": "回滚", "会滚": "回滚", "回棍": "回滚",
    "日至": "日志", "日制": "日志", "日记": "日志", "日誌": "日志", "壮态": "状态", "状太": "状态", "装态": "状态", "删出": "删除",
    "山除": "删除", "删处": "删除", "副版": "副本", "付本": "副本", "复本": "副本", "竟像": "镜像", "镜象": "镜像", "竞像": "镜像", "镜相": "镜像",
    "排孔": "排空", "排控": "排空", "封所": "封锁", "占停": "暂停", "暂亭": "暂停", "触法": "触发", "处发": "触发",
    "内村": "内存", "内从": "内存", "撤消": "撤销", "撤削": "撤销", "诊段": "诊断", "珍断": "诊断", "重新起动": "重新启动", "生级": "升级", "声级": "升级", "回混": "回滚", "扩融": "扩容",
    "伸级": "升级", "查坎": "查看", "茶看": "查看", "进像": "镜像", "重起": "重启", "重啓": "重启", "发部": "发布",
    "记忆体": "内存", "映像档": "镜像", "映象档": "镜像", "丛集": "集群", "叢集": "集群", "伺服器": "服务器", "组态": "配置", "检视": "查看", "当机": "宕机",
    "扩充": "扩容", "回溯到": "回滚到", "回复到": "恢复到", "回复": "恢复", "执行个体": "实例", "资讯": "信息", "网路": "网络", "程式": "程序", "讯息": "信息",
}  # fmt: skip
