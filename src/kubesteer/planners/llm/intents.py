"""Which changes a person's words ask for: the evidence without which a model's proposal is not put forward.

It reads the lexicon of the rules, and where that knows no wording a table of its own, wider on purpose: a model
is asked where the grammar runs out. It only ever permits; what is permitted still needs its object and its values in the person's words, and an approval.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from kubesteer.planners.llm.clauses import Clause, wishes
from kubesteer.planners.rules.cues import WRITES, Cue, cues


def _words(pattern: str) -> re.Pattern[str]:
    """Han words anywhere; Latin ones from a word's beginning."""
    parts = pattern.split()
    return re.compile(
        "|".join(
            part if not part[0].isascii() else rf"\b{part}"
            for part in (p.replace("_", r"\s+") for p in parts)
        )
    )


# A verb alone is enough for these.
VERBS: dict[str, re.Pattern[str]] = {
    "restart": _words("重启 重新启动 重新拉起 重拉 滚动重启 重载 重跑 弹一下 滚一下 restart reboot bounc recycl cycle reload relaunch kick"),
    "scale": _words("扩 缩 伸缩 翻倍 减半 加到 增加到 减到 调到 副本 实例 scal replica instances doubl halve tripl shrink grow bump"),
    "rollback": _words("回滚 回退 退回 退到 滚回 还原 恢复到 上一版 上个版本 上一个版本 roll_?back rollback revert go_back back_to previous_(?:version|revision|release|image)"),
    "set_image": _words("升级 更新 换成 换到 升到 版本 降级 部署 发布 上线 镜像 upgrad updat deploy downgrad image ship releas roll_out version"),
    "pause_rollout": _words("暂停 停住 冻结 paus hold(?!_on) freez halt"),
    "resume_rollout": _words("恢复 继续(?![看查分排找说]) resum continu(?!e_(?:to_)?(?:look|check|watch|invest|monitor)) unpaus unfreez"),
    "delete": _words("删 移除 清掉 清了 清理 干掉 销毁 杀 去掉 delet remov destroy kill(?!ed) nuke get_rid clean_up terminat"),
    "cordon": _words("封锁 禁止调度 不可调度 停止调度 隔离 cordon unschedul stop_scheduling nothing_(?:should|shall|may)_be_scheduled quarantin isolat"),
    "uncordon": _words("解封 解锁 恢复调度 允许调度 可调度 解除 uncordon schedulable allow_scheduling reopen"),
    "drain": _words("排空 驱逐 腾空 清空 挪走 迁走 下线 维护 drain evict evacuat empty maintenance"),
    "suspend": _words("挂起 暂停 停用 停掉 停了 suspend paus disabl stop halt"),
    "resume": _words("恢复 继续 启用 打开 resum unsuspend enabl unpaus continu"),
    "trigger": _words("触发 跑一 执行一 运行一 (?:立即|立刻|马上|手动)(?:跑|执行|运行|触发) 跑下 trigger run(?!_(?:an?_|the_|some_)?(?:check|diagnos|scan|test|quer)) execut fire kick_off start launch"),
    "undo": _words("撤销 撤回 还原 撤掉 恢复原 改回 undo revert take_it_back take_that_back put_it_back put_that_back roll_back"),
    "fix": _words("修 解决 处理 搞定 弄好 治 救 fix repair mend solv resolv heal sort_out remed get_it_working make_it_work 搞一下 弄一下"),
    "apply": _words("应用 创建 新建 建一个 建个 写一?个 做一?个 加一?个 清单 部署 apply creat manifest yaml deploy add"),
}  # fmt: skip

# These are named by a noun, which is in many a question as well; a verb of changing must stand beside it.
NOUNS: dict[str, re.Pattern[str]] = {
    "set_resources": _words("内存 cpu 资源 核 限额 配额 显存 mem ram cpu limit request resource core"),
    "set_autoscaling": _words("自动扩 自动伸 自动缩 弹性 弹缩 hpa autoscal auto-scal auto_scal"),
    "set_env": _words("环境变量 变量 配置项 env variable [\\w.-]+=\\S"),
    "set_probe": _words("探针 探测 健康检查 probe liveness readiness health startup"),
    "set_service": _words("服务 端口 选择器 service svc port selector"),
    "resize_volume": _words("卷 存储 磁盘 硬盘 盘 pvc volume disk storage"),
    "label": _words("标签 打标 label tag [\\w./-]+=\\S"),
    "annotate": _words("注解 annotat [\\w./-]+=\\S"),
}

_CHANGING = _words(
    "调 改 设 加 减 升 降 提 换 给 配 增 缩 扩 删 打 放 指 开 关 上 "
    "set chang rais lower increas decreas giv add remov mak bump doubl halve tun adjust grow expand resiz "
    "extend put point switch fix correct enabl disabl turn label tag annotat updat allow cap reduc scale use let"
)

SHORTEST_READ = 4
"""Latin letters of a wording that is a sign of a read; two Han characters are one already."""

_VAGUE = frozenset({"PAUSE", "GO_ON", "CHANGE"})
"""Cues that leave open what is to be done: "stop", "continue", "change"."""

_BIDDEN = re.compile(r"(?:^|please|pls|you|to|just|and|then|,)\s*$")

# The person leaves the choice of the remedy to us: what the cluster itself determines, and nothing that
# takes something away.
REMEDIES = frozenset(
    {
        "restart",
        "rollback",
        "set_image",
        "set_resources",
        "set_env",
        "set_probe",
        "set_service",
        "resize_volume",
        "scale",
    }
)


@dataclass(frozen=True, slots=True)
class Wish:
    """A clause that asks for something, and the writes that its words can mean."""

    clause: Clause
    writes: frozenset[str]


def wishes_in(words: str, hide: Callable[[str], str]) -> tuple[Wish, ...]:
    """What the words of a person ask for, clause by clause."""
    found = (Wish(clause, _writes(clause.masked)) for clause in wishes(words, hide))
    return tuple(wish for wish in found if wish.writes)


def offered_in(question: str, hide: Callable[[str], str]) -> Wish:
    """What a question speaks of, to which a person says yes."""
    masked = hide(question)
    return Wish(Clause(question, masked), _writes(masked) | _verbs(masked))


def _writes(masked: str) -> frozenset[str]:
    """By the lexicon of the rules; by our own wider table where that knows no wording in the clause. What is named
    by a noun counts in any case: it needs its value in the words besides."""
    found = [cue for cue in cues(masked) if not _idle(cue, masked)]
    certain = frozenset(cue.operation for cue in found if cue.operation in WRITES)
    stops = frozenset({"scale"} if any(cue.operation == "PAUSE" for cue in found) else ())
    vague = not found or any(cue.operation in _VAGUE for cue in found)
    every = certain | stops | _nouns(masked) | (_verbs(masked) if vague else frozenset())
    return every | (REMEDIES if "fix" in every else frozenset())


def _idle(cue: Cue, masked: str) -> bool:
    """ "Requests drop" takes nothing away, "drop it" does; and a word such as "any" is no sign of a read."""
    if not cue.writes:
        return cue.text.isascii() and cue.length < SHORTEST_READ
    return cue.text.strip() == "drop" and not _BIDDEN.search(masked[: cue.start])


def _verbs(masked: str) -> frozenset[str]:
    return frozenset(name for name, pattern in VERBS.items() if pattern.search(masked))


def _nouns(masked: str) -> frozenset[str]:
    if not _CHANGING.search(masked):
        return frozenset()
    return frozenset(name for name, pattern in NOUNS.items() if pattern.search(masked))
