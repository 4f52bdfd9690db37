"""Generated names: random suffixes and the hash of a pod template.

Source: k8s.io/apimachinery/pkg/util/rand: an alphabet without vowels, so that no words arise.
"""

import secrets
import uuid
from zlib import crc32

import msgspec

from kubesteer.simulator.objects import Obj

ALPHABET = "bcdfghjklmnpqrstvwxz2456789"


def random_suffix(length: int = 5) -> str:
    """Random letters and digits."""
    return "".join(secrets.choice(ALPHABET) for _ in range(length))


def new_uid() -> str:
    """A version 4 UUID."""
    return str(uuid.uuid4())


def safe_number(value: int) -> str:
    """A number in decimal, written with the alphabet, as `rand.SafeEncodeString` does."""
    return "".join(ALPHABET[ord(digit) % len(ALPHABET)] for digit in str(value))


def template_hash(template: Obj, collisions: int = 0) -> str:
    """A pod-template-hash: the same for the same template."""
    encoded = msgspec.json.encode(template, order="deterministic") + (
        b"%d" % collisions if collisions else b""
    )
    return safe_number(crc32(encoded))
