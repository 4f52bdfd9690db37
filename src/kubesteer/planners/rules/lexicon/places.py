"""Words for where and what: environments, kinds, and the markers that make a word a namespace."""

from __future__ import annotations

from kubesteer.core.kinds import KINDS, kind_of
from kubesteer.planners.rules.lexicon.phrases import NAMESPACE, phrases

# What people call an environment, and the namespaces it can stand for, best first (CONTRACT: environment words).
ENVIRONMENTS: dict[str, tuple[str, ...]] = {
    "production": ("production", "prod", "prd"),
    "预发": ("staging", "stage", "stg", "pre", "preprod", "pre-prod"),
    "staging": ("staging", "stage", "stg"),
    "pre": ("pre", "preprod", "pre-prod"),
    "uat": ("uat",),
    "qa": ("qa",),
    "sit": ("sit",),
    "灰度": ("canary", "gray", "grey"),
    "test": ("test", "testing"),
    "dev": ("dev", "development", "develop"),
}

# Chinese words hold anywhere with the marker behind them, or right before a name.
ENVIRONMENT_WORDS_ZH: dict[str, str] = {
    "生产": "production", "线上": "production", "正式": "production", "现网": "production",
    "预发布": "预发", "预发": "预发", "预生产": "预发", "准生产": "预发", "灰度": "灰度",
    "测试": "test", "开发": "dev", "研发": "dev",
}  # fmt: skip
ENVIRONMENT_WORDS_EN: dict[str, str] = {
    "production": "production", "prod": "production", "prd": "production", "live": "production",
    "staging": "staging", "stage": "staging", "stg": "staging", "preprod": "pre", "pre-prod": "pre",
    "pre": "pre", "uat": "uat", "test": "test", "testing": "test", "qa": "qa", "sit": "sit",
    "dev": "dev", "development": "dev", "develop": "dev",
}  # fmt: skip

# What may stand right behind an environment word in Chinese and makes it a place.
ENVIRONMENT_TAIL = r"\s*(?:环境|集群|空间|命名空间|那边|这边|那个|这个|那套|这套|区|里面|里头|里|上面|上|下面|下|侧|端|的|,|$)"

KIND_WORDS: dict[str, str] = {
    word.lower(): kind.name
    for kind in KINDS.values()
    for word in (kind.name, f"{kind.name}s", kind.plural, *kind.short)
    if word.lower()
    not in {
        "limits",
        "no",
        "gateway",
        "gateways",
        "role",
        "roles",
        "events",
        "event",
        "ev",
        "pc",
        "gc",
        "quota",
    }
}
KIND_WORDS |= {
    "deploymentset": "Deployment", "config map": "ConfigMap", "config maps": "ConfigMap",
    "stateful set": "StatefulSet", "stateful sets": "StatefulSet", "daemon set": "DaemonSet",
    "daemon sets": "DaemonSet", "replica set": "ReplicaSet", "replica sets": "ReplicaSet",
    "cron job": "CronJob", "cron jobs": "CronJob", "cron": "CronJob", "crons": "CronJob", "pvs": "PersistentVolume",
    "pvcs": "PersistentVolumeClaim", "hpas": "HorizontalPodAutoscaler", "autoscaler": "HorizontalPodAutoscaler",
    "autoscalers": "HorizontalPodAutoscaler", "svcs": "Service", "secrets": "Secret", "cms": "ConfigMap",
    "worker node": "Node", "worker nodes": "Node", "volume claim": "PersistentVolumeClaim",
    "volume claims": "PersistentVolumeClaim", "network policy": "NetworkPolicy", "network policies": "NetworkPolicy",
    "persistent volume claim": "PersistentVolumeClaim", "persistent volume claims": "PersistentVolumeClaim",
    "persistent volume": "PersistentVolume", "persistent volumes": "PersistentVolume", "deploymnet": "Deployment",
    "dpl": "Deployment", "ksvc": "Service", "nodes": "Node", "hosts": "Node", "storage class": "StorageClass",
    "service account": "ServiceAccount", "service accounts": "ServiceAccount", "cronjobs": "CronJob",
}  # fmt: skip
KIND_WORDS_ZH: dict[str, str] = {
    "容器组": "Pod", "节点": "Node", "主机": "Node", "宿主机": "Node", "工作节点": "Node",
    "部署集": "Deployment", "无状态应用": "Deployment", "无状态服务": "Deployment",
    "有状态副本集": "StatefulSet", "有状态集": "StatefulSet", "有状态应用": "StatefulSet", "有状态服务": "StatefulSet",
    "守护进程集": "DaemonSet", "守护集": "DaemonSet", "守护进程": "DaemonSet", "副本集": "ReplicaSet",
    "定时任务": "CronJob", "定时作业": "CronJob", "计划任务": "CronJob", "周期任务": "CronJob", "排程": "CronJob",
    "一次性任务": "Job", "批处理任务": "Job", "配置字典": "ConfigMap", "配置项": "ConfigMap", "密钥": "Secret", "保密字典": "Secret",
    "存储卷声明": "PersistentVolumeClaim", "持久卷声明": "PersistentVolumeClaim", "存储声明": "PersistentVolumeClaim",
    "存储卷": "PersistentVolumeClaim", "持久卷": "PersistentVolume", "数据卷": "PersistentVolumeClaim", "网络策略": "NetworkPolicy",
    "存储类": "StorageClass", "服务账号": "ServiceAccount", "资源配额": "ResourceQuota", "命名空间": "Namespace",
    "名字空间": "Namespace", "名称空间": "Namespace", "水平扩缩器": "HorizontalPodAutoscaler", "自动扩缩器": "HorizontalPodAutoscaler",
    "路由入口": "Ingress", "网关路由": "Ingress",
}  # fmt: skip

