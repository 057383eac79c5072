"""How one text says it: reading level, figures, years, words that must or must not be there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from bot.knowledge import readability, wording
from bot.knowledge.checks.findings import (
    EXAMPLE,
    PLACES,
    Both,
    Finding,
    Reference,
    quoting,
    sentences_of,
    without_examples,
)
from bot.knowledge.content import Words
from bot.knowledge.facts import Figure
from bot.knowledge.markdown import plain
from bot.knowledge.render import PLACEHOLDER, placeholders, render

HARDEST_GRADE = 8.0  # US school grade, English
LEAST_EASE = 55.0  # INFLESZ, Spanish

_NUMBER_WORDS = (
    "two|three|four|five|six|seven|eight|nine|ten|twelve|fourteen|fifteen|twenty|thirty|sixty|"
    "ninety|dos|tres|cuatro|cinco|seis|siete|ocho|nueve|diez|doce|catorce|quince|veinte|treinta|"
    "sesenta|noventa"
)
_UNITS = (
    "minutes?|hours?|days?|weeks?|months?|percent|minutos?|horas?|días?|semanas?|mes(?:es)?|"
    "por ciento"
)
# More than fourteen years are an age; who is of what age is said in many sentences.
BARE_FIGURE = re.compile(
    rf"\$\s?\d[\d,.]*|\d[\d,.]*\s?%|\b(?:(?:\d+|{_NUMBER_WORDS})[\s-]+"
    rf"(?:(?:business|calendar|full|more)\s+)?(?:{_UNITS})|"
    r"(?:\d|1[0-4]|two|three|five|ten|dos|tres|cinco|diez)[\s-]+(?:years?|años?))\b",
    re.IGNORECASE,
)
_YEAR = re.compile(
    r"\b20\d\d\b|\b(?:each|every) year\b|\bcada año\b|\btodos los años\b", re.IGNORECASE
)
_HELP = re.compile(
    r"\bhelp with (?:(?:your|this|the|these) )?bills?\b|clinic\.assistance_"
    r"|\bayuda con (?:(?:su|la|esta|las|sus) )?facturas?\b",
    re.IGNORECASE,
)
_PAY = re.compile(
    r"clinic\.(?:pay_|payment_plan_)|(?<!prescription )\bpayment plans?\b"
    r"|\bplan(?:es)? de pagos\b(?! de (?:recetas|medic))",
    re.IGNORECASE,
)
_PAY_PLACE = re.compile(r"clinic\.(?:pay_|payment_plan_)")
# In these marks a word is named so that people know it again; it is not used.
_NAMED = re.compile(r"“[^”]*”|\"[^\"]*\"|«[^»]*»|(?<!\])\([^()]*\)|(?<!\*)\*(?!\*)[^*\n]+\*(?!\*)")
_LINK_TARGET = re.compile(r"\]\([^)]*\)")


def phrasing_findings(
    where: str, language: str, words: Words, reference: Reference
) -> Iterator[Finding]:
    """Everything about the wording of one text."""
    yield from _reading(where, language, words)
    yield from _vanishes(where, words, reference)
    yield from help_findings(where, words, needed=False)
    fields = (("title", words.title), ("lead", words.lead), ("more", words.more or ""))
    for field, text in fields:
        yield from _bare_figures(where, field, text)
        yield from _years(where, field, text, language, reference)
        yield from _traps(where, field, text, language, reference)
        yield from _glossary(where, field, text, language, reference)


def _reading(where: str, language: str, words: Words) -> Iterator[Finding]:
    whole = f"{words.lead}\n\n{words.more or ''}"
    for part, text in (("lead", words.lead), ("whole", whole)):
        if not readability.words(readability.plain(text)):
            continue
        if language == "es":
            kind, ease = "ease", readability.inflesz(text)
            hard, values = ease < LEAST_EASE, quoting(ease=f"{ease:.0f}", least=f"{LEAST_EASE:.0f}")
        else:
            kind, grade = "grade", readability.flesch_kincaid(text)
            hard = grade > HARDEST_GRADE
            values = quoting(grade=f"{grade:.1f}", most=f"{HARDEST_GRADE:.0f}")
        if hard:
            yield Finding("reading", where, "lead", f"reading_{part}_{kind}", values, blocks=False)


def _bare_figures(where: str, field: str, text: str) -> Iterator[Finding]:
    for match in BARE_FIGURE.finditer(PLACEHOLDER.sub("", without_examples(text))):
        values = quoting(figure=match[0].strip(), clinic=PLACES["clinic"], fact=PLACES["fact"])
        blocks = any(letter.isdigit() for letter in match[0])
        yield Finding("bare_figure", where, field, "bare_figure", values, blocks)


def year_of(figure: Figure) -> str | None:
    """The year of a figure that holds for one year only."""
    year = figure.effective[:4]
    if figure.effective == year or figure.expires_on == date(figure.expires_on.year, 12, 31):
        return year if year.isdigit() else None
    return None


def _years(
    where: str, field: str, text: str, language: str, reference: Reference
) -> Iterator[Finding]:
    for sentence in sentences_of(text):
        known = [
            key
            for kind, key in placeholders(sentence)
            if kind == "fact" and key in reference.figures.root
        ]
        years = {key: year for key in known if (year := year_of(reference.figures[key]))}
        said = PLACEHOLDER.sub(lambda one: _any_value(one, language, reference), sentence)
        if years and not _YEAR.search(said):
            for key, year in years.items():
                yield Finding("year", where, field, "year_unsaid", quoting(key=key, year=year))
        if len(named := sorted(set(years.values()))) > 1:
            both = Both(en=" and ".join(named), es=wording.listing(named, "es"))
            yield Finding("year", where, field, "year_shared", quoting(years=both), blocks=False)


def _any_value(place: re.Match[str], language: str, reference: Reference) -> str:
    """A figure's words, expired or not."""
    figure = reference.figures.root.get(place["key"]) if place["kind"] == "fact" else None
    if figure is None:
        return ""
    return figure.es or figure.value if language == "es" else figure.value


