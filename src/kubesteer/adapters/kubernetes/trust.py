"""Which server certificates are believed, and the TLS context that follows."""

from __future__ import annotations

import ssl
import tempfile
from dataclasses import dataclass
from pathlib import Path

from kubesteer.adapters.kubernetes.credentials import ClientCertificate
from kubesteer.core.errors import Misconfigured
from kubesteer.core.texts import Text


@dataclass(frozen=True, slots=True)
class Trust:
    """`authority`: PEM of the certificate authority, b"" for the system's; `server_name`: what the
    certificate must be for, "" for the host in the address."""

    authority: bytes = b""
    insecure: bool = False
    server_name: str = ""


def tls_context(trust: Trust, certificate: ClientCertificate | None) -> ssl.SSLContext:
    """The context for one server.

    Raises:
        Misconfigured: the authority or the client certificate cannot be used.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    # Python 3.13 checks RFC 5280 strictly by default and so rejects the authorities of many older clusters,
    # which lack an Authority Key Identifier; kubectl accepts them.
    context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    if trust.insecure:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    elif trust.authority:
        _believe(context, trust.authority)
    else:
        context.load_default_certs()
    if certificate is not None:
        _present(context, certificate)
    return context


def no_tls() -> ssl.SSLContext:
    """A context that trusts nobody, for plain HTTP: loading the system's authorities would cost 20 ms."""
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def _believe(context: ssl.SSLContext, authority: bytes) -> None:
    try:
        context.load_verify_locations(cadata=authority.decode("ascii"))
    except (ssl.SSLError, ValueError) as error:
        raise Misconfigured(
            Text("CA 证书不是可用的 PEM。", "The certificate authority is not usable PEM."),
            Text(
                "请检查 certificate-authority(-data) 或 --certificate-authority。",
                "Check certificate-authority(-data) in the kubeconfig, or --certificate-authority.",
            ),
        ) from error


def _present(context: ssl.SSLContext, certificate: ClientCertificate) -> None:
    # The ssl module takes client certificates from files only; this one is private and gone at once.
    with tempfile.TemporaryDirectory(prefix="kubesteer-") as folder:
        path = Path(folder, "client.pem")
        path.touch(mode=0o600)
        path.write_bytes(certificate.certificate.rstrip() + b"\n" + certificate.key)
        try:
            # Without a password function OpenSSL would ask on the terminal for an encrypted key's password.
            context.load_cert_chain(path, password=lambda: b"")
        except (ssl.SSLError, OSError) as error:
            raise Misconfigured(
                Text(
                    "客户端证书或私钥不可用(不是 PEM、不成对,或私钥有密码)。",
                    "The client certificate or key cannot be used (no PEM, not a pair, or an encrypted key).",
                ),
                Text(
                    "请检查 kubeconfig 里的 client-certificate(-data) 与 client-key(-data)。",
                    "Check client-certificate(-data) and client-key(-data) in the kubeconfig.",
                ),
            ) from error
