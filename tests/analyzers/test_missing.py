"""Where the cluster determines no remedy, a finding names what a person must look at or supply."""

from __future__ import annotations

from examples_networks import CART, ingress
from examples_networks import EXAMPLES as NETWORKS
from examples_workloads import EXAMPLES as WORKLOADS
from manifests import Example, Manifest, container, ended, owner, pod, service, stack, waiting
from worlds import findings

from kubesteer.core.findings import Finding
from kubesteer.core.texts import Text


def example(rule: str) -> Example:
    """A rule's example."""
    return next(each for each in (*WORKLOADS, *NETWORKS) if each.rule == rule)


def said(found: list[Finding]) -> Text:
    """What only a person can supply, of the one finding."""
    assert len(found) == 1
    assert found[0].missing is not None
    return found[0].missing


def sick(rule: str) -> Text:
    """The same of a rule's sick example."""
    return said(findings(*example(rule).sick))


def test_a_failed_job_names_the_log_to_read_and_that_it_must_be_made_again() -> None:
    text = sick("job-failed")
    assert "load" in text.en
    assert "again" in text.en
    assert "load" in text.zh


def test_a_failing_cronjob_names_its_last_run() -> None:
    text = sick("cronjob-failing")
    assert "tick" in text.en
    assert "tick" in text.zh


def test_a_schedule_that_is_not_valid_must_be_supplied() -> None:
    assert "schedule" in sick("cronjob-schedule").en


def test_an_init_container_that_crashes_is_named() -> None:
    inits = [waiting("CrashLoopBackOff", name="migrate", restarts=5, last=ended(1))]
    spec = {"initContainers": [container("migrate", command=["migrate", "up"])]}
    one = pod("cart-1-a", of=owner("ReplicaSet", "cart-1"), phase="Pending", inits=inits, spec=spec)
    text = said(findings(*stack(one)))
    assert "cart-1-a" in text.en
    assert "migrate up" in text.en
    assert "init 容器 migrate" in text.zh


def test_a_service_with_one_port_leaves_no_choice() -> None:
    text = said(findings(ingress(port=8088), service(), *CART))
    assert "only port: 80" in text.en
    assert "唯一的端口:80" in text.zh


def test_of_several_ports_a_person_chooses() -> None:
    ports: list[Manifest] = [
        {"name": "http", "port": 80, "targetPort": 8080},
        {"name": "more", "port": 81, "targetPort": 8080},
    ]
    text = said(findings(ingress(port=8088), service(ports=ports), *CART))
    assert "http:80, more:81" in text.en
