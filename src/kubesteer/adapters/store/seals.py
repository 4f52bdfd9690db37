"""Sealing what must be kept but not read: the exact requests of a change may hold passwords.

Encrypted with Fernet (cryptography.io) under a key that lies beside the ledger, readable by its owner alone. For
several machines on one PostgreSQL the key file is the same on each.
"""

from __future__ import annotations

import os
import zlib
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken

from kubesteer.core.errors import StoreError
from kubesteer.core.texts import Text

KEY_FILE = "seal.key"


class Seal:
    """Closes and opens particulars."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / KEY_FILE
        self._fernet: Fernet | None = None

    def closed(self, content: bytes) -> bytes:
        """Compressed and encrypted."""
        return self._cipher().encrypt(zlib.compress(content))

    def opened(self, sealed: bytes) -> bytes:
        """What was sealed.

        Raises:
            StoreError: it was sealed with another key, or tampered with.
        """
        try:
            return zlib.decompress(self._cipher().decrypt(sealed))
        except InvalidToken as trouble:
            raise StoreError(
                Text(
                    f"无法解开变更的内容:{self._path} 不是封存它的密钥,或内容被改动过。",
                    f"The content of the change cannot be opened: {self._path} is not the key that sealed it, or "
                    "it was altered.",
                ),
                Text(
                    "请从提出该变更的机器复制这个文件。",
                    "Copy the file from the machine that proposed the change.",
                ),
            ) from trouble

    def _cipher(self) -> Fernet:
        if self._fernet is None:
            self._fernet = Fernet(self._key())
        return self._fernet

    def _key(self) -> bytes:
        try:
            return self._path.read_bytes()
        except FileNotFoundError:
            return self._new_key()

    def _new_key(self) -> bytes:
        """Written under another name and linked, so that of two processes one wins and none reads half a key."""
        draft = self._path.with_name(f".{KEY_FILE}.{os.getpid()}.{os.urandom(4).hex()}")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(Fernet.generate_key())
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, self._path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
        return self._path.read_bytes()
