"""Questions and answers from a saved page: schema.org FAQPage, details, lists of terms, headings.

What the page says about itself for machines comes first; what repeats it on the screen is
counted once. Scripts never run and nothing is fetched.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from bs4.element import PageElement, Tag

from bot.errors import Invalid
from bot.knowledge.exchange.entries import Entry, Found
from bot.knowledge.exchange.html_prose import (
    HEADINGS,
    any_text,
    lost_notes,
    markdown,
    parse,
    plain_line,
    text_of,
)
from bot.knowledge.plans import normal

MEGABYTES = 10
DEEPEST_DATA = 20
HIGHEST_CLIMB = 3
MOST_FOLDS = 4
Pair = tuple[str, str, str, str]  # where, question, answer, language


def read(content: bytes, name: str) -> Found:
    """All questions of the page. Raises `Invalid` when it is no page."""
    if b"\0" in content[:1000] and content[:2] not in (b"\xff\xfe", b"\xfe\xff"):
        raise Invalid(f"{name} is no web page", remedy="Save the page as “HTML only”.")
    page = parse(content)
    if page.contains_replacement_characters:
        raise Invalid(f"{name}: its letters cannot be read", remedy="Save the page as UTF-8.")
    found, lost = Found(), Counter[str]()
    known: set[str] = set()
    for form in (_json_ld(page, found, lost), _microdata(page, lost), _details(page, lost)):
        _keep(found, known, form)
    _keep(found, known, _terms(page, lost))
    _keep(found, known, _headings(page, lost))
    found.notes += lost_notes(lost)
    return found


def _keep(found: Found, known: set[str], pairs: Iterable[Pair]) -> None:
    """Take what no earlier form of the page has said already."""
    fresh = []
    for where, question, answer, language in pairs:
        key = " ".join(normal(question))
        if key and key not in known:
            fresh.append(key)
            found.entries.append(Entry(where, question, answer, language))
    known.update(fresh)


def _json_ld(page: Tag, found: Found, lost: Counter[str]) -> Iterator[Pair]:
    for script in page.find_all(
        "script", type=re.compile(r"^\s*application/ld\+json", re.IGNORECASE)
    ):
        try:
            data = json.loads(script.get_text())
        except (ValueError, RecursionError):
            remedy = "Correct the block, or remove it and let the page's text be read."
            found.refuse(_where(script), "the FAQ data of the page is not valid JSON", remedy)
            continue
        for question, language in _questions(data, _language(script), 0):
            yield (
                _where(script),
                plain_line(_string(question.get("name") or question.get("text"))),
                any_text(_answer(question), lost),
                language,
            )


def _questions(data: Any, language: str, depth: int) -> Iterator[tuple[dict[str, Any], str]]:
    """The questions of every FAQPage in the data, with the language it says it is in."""
    if depth > DEEPEST_DATA:
        return
    if isinstance(data, list):
        for one in data:
            yield from _questions(one, language, depth + 1)
    elif isinstance(data, dict):
        language = _string(data.get("inLanguage")) or language
        kinds = data.get("@type")
        if "Question" in (kinds if isinstance(kinds, list) else [kinds]):
            yield data, language
            return
        for key in ("@graph", "mainEntity", "hasPart"):
            yield from _questions(data.get(key), language, depth + 1)


def _answer(question: dict[str, Any]) -> str:
    answer = question.get("acceptedAnswer") or question.get("suggestedAnswer")
    first = answer[0] if isinstance(answer, list) and answer else answer
    return _string(first.get("text") if isinstance(first, dict) else first)


def _string(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _microdata(page: Tag, lost: Counter[str]) -> Iterator[Pair]:
    kind = re.compile(r"//schema\.org/Question\s*$", re.IGNORECASE)
    for item in page.find_all(itemtype=kind):
        if item.find_parent(itemtype=kind):
            continue
        name = item.find(itemprop=re.compile(r"\bname\b"))
        answer = item.find(itemprop=re.compile(r"\b(?:accepted|suggested)Answer\b"))
        text = answer.find(itemprop=re.compile(r"\btext\b")) or answer if answer else None
        question = _content(name) if name else ""
        yield _where(item), question, markdown([text], lost) if text else "", _language(item)


def _content(tag: Tag) -> str:
    return plain_line(str(tag.get("content") or "")) or text_of(tag)


def _details(page: Tag, lost: Counter[str]) -> Iterator[Pair]:
    for item in page.find_all("details"):
        summary = item.find("summary")
        if summary is None or len(item.find_parents("details", limit=MOST_FOLDS)) == MOST_FOLDS:
            continue
        rest = [child for child in item.children if child is not summary]
        yield _where(item), text_of(summary), markdown(rest, lost), _language(item)


def _terms(page: Tag, lost: Counter[str]) -> Iterator[Pair]:
    for term in page.find_all("dt"):
        said: list[PageElement] = []
        for sibling in term.find_next_siblings(["dt", "dd"]):
            if sibling.name == "dt":
                break
            said.append(sibling)
        yield _where(term), text_of(term), markdown(said, lost), _language(term)


def _headings(page: Tag, lost: Counter[str]) -> Iterator[Pair]:
    for heading in page.find_all(sorted(HEADINGS)):
        question = text_of(heading)
        if question.endswith("?"):
            answer = markdown(_below(heading), lost)
            yield _where(heading), question, answer, _language(heading)


def _below(heading: Tag) -> list[PageElement]:
    """What follows until the next heading; a heading in a box of its own looks outside it."""
    at: Tag = heading
    for _ in range(HIGHEST_CLIMB):
        said: list[PageElement] = []
        for sibling in at.next_siblings:
            if isinstance(sibling, Tag) and (
                sibling.name in HEADINGS or sibling.find(sorted(HEADINGS)) is not None
            ):
                break
            said.append(sibling)
        if any(text_of(one) for one in said):
            return said
        if at.parent is None or at.parent.name in ("body", "html", "[document]"):
            return []
        at = at.parent
    return []


def _language(tag: Tag) -> str:
    for one in (tag, *tag.parents):
        if named := one.get("lang") or one.get("xml:lang"):
            return str(named)
    return ""


def _where(tag: Tag) -> str:
    return f"line {tag.sourceline}" if tag.sourceline else "the page"
