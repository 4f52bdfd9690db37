"""Sentences made from a grammar: a frame, a name in one of its places, and how people dress a request."""

from __future__ import annotations

import random
from collections.abc import Iterator

from corpus import Sentence

from kubesteer.core.plans import Inventory, Item, Message

OPENERS_ZH = ("", "", "帮我", "麻烦", "请", "@kubesteer ", "哎 ", "老师好,", "那个,")
CLOSERS_ZH = ("", "", "吧", "一下", "谢谢", "!", "。", ",多谢", " thx")
OPENERS_EN = ("", "", "please ", "can you ", "could you ", "hey, ", "ok, ", "pls ")
CLOSERS_EN = ("", "", " please", " thanks", ".", "!", " asap")

# Frame, answer; {x} is the name with its place, {n} a count. Frames that end in a particle take no closer.
WORKLOADS_ZH = (
    ("{x} 重启", "restart {k} {r}"), ("把 {x} 重启", "restart {k} {r}"), ("重启 {x}", "restart {k} {r}"),
    ("把 {x} 回滚", "rollback {k} {r}"), ("{x} 回滚到第 {n} 版", "rollback {k} {r} revision={n}"),
    ("看看 {x} 的状态", "get_status {k} {r}"), ("{x} 的日志给我", "get_logs {k} {r}"),
    ("{x} 最近 {n} 分钟的日志看", "get_logs {k} {r} since={n}m"), ("{x} 的最后 {n} 行日志给我", "get_logs {k} {r} tail={n}"),
    ("看下 {x} 的事件", "get_events {k} {r}"), ("查 {x} 的内存占用", "get_usage {k} {r}"),
    ("看 {x} 的发布历史", "get_rollout {k} {r}"), ("导出 {x} 的 yaml", "get_manifest {k} {r}"),
    ("诊断 {x}", "diagnose {k} {r}"), ("把 {x} 删掉", "delete {k} {r}"),
)  # fmt: skip
SCALABLE_ZH = (
    ("{x} 扩到 {n} 个副本", "scale {k} {r} replicas={n}"), ("把{x}的副本数改成 {n}", "scale {k} {r} replicas={n}"),
    ("给 {x} 加 {n} 个副本", "scale {k} {r} change={n}"), ("{x} 减 {n} 个副本", "scale {k} {r} change=-{n}"),
    ("{x} 内存上限设成 {n}Gi", "set_resources {k} {r} memory_limit={n}Gi"),
    ("{x} 自动扩缩,最少 1 最多 {n}", "set_autoscaling {k} {r} min_replicas=1 max_replicas={n}"),
)  # fmt: skip
WORKLOADS_EN = (
    ("restart {x}", "restart {k} {r}"), ("bounce {x}", "restart {k} {r}"), ("roll back {x}", "rollback {k} {r}"),
    ("roll {x} back to revision {n}", "rollback {k} {r} revision={n}"), ("show me the status of {x}", "get_status {k} {r}"),
    ("get the logs of {x}", "get_logs {k} {r}"), ("show {x} logs for the last {n} minutes", "get_logs {k} {r} since={n}m"),
    ("show the events of {x}", "get_events {k} {r}"), ("check the cpu usage of {x}", "get_usage {k} {r}"),
    ("show the rollout history of {x}", "get_rollout {k} {r}"), ("show the yaml of {x}", "get_manifest {k} {r}"),
    ("diagnose {x}", "diagnose {k} {r}"), ("delete {x}", "delete {k} {r}"),
)  # fmt: skip
SCALABLE_EN = (
    ("scale {x} to {n}", "scale {k} {r} replicas={n}"), ("add {n} replicas to {x}", "scale {k} {r} change={n}"),
    ("set the memory limit of {x} to {n}Gi", "set_resources {k} {r} memory_limit={n}Gi"),
    ("autoscale {x} between 1 and {n}", "set_autoscaling {k} {r} min_replicas=1 max_replicas={n}"),
)  # fmt: skip
NODES = (
    ("封锁 {x}", "cordon {r}"), ("排空 {x}", "drain {r}"), ("解封 {x}", "uncordon {r}"), ("cordon {x}", "cordon {r}"),
    ("drain {x}", "drain {r}"), ("uncordon {x}", "uncordon {r}"), ("{x} 的 cpu 高不高", "get_usage Node {r}"),
)  # fmt: skip
CRON_JOBS = (
    ("暂停 {x}", "suspend {r}"), ("恢复 {x}", "resume {r}"), ("手动触发 {x}", "trigger {r}"), ("suspend {x}", "suspend {r}"),
    ("resume {x}", "resume {r}"), ("trigger {x}", "trigger {r}"),
)  # fmt: skip


def sentences(inventory: Inventory, count: int, seed: int) -> Iterator[Sentence]:
    """That many sentences about the objects of a cluster, the same for the same seed."""
    dice = random.Random(seed)
    items = [i for i in inventory.items if i.ref.kind in _FRAMES]
    for number in range(count):
        item = dice.choice(items)
        chinese = dice.random() < 0.5
        frame, answer = dice.choice(_frames(item, chinese=chinese))
        chinese = any("一" <= char <= "鿿" for char in frame)
        named = _spoken(item, inventory, dice, chinese=chinese)
        figure = dice.randint(2, 9)
        words = frame.format(x=named, n=figure)
        words = _dressed(words, dice, chinese=chinese)
        where = f"{item.ref.namespace}/{item.ref.name}" if item.ref.namespace else item.ref.name
        gold = answer.format(k=item.ref.kind, r=where, n=figure)
        yield Sentence(f"generated:{seed}:{number}", (Message("user", words),), (gold,))


_FRAMES = {"Deployment", "StatefulSet", "DaemonSet", "Node", "CronJob"}


def _frames(item: Item, *, chinese: bool) -> list[tuple[str, str]]:
    if item.ref.kind == "Node":
        return list(NODES)
    if item.ref.kind == "CronJob":
        return list(CRON_JOBS)
    frames = list(WORKLOADS_ZH if chinese else WORKLOADS_EN)
    if item.ref.kind != "DaemonSet":
        frames += list(SCALABLE_ZH if chinese else SCALABLE_EN)
    return frames


def _spoken(item: Item, inventory: Inventory, dice: random.Random, *, chinese: bool) -> str:
    """The name, with its namespace where several have it, and at times with its kind."""
    name, space = item.ref.name, item.ref.namespace
    several = len({i.ref.namespace for i in inventory.by_name[name] if i.ref.kind in _FRAMES}) > 1
    if not space or (not several and dice.random() < 0.6):
        return name
    forms = (
        ("{s} 的 {n}", "{s}/{n}", "{s} 里的 {n}", "{s} 命名空间的 {n}")
        if chinese
        else ("{n} in {s}", "{s}/{n}", "the {s} {n}")
    )
    return dice.choice(forms).format(s=space, n=name)


def _dressed(words: str, dice: random.Random, *, chinese: bool) -> str:
    opener = dice.choice(OPENERS_ZH if chinese else OPENERS_EN)
    closer = dice.choice(CLOSERS_ZH if chinese else CLOSERS_EN)
    words = f"{opener}{words}{closer}"
    if chinese and dice.random() < 0.3:
        words = words.replace(" 的 ", "的").replace("把 ", "把").replace("给 ", "给")
    if dice.random() < 0.1:
        words = "".join(chr(ord(c) + 0xFEE0) if c.isascii() and c.isalnum() else c for c in words)
    return words.upper() if not chinese and dice.random() < 0.05 else words