# Loose talk about a workload: never a kind beside a name; things to list without one.
LOOSE = phrases("""
    服务 | 应用 | 接口 | 程序 | 组件 | 业务 | 系统 | 模块 | 项目 | 工作负载
    service | app | application | apps | applications | component | workload | workloads | api | backend | server
""")

NAMESPACE_BEFORE = phrases(r"""
    in(?: the| our)? | inside(?: the)? | within(?: the)? | namespace(?: called| named)?:? | ns[:=]? | under(?: the)? | -n | --namespace[= ]
    across(?: the)? | over in | from(?: the)? | on(?: the)? | for(?: the)? | throughout | of(?: the)? | namespace= | through
    在 | 命名空间(?:为|是|叫)?[:=]? | 名字空间 | ns是 | 去 | 到
""")
STRONG_BEFORE = phrases(r"""
    in(?: the| our)? | inside(?: the)? | within(?: the)? | namespace(?: called| named)?:? | ns[:=]? | under(?: the)? | -n | --namespace[= ]
    across(?: the)? | over in | throughout | namespace= | 命名空间(?:为|是|叫)?[:=]? | 名字空间 | ns是
""")
STRONG_AFTER_ZH = r"\s*(?:这个|那个)?\s*(?:命名空间|名字空间|名称空间|空间|环境|集群|里面|里头|里边|里|下面|下边|底下|下(?!线|掉|来|去|降)|中(?!的?间)|内(?!存)|那边|这边|那头|那儿|那套|这套|区|上面|上(?!线|限|个|次|一|的)|侧|(?:这个|那个)?(?:ns|namespace)(?![a-z0-9])|有(?:哪些|几个|多少|没有|什么|啥))"
STRONG_AFTER_EN = r"\s+(?:namespace|ns|env|environment|cluster)(?![a-z0-9-])"
WEAK_AFTER = r"\s*(?:的|那个|这个|'s)"

EVERYWHERE = phrases("""
    整个集群 | 全集群 | 全部命名空间 | 所有命名空间 | 各个命名空间 | 所有namespace | 所有 namespace | 所有的命名空间 | 全局 | 集群里 | 集群 | 全网 | 所有环境 | 各环境 | 所有 ns | 所有ns
    丛集 | 每个命名空间 | 整套环境
    whole cluster | entire cluster | all namespaces | every namespace | any namespace | across the cluster | cluster-wide | clusterwide | everywhere
    -a | --all-namespaces | in the cluster | the cluster | our cluster | this cluster | cluster | all envs | all environments | all ns
""")

PLACES_ONLY = phrases(NAMESPACE + "+")


def kind_named(word: str) -> str | None:
    """The kind that a word spells, or None: `sts`, `Deployments`, `定时任务`."""
    return KIND_WORDS.get(word) or KIND_WORDS_ZH.get(word)


def kinds_equal(word: str, kind: str) -> bool:
    """Whether a spelling means that kind."""
    return kind_of(word).name == kind
