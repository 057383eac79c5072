"""Authenticated encryption of stored text, with a key ring that can be rotated.

AES-256-GCM (NIST SP 800-38D) with a random 96-bit nonce. Each value names the key it was sealed
with and is bound to its place (`context`), so a row copied elsewhere does not open.
"""

from __future__ import annotations

import json
import secrets
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from bot.errors import CarelineError

NONCE_BYTES = 12
KEY_BYTES = 32


class CannotOpen(CarelineError):
    """The value was sealed with an unknown key, for another place, or was changed."""

    code = "cannot_open"
    status = 500


class KeyRing:
    """Seals with the newest key, opens with any."""

    def __init__(self, text: str):
        """`text` is `id:hex64[,id:hex64…]`, newest first."""
        self._keys: dict[str, AESGCM] = {}
        for part in text.split(","):
            name, _, hexadecimal = part.strip().partition(":")
            try:
                key = bytes.fromhex(hexadecimal)
            except ValueError:
                key = b""
            if not name or len(key) != KEY_BYTES or len(name) > 32:
                raise CarelineError(
                    "encryption_keys: each key is a name, a colon and 64 hex digits",
                    field="encryption_keys",
                    remedy="Use one like k1:<64 hex digits>.",
                )
            self._keys[name] = AESGCM(key)
        self._newest = next(iter(self._keys))

    def seal(self, value: Any, context: str) -> bytes:
        """Encrypt a JSON value for the place `context` names."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        plain = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
        sealed = self._keys[self._newest].encrypt(nonce, plain, context.encode())
        return self._newest.encode() + b":" + nonce + sealed

    def open(self, sealed: bytes, context: str) -> Any:
        """The JSON value again. Raises `CannotOpen`."""
        name, _, rest = bytes(sealed).partition(b":")
        key = self._keys.get(name.decode("ascii", "replace"))
        if key is None:
            raise CannotOpen("sealed with a key that is not in the ring", field="encryption_keys")
        try:
            plain = key.decrypt(rest[:NONCE_BYTES], rest[NONCE_BYTES:], context.encode())
        except (InvalidTag, ValueError):  # the latter when it is too short for a nonce
            raise CannotOpen("the value was changed, or belongs elsewhere") from None
        return json.loads(plain)
