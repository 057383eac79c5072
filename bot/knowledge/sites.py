"""Which of the clinic's sites somebody speaks of."""

from __future__ import annotations

from bot.knowledge.names import place_names
from bot.knowledge.profile import ClinicProfile
from bot.language.tokens import phrase


def site_in(text: str, profile: ClinicProfile) -> str | None:
    """The id of the site that `text` names last; None when it names none.

    A clinic with one site is always meant.
    """
    if len(profile.locations) == 1:
        return profile.locations[0].id
    words = phrase(text)
    last: tuple[int, int, str] | None = None
    for place in profile.locations:
        for name in place_names(place, profile):
            for start in range(len(words) - len(name) + 1):
                if words[start : start + len(name)] == name:
                    last = max(last or (-1, 0, ""), (start, len(name), place.id))
    return last[2] if last else None


def site_name(site: str | None, profile: ClinicProfile) -> str | None:
    """What patients call the site."""
    return next((place.name for place in profile.locations if place.id == site), None)
