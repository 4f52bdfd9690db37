"""Pulling images: what goes wrong, in the words of containerd 2.

Source: pkg/kubelet/images/image_manager.go of the 1.34 release; containerd's resolver.
"""

import re
from zlib import crc32

from kubesteer.simulator.behaviour import Behaviour

MISSING_TAG = "does-not-exist"
MISSING_HOST = "missing.example.com"
REFERENCE = re.compile(
    r"(?:[a-zA-Z0-9.-]+(?::\d+)?/)?[a-z0-9]+(?:[._-]+[a-z0-9]+)*(?:/[a-z0-9]+(?:[._-]+[a-z0-9]+)*)*"
    r"(?::[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?(?:@sha256:[0-9a-f]{64})?"
)


def full_reference(image: str) -> str:
    """An image name with registry and tag, as the runtime resolves it."""
    first, slash, _ = image.partition("/")
    registry = slash and ("." in first or ":" in first or first == "localhost")
    named = image if registry else f"docker.io/{image if slash else 'library/' + image}"
    return named if ":" in named.rsplit("/", 1)[-1] or "@" in named else f"{named}:latest"


def invalid_name(image: str) -> str | None:
    """The complaint about a reference that cannot be parsed, None for a good one."""
    if REFERENCE.fullmatch(image):
        return None
    return (
        f'Failed to apply default image tag "{image}": couldn\'t parse image name "{image}": invalid reference '
        "format"
    )


def pull_error(image: str, behaviour: Behaviour) -> str | None:
    """The runtime's complaint about a pull, None where it succeeds."""
    reference = full_reference(image)
    declared = behaviour.value("image-pull")
    if declared is None:
        if reference.startswith(f"{MISSING_HOST}/"):
            declared = "unreachable"
        elif reference.rsplit(":", 1)[-1] == MISSING_TAG:
            declared = "not-found"
    head = f'failed to pull and unpack image "{reference}": failed to resolve reference "{reference}"'
    if declared is None:
        return None
    if declared == "denied":
        return (
            f"{head}: pull access denied, repository does not exist or may require authorization: server message: "
            "insufficient_scope: authorization failed"
        )
    host = reference.split("/", 1)[0]
    if declared == "unreachable":
        tail = f"dial tcp: lookup {host} on 10.96.0.10:53: no such host"
        path = reference.split("/", 1)[1].rsplit(":", 1)
        return (
            f'{head}: failed to do request: Head "https://{host}/v2/{path[0]}/manifests/{path[-1]}": {tail}'
        )
    return f"{head}: {reference}: not found"


def pull_reason(error: str) -> str:
    """The prefix that the kubelet puts before the runtime's complaint."""
    return f"rpc error: code = {'NotFound' if error.endswith('not found') else 'Unknown'} desc = {error}"


def image_size(image: str) -> int:
    """A plausible size in bytes, the same for the same image."""
    return 40_000_000 + crc32(image.encode()) % 160_000_000
