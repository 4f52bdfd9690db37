"""What the planner says: questions back, refusals, and the one line that tells what was understood."""

from __future__ import annotations

from kubesteer.core.plans import Ask, Call, Say
from kubesteer.core.texts import Text, join
from kubesteer.planners.rules.resolving import Absent, Unfit

VERBS: dict[str, Text] = {
    "restart": Text("重启", "restart"), "scale": Text("调整副本数", "scale"), "rollback": Text("回滚", "roll back"),
    "set_image": Text("更换镜像", "change the image of"), "set_resources": Text("调整资源", "change the resources of"),
    "set_autoscaling": Text("设置自动扩缩", "set autoscaling of"), "pause_rollout": Text("暂停发布", "pause the rollout of"),
    "resume_rollout": Text("继续发布", "resume the rollout of"), "delete": Text("删除", "delete"), "cordon": Text("封锁", "cordon"),
    "uncordon": Text("解封", "uncordon"), "drain": Text("排空", "drain"), "suspend": Text("暂停定时", "suspend"),
    "resume": Text("恢复定时", "resume"), "trigger": Text("触发", "trigger"), "undo": Text("撤销", "undo"), "fix": Text("修复", "fix"),
    "set_env": Text("设置环境变量", "set a variable of"), "set_probe": Text("设置探针", "set a probe of"),
    "set_service": Text("修改 Service", "change the Service"), "resize_volume": Text("扩大存储卷", "resize"),
    "label": Text("打标签", "label"), "annotate": Text("加注解", "annotate"), "get_status": Text("查看状态", "look at"),
    "get_logs": Text("查看日志", "read the logs of"), "list_resources": Text("列出", "list"), "get_events": Text("查看事件", "see the events of"),
    "get_usage": Text("查看资源用量", "see the usage of"), "get_rollout": Text("查看发布", "see the rollout of"),
    "get_manifest": Text("查看定义", "see the manifest of"), "diagnose": Text("诊断", "diagnose"), "scan": Text("巡检", "scan"),
}  # fmt: skip
CONDITIONS: dict[str, Text] = {
    "cpu_high": Text("CPU 高", "its CPU is high"), "memory_high": Text("内存高", "its memory is high"),
    "oom": Text("因内存超限被杀", "it was OOM-killed"), "crashing": Text("不断崩溃", "it keeps crashing"),
    "not_ready": Text("未就绪", "it is not ready"), "errors_in_logs": Text("日志里有错误", "its logs show errors"),
}  # fmt: skip
_ARGUMENTS: dict[str, Text] = {
    "name": Text("哪个对象?请说出它的名字。", "Which object? Please name it."),
    "replicas": Text("要几个副本?", "How many replicas?"),
    "image": Text("用哪个镜像或版本?", "Which image or version?"),
    "max_replicas": Text("最多几个副本?", "At most how many replicas?"),
    "memory_limit": Text("内存上限设为多少?例如 512Mi、2Gi。", "What memory limit? Such as 512Mi or 2Gi."),
    "memory_request": Text("内存请求设为多少?", "What memory request?"),
    "cpu_limit": Text("CPU 上限设为多少?例如 500m、2。", "What CPU limit? Such as 500m or 2."),
    "cpu_request": Text("CPU 请求设为多少?", "What CPU request?"),
    "condition": Text(
        "这个条件我判断不了。能判断的:CPU 高、内存高、OOM、不断崩溃、未就绪、日志有错误。",
        "I cannot judge that condition. I can judge: high CPU, high memory, OOM, crashing, not ready, errors in logs.",
    ),
    "variable": Text("哪个环境变量,设为什么?", "Which environment variable, and what value?"),
    "value": Text("设为什么值?", "What value?"),
    "probe": Text("哪个探针:就绪、存活还是启动?", "Which probe: readiness, liveness or startup?"),
    "size": Text("扩到多大?例如 100Gi。", "To what size? Such as 100Gi."),
    "key": Text("哪个键?", "Which key?"),
    "kind": Text("哪一类对象?例如 Pod、Deployment。", "Which kind of object? Such as Pod or Deployment."),
    "port": Text("哪个端口?", "Which port?"),
    "revision": Text("回滚到第几版?可以先查看它的发布历史。", "To which revision? Its rollout shows those there are."),
}  # fmt: skip

