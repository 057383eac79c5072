"""Who acts on a text, and what the clinic's rules let them do alone."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Editor:
    """Who acts. What a reviewer publishes counts as reviewed by them.

    `alone`: may put before patients what nobody else has approved (the setting `second_person`
    takes that away).
    """

    id: str
    name: str
    reviewer: bool = False
    alone: bool = True
