"""Whatever editors do in whatever order, Spanish is only shown while it says what English says."""

from __future__ import annotations

import random
import re
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from sqlalchemy import select

from bot.db import Database
from bot.knowledge import studio
from bot.knowledge.base import KnowledgeBase
from bot.knowledge.drafting import Seen
from bot.knowledge.editors import Editor
from bot.knowledge.models import Version
from bot.knowledge.outcomes import Answer, Context
from bot.knowledge.publishing import publish, restore
from bot.knowledge.saving import DraftText, save_draft
from bot.knowledge.starting import add_questions
from bot.knowledge.trying import drop_golden, keep_golden
from bot.settings import Settings
from tests.starter import NOW, starter_ranker
from tests.web.test_knowledge_store import WAY

EVA = Editor("id-eva", "Eva")
STEPS = 12


class Desk:
    """One article; each of its texts names the English text that it says the same as."""

    def __init__(self, database: Database, knowledge: KnowledgeBase, chance: random.Random):
        self.database, self.knowledge, self.chance = database, knowledge, chance
        self.number = 0
        self.touched = 0

    async def text(self, language: str) -> dict[str, Any]:
        async with self.database.reading() as session:
            found = await studio.article_detail(session, "eob")
        one: dict[str, Any] = found["languages"][language]
        return one

    async def write(self, language: str, lead: str, translates: int | None = None) -> None:
        live = (await self.text(language))["live"]
        kept = {name: live[name] for name in DraftText.model_fields}
        words = DraftText.model_validate({**kept, "lead": lead})
        async with self.database.work() as work:
            draft = await save_draft(
                work, EVA, "eob", language, words, live["id"], seen=Seen(), translates=translates
            )
            await work.commit()
        await publish(self.database, self.knowledge, EVA, draft.id)

    async def english(self) -> None:
        self.number += 1
        await self.write("en", f"An EOB is a letter. It is not a bill. Text {self.number}.")

    async def spanish(self) -> None:
        live = (await self.text("en"))["live"]
        await self.write("es", said(live), translates=live["id"])

    async def spelling(self) -> None:
        """Somebody mends the Spanish text and says nothing of the English one."""
        self.touched += 1
        live = (await self.text("es"))["live"]
        lead = re.sub(r" \(\d+\)|$", "", live["lead"]) + f" ({self.touched})"
        await self.write("es", lead, translates=live["based_on"] or 0)

    async def race(self) -> None:
        """English is published while somebody translates the text before it."""
        seen = (await self.text("en"))["live"]
        await self.english()
        await self.write("es", said(seen), translates=seen["id"])

    async def back(self) -> None:
        async with self.database.reading() as session:
            old = list(
                await session.scalars(
                    select(Version.id).where(
                        Version.state == "archived", Version.lead.contains("Text")
                    )
                )
            )
        if old:
            await restore(self.database, EVA, self.chance.choice(old), WAY)


def said(english: dict[str, Any]) -> str:
    return f"La EOB es una carta. No es una factura. Texto {number(english['lead'])}."


def number(lead: str) -> int:
    found = re.search(r"Texto? (\d+)", lead)
    return int(found[1]) if found else 0


async def add_a_question(desk: Desk) -> None:
    async with desk.database.work() as work:
        await add_questions(work, EVA, "eob", {"es": ["papel del seguro sobre mi cita"]})
        await work.commit()


async def keep_a_test_question(desk: Desk) -> None:
    question = (await desk.text("es"))["live"]["variants"][0]
    async with desk.database.work() as work:
        await keep_golden(work, EVA, "eob", "es", question)
        await work.commit()


async def mend_the_words(desk: Desk) -> None:
    live = (await desk.text("es"))["live"]
    kept = {name: live[name] for name in DraftText.model_fields}
    text = DraftText.model_validate({**kept, "lead": f"{live['lead']} Guárdela."})
    async with desk.database.work() as work:
        await save_draft(work, EVA, "eob", "es", text, live["id"])
        await work.commit()


@pytest.mark.parametrize("change", [add_a_question, keep_a_test_question, mend_the_words])
async def test_a_stale_text_stays_stale_until_an_editor_says_that_it_is_up_to_date(
    database: Database, settings: Settings, change: Callable[[Desk], Awaitable[None]]
) -> None:
    knowledge = KnowledgeBase(settings, clock=lambda: NOW, ranker=starter_ranker())
    await knowledge.refresh(database)
    desk = Desk(database, knowledge, random.Random(1))
    old = (await desk.text("en"))["live"]
    await desk.english()
    await change(desk)
    draft = (await desk.text("es"))["draft"]
    assert draft["based_on"] == old["id"]
    await publish(database, knowledge, EVA, draft["id"])
    await knowledge.refresh(database)
    answer = knowledge.article("eob", Context("es"))
    assert isinstance(answer, Answer)
    assert (answer.article.language, answer.outdated) == ("en", True)
    await desk.spanish()
    await knowledge.refresh(database)
    answer = knowledge.article("eob", Context("es"))
    assert isinstance(answer, Answer)
    assert answer.article.language == "es"


async def test_a_question_taken_out_again_keeps_the_word_that_a_text_is_up_to_date(
    database: Database, settings: Settings
) -> None:
    knowledge = KnowledgeBase(settings, clock=lambda: NOW, ranker=starter_ranker())
    await knowledge.refresh(database)
    desk = Desk(database, knowledge, random.Random(1))
    await desk.english()
    source = (await desk.text("en"))["live"]["id"]
    live = (await desk.text("es"))["live"]
    text = DraftText.model_validate({name: live[name] for name in DraftText.model_fields})
    async with database.work() as work:
        await save_draft(work, EVA, "eob", "es", text, live["id"], translates=source)
        await keep_golden(work, EVA, "eob", "es", "papel del seguro sobre mi cita")
        await drop_golden(work, EVA, "eob", "es", "papel del seguro sobre mi cita")
        await work.commit()
    assert (await desk.text("es"))["draft"]["based_on"] == source


@pytest.mark.parametrize("seed", [1, 2])
async def test_spanish_is_shown_only_while_it_was_made_from_what_english_says(
    database: Database, settings: Settings, seed: int
) -> None:
    knowledge = KnowledgeBase(settings, clock=lambda: NOW, ranker=starter_ranker())
    await knowledge.refresh(database)
    chance = random.Random(seed)
    desk = Desk(database, knowledge, chance)
    await desk.english()
    shown = set()
    for _ in range(STEPS):
        step = chance.choice((desk.english, desk.spanish, desk.spelling, desk.race, desk.back))
        await step()
        await knowledge.refresh(database)
        answer = knowledge.article("eob", Context("es"))
        assert isinstance(answer, Answer)
        english = (await desk.text("en"))["live"]["lead"]
        if answer.article.language == "es":
            assert number(answer.lead) == number(english), step.__name__
            assert not answer.other_language
        else:
            assert answer.other_language
            assert answer.outdated
        shown.add(answer.article.language)
    assert shown == {"en", "es"}
