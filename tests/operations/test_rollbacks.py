"""rollback: which template comes back."""

from __future__ import annotations

from operation_requests import on, refused, sent
from operation_samples import container, meta, owned_by, pod, seen, state, template, workload

from kubesteer.core.operations import Snapshot
from kubesteer.core.refs import Ref
from kubesteer.core.requests import Delete, Patch, PatchType


def revisions(*images: str) -> Snapshot:
    """A Deployment that has had these images, the last of them now."""
    target = workload(
        made=template(container(image=images[-1])),
        annotations={"deployment.kubernetes.io/revision": str(len(images))},
    )
    sets = []
    for number, image in enumerate(images, 1):
        made = template(container(image=image))
        made["metadata"]["labels"]["pod-template-hash"] = f"hash{number}"
        annotations = {"deployment.kubernetes.io/revision": str(number)}
        kept = meta("ReplicaSet", f"web-{number}", annotations=annotations, ownerReferences=owned_by(target))
        sets.append({**kept, "spec": {"template": made}})
    return seen(target, ReplicaSet=sets)


def test_rollback_replaces_the_whole_template() -> None:
    request = sent(on(workload(), "rollback"), revisions("a:v1", "a:v2", "a:v3"))
    assert isinstance(request, Patch)
    assert request.type is PatchType.JSON
    assert request.body == [
        {"op": "replace", "path": "/spec/template", "value": template(container(image="a:v2"))}
    ]


def test_rollback_to_a_revision() -> None:
    request = sent(on(workload(), "rollback", revision=1), revisions("a:v1", "a:v2", "a:v3"))
    assert isinstance(request, Patch)
    assert request.body[0]["value"]["spec"]["containers"][0]["image"] == "a:v1"


def test_rollback_skips_what_is_the_same() -> None:
    request = sent(on(workload(), "rollback"), revisions("a:v1", "a:v2", "a:v2"))
    assert isinstance(request, Patch)
    assert request.body[0]["value"]["spec"]["containers"][0]["image"] == "a:v1"


def test_a_daemon_set_returns_by_its_controller_revision() -> None:
    target = workload("DaemonSet", made=template(container(image="a:v2")))
    kept = [
        {
            **meta("ControllerRevision", f"web-{n}", ownerReferences=owned_by(target)),
            "revision": n,
            "data": {"spec": {"template": {**template(container(image=f"a:v{n}")), "$patch": "replace"}}},
        }
        for n in (1, 2)
    ]
    request = sent(on(target, "rollback"), seen(target, ControllerRevision=kept))
    assert isinstance(request, Patch)
    assert request.body[0]["value"] == template(container(image="a:v1"))


def test_a_stuck_pod_of_a_stateful_set_does_not_block_the_way_back() -> None:
    target = workload("StatefulSet", made=template(container(image="a:v2")))
    target["status"]["updateRevision"] = "web-2"
    kept = [
        {
            **meta("ControllerRevision", f"web-{n}", ownerReferences=owned_by(target)),
            "revision": n,
            "data": {"spec": {"template": template(container(image=f"a:v{n}"))}},
        }
        for n in (1, 2)
    ]
    stuck = pod(
        "web-2", target, ready=False, containerStatuses=[state(waiting={"reason": "ImagePullBackOff"})]
    )
    stuck["metadata"]["labels"] = {"controller-revision-hash": "web-2"}
    before = seen(target, ControllerRevision=kept, Pod=[pod("web-0", target), stuck])
    rollback = on(target, "rollback")
    _, deletion = rollback.requests(before)
    assert deletion == Delete(Ref("Pod", "shop", "web-2"))
    assert "stuck pods (web-2) are deleted" in rollback.explain(before).en
    parallel = workload("StatefulSet", made=template(container(image="a:v2")))
    parallel["spec"]["podManagementPolicy"] = "Parallel"
    assert len(rollback.requests(seen(parallel, ControllerRevision=kept, Pod=[stuck]))) == 1


def test_rollback_without_a_past() -> None:
    refused(on(workload(), "rollback"), revisions("a:v1"), "no earlier revision")
    refused(on(workload(), "rollback", revision=7), revisions("a:v1", "a:v2"), "no revision 7")
    hidden = Snapshot(workload(), not_looked_at={"ReplicaSet": "forbidden"})
    refused(on(workload(), "rollback"), hidden, "may not be read")