class _WithoutYearly:
    """All facts are there but the figures of one year."""

    def __init__(self, reference: Reference):
        self._figures = reference.figures

    def clinic(self, key: str) -> str:
        """Any words will do."""
        return key

    def figure(self, key: str) -> str | None:
        """None for what ends with a year."""
        known = self._figures.root.get(key)
        return None if known is None or year_of(known) else known.value

    def lookup(self, key: str) -> str | None:
        """Not every question is answered by a look-up."""
        return None


def _vanishes(where: str, words: Words, reference: Reference) -> Iterator[Finding]:
    if not any(kind == "fact" for kind, _ in placeholders(words.lead)):
        return
    if not plain(render(words.lead, _WithoutYearly(reference))).strip():
        yield Finding("vanishes", where, "lead", "vanishes", blocks=False)


def help_findings(where: str, words: Words, *, needed: bool) -> Iterator[Finding]:
    """Help before payment. `needed`: the text is about costs, whatever it says of payment."""
    text = f"{words.lead}\n\n{words.more or ''}"
    offered = _HELP.search(text)
    about_costs = needed or _PAY_PLACE.search(text) or any(mark in text for mark in EXAMPLE)
    if not offered:
        if about_costs:
            yield Finding("help_first", where, "lead", "help_missing")
        return
    payment = _PAY.search(text)
    if payment and payment.start() < offered.start():
        yield Finding("help_first", where, "lead", "help_late")


def _traps(
    where: str, field: str, text: str, language: str, reference: Reference
) -> Iterator[Finding]:
    traps = reference.vocabulary.traps
    own = without_examples(text)
    for rule, group, blocks, looked_at in (
        ("stale_figure", traps.stale, True, own),
        ("promise", traps.promise, True, own),
        ("informal", traps.informal, False, text),
    ):
        for sentence in sentences_of(reference.filled(_shown(looked_at), language)):
            for trap in group.values():
                if trap.language in (None, language):
                    for said in trap.found(sentence):
                        why = Both(trap.why, trap.why_es)
                        remedy = Both(trap.remedy, trap.remedy_es)
                        values = quoting(said=said, why=why, remedy=remedy)
                        yield Finding(rule, where, field, "trap", values, blocks)


def _glossary(
    where: str, field: str, text: str, language: str, reference: Reference
) -> Iterator[Finding]:
    used = _NAMED.sub(" ", PLACEHOLDER.sub("", _shown(text)))
    for sentence in sentences_of(used):
        for term in reference.vocabulary.glossary.terms(language):
            for said in dict.fromkeys(term.found(sentence)):
                values = quoting(said=said, use=term.use)
                yield Finding("glossary", where, field, "glossary", values, blocks=False)


def _shown(text: str) -> str:
    """The text without the addresses of its links."""
    return _LINK_TARGET.sub("]", text)
