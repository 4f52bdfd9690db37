"""resize_volume: more room for a PersistentVolumeClaim."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field
from typing_extensions import override

from kubesteer.core.clusters import Cluster
from kubesteer.core.errors import AlreadySo, Forbidden, NotFound, Unusable
from kubesteer.core.operations import Broken, Change, NoWayBack, Progress, Risk, Settled, Snapshot, Waiting
from kubesteer.core.quantities import amount
from kubesteer.core.refs import Ref
from kubesteer.core.requests import Manifest, Patch, Request
from kubesteer.core.texts import Text
from kubesteer.operations import consequences
from kubesteer.operations import workloads as w
from kubesteer.operations.alterations import missing
from kubesteer.operations.named import Scoped
from kubesteer.operations.pods import shortened

LEAST = 2.0**20
MOST = 2.0**56
"""Bytes, 64 PiB: beyond any single volume, so a slip of units."""


def _size(value: str) -> str:
    try:
        usable = LEAST <= amount(value) <= MOST
    except (ValueError, OverflowError):
        usable = False
    if not usable:
        raise Unusable(
            "size",
            Text(f"“{value[:40]}”不是可用的容量。", f"“{value[:40]}” is not a usable size."),
            Text("例如 20Gi。", "For example 20Gi."),
        )
    return value


class ResizeVolume(Scoped, Change):
    """Ask for a larger volume. It can only grow."""

    name_ = "resize_volume"
    summary = Text("扩容存储卷(只能变大)", "Enlarge a PersistentVolumeClaim; it can only grow")
    examples = (Text("把 data-db-0 扩到 50Gi", "grow the volume data-db-0 to 50Gi"),)
    risk = Risk.HIGH
    size: Annotated[str, AfterValidator(_size)] = Field(description="new size, such as 50Gi")

    def target(self) -> Ref:
        """The claim."""
        return Ref("PersistentVolumeClaim", self.namespace, self.name)

    async def snapshot(self, cluster: Cluster) -> Snapshot:
        """The claim and its storage class."""
        claim = await cluster.read(self.target())
        name = w.at(claim, "spec", "storageClassName")
        if not name:
            return Snapshot(claim)
        try:
            return Snapshot(
                claim, {"StorageClass": (await cluster.read(Ref("StorageClass", "", str(name))),)}
            )
        except (Forbidden, NotFound) as trouble:
            reason = "forbidden" if isinstance(trouble, Forbidden) else "absent"
            return Snapshot(claim, not_looked_at={"StorageClass": reason})

    def requests(self, before: Snapshot) -> tuple[Request, ...]:
        """One strategic merge patch of the requested storage."""
        self._check_growth(before.object)
        for storage_class in before.of("StorageClass"):
            if not storage_class.get("allowVolumeExpansion"):
                name = w.name_of(storage_class)
                raise Unusable(
                    "name",
                    Text(
                        f"存储类 {name} 不允许扩容。",
                        f"The storage class {name} does not allow volumes to grow.",
                    ),
                    Text("需要新建更大的卷并迁移数据。", "A larger volume must be made, and the data moved."),
                )
        return (Patch(self.target(), {"spec": {"resources": {"requests": {"storage": self.size}}}}),)

    def explain(self, before: Snapshot) -> Text:
        """From what size to what size, for good."""
        first = Text(
            f"把 {self.target()} 从 {_asked(before.object)} 扩到 {self.size};之后不能再缩小。",
            f"Grow {self.target()} from {_asked(before.object)} to {self.size}; it cannot shrink again.",
        )
        unknown = Text("(无法确认存储类允许扩容。)", "(Whether its storage class allows that is not known.)")
        sure = bool(before.of("StorageClass"))
        return consequences.sentence(first, None if sure else unknown, *consequences.of_patching(before))

    def settled(self, before: Snapshot, now: Snapshot) -> Progress:
        """The claim reports the new capacity."""
        lost = missing(before, now)
        if lost:
            return lost
        claim = now.object
        capacity = w.at(claim, "status", "capacity", "storage")
        if capacity is not None and amount(capacity) >= amount(self.size):
            return Settled(
                Text(f"{self.target()} 已扩到 {capacity}。", f"{self.target()} has {capacity} now.")
            )
        if w.condition(claim, "FileSystemResizePending").get("status") == "True":
            return Settled(
                Text(
                    f"{self.target()} 的卷已扩容,文件系统会在使用它的 Pod 重启时扩展。",
                    f"The volume of {self.target()} has grown; its file system follows when its pod restarts.",
                )
            )
        for type_ in ("ControllerResizeError", "NodeResizeError"):
            failed = w.condition(claim, type_)
            if failed.get("status") == "True":
                message = shortened(failed.get("message") or "")
                return Broken(Text(f"扩容失败:{message}", f"Growing failed: {message}"))
        return Waiting(
            Text(
                f"等待存储系统扩容(现在 {capacity or '?'})",
                f"waiting for the storage to grow (now {capacity or '?'})",
            ),
            0,
            1,
        )

    @override
    def undo(self, before: Snapshot, after: Manifest | None) -> Change | NoWayBack:
        """There is none."""
        return NoWayBack(
            Text("存储卷不能缩小,扩容无法撤销。", "A volume cannot shrink, so this cannot be undone.")
        )

    def _check_growth(self, claim: Manifest) -> None:
        now = _asked(claim)
        if w.at(claim, "status", "phase") != "Bound":
            raise Unusable(
                "name",
                Text(f"{self.target()} 还没有绑定存储卷。", f"{self.target()} is not bound to a volume yet."),
            )
        if amount(self.size) == amount(now):
            raise AlreadySo(
                "size", Text(f"{self.target()} 已经是 {now}。", f"{self.target()} has {now} already.")
            )
        if amount(self.size) < amount(now):
            raise Unusable(
                "size",
                Text(
                    f"存储卷不能从 {now} 缩小到 {self.size}。",
                    f"A volume cannot shrink from {now} to {self.size}.",
                ),
            )


def _asked(claim: Manifest) -> str:
    return str(w.at(claim, "spec", "resources", "requests", "storage") or "0")
