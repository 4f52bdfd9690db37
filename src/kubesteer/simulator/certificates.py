"""A throw-away certificate for serving TLS, signed by an authority of its own."""

import tempfile
from dataclasses import dataclass
from pathlib import Path

import trustme


@dataclass(frozen=True, slots=True)
class Certificate:
    """`path` holds the private key and the certificate in PEM; `ca_pem` is what clients trust."""

    path: str
    ca_pem: bytes
    folder: tempfile.TemporaryDirectory[str]
    """Removed with this object."""


def issue(host: str) -> Certificate:
    """A certificate for a host and for loopback."""
    authority = trustme.CA()
    names = dict.fromkeys(("localhost", "127.0.0.1", "::1", host))
    made = authority.issue_cert(*(name for name in names if name not in ("0.0.0.0", "::")))
    folder = tempfile.TemporaryDirectory(prefix="kubesteer-simulator-")
    path = Path(folder.name, "server.pem")
    path.touch(mode=0o600)
    made.private_key_and_cert_chain_pem.write_to_path(str(path))
    return Certificate(str(path), authority.cert_pem.bytes(), folder)
