"""What would let a claim be bound."""

from __future__ import annotations

import json

from kubesteer.analyzers.matches import Match, Remedy
from kubesteer.analyzers.near import near_ref
from kubesteer.analyzers.remedies import only_person
from kubesteer.analyzers.resources.volumes import StorageClass
from kubesteer.analyzers.world import World
from kubesteer.core.findings import Suggestion
from kubesteer.core.refs import Ref


def class_remedy(world: World, match: Match) -> Remedy:
    """A claim's class cannot be changed. Where another class was probably meant, the claim must be made again;
    what can be done without touching it is to give its class the meaning of the one class that exists."""
    classes = world.of(StorageClass)
    wanted = str(match.values["class"])
    near = near_ref(world, Ref("StorageClass", "", wanted))
    default = next((item.name for item in classes if item.default), "")
    if near or default:
        return _claim_again(match, wanted, near.name if near else default)
    model = classes[0] if len(classes) == 1 else None
    if model is None or wanted == "-":
        return only_person(
            f"StorageClass {wanted} 不存在;现有:{match.values['known']}。需要人决定用哪一个。",
            f"StorageClass {wanted} does not exist; there are {match.values['known']}. A person must choose.",
        )
    manifest = {
        "apiVersion": "storage.k8s.io/v1",
        "kind": "StorageClass",
        "metadata": {"name": wanted},
        "provisioner": model.provisioner,
        "parameters": model.parameters,
        "reclaimPolicy": model.reclaim_policy or "Delete",
        "volumeBindingMode": model.volume_binding_mode,
        "allowVolumeExpansion": model.allow_volume_expansion,
    }
    return Remedy((Suggestion("apply", {"manifest": json.dumps(manifest, ensure_ascii=False)}),))


def _claim_again(match: Match, wanted: str, meant: str) -> Remedy:
    name = match.object.name
    return only_person(
        f"StorageClass {wanted} 不存在,可能想用的是 {meant}。PVC 的存储类不能修改:请删除 {name} 并以 "
        f"storageClassName: {meant} 重建(它从未绑定,不会丢数据);若由 StatefulSet 的模板产生,模板也要改。",
        f"StorageClass {wanted} does not exist; {meant} was probably meant. A claim's class cannot be changed: delete "
        f"{name} and create it again with storageClassName: {meant} (it was never bound, so that no data is lost); "
        f"where a StatefulSet's template makes it, change the template too.",
    )


def default_remedy(world: World, match: Match) -> Remedy:
    """The one class that exists may become the default one."""
    known = world.of(StorageClass)
    if len(known) != 1:
        return only_person(
            f"{match.object} 没有指明存储类,集群也没有默认存储类;现有:{match.values['known']}。",
            f"{match.object} names no class and the cluster has no default one; there are {match.values['known']}.",
        )
    mark = {
        "kind": "StorageClass",
        "name": known[0].name,
        "key": "storageclass.kubernetes.io/is-default-class",
        "value": "true",
    }
    return Remedy((Suggestion("annotate", mark),))


def volume_remedy(world: World, match: Match) -> Remedy:
    """Only a person can supply a volume."""
    del world
    return only_person(
        f"需要一个符合 {match.object} 的 PersistentVolume(现有的不符合:{match.values['volumes']})。",
        f"A PersistentVolume that fits {match.object} is needed (those that exist do not: {match.values['volumes']}).",
    )
