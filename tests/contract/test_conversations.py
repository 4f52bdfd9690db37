"""The conversations, whole: words in, the cluster read or changed, the answer in the asker's language.

The same on the simulator and on a real kube-apiserver. Logs and metrics need a kubelet, which nodes of a bare
control plane do not have: those tests say so.
"""

from __future__ import annotations

import asyncio
import re
from typing import Any

import pytest
from clusters import Cluster
from clusters.talking import talking
from clusters.workloads import deployment, pod, statefulset

from haste import shorten


@pytest.fixture(autouse=True)
def _hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    shorten(monkeypatch)


RESTARTED = "kubectl.kubernetes.io/restartedAt"


def writes(cluster: Cluster) -> list[Any]:
    """What was really written with a change's mark, in the order of the audit."""
    return [
        w for w in cluster.audit() if not w.dry_run and re.search("kubesteer.io(/|~1)change", str(w.body))
    ]


async def settled(cluster: Cluster, resource: str, name: str) -> None:
    """Wait until a workload's pods are ready."""
    await asyncio.to_thread(
        cluster.until,
        resource,
        name,
        lambda o: o.get("status", {}).get("readyReplicas") == o["spec"].get("replicas", 1),
    )


@pytest.mark.parametrize(
    ("words", "verdict"),
    [
        ("看看 {ns} 命名空间下 my-nginx 这个 Pod 还活着吗?", "一切正常"),
        ("{ns} 里的 my-nginx 现在什么状态", "一切正常"),
        ("is the my-nginx pod in {ns} still alive?", "well"),
        ("status of my-nginx in namespace {ns}", "well"),
    ],
)
async def test_status(cluster: Cluster, tmp_path: Any, words: str, verdict: str) -> None:
    cluster.create("pods", pod("my-nginx"))
    await asyncio.to_thread(
        cluster.until,
        "pods",
        "my-nginx",
        lambda o: any(
            c["type"] == "Ready" and c["status"] == "True" for c in o["status"].get("conditions", [])
        ),
    )
    seen = cluster.get("pods", "my-nginx")

    async with talking(cluster, tmp_path / "state") as person:
        turn = await person.says(words.format(ns=cluster.namespace))

    assert turn.outcome == "done", turn.answer
    first = turn.answer.split("\n")[0]
    assert first.startswith("my-nginx")
    assert "Running" in first
    assert seen["spec"]["nodeName"] in first
    assert seen["status"]["podIP"] in first
    assert verdict in first, first


@pytest.mark.parametrize(
    "words",
    [
        "帮我重启一下 {ns} 的 user-service",
        "把 {ns} 环境的 user-service 重启一下",
        "restart user-service in {ns}",
        "please bounce user-service in namespace {ns}",
    ],
)
async def test_restart(cluster: Cluster, tmp_path: Any, words: str) -> None:
    cluster.create("apps/v1/deployments", deployment("user-service", 3))
    await settled(cluster, "apps/v1/deployments", "user-service")

    async with talking(cluster, tmp_path / "state") as person:
        turn = await person.says(words.format(ns=cluster.namespace))

    assert turn.outcome == "done", turn.answer
    assert turn.reports[-1].verified is True
    assert RESTARTED in person.proposed[0]
    (write,) = writes(cluster)
    assert write.verb == "patch"
    template = write.body["spec"]["template"]
    assert set(template) == {"metadata"}
    assert set(template["metadata"]) == {"annotations"}
    assert set(template["metadata"]["annotations"]) == {RESTARTED}
    assert person.progress, "no progress was shown"
    now = cluster.get("apps/v1/deployments", "user-service")
    assert now["status"]["updatedReplicas"] == now["status"]["readyReplicas"] == 3
    assert now["status"]["observedGeneration"] == now["metadata"]["generation"]
    assert re.search("[一-鿿]", turn.answer) if "user-service 重启" in words else True


async def test_environment_words_name_a_namespace_that_exists(cluster: Cluster, tmp_path: Any) -> None:
    """生产环境 is `production` or `prod`, whichever is there."""
    name = "prod"
    cluster.admin.post("/api/v1/namespaces", json={"metadata": {"name": name}})
    account = f"/api/v1/namespaces/{name}/serviceaccounts/default"
    for _ in range(200):
        if cluster.admin.get(account).status_code == 200:
            break
        await asyncio.sleep(0.05)
    made = cluster.admin.post(
        f"/apis/apps/v1/namespaces/{name}/deployments", json=deployment("billing-gateway", 1)
    )
    assert made.status_code == 201, made.text

    async with talking(cluster, tmp_path / "state") as person:
        person.namespace = ""
        turn = await person.says("帮我重启一下生产环境的 billing-gateway")

    cluster.admin.delete(f"/api/v1/namespaces/{name}")
    assert turn.outcome == "done", turn.answer
    assert turn.reports[-1].arguments["namespace"] == name


