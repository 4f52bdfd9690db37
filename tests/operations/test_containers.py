"""Which container a change means, and set_image."""

from __future__ import annotations

import pytest
from operation_requests import change, on, patched, refused
from operation_samples import Obj, container, meta, seen, template, workload

TWO = template(container("app"), container("side", "reg.example.com/side:v1"))


def test_the_container_that_runs_this_repository_is_meant() -> None:
    body = patched(on(WORK2, "set_image", image="reg.example.com/side:v2"), WORK2)
    assert body["spec"]["template"]["spec"]["containers"] == [
        {"name": "side", "image": "reg.example.com/side:v2"}
    ]


WORK2 = workload(made=TWO)


def test_of_several_containers_one_must_be_told() -> None:
    for made in (
        on(WORK2, "set_image", image="other:v1"),
        on(WORK2, "set_env", variable="A", value="1"),
        on(WORK2, "set_resources", cpu_limit="1"),
        on(WORK2, "set_probe", probe="liveness", port=80),
    ):
        assert refused(made, WORK2, "app, side. Which one") == "container"
    missing = on(WORK2, "set_image", image="other:v1", container="nope")
    assert refused(missing, WORK2, "no container called") == "container"


def test_the_declared_default_container_is_taken() -> None:
    marked = {"kubectl.kubernetes.io/default-container": "side"}
    target = workload(made=template(container("app"), container("side"), **marked))
    body = patched(on(target, "set_env", variable="A", value="1"), target)
    assert body["spec"]["template"]["spec"]["containers"][0]["name"] == "side"


def test_a_sidecar_stands_among_the_init_containers() -> None:
    target = workload()
    target["spec"]["template"]["spec"]["initContainers"] = [container("proxy", restartPolicy="Always")]
    body = patched(on(target, "set_image", image="proxy:v2", container="proxy"), target)
    assert body["spec"]["template"]["spec"] == {"initContainers": [{"name": "proxy", "image": "proxy:v2"}]}


def test_a_cronjobs_template_lies_deeper() -> None:
    target: Obj = {**meta("CronJob", "nightly"), "spec": {"jobTemplate": {"spec": {"template": template()}}}}
    body = patched(on(target, "set_image", image="reg.example.com/app:v2"), target)
    spec = body["spec"]["jobTemplate"]["spec"]["template"]["spec"]
    assert spec == {"containers": [{"name": "app", "image": "reg.example.com/app:v2"}]}


def test_the_same_image_is_no_change() -> None:
    assert (
        refused(on(workload(), "set_image", image="reg.example.com/app:v1"), workload(), "already") == "image"
    )


@pytest.mark.parametrize(
    "image",
    [
        "nginx",
        "nginx:1.27",
        "reg.example.com:5000/team/app:v2",
        "localhost/app",
        "app@sha256:" + "a" * 64,
        "a/b_c/d-e:T_1.x",
    ],
)
def test_images_that_are_fine(image: str) -> None:
    assert (
        change("set_image", kind="Deployment", namespace="a", name="b", image=image).arguments()["image"]
        == image
    )


def test_a_moving_tag_is_mentioned() -> None:
    for image, moves in (
        ("app", True),
        ("app:latest", True),
        ("app:v2", False),
        ("app@sha256:" + "b" * 64, False),
    ):
        told = on(workload(), "set_image", image=image).explain(seen(workload())).en
        assert ("latest moves" in told) is moves