GREETING = Text(
    "在。我可以查看和操作集群,例如“看看 prod 里哪些 pod 不正常”。",
    "Here. I look at and operate the cluster: try “which pods are unhealthy in prod”.",
)
THANKS = Text("不客气。", "You are welcome.")
HELP = Text(
    "我能查看状态、日志、事件、用量、发布和清单,诊断和巡检,也能重启、扩缩、回滚、换镜像、调资源等(都会先给出差异,由您批准)。这里我只回答,不做改动。",
    "I can look at status, logs, events, usage, rollouts and manifests, diagnose and scan; and restart, scale, roll back, change images and resources (always shown as a diff for you to approve). Nothing was changed here.",
)
ABILITIES = Text(
    "我能做这些。查看:状态、日志、事件、用量、发布进度与历史、YAML;诊断一个对象,巡检集群或命名空间。"
    "改动(都先给出差异,由您批准):重启、扩缩、回滚、换镜像、调资源、自动扩缩、暂停和继续发布、环境变量、探针、标签、删除、"
    "封锁/解封/排空节点、暂停/恢复/触发 CronJob、修复、撤销上次改动。"
    "例如:“看看 prod 里哪些 pod 不正常”、“把 NAME 扩到 4 个”、“NAME 为什么一直重启”。",
    "Looking: status, logs, events, usage, rollouts and their history, YAML; diagnosing one object, scanning a namespace or the cluster. "
    "Changing (always a diff first, for you to approve): restart, scale, roll back, image, resources, autoscaling, pause and resume a rollout, "
    "environment variables, probes, labels, delete, cordon/uncordon/drain a node, suspend/resume/trigger a CronJob, fix, undo the last change. "
    "Try “which pods are unhealthy in prod”, “scale NAME to 4”, “why does NAME keep restarting”.",
)
NAMESPACE = Text(
    "删除命名空间会删掉其中的一切,我不会凭一句话一次动一大片:请逐个说出要删的对象。",
    "Deleting a namespace deletes everything in it; I do not change many things at once: please name what is to go, one by one.",
)
FOR_A_WHILE = Text(
    "我不能过一阵再自动改回来,所以什么都没改。要现在就改,请只说这次的改动;到时候再让我改回来(或说“撤销”)。",
    "I cannot turn a change back later by myself, so nothing was changed. To have it now, tell me just this change; then tell me when it is to go back (or say “undo”).",
)
CANCELLED = Text("好的,不做任何改动。", "All right, nothing is changed.")
OUT_OF_SCOPE = Text("这不在我能做的操作之内。", "That is not among the operations I have.")
LATER = Text(
    "我不能定时执行:请到时再说,或现在就做。",
    "I cannot do things at a later time: ask again then, or have it done now.",
)
ADVICE = Text(
    "要不要做由您决定;我可以先查看它的状态或做诊断。",
    "Whether to do it is yours to decide; I can look at its status or diagnose it first.",
)
BULK = Text(
    "我不会一次动一大片:请逐个说出名字。", "I do not change many things at once: please name them one by one."
)
NOT_UNDERSTOOD = Text(
    "没看懂要做什么。可以说“看看 NAME 的状态”或“重启 NAME”。",
    "I did not understand what to do. Try “status of NAME” or “restart NAME”.",
)
REPORTED = Text(
    "这里没有要我做的事。需要的话请直接告诉我做什么。",
    "I see nothing to do here. Tell me directly what you want done.",
)
EMPTY = Text("没有收到文字。", "There were no words.")
TOO_LONG = Text("这段话太长了,请只说要做什么。", "That is too long; please say just what is to be done.")


