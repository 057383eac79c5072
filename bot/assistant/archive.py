"""The trained archive, checked before anything opens it. No Rasa here: a missing model is known at
once, without importing what would load it.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from bot.assistant.turn import AssistantFailed

MANIFEST = "careline.json"


def sha256_of(path: Path) -> str:
    """The checksum of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def verified_archive(model_dir: Path) -> Path:
    """The trained archive that the manifest names, if its bytes are the recorded ones.

    A Rasa archive is code (its loader trusts the types it names), so a file that nobody recorded
    is not opened. Raises `AssistantFailed`.
    """
    try:
        manifest = json.loads((model_dir / MANIFEST).read_text("utf-8"))
        archive = model_dir / str(manifest["archive"])
        checksum = sha256_of(archive)
    except (OSError, ValueError, KeyError):
        raise AssistantFailed("model_missing") from None
    if checksum != manifest["sha256"]:
        raise AssistantFailed("model_checksum")
    return archive
