"""The refusal of what patients must not meet."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bot.errors import Invalid
from bot.knowledge.checks import Finding


class Unpublishable(Invalid):
    """The checks found what patients must not meet; nothing was published."""

    def __init__(self, findings: Sequence[Finding]):
        count = len(findings)
        super().__init__(
            f"{count} things to fix first" if count > 1 else findings[0].message,
            field=findings[0].field,
            remedy=findings[0].remedy,
        )
        self.findings = findings

    def as_dict(self) -> dict[str, Any]:
        """The common shape, with everything that was found."""
        findings = [{"field": one.field, **one.as_words()} for one in self.findings]
        return {**super().as_dict(), "findings": findings}
