"""What a case needs of whoever takes it, and who has it: language, subject, site, privacy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.effects import Reason

# The areas of `data/topics.toml` as people divide their work.
_DOMAINS = {
    "coverage": ("cov", "cli", "enr", "mcr", "mcd", "oth"),
    "billing": ("bil",),
    "appointments": ("apt",),
    "clinic": ("clin", "meta", "saf", "oos"),
}
_DOMAIN_OF = {area: domain for domain, areas in _DOMAINS.items() for area in areas}
DOMAINS = tuple(_DOMAINS)


def domain_of(topics: Sequence[str]) -> str | None:
    """The domain of the first topic; None for a case about nothing in particular."""
    return _DOMAIN_OF.get(topics[0].partition(".")[0]) if topics else None


@dataclass(frozen=True, slots=True)
class Needs:
    """What a case asks of a person. None: nothing in particular."""

    language: str
    domain: str | None = None
    site: str | None = None
    private: bool = False


@dataclass(frozen=True, slots=True)
class Skills:
    """What a person can take. An empty set sets no limit: a small clinic need not say anything."""

    languages: frozenset[str] = field(default_factory=frozenset)
    domains: frozenset[str] = field(default_factory=frozenset)
    sites: frozenset[str] = field(default_factory=frozenset)
    private: bool = True

    def meet(self, needs: Needs) -> bool:
        """Whether a case with these needs may be given to this person."""
        asked = (
            (self.languages, needs.language),
            (self.domains, needs.domain),
            (self.sites, needs.site),
        )
        fits = all(not limit or wish is None or wish in limit for limit, wish in asked)
        return fits and (self.private or not needs.private)


def needs_of(
    language: str, reason: str, domain: str | None, site: str | None, need: str | None = None
) -> Needs:
    """The needs of a case, from what its row says. `need` is what whoever passed it on asked for:
    `language:es`, `topic:billing`, `site:main` or `privacy`. It goes before the rest."""
    kind, _, value = (need or "").partition(":")
    asked = {"language": language, "topic": domain or "", "site": site or ""} | {kind: value}
    private = kind == "privacy" or reason == Reason.LEGAL_PRIVACY.value
    return Needs(asked["language"], asked["topic"] or None, asked["site"] or None, private)
