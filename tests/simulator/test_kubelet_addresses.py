"""Addresses of pods."""

from __future__ import annotations

import pytest

from kubesteer.simulator.kubelet.addresses import Addresses


def node(cidr: str | None) -> dict[str, object]:
    spec = {"podCIDR": cidr} if cidr is not None else {}
    return {"spec": spec, "status": {"addresses": [{"type": "InternalIP", "address": "172.18.0.2"}]}}


POD: dict[str, object] = {"spec": {}}


def test_each_node_hands_out_its_own_range_in_order() -> None:
    addresses = Addresses()
    taken = [addresses.take(node(cidr), POD) for cidr in ("10.1.0.0/24", "10.2.0.0/24", "10.1.0.0/24")]
    assert taken == ["10.1.0.2", "10.2.0.2", "10.1.0.3"]


def test_an_address_comes_back_only_after_the_round() -> None:
    addresses = Addresses()
    first = addresses.take(node("10.1.0.0/29"), POD)
    addresses.give_back(first)
    later = [addresses.take(node("10.1.0.0/29"), POD) for _ in range(5)]
    assert later == ["10.1.0.3", "10.1.0.4", "10.1.0.5", "10.1.0.6", first]


def test_a_full_range_goes_on_beyond_itself() -> None:
    addresses = Addresses()
    taken = [addresses.take(node("10.1.0.0/29"), POD) for _ in range(20)]
    assert len(set(taken)) == 20


def test_the_host_s_network() -> None:
    assert Addresses().take(node("10.1.0.0/24"), {"spec": {"hostNetwork": True}}) == "172.18.0.2"


@pytest.mark.parametrize("cidr", [None, "", "nonsense", "fd00::/64", "10.0.0.1/32", "10.0.0.0/99"])
def test_a_range_that_is_none(cidr: str | None) -> None:
    assert Addresses().take(node(cidr), POD) == "10.244.0.2"
