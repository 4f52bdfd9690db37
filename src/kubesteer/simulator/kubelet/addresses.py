"""The addresses of pods: each node hands out those of its own range."""

from collections.abc import Iterator
from ipaddress import IPv4Address, IPv4Network
from itertools import chain

from kubesteer.simulator.objects import Obj, items, text

RANGE = "10.244.0.0/24"
FIRST = 2
"""Address 1 of a range is the bridge's."""


class Addresses:
    """Gives every pod an address that no other one has, in the order of the range, and takes it back."""

    def __init__(self) -> None:
        self._last: dict[str, int] = {}
        self._used: set[str] = set()

    def take(self, node: Obj, pod: Obj) -> str:
        """The address of a new pod; one on the host's network has the node's."""
        if pod["spec"].get("hostNetwork"):
            return node_address(node)
        network = _network(text(node, "spec", "podCIDR"))
        found = next(ip for ip in self._from(network) if ip not in self._used)
        self._used.add(found)
        return found

    def _from(self, network: IPv4Network) -> Iterator[str]:
        """The addresses after the last one given, once round the range, and then those beyond it."""
        size, key = network.num_addresses - FIRST - 1, str(network)
        start = self._last.get(key, -1) + 1
        turn = ((start + step) % size for step in range(size))
        for offset in chain(turn, range(size, 2**16)):
            self._last[key] = offset % size
            yield str(IPv4Address(int(network.network_address) + FIRST + offset))

    def give_back(self, address: str) -> None:
        """The pod is gone."""
        self._used.discard(address)


def _network(cidr: str) -> IPv4Network:
    """A node's range; the common one where it has none that can be read, or one without room for a pod."""
    try:
        network = IPv4Network(cidr, strict=False)
    except ValueError:
        return IPv4Network(RANGE)
    return network if network.num_addresses > FIRST + 1 else IPv4Network(RANGE)


def node_address(node: Obj) -> str:
    """A node's internal address, "" where it has none."""
    found = (a["address"] for a in items(node, "status", "addresses") if a.get("type") == "InternalIP")
    return next(found, "")
