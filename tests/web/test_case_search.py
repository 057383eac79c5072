"""Cases are found by what they are about, whose they are, and their redacted words."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, text, update

from bot import keys
from bot.clock import utc_now
from bot.conversations.models import Message
from bot.effects import Priority
from bot.handoff import words
from bot.handoff.models import CaseWords
from tests.web.colleagues import Colleague, app_of, join
from tests.web.conftest import Patients
from tests.web.desk_cases import CLIENT, claimed, waiting
from tests.web.shifts import row_of


async def found(colleague: Colleague, **wanted: Any) -> list[int]:
    answer = await colleague.post("/api/cases/search", **wanted)
    return [one["id"] for one in answer["cases"]]


async def test_a_case_is_found_by_the_beginnings_of_its_words_without_accents(
    client: CLIENT,
) -> None:
    ana = await join(client, "ana")
    bill = await waiting(client, "¿Por qué recibí DOS facturas?")
    await waiting(client, "opening hours on Sunday")
    for wanted in ("factura", "RECIBI dos", "por qué", "  dos   fact "):
        assert await found(ana, words=wanted) == [bill.handoff_id], wanted
    for wanted in ("acturas", "facturas sunday"):
        assert await found(ana, words=wanted) == [], wanted


async def test_every_open_case_is_found_when_nothing_is_asked_for(client: CLIENT) -> None:
    ana = await join(client, "ana")
    later = await waiting(client, due=timedelta(minutes=30))
    sooner = await waiting(client, due=timedelta(minutes=5))
    assert await found(ana) == [sooner.handoff_id, later.handoff_id]


async def test_names_and_numbers_find_nothing_and_lie_nowhere_in_the_table(client: CLIENT) -> None:
    ana = await join(client, "ana")
    case = await waiting(client, "my name is Petra Lindqvist, my bill is 4111 1111 1111 1111")
    assert await found(ana, words="bill") == [case.handoff_id]
    for wanted in ("petra", "lindqvist", "4111"):
        assert await found(ana, words=wanted) == []
    app = app_of(client)
    async with app[keys.DATABASE].reading() as session:
        kept = (await session.scalars(select(CaseWords))).one()
        raw = bytes((await session.execute(text("SELECT words FROM case_words"))).scalar_one())
    assert b"bill" not in raw
    assert "bill" in app[keys.KEYS].open(kept.words, words.words_context(kept.handoff_id))


async def test_a_case_with_a_line_that_no_longer_opens_hides_no_other(client: CLIENT) -> None:
    ana = await join(client, "ana")
    broken = await waiting(client, "a question about my referral")
    sound = await waiting(client, "a question about my referral")
    async with app_of(client)[keys.DATABASE].work() as work:
        await work.session.execute(
            update(Message)
            .where(Message.conversation_id == broken.conversation_id)
            .values(body=b"gone:sealed with a key that nobody has")
        )
        await work.commit()
    assert await found(ana, words="referral") == [sound.handoff_id]
    assert set(await found(ana)) == {broken.handoff_id, sound.handoff_id}


async def test_what_the_patient_writes_later_is_found_too(
    client: CLIENT, patient: Patients
) -> None:
    ana = await join(client, "ana")
    visitor = await patient()
    await visitor.say("hello there")
    await visitor.line("bot")
    taken = await ana.post(f"/api/conversations/{visitor.conversation_id}/take-over")
    assert await found(ana, words="hello") == [taken["handoff_id"]]
    await visitor.say("it is about a tangerine", client_id="tangerine-1")
    await visitor.frame("message.acknowledged", client_id="tangerine-1")
    assert await found(ana, words="tangerine hello") == [taken["handoff_id"]]


async def test_cases_are_filtered_by_what_they_are_and_whose_they_are(client: CLIENT) -> None:
    ana, ben = await join(client, "ana"), await join(client, "ben")
    urgent = await waiting(client, "help", priority=Priority.URGENT)
    mine, _ = await claimed(client, ana)
    theirs, _ = await claimed(client, ben)
    assert await found(ana, priority="urgent") == [urgent.handoff_id]
    assert await found(ana, whose="mine") == [mine.handoff_id]
    assert await found(ana, whose="nobody") == [urgent.handoff_id]
    assert set(await found(ana, reason="asked", language="en")) == {
        urgent.handoff_id,
        mine.handoff_id,
        theirs.handoff_id,
    }
    assert await found(ana, reason="booking") == []
    assert await found(ana, language="es") == []


async def test_a_case_is_filtered_by_the_site_that_was_named_last(client: CLIENT) -> None:
    ana = await join(client, "ana")
    case = await waiting(client, "is the Riverside clinic open, not Main Street? I mean Riverside")
    await waiting(client, "when are you open")
    answer = await ana.post("/api/cases/search", site="riverside")
    assert [(one["id"], one["site"]) for one in answer["cases"]] == [(case.handoff_id, "Riverside")]
    assert await found(ana, site="main") == []
    assert (await row_of(client, case)).site == "riverside", "whoever takes it may have to know"


async def test_recently_resolved_cases_come_after_the_open_ones(client: CLIENT) -> None:
    ana = await join(client, "ana")
    done, _ = await claimed(client, ana)
    await ana.post(f"/api/handoffs/{done.handoff_id}/resolve", outcome="referred")
    open_case = await waiting(client)
    assert await found(ana) == [open_case.handoff_id, done.handoff_id]
    answer = await ana.post("/api/cases/search", standing="resolved")
    assert [(one["id"], one["outcome"]) for one in answer["cases"]] == [
        (done.handoff_id, "referred")
    ]
    assert await found(ana, standing="open") == [open_case.handoff_id]


@pytest.mark.parametrize(
    ("wanted", "field"),
    [
        ({"words": "x" * 201}, "words"),
        ({"reason": "fun"}, "reason"),
        ({"whose": "anas"}, "whose"),
        ({"colour": "red"}, "colour"),
    ],
)
async def test_a_search_that_makes_no_sense_is_refused_by_field(
    client: CLIENT, wanted: dict[str, Any], field: str
) -> None:
    ana = await join(client, "ana")
    error = (await ana.post("/api/cases/search", 422, **wanted))["error"]
    assert error["field"] == field


async def test_copying_words_twice_does_it_once(client: CLIENT) -> None:
    app = app_of(client)
    await waiting(client, "a tangerine")
    desk = app[keys.DESK]

    async def catch_up() -> int:
        return await words.catch_up(
            app[keys.DATABASE],
            app[keys.KEYS],
            copied=desk.copied,
            site_of=desk.site_of,
            now=utc_now(),
        )

    assert [await catch_up(), await catch_up()] == [1, 0]
