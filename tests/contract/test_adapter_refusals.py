"""The adapter is refused: no credentials, no rights, and names that must never leave the process."""

from __future__ import annotations

import pytest
import yaml
from clusters import Cluster
from clusters.steered import steer
from clusters.workloads import deployment

from kubesteer.adapters.kubernetes.actuators import KubernetesActuator
from kubesteer.adapters.kubernetes.clusters import KubernetesCluster
from kubesteer.adapters.kubernetes.connections import Options, find_connection
from kubesteer.adapters.kubernetes.exchanges import Exchange
from kubesteer.core.clusters import Access, LogQuery
from kubesteer.core.errors import Forbidden, Unauthenticated, Unusable
from kubesteer.core.refs import Ref
from kubesteer.core.requests import Delete, Patch, Warrant

ATTACKS = [
    "../secrets/x",
    "nginx/../../../secrets/x",
    "%2e%2e",
    "%2e%2e%2fsecrets%2fx",
    "a" * 300,
    "\uff4e\uff47\uff49\uff4e\uff58",
    "Nginx",
    "my nginx",
    "x?watch=true",
    "x#y",
    "x\r\nHost: evil",
    "..",
    ".",
    "",
]


async def test_a_token_that_the_server_does_not_know(cluster: Cluster) -> None:
    options = Options(server=cluster.url, token="wrong", insecure_skip_tls_verify=True)
    async with KubernetesCluster(find_connection(options, {})) as kube:
        with pytest.raises(Unauthenticated) as caught:
            await kube.names("Pod", cluster.namespace)
    assert caught.value.status == 401
    assert caught.value.remedy is not None


async def test_a_refusal_prints_the_role_that_would_allow_it(cluster: Cluster) -> None:
    async with steer(cluster, "alice") as kube:
        with pytest.raises(Forbidden) as caught:
            async for _ in kube.logs(Ref("Pod", cluster.namespace, "web"), LogQuery()):
                pass
    said = caught.value.say("en")
    assert "alice may not get pods/log" in said
    role, binding = yaml.safe_load_all(said[said.index("apiVersion:") :])
    assert role["kind"] == "Role"
    assert role["metadata"]["namespace"] == cluster.namespace
    assert role["rules"] == [{"apiGroups": [""], "resources": ["pods/log"], "verbs": ["get"]}]
    assert binding["subjects"][0]["name"] == "alice"
    assert "kubectl apply" in caught.value.say("zh")


async def test_the_role_that_was_printed_does_allow_it(cluster: Cluster) -> None:
    cluster.create("apps/v1/deployments", deployment("web", replicas=0))
    patch = Patch(Ref("Deployment", cluster.namespace, "web"), {"metadata": {"labels": {"a": "b"}}})
    async with steer(cluster, "alice") as kube:
        with pytest.raises(Forbidden) as caught:
            await KubernetesActuator(kube).send(Warrant("c-1", patch))
        said = caught.value.say("en")
        role, binding = yaml.safe_load_all(said[said.index("apiVersion:") :])
        cluster.create("rbac.authorization.k8s.io/v1/roles", role)
        cluster.create("rbac.authorization.k8s.io/v1/rolebindings", binding)
        access = Access("patch", Ref("Deployment", cluster.namespace, "web"))
        while not await kube.allowed(access):  # the authorizer learns of roles by watching
            pass
        changed = await KubernetesActuator(kube).send(Warrant("c-1", patch))
    assert changed is not None
    assert changed["metadata"]["labels"] == {"a": "b"}


@pytest.mark.parametrize("name", ATTACKS)
async def test_a_name_that_cannot_be_one_never_leaves_the_process(cluster: Cluster, name: str) -> None:
    seen: list[Exchange] = []
    here = cluster.namespace
    async with steer(cluster, observer=seen.append) as kube:
        actuator = KubernetesActuator(kube)
        with pytest.raises(Unusable):
            await kube.read(Ref("Pod", here, name))
        with pytest.raises(Unusable):
            await kube.read(Ref("Pod", name, "web"))
        with pytest.raises(Unusable):
            await actuator.send(Warrant("c-1", Delete(Ref("Pod", here, name))))
        with pytest.raises(Unusable):
            await actuator.send(Warrant("c-1", Patch(Ref("ConfigMap", here, name), {})))
        with pytest.raises(Unusable):
            async for _ in kube.logs(Ref("Pod", here, name), LogQuery()):
                pass
        if name:
            with pytest.raises(Unusable):
                await kube.names("Pod", name)
            with pytest.raises(Unusable):
                async for _ in kube.logs(Ref("Pod", here, "web"), LogQuery(container=name)):
                    pass
    assert seen == []