def asked(missing: tuple[str, ...], operation: str = "", name: str = "") -> Ask:
    """A question for what is missing, the most needed first."""
    verb = VERBS.get(operation)
    head = (
        Text(f"{verb.zh} {name}:".replace(" :", ":"), f"{verb.en} {name}: ".replace(" :", ":"))
        if verb
        else Text("", "")
    )
    return Ask(
        missing, head + _ARGUMENTS.get(missing[0], Text(f"缺少 {missing[0]}。", f"{missing[0]} is missing."))
    )


def which_namespace(name: str, namespaces: tuple[str, ...]) -> Ask:
    """Several namespaces have the name."""
    listed = " ".join(f"{n}. {space}" for n, space in enumerate(namespaces, 1))
    return Ask(
        ("namespace",),
        Text(f"{name} 在 {listed} 都有,要哪一个?", f"{name} exists in {listed}: which one?"),
        namespaces,
    )


def absent(missing: Absent) -> Say:
    """No such object; near names are offered, none is acted on."""
    if missing.lookalike:
        from kubesteer.planners.rules.names import odd_letter

        odd = odd_letter(missing.name)
        return Say(
            Text(
                f"“{missing.name}”里有一个 {odd},它不是 {missing.lookalike}。",
                f"“{missing.name}” contains {odd}; it is not {missing.lookalike}.",
            ),
            "not-found",
        )
    if missing.unseen:
        return _not_seen(missing)
    where = Text(f"{missing.place} 里", f" in {missing.place}") if missing.place else Text("", "")
    text = Text(f"{where.zh}没有 {missing.name}。", f"There is no {missing.name}{where.en}.")
    if missing.elsewhere and missing.place:
        spaces = "、".join(s or "cluster" for s in missing.elsewhere)
        text += Text(f"它在 {spaces}。", f" It exists in {spaces.replace('、', ', ')}.")
    elif missing.near:
        text += Text(f"您要的是 {'、'.join(missing.near)} 吗?", f" Did you mean {', '.join(missing.near)}?")
    return Say(text, "not-found")


def _not_seen(missing: Absent) -> Say:
    """Kinds that could not be listed may hold the name: nothing is said of its absence."""
    kinds = [kind for kind, _ in missing.unseen]
    why = "; ".join(dict.fromkeys(reason for _, reason in missing.unseen if reason))
    text = Text(
        f"没能查看 {'、'.join(kinds)}({why or '原因不明'}),所以不知道有没有 {missing.name}。",
        f"{', '.join(kinds)} could not be looked at ({why or 'no reason given'}), so it is not known whether there is a {missing.name}.",
    )
    return Say(text, "not-found")


def unfit(found: Unfit, operation: str) -> Say:
    """The verb does not apply to that kind of object."""
    verb = VERBS.get(operation, Text.same(operation))
    return Say(
        Text(f"{found.item.ref} 不能{verb.zh}。", f"{found.item.ref}: one cannot {verb.en} it."),
        "out-of-scope",
    )


def understood(calls: tuple[Call, ...]) -> Text:
    """One line that tells what the calls are."""
    return join([_line(call) for call in calls], Text(";", "; "))


def _line(call: Call) -> Text:
    verb = VERBS.get(call.operation, Text.same(call.operation))
    where = "/".join(str(call.arguments[k]) for k in ("namespace", "name") if call.arguments.get(k))
    rest = {k: v for k, v in call.arguments.items() if k not in ("kind", "namespace", "name")}
    extra = " ".join(f"{k}={v}" for k, v in rest.items())
    kind = str(call.arguments.get("kind", ""))
    thing = " ".join(part for part in (kind, where, extra) if part)
    condition = CONDITIONS.get(call.condition or "")
    head = Text(f"若{condition.zh},", f"if {condition.en}, ") if condition else Text("", "")
    return head + Text(f"{verb.zh} {thing}".strip(), f"{verb.en} {thing}".strip())
