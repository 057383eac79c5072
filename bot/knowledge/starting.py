"""The first draft of a new article, and more questions for the drafts of an old one."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy.exc import IntegrityError

from bot.db import UnitOfWork
from bot.errors import Conflict, Invalid
from bot.knowledge.drafting import to_add_to
from bot.knowledge.editors import Editor
from bot.knowledge.files import Domain
from bot.knowledge.finding import article_of, in_state
from bot.knowledge.models import Article, State, Version
from bot.knowledge.saving import DraftText, save_draft
from bot.knowledge.service import hold, new_article
from bot.knowledge.topics import standard
from bot.privacy import audit

SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
SLUG_CHARS = 60
MOST_QUESTIONS = 200


class Full(Conflict):
    """The article has as many ways to ask as an article may have."""

    code = "article_full"


@dataclass(frozen=True, slots=True)
class Beginning:
    """What is known of a text before anybody has written it."""

    title: str
    variants: Sequence[str] = field(default=(), repr=False)
    golden: Sequence[str] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class NewArticle:
    """An article to begin, with what is known in each language."""

    slug: str
    domain: str
    topics: Sequence[str]
    texts: Mapping[str, Beginning]


def slug_of(title: str) -> str:
    """`¿Tienen wifi?` as `tienen-wifi`: a name for an address."""
    folded = unicodedata.normalize("NFKD", title.casefold())
    bare = "".join(letter for letter in folded if not unicodedata.combining(letter))
    words = re.findall(r"[a-z0-9]+", bare)
    return "-".join(words)[:SLUG_CHARS].strip("-")


async def start_article(work: UnitOfWork, editor: Editor, new: NewArticle) -> Article:
    """Make the article with a draft in each language. Raises `Conflict` for a slug in use."""
    _check(new)
    article = new_article(new.slug, new.domain, new.topics, editor.id)
    work.session.add(article)
    try:
        await work.session.flush()
    except IntegrityError:
        raise Conflict(
            "there is an article with this address already",
            remedy="Choose another address, or add the questions to that article.",
        ) from None
    await audit.record(work, editor.id, "article.started", f"article:{new.slug}")
    for language, words in new.texts.items():
        text = DraftText(
            title=words.title[:200],
            lead="",
            variants=list(words.variants),
            golden=list(words.golden),
        )
        await save_draft(work, editor, new.slug, language, text, None)
    return article


def _check(new: NewArticle) -> None:
    if not SLUG.fullmatch(new.slug) or len(new.slug) > 120:
        raise Invalid(
            "the address is not a name",
            field="slug",
            remedy="Use small letters and digits, with dashes between the words.",
        )
    if new.domain not in set(Domain):
        raise Invalid("no such shelf", field="domain", remedy="Choose one of the list.")
    if not new.topics or any(standard().get(one) is None for one in new.topics):
        raise Invalid("no such topic", field="topic", remedy="Choose one of the list.")
    if not any(words.title.strip() for words in new.texts.values()):
        raise Invalid("the title is missing", field="title", remedy="Write the question.")


async def add_questions(
    work: UnitOfWork, editor: Editor, slug: str, questions: Mapping[str, Sequence[str]]
) -> list[str]:
    """Add ways to ask to the article's drafts, beginning one where there is none.

    A colleague's draft gets them too: nothing of it is written over, and their page finds them at
    the next save. Returns the languages in which something was new. Raises `NotFound` for an
    unknown article and `Full` for one that has no room for all of them.
    """
    await hold(work)
    article = await article_of(work.session, slug)
    changed = []
    for language, asked in questions.items():
        live = await in_state(work.session, article.id, language, State.PUBLISHED)
        draft = await in_state(work.session, article.id, language, State.DRAFT)
        current = draft or live
        text = (
            _text(current) if current else DraftText(title=asked[0][:200] if asked else "", lead="")
        )
        known = {one.casefold() for one in (*text.variants, *text.golden)}
        new = [one for one in dict.fromkeys(asked) if one.casefold() not in known]
        if not new:
            continue
        if len(text.variants) + len(new) > MOST_QUESTIONS:
            raise Full(
                f"{slug} would have more than {MOST_QUESTIONS} ways to ask in {language!r}",
                remedy="Take some of its ways to ask out, or write an article of its own.",
            )
        text.variants = [*text.variants, *new]
        base = live.id if live else None
        await save_draft(work, editor, slug, language, text, base, seen=to_add_to(draft, live))
        changed.append(language)
    return changed


def _text(version: Version) -> DraftText:
    return DraftText.model_validate(
        {name: getattr(version, name) for name in DraftText.model_fields}
    )
