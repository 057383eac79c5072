"""What editors write before patients read it: one draft an article and language."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.exc import IntegrityError

from bot.clock import utc_now
from bot.db import UnitOfWork
from bot.errors import Conflict, NotFound
from bot.knowledge import drafting, steps
from bot.knowledge.content import Source, Words
from bot.knowledge.drafting import Seen
from bot.knowledge.editors import Editor
from bot.knowledge.finding import article_of, in_state
from bot.knowledge.life_models import Verb
from bot.knowledge.models import Origin, State, Version
from bot.knowledge.service import hold, new_version, said
from bot.privacy import audit


class DraftSource(BaseModel):
    """A source as typed; it may still be incomplete."""

    model_config = ConfigDict(extra="forbid")

    title: str = Field(default="", max_length=300)
    url: str = Field(default="", max_length=1000)


class DraftText(BaseModel):
    """A draft as typed: anything may still be missing, nothing may be oversized."""

    model_config = ConfigDict(extra="forbid")

    title: str = Field(max_length=200)
    lead: str = Field(max_length=5_000)
    more: str | None = Field(default=None, max_length=20_000)
    variants: list[str] = Field(default_factory=list, max_length=200)
    golden: list[str] = Field(default_factory=list, max_length=100)
    sources: list[DraftSource] = Field(default_factory=list, max_length=20)
    verified_on: date | None = None
    expires_on: date | None = None

    def words(self) -> Words:
        """The draft without stray space and empty lines."""
        return Words(
            title=" ".join(self.title.split()),
            lead=_text(self.lead),
            more=_text(self.more or "") or None,
            variants=_lines(self.variants),
            golden=_lines(self.golden),
            sources=tuple(Source(one.title.strip(), one.url.strip()) for one in self.sources),
            verified_on=self.verified_on,
            expires_on=self.expires_on,
        )


def _text(typed: str) -> str:
    """One kind of line end, so that a text is the same in a browser, the database and a file."""
    return "\n".join(line.rstrip() for line in typed.strip().splitlines())


def _lines(texts: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(line for text in texts if (line := " ".join(text.split()))))


async def save_draft(
    work: UnitOfWork,
    editor: Editor,
    slug: str,
    language: str,
    text: DraftText,
    base_version_id: int | None,
    *,
    seen: Seen | None = None,
    translates: int | None = None,
) -> Version:
    """Keep a text that patients do not see; an article has one draft per language.

    `base_version_id` is the live version the editor had before their eyes (None: there was none),
    `seen` the draft; `Conflict` names who was first with another. `translates` is the source
    version that the editor says this text translates; 0 says that none is known, and without a
    word it stays what it was.
    """
    await hold(work)
    article = await article_of(work.session, slug, language)
    await steps.refuse_on_its_way(work.session, article.id, language)
    live = await in_state(work.session, article.id, language, State.PUBLISHED)
    if (live.id if live else None) != base_version_id:
        raise overtaken(live)
    draft = await in_state(work.session, article.id, language, State.DRAFT)
    drafting.guard(draft, editor.id, seen)
    based_on = await drafting.origin(work.session, article, language, translates)
    facts = {
        "revision": live.revision if live else 1,
        "based_on": based_on,
        "origin": Origin.EDITOR.value,
        "created_by": editor.name,
    }
    words = _keep_review(text.words(), live)
    if draft and drafting.says_already(draft, live, words.hash, based_on):
        return draft
    if draft is None:
        draft = new_version(article, language, words, **facts)
        work.session.add(draft)
    else:
        for name, value in {**said(words), **facts, "created_at": utc_now()}.items():
            setattr(draft, name, value)
    try:
        await work.session.flush()
    except IntegrityError:
        raise Conflict("another editor began a draft of this text at the same moment") from None
    await steps.written(work, editor, draft)
    await drafting.mark(work, draft, editor.id, editor.name, slug)
    return draft


async def discard_draft(
    work: UnitOfWork, editor: Editor, slug: str, language: str, *, seen: Seen | None = None
) -> None:
    """Forget the draft; what it said stays among the earlier saves. Raises `NotFound` when there
    is none, `Conflict` when it is not the one the editor has `seen`."""
    article = await article_of(work.session, slug, language)
    draft = await in_state(work.session, article.id, language, State.DRAFT)
    if draft is None:
        raise NotFound("there is no draft")
    if seen is not None:
        drafting.guard(draft, editor.id, seen)
    await audit.record(
        work, editor.id, "draft.discarded", f"article:{slug}", language=language, version=draft.id
    )
    await steps.record(work, editor, draft, steps.Done(Verb.DISCARDED, draft.state))
    await work.session.delete(draft)


def message(version: Version) -> tuple[str, str, str | None]:
    """What a translation translates."""
    return version.title, version.lead, version.more


def _keep_review(words: Words, live: Version | None) -> Words:
    """Whoever reviewed the text reviewed these words; new questions need no new review."""
    if live is None or message(live) != (words.title, words.lead, words.more):
        return words
    return replace(words, reviewed_by=live.reviewed_by, reviewed_on=live.reviewed_on)


def overtaken(live: Version | None) -> Conflict:
    """What is said to whoever had another live text before their eyes than this."""
    return Conflict(
        "somebody published this text meanwhile",
        winner=live.published_by if live else None,
        remedy="Compare your text with the live one, then save it again.",
    )