@pytest.mark.parametrize("words", ["重启 {ns} 的 user-service", "restart user-service in {ns}"])
async def test_no_means_no(cluster: Cluster, tmp_path: Any, words: str) -> None:
    cluster.create("apps/v1/deployments", deployment("user-service", 1))

    async with talking(cluster, tmp_path / "state") as person:
        turn = await person.says(words.format(ns=cluster.namespace), agrees=False)

    assert turn.outcome == "refused"
    assert person.proposed
    assert writes(cluster) == []


@pytest.mark.parametrize(
    ("words", "replicas"),
    [
        ("把 {ns} 的 cart 扩到 4 个副本", 4),
        ("cart 加两个副本,在 {ns}", 4),
        ("scale cart in {ns} to 4", 4),
        ("take one replica away from {ns}/cart", 1),
    ],
)
async def test_scale_and_undo(cluster: Cluster, tmp_path: Any, words: str, replicas: int) -> None:
    cluster.create("apps/v1/deployments", deployment("cart", 2))
    await settled(cluster, "apps/v1/deployments", "cart")

    async with talking(cluster, tmp_path / "state") as person:
        turn = await person.says(words.format(ns=cluster.namespace))
        assert turn.outcome == "done", turn.answer
        assert cluster.get("apps/v1/deployments", "cart")["status"]["readyReplicas"] == replicas

        turn = await person.says("撤销刚才的操作" if "副本" in words else "undo that")

    assert turn.outcome == "done", turn.answer
    assert cluster.get("apps/v1/deployments", "cart")["spec"]["replicas"] == 2
    assert len(writes(cluster)) == 2


@pytest.mark.parametrize(
    ("words", "question", "reply"),
    [
        ("重启 checkout", "checkout", "{ns} 的"),
        ("restart checkout", "checkout", "the one in {ns}"),
    ],
)
async def test_asks_which_of_several(
    cluster: Cluster, tmp_path: Any, words: str, question: str, reply: str
) -> None:
    other = f"{cluster.namespace}-other"
    cluster.admin.post("/api/v1/namespaces", json={"metadata": {"name": other}})
    cluster.create("apps/v1/deployments", deployment("checkout", 1))
    for _ in range(200):
        path = f"/apis/apps/v1/namespaces/{other}/deployments"
        if cluster.admin.post(path, json=deployment("checkout", 1)).status_code == 201:
            break
        await asyncio.sleep(0.05)

    async with talking(cluster, tmp_path / "state") as person:
        person.namespace = ""
        asked = await person.says(words)
        assert asked.outcome == "ask", asked.answer
        assert question in asked.answer
        assert any(other in candidate for candidate in asked.candidates)
        assert writes(cluster) == []

        turn = await person.says(reply.format(ns=cluster.namespace))

    cluster.admin.delete(f"/api/v1/namespaces/{other}")
    assert turn.outcome == "done", turn.answer
    assert len(writes(cluster)) == 1


@pytest.mark.parametrize(
    ("words", "near"),
    [
        ("重启 {ns} 的 user-servise", "user-service"),
        ("restart user-servise in {ns}", "user-service"),
        ("scale user-servise to 5 in {ns}", "user-service"),
    ],
)
async def test_a_name_that_does_not_exist(cluster: Cluster, tmp_path: Any, words: str, near: str) -> None:
    cluster.create("apps/v1/deployments", deployment("user-service", 1))

    async with talking(cluster, tmp_path / "state") as person:
        turn = await person.says(words.format(ns=cluster.namespace))

    assert turn.outcome == "failed", turn.answer
    assert near in turn.answer
    assert person.proposed == []
    assert writes(cluster) == []


@pytest.mark.parametrize("words", ["帮我重启一下", "restart it please"])
async def test_asks_for_a_name(cluster: Cluster, tmp_path: Any, words: str) -> None:
    async with talking(cluster, tmp_path / "state") as person:
        turn = await person.says(words)

    assert turn.outcome == "ask"
    assert "name" in turn.missing


LOADED = {
    "simulator.kubesteer.io/cpu-total": "279m",
    "simulator.kubesteer.io/logs": "ERROR upstream timed out after 3000 ms",
}


