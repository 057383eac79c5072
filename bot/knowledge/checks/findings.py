"""What every rule speaks of: findings, the rules' names, and what a text is checked against."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from bot import texts
from bot.knowledge import glossary, wording
from bot.knowledge.facts import Figures
from bot.knowledge.glossary import Vocabulary
from bot.knowledge.profile import ClinicProfile
from bot.knowledge.render import PLACEHOLDER, sentences

SOON = timedelta(days=30)
# Made-up amounts may stand only where the reader is told that they are made up.
EXAMPLE = ("**Example (made-up numbers):**", "**Ejemplo (números inventados):**")

_MARKER = re.compile(r"^\s*(?:[-*+]|\d+[.)])\s+")

# One text by itself; editors see these while they write.
TEXT_RULES = {
    "title": "Every text has a title of at most 200 characters.",
    "lead": "Every text has an answer.",
    "lead_length": "The answer has at most 60 words, facts filled in.",
    "variants": "8 to 15 ways patients ask it.",
    "golden_count": "At least 2 test questions.",
    "golden_is_variant": "A test question is worded unlike the ways patients ask it.",
    "sources": "What is not the clinic's own fact has a complete source.",
    "verified_on": "The day the facts were checked is set, and past.",
    "expires_on": "The day until which the text is valid is set, and after that day.",
    "expired": "No text is past its day.",
    "expires_soon": "No text ends within 30 days.",
    "markup": "Only what the chat can show: paragraphs, bold, emphasis, lists, safe links.",
    "placeholder": "Every place names a fact, a figure or a look-up that exists.",
    "missing_fact": "The clinic profile states every fact that is named.",
    "reading": "English reads at grade 8 or lower, Spanish at ease 55 or higher.",
    "bare_figure": "Every amount, share and time is a fact, or stands in a made-up example.",
    "year": "A yearly figure stands beside its year, apart from those of other years.",
    "vanishes": "The answer still says something when its yearly figures expire.",
    "stale_figure": "None of the figures and rules that were true once.",
    "promise": "Nothing promises coverage or reassures.",
    "help_first": "Help with bills stands before payment, and in every cost answer.",
    "informal": "Spanish says usted.",
    "glossary": "One word for one thing.",
}
# The base as a whole.
BASE_RULES = {
    "expired_figure": "No figure has expired.",
    "figure_soon": "No figure expires within 30 days.",
    "unused_figure": "Every figure is used by an article.",
    "topic_missing": "Every subject that an article should answer has one.",
    "topic_unknown": "Articles name subjects of the map only.",
    "topic_twice": "A subject has one article.",
    "topic_person": "Where a person must take over, the article hands off.",
    "related": "Related articles exist.",
    "translation": "Every text is there in every language.",
    "stale": "A translation is of the current text.",
    "twins": "The languages of an article agree in subjects, links, handoff and places.",
    "same_question": "A question belongs to one article, and stands there once.",
}
# Whether questions find their article.
SEARCH_RULES = {
    "golden": "Every test question finds its article.",
    "golden_unsure": "The search is sure enough to answer every test question.",
    "close_question": "No way of asking is almost that of another article, in any language.",
    "lonely_variant": "A way of asking would find its article without itself.",
    "similar_articles": "No two articles answer the same.",
    "ranker": "The ranker is trained on these articles.",
}
RULES = {**TEXT_RULES, **BASE_RULES, **SEARCH_RULES}


@dataclass(frozen=True, slots=True)
class Both:
    """A value whose words are others in each language."""

    en: str
    es: str


Value = str | Both
Values = tuple[tuple[str, Value], ...]
# Braces cannot stand in a text of the catalogue: they are its places.
PLACES = {kind: f"{{{{ {kind}.… }}}}" for kind in ("clinic", "fact", "lookup")}


def quoting(**values: Value | int | date) -> Values:
    """The values of a finding's text."""
    return tuple((name, _value(value)) for name, value in values.items())


def _value(value: Value | int | date) -> Value:
    if isinstance(value, date):
        return Both(en=str(value), es=wording.month_day(value, "es"))
    return value if isinstance(value, Both) else str(value)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to mend. `field` is that of the text, `where` names the text.

    Its words are the texts `findings.<text>` and `findings.<text>_remedy` of the catalogue, filled
    with `values`. Like everything that is hashed or told to programs, `message` and `remedy` are
    in English.
    """

    rule: str
    where: str
    field: str
    text: str
    values: Values = ()
    blocks: bool = True

    @property
    def message(self) -> str:
        """What is wrong, in English."""
        return self.said("en")[0]

    @property
    def remedy(self) -> str:
        """How to mend it, in English."""
        return self.said("en")[1]

    def said(self, language: str) -> tuple[str, str]:
        """What is wrong and how to mend it, in that language."""
        values = {
            name: value if isinstance(value, str) else getattr(value, language)
            for name, value in self.values
        }
        message, remedy = (
            texts.get(f"findings.{self.text}{part}", language, **values).text
            for part in ("", "_remedy")
        )
        return message, remedy

    def as_dict(self) -> dict[str, Any]:
        """The finding for programs, in English."""
        message, remedy = self.said("en")
        return {
            "rule": self.rule,
            "where": self.where,
            "field": self.field,
            "message": message,
            "remedy": remedy,
            "blocks": self.blocks,
        }

    def as_words(self) -> dict[str, Any]:
        """What it says as JSON: in English, and as text and values for a page that says it in the
        reader's language, now or when it is read in a history."""
        values = {
            name: value if isinstance(value, str) else {"en": value.en, "es": value.es}
            for name, value in self.values
        }
        message, remedy = self.said("en")
        return {"message": message, "remedy": remedy, "text": self.text, "values": values}


@dataclass(frozen=True, slots=True)
class Reference:
    """What a text is checked against."""

    profile: ClinicProfile
    figures: Figures
    today: date
    vocabulary: Vocabulary = field(default_factory=glossary.standard)

    def value(self, kind: str, key: str, language: str) -> str | None:
        """The words for a place; None for what is unknown, unstated or expired."""
        if kind == "clinic":
            return self.profile.display(key, language, self.today)
        if kind == "fact" and key in self.figures.root:
            return self.figures.display(key, language, self.today)
        return None

    def filled(self, text: str, language: str) -> str:
        """The text with clinic facts and figures in their places; look-ups say nothing."""
        return PLACEHOLDER.sub(
            lambda place: self.value(place["kind"], place["key"], language) or "", text
        )


def without_examples(text: str) -> str:
    """The text less the paragraphs whose numbers are made up."""
    return "\n\n".join(part for part in text.split("\n\n") if not part.startswith(EXAMPLE))


def sentences_of(text: str) -> list[str]:
    """All sentences without the marks of lists; a line break ends one too."""
    return [one for line in text.splitlines() for one in sentences(_MARKER.sub("", line))]
