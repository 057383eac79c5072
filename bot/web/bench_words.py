"""What the bench shows as said: lines in the shape that the widget draws."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from bot import texts
from bot.assistant.turn import TurnOutput
from bot.effects import Line, Option, RequestHandoff
from bot.knowledge.content import Content
from bot.knowledge.markdown import blocks
from bot.knowledge.outcomes import Answer, Clarify, NeedsFact, NeedsPerson, Outcome
from bot.safety import Assessment, Tier, clinical_text, text_for

Json = dict[str, Any]
NURSE_LINE = "nurse_line_phone"


def safety_lines(assessment: Assessment, language: str, content: Content) -> Iterator[Json]:
    """What the gate says in place of an answer, if it does."""
    if assessment.tier is Tier.FULL:
        text = text_for(assessment, language)
        yield _line("safety", text.text, text.language, author="system")
    elif assessment.clinical:
        nurse_line = content.profile.display(NURSE_LINE, language)
        text = clinical_text(language, nurse_line)
        yield _line("clinical", text.text, text.language)


def soft_line(assessment: Assessment, language: str) -> Iterator[Json]:
    """What is added after the answer to words that may mean danger."""
    if assessment.tier is Tier.SOFT:
        text = text_for(assessment, language)
        yield _line("safety", text.text, text.language, author="system")


def outcome_lines(outcome: Outcome, language: str, content: Content) -> Iterator[Json]:
    """The five ways a question can end, as they are said."""
    match outcome:
        case Answer():
            if outcome.other_language:
                yield _fixed("other_language", language)
            ref = outcome.article
            yield _article(ref.slug, ref.version_id, outcome.lead, outcome.more, content)
            if outcome.also:
                yield _fixed("also_asked", language, options=outcome.also)
        case Clarify(options=options):
            yield _fixed("clarify", language, kind="clarify", options=options)
        case NeedsFact():
            yield _fixed("person_missing_fact", language)
        case NeedsPerson(article=ref, lead=lead) if ref and lead:
            yield _article(ref.slug, ref.version_id, lead, outcome.more, content)
        case NeedsPerson(reason=reason):
            yield _fixed(f"person_{reason.value}", language)
        case _:
            yield _fixed("not_understood", language)


def assistant_lines(output: TurnOutput, content: Content) -> Iterator[Json]:
    """What the whole assistant says, small talk and all."""
    for line in output.lines:
        yield _said(line, content)


def handoff_of(output: TurnOutput) -> str | None:
    """Why a person is asked for, if one is."""
    asked = (one for one in output.effects if isinstance(one, RequestHandoff))
    return next((one.reason.value for one in asked), None)


def _said(line: Line, content: Content) -> Json:
    if line.article:
        ref = line.article
        return _article(ref.slug, ref.version_id, line.text, line.more, content)
    return _line(line.kind, line.text, line.language, options=line.options)


def _fixed(
    key: str, language: str, *, kind: str = "text", options: tuple[Option, ...] = ()
) -> Json:
    return _line(kind, texts.get(f"assistant.{key}", language).text, language, options=options)


def _article(slug: str, version_id: int, lead: str, more: str | None, content: Content) -> Json:
    versions = (
        version
        for article in content.articles
        if article.slug == slug
        for version in article.versions.values()
    )
    found = next((one for one in versions if one.version_id == version_id), None)
    line = _line("answer", lead, found.language if found else "en")
    line["more"] = blocks(more) if more else None
    if found:
        words = found.words
        line["source"] = {
            "slug": slug,
            "title": words.title,
            "version_id": version_id,
            "language": found.language,
            "sources": [{"title": one.title, "url": one.url} for one in words.sources],
            "verified_on": words.verified_on.isoformat() if words.verified_on else None,
            "reviewed": bool(words.reviewed_by),
        }
    return line


def _line(
    kind: str,
    text: str,
    language: str,
    *,
    author: str = "bot",
    options: tuple[Option, ...] = (),
) -> Json:
    return {
        "author": author,
        "kind": kind,
        "language": language,
        "blocks": blocks(text),
        "more": None,
        "options": [{"slug": one.slug, "title": one.title} for one in options],
        "source": None,
    }