def loaded(name: str, total: str) -> dict[str, Any]:
    """A workload of three pods that request 100m each and together use `total`."""
    made = deployment(name, 3)
    template = made["spec"]["template"]
    template["metadata"]["annotations"] = LOADED | {"simulator.kubesteer.io/cpu-total": total}
    template["spec"]["containers"][0]["resources"] = {"requests": {"cpu": "100m"}}
    return made


SLOW = [
    "user-service最近响应很慢,帮我看看日志,如果 CPU 高就帮我扩容",
    "user-service is slow, look at its logs and scale it out if CPU is high",
]


def needs(cluster: Cluster, feature: str) -> None:
    """Skip where the server has no kubelet to ask."""
    if not cluster.supports(feature):
        pytest.skip(f"{cluster.kind} has no {feature}: they come from a kubelet")


@pytest.mark.parametrize("words", SLOW)
async def test_diagnose_and_scale(cluster: Cluster, tmp_path: Any, words: str) -> None:
    needs(cluster, "metrics")
    cluster.create("apps/v1/deployments", loaded("user-service", "279m"))
    await settled(cluster, "apps/v1/deployments", "user-service")

    async with talking(cluster, tmp_path / "state") as person:
        turn = await person.says(words)

    assert turn.outcome == "done", turn.answer
    assert "93%" in turn.answer
    assert re.search(r"[3三] ?(次采样|samples)", turn.answer)
    assert "timed out" in turn.answer
    assert cluster.get("apps/v1/deployments", "user-service")["spec"]["replicas"] == 5


@pytest.mark.parametrize("words", SLOW)
async def test_the_condition_is_honoured(cluster: Cluster, tmp_path: Any, words: str) -> None:
    needs(cluster, "metrics")
    cluster.create("apps/v1/deployments", loaded("user-service", "60m"))
    await settled(cluster, "apps/v1/deployments", "user-service")

    async with talking(cluster, tmp_path / "state") as person:
        turn = await person.says(words)

    assert turn.outcome == "done", turn.answer
    assert "20%" in turn.answer
    assert person.proposed == []
    assert writes(cluster) == []


@pytest.mark.parametrize("words", SLOW)
async def test_without_metrics_nothing_is_scaled(cluster: Cluster, tmp_path: Any, words: str) -> None:
    if cluster.supports("metrics"):
        pytest.skip("this server has metrics")
    cluster.create("apps/v1/deployments", loaded("user-service", "279m"))

    async with talking(cluster, tmp_path / "state") as person:
        turn = await person.says(words)

    assert turn.outcome == "failed", turn.answer
    assert writes(cluster) == []


@pytest.mark.parametrize(
    "words",
    ["重启 {ns} 的 stuck", "restart stuck in {ns}"],
)
async def test_never_healthy_is_not_success(cluster: Cluster, tmp_path: Any, words: str) -> None:
    """Quota lets the change through and refuses the pods: the API said 200, and nothing is well."""
    cluster.create("apps/v1/deployments", deployment("stuck", 1))
    await settled(cluster, "apps/v1/deployments", "stuck")
    quota = {"metadata": {"name": "tight"}, "spec": {"hard": {"pods": "1"}}}
    cluster.create("resourcequotas", quota)
    await asyncio.to_thread(
        cluster.until,
        "resourcequotas",
        "tight",
        lambda o: o.get("status", {}).get("used", {}).get("pods") == "1",
    )

    async with talking(cluster, tmp_path / "state") as person:
        turn = await person.says(words.format(ns=cluster.namespace))

    assert turn.outcome == "failed", turn.answer
    assert "quota" in turn.answer.lower()
    assert turn.reports[-1].state in ("undone", "failed")


async def test_a_statefulset_restarts_too(cluster: Cluster, tmp_path: Any) -> None:
    cluster.create("apps/v1/statefulsets", statefulset("ledger", 2))
    await settled(cluster, "apps/v1/statefulsets", "ledger")

    async with talking(cluster, tmp_path / "state") as person:
        turn = await person.says(f"重启一下 {cluster.namespace} 的 ledger")

    assert turn.outcome == "done", turn.answer
    assert turn.reports[-1].arguments["kind"] == "StatefulSet"


async def test_may_not(cluster: Cluster, tmp_path: Any) -> None:
    """403 says which verb on which resource, and what would allow it; nothing is written."""
    cluster.create("apps/v1/deployments", deployment("web", 1))

    async with talking(cluster, tmp_path / "state", user="nobody") as person:
        turn = await person.says(f"restart web in {cluster.namespace}")

    assert turn.outcome in ("failed", "refused"), turn.answer
    assert writes(cluster) == []
