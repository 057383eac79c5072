"""Text as people type it."""

from __future__ import annotations

import unicodedata


def clean(text: str) -> str:
    """The text without control characters; line breaks and tabs stay."""
    kept = (c for c in text if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cs"))
    return "".join(kept).strip()
