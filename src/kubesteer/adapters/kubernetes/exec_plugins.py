"""Credentials from an exec plug-in, as the kubeconfigs of EKS, GKE, AKS and others have them.

Source: "client-go credential plugins", client.authentication.k8s.io v1 and v1beta1. Spoken here rather than
through the official package, whose import takes 0.65 s and which swallows a plug-in's failure.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from kubesteer.adapters.kubernetes.credentials import ClientCertificate, Credential
from kubesteer.core.errors import Misconfigured
from kubesteer.core.texts import Text

PATIENCE = 60.0
"""Seconds a plug-in may take; some open a browser."""

_EARLY = timedelta(seconds=30)
_VERSIONS = ("client.authentication.k8s.io/v1", "client.authentication.k8s.io/v1beta1")


@dataclass(slots=True)
class ExecPlugin:
    """Runs the command when there is no credential yet, when it expires, and when the server refuses it.

    `settings` is the kubeconfig's `users[].user.exec`; `cluster` is what a plug-in is told of the cluster
    where it asks for it (`provideClusterInfo`).
    """

    settings: Mapping[str, Any]
    folder: Path
    cluster: Mapping[str, Any] = field(default_factory=dict)
    environ: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))
    _kept: Credential | None = None
    _until: datetime | None = None
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def current(self, *, renew: bool = False) -> Credential:
        """The plug-in's credential, kept until shortly before it expires."""
        seen = self._kept
        async with self._lock:
            replaced = self._kept is not seen  # somebody else renewed it while we waited
            if self._kept is None or self._expired() or (renew and not replaced):
                self._keep(_status(await self._run(), self.settings))
            assert self._kept is not None
            return self._kept

    def _expired(self) -> bool:
        return self._until is not None and datetime.now(UTC) >= self._until - _EARLY

    def _keep(self, status: Mapping[str, Any]) -> None:
        pem, key = status.get("clientCertificateData"), status.get("clientKeyData")
        certificate = ClientCertificate(str(pem).encode(), str(key).encode()) if pem and key else None
        token = str(status.get("token") or "")
        if not token and certificate is None:
            raise _trouble("没有给出令牌或证书", "gave neither a token nor a certificate", self.settings)
        self._kept = Credential.bearer(token, certificate)
        self._until = _moment(status.get("expirationTimestamp"), self.settings)

    async def _run(self) -> bytes:
        try:
            process = await asyncio.create_subprocess_exec(
                _command(self.settings, self.folder),
                *[str(argument) for argument in self.settings.get("args") or ()],
                stdin=None if _interactive(self.settings) else asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=None if _interactive(self.settings) else asyncio.subprocess.PIPE,
                env={**self.environ, **_variables(self.settings), **self._info()},
            )
        except OSError as error:
            raise _not_started(self.settings, error) from error
        return await _outcome(process, self.settings)

    def _info(self) -> dict[str, str]:
        spec: dict[str, Any] = {"interactive": _interactive(self.settings)}
        if self.settings.get("provideClusterInfo"):
            spec["cluster"] = dict(self.cluster)
        version = self.settings.get("apiVersion")
        document = {"apiVersion": version, "kind": "ExecCredential", "spec": spec}
        return {"KUBERNETES_EXEC_INFO": json.dumps(document)}


async def _outcome(process: asyncio.subprocess.Process, settings: Mapping[str, Any]) -> bytes:
    try:
        async with asyncio.timeout(PATIENCE):
            out, err = await process.communicate()
    except TimeoutError as error:
        process.kill()
        await process.wait()
        raise _trouble(
            f"{PATIENCE:.0f} 秒内没有结束", f"did not finish in {PATIENCE:.0f} s", settings
        ) from error
    except asyncio.CancelledError:
        process.kill()
        raise
    if process.returncode != 0:
        said = (err or b"").decode("utf-8", "replace").strip()[-300:]
        raise _trouble(
            f"以状态 {process.returncode} 退出:{said}", f"exited with {process.returncode}: {said}", settings
        )
    return out


def _status(output: bytes, settings: Mapping[str, Any]) -> Mapping[str, Any]:
    try:
        document = json.loads(output)
    except ValueError as error:
        raise _trouble("输出的不是 JSON", "did not print JSON", settings) from error
    status = document.get("status") if isinstance(document, dict) else None
    if not isinstance(status, dict):
        raise _trouble("没有输出 ExecCredential", "did not print an ExecCredential", settings)
    if document.get("apiVersion") != settings.get("apiVersion"):
        raise _trouble(
            f"说的是 {document.get('apiVersion')},kubeconfig 要的是 {settings.get('apiVersion')}",
            f"speaks {document.get('apiVersion')} where the kubeconfig wants {settings.get('apiVersion')}",
            settings,
        )
    return status


def _moment(stamp: object, settings: Mapping[str, Any]) -> datetime | None:
    if not stamp:
        return None
    try:
        moment = datetime.fromisoformat(str(stamp))
    except ValueError as error:
        raise _trouble(
            f"给出的到期时间 {stamp} 不可读", f"gave an expiry that is no time: {stamp}", settings
        ) from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _command(settings: Mapping[str, Any], folder: Path) -> str:
    command = str(settings.get("command") or "")
    if settings.get("apiVersion") not in _VERSIONS or not command:
        raise Misconfigured(
            Text(
                "kubeconfig 里的 exec 段缺少 command,或 apiVersion 不受支持。",
                "The exec section of the kubeconfig lacks a command, or has an apiVersion that is not supported.",
            ),
            Text(f"apiVersion 应为 {' 或 '.join(_VERSIONS)}。", f"Use {' or '.join(_VERSIONS)}."),
        )
    # A relative path counts from the kubeconfig's folder; a bare word is looked up in PATH.
    return str(folder / command) if "/" in command or os.sep in command else command


def _interactive(settings: Mapping[str, Any]) -> bool:
    return (
        settings.get("interactiveMode", "IfAvailable") != "Never"
        and sys.stdin is not None
        and sys.stdin.isatty()
    )


def _variables(settings: Mapping[str, Any]) -> dict[str, str]:
    return {str(pair["name"]): str(pair["value"]) for pair in settings.get("env") or ()}


def _not_started(settings: Mapping[str, Any], error: OSError) -> Misconfigured:
    hint = str(settings.get("installHint") or "").strip()
    found = _trouble(f"无法启动:{error.strerror}", f"could not be started: {error.strerror}", settings)
    zh = "请安装它并确认在 PATH 里。"
    en = "Install it and see that it is in PATH."
    return Misconfigured(found.text, Text(f"{zh}{hint}", f"{en} {hint}".rstrip()))


def _trouble(zh: str, en: str, settings: Mapping[str, Any]) -> Misconfigured:
    command = settings.get("command")
    return Misconfigured(
        Text(f"取凭据的插件 {command} {zh}。", f"The credential plug-in {command} {en}."),
        Text(
            f"请先单独运行 {command} 登录一次,再重试。",
            f"Run {command} by hand, log in if it asks, and try again.",
        ),
    )
