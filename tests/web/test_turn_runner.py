"""The runner of turns: what it does with failures, takeovers, crashes and shutdown."""

from __future__ import annotations

import asyncio
import weakref
from typing import Any

import pytest
from aiohttp.test_utils import TestClient
from sqlalchemy import select, update

from bot import safety
from bot.app import CORE
from bot.clock import utc_now
from bot.conversations.lines import Draft
from bot.conversations.models import Conversation, Message, Turn
from bot.conversations.queries import messages_after
from bot.conversations.service import post_system
from bot.core import Core
from bot.errors import Conflict, Forbidden
from bot.handoff import service as handoff
from bot.handoff.board import board
from bot.handoff.cases import Agent
from bot.handoff.models import Handoff
from bot.knowledge.index import build
from tests.assistants import Echo
from tests.web.conftest import Clients, Patients
from tests.web.patients import Patient

BEN = Agent("b" * 32, "Ben")
PACKET: dict[str, Any] = {"question": "?", "topics": [], "details": {}}


def core_of(client: TestClient[Any, Any]) -> Core:
    app = client.app
    assert app is not None
    core: Core = app[CORE]
    return core


async def turns(core: Core) -> list[tuple[str, str | None]]:
    async with core.database.reading() as session:
        rows = await session.scalars(select(Turn).order_by(Turn.id))
        return [(row.outcome, row.cause) for row in rows]


async def lines(core: Core, conversation_id: str | None) -> list[tuple[str, str]]:
    async with core.database.reading() as session:
        found = await messages_after(session, core.keys, conversation_id or "", 0)
    return [(line.author, line.text) for line in found]


async def change(core: Core, **values: Any) -> None:
    async with core.database.work() as work:
        await work.session.execute(update(Conversation).values(**values))
        await work.commit()


async def test_a_process_that_ended_gives_its_index_back(
    serve: Clients, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Its own: the one that applications share in tests outlives them.
    monkeypatch.setattr("bot.knowledge.base.build", build)
    client = await serve()
    core = core_of(client)
    index = weakref.ref(core.knowledge._current().index)
    await client.close()
    assert index() is None, "without waiting for the garbage collector"


async def test_an_agent_who_takes_over_in_mid_answer_drops_the_answer_and_it_is_recorded(
    client: TestClient[Any, Any], patient: Patients
) -> None:
    core = core_of(client)
    ana = await patient()
    await ana.say("hello")
    await ana.line("bot")
    await ana.say("slow question")
    await ana.frame("message.acknowledged")
    async with core.database.work() as work:
        assert ana.conversation_id
        await handoff.take_over(work, core.keys, ana.conversation_id, BEN, PACKET)
        await work.commit()
    await core.turns.settled(ana.conversation_id)
    said = [text for author, text in await lines(core, ana.conversation_id) if author == "bot"]
    assert said == ["You said: hello"]
    assert (await turns(core))[-1] == ("dropped", "stale")


async def test_a_dialogue_that_cannot_be_opened_ends_with_a_person_not_in_silence(
    client: TestClient[Any, Any], patient: Patients
) -> None:
    core = core_of(client)
    ana = await patient()
    await ana.say("hello")
    await ana.line("bot")
    await change(core, snapshot=b"test:not what was sealed")
    await ana.say("hello again")
    sorry = await ana.line("bot")
    assert "person" in sorry["text"]
    assert (await turns(core))[-1] == ("fallback", "CannotOpen")


async def test_one_conversation_that_cannot_be_read_does_not_hold_up_the_others(
    serve: Clients,
) -> None:
    client = await serve(Echo())
    core = core_of(client)
    people = [await Patient(client).connect() for _ in range(2)]
    for number, person in enumerate(people):
        await person.say(f"hello {number}")
        await person.line("bot")
    await change(core, answered_seq=0)  # as after a crash: the first line waits again
    async with core.database.work() as work:
        broken = people[0].conversation_id
        await work.session.execute(
            update(Conversation).where(Conversation.id == broken).values(lease_token=0)
        )
        await work.session.execute(
            update(Message)
            .where(Message.conversation_id == broken, Message.author == "patient")
            .values(body=b"test:broken")
        )
        await work.commit()
    for _ in range(2):
        await change(core, lease_until=1.0)
        await core.turns.sweep()
        await asyncio.sleep(0.2)
    assert (await turns(core))[-1][0] == "committed"
    await change(core, lease_until=1.0)
    await core.turns.sweep()
    await core.turns.settled(people[0].conversation_id or "")
    async with core.database.reading() as session:
        case = await session.scalar(
            select(Handoff).where(Handoff.conversation_id == people[0].conversation_id)
        )
    assert case is not None, "after two lost attempts a person has it"
    assert case.reason == "assistant_down"


async def test_a_turn_left_by_a_dead_process_is_taken_up(
    client: TestClient[Any, Any], patient: Patients
) -> None:
    core = core_of(client)
    ana = await patient()
    await ana.say("hello")
    await ana.line("bot")
    await change(core, answered_seq=0, lease_until=1.0)
    assert (await ana.line("bot"))["text"] == "You said: hello"


async def test_shutdown_finishes_the_turns_that_run(serve: Clients) -> None:
    client = await serve(Echo())
    core = core_of(client)
    ana = await Patient(client).connect()
    await ana.say("slow question")
    await ana.frame("message.acknowledged")
    await core.turns.drain(5)
    assert ("bot", "You said: slow question") in await lines(core, ana.conversation_id)


async def test_what_shutdown_cuts_short_is_given_back_without_counting_an_attempt(
    serve: Clients,
) -> None:
    client = await serve(Echo())
    core = core_of(client)
    ana = await Patient(client).connect()
    await ana.say("slow question")
    await ana.frame("message.acknowledged")
    await core.turns.drain(0.01)
    async with core.database.reading() as session:
        held = await session.get(Conversation, ana.conversation_id)
    assert held is not None
    assert (held.answered_seq, held.attempts, held.lease_until) == (0, 0, 0.0)


async def test_a_safety_gate_that_fails_stores_the_message_and_treats_it_as_danger(
    client: TestClient[Any, Any], patient: Patients, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any) -> safety.Assessment:
        raise RuntimeError("gate")

    ana = await patient()
    monkeypatch.setattr(safety, "assess", broken)
    await ana.say("hello")
    shown = await ana.line("system")
    assert shown["kind"] == "safety"
    assert "911" in shown["text"]
    assert (await lines(core_of(client), ana.conversation_id))[0] == ("patient", "hello")


async def test_an_emergency_in_the_queue_brings_the_promise_forward_and_says_so(
    client: TestClient[Any, Any], patient: Patients
) -> None:
    core = core_of(client)
    ana = await patient()
    await ana.say("a person please")
    before = (await ana.frame("state.changed"))["state"]["promise"]["by"]
    await ana.say("I can't breathe")
    await ana.line("system")
    async with core.database.reading() as session:
        case = await session.scalar(select(Handoff))
    assert case is not None
    assert case.priority == "urgent"
    assert case.promised_by is not None
    assert case.promised_by.isoformat() <= before


async def test_an_emergency_in_the_queue_is_what_the_case_is_about_from_then_on(
    client: TestClient[Any, Any], patient: Patients
) -> None:
    core = core_of(client)
    ana = await patient()
    await ana.say("a person please")
    await ana.frame("state.changed")
    await ana.say("I can't breathe")
    await ana.line("system")
    async with core.database.reading() as session:
        (line,) = (await board(session, core.keys, "nobody", utc_now())).waiting
    assert (line.view.reason, line.view.question) == ("emergency", "I can't breathe")


async def test_ending_the_chat_does_not_end_an_emergency(
    client: TestClient[Any, Any], patient: Patients
) -> None:
    core = core_of(client)
    ana = await patient()
    await ana.say("I can't breathe")
    await ana.frame("state.changed")
    await ana.send("conversation.end")
    await ana.frame("conversation.ended")
    async with core.database.reading() as session:
        case = await session.scalar(select(Handoff))
    assert case is not None
    assert case.state == "waiting"
    async with core.database.work() as work:
        claimed = await handoff.claim(work, core.keys, case.id, BEN)
        await work.commit()
    assert claimed.owner == f"agent:{BEN.id}"


async def test_a_soft_line_is_said_although_no_bot_answers(patient: Patients) -> None:
    ana = await patient()
    await ana.say("a person please")
    await ana.frame("state.changed")
    await ana.say("I can't go on anymore")
    said = await ana.until(
        lambda one: one["type"] == "message.posted" and one["message"]["kind"] == "safety", 8
    )
    assert "988" in said["message"]["text"]


async def test_half_an_emoji_hides_nothing_from_the_gate(patient: Patients) -> None:
    ana = await patient()
    await ana.socket.send_str(
        '{"type": "message.send", "client_id": "client-x1", "text": "I can\'t breathe \\ud83d"}'
    )
    assert (await ana.line("system"))["kind"] == "safety"


async def test_danger_told_in_two_lines_at_once_is_one_danger(patient: Patients) -> None:
    ana = await patient()
    await ana.say("I took")
    await ana.say("the whole bottle of pills")
    said = await ana.until(
        lambda one: one["type"] == "message.posted" and one["message"]["kind"] == "safety", 8
    )
    assert "911" in said["message"]["text"]


async def test_a_very_long_conversation_is_replayed_whole(
    client: TestClient[Any, Any], patient: Patients
) -> None:
    core = core_of(client)
    ana = await patient()
    await ana.say("hello")
    await ana.line("bot")
    async with core.database.work() as work:
        many = [Draft("system", f"line {number}", "en") for number in range(1200)]
        await post_system(work, core.keys, ana.conversation_id or "", many)
        await work.commit()
    back = Patient(client)
    back.token = ana.token
    await back.connect()
    opened = await back.frame("conversation.opened")
    seen = [message["seq"] for message in opened["messages"]]
    while len(seen) < 1202:
        seen.append((await back.line("system"))["seq"])
    assert seen == list(range(1, 1203))


async def test_of_fifty_agents_who_claim_at_once_one_wins_and_the_rest_hear_who(
    client: TestClient[Any, Any], patient: Patients
) -> None:
    core = core_of(client)
    ana = await patient()
    await ana.say("a person please")
    await ana.frame("state.changed")
    async with core.database.reading() as session:
        case = await session.scalar(select(Handoff))
    assert case is not None

    async def claim(number: int) -> str:
        async with core.database.work() as work:
            try:
                await handoff.claim(
                    work, core.keys, case.id, Agent(f"{number:032}", f"Agent {number}")
                )
            except Conflict as lost:
                return lost.winner or ""
            await work.commit()
            return "won"

    results = await asyncio.gather(*(claim(number) for number in range(50)))
    assert results.count("won") == 1
    winner = f"Agent {results.index('won')}"
    assert results.count(winner) == 49


async def test_claims_and_emergencies_at_once_never_deadlock(
    client: TestClient[Any, Any], patient: Patients
) -> None:
    core = core_of(client)
    for _ in range(5):
        ana = await patient()
        await ana.say("a person please")
        await ana.frame("state.changed")
        async with core.database.reading() as session:
            case = await session.scalar(
                select(Handoff).where(Handoff.conversation_id == ana.conversation_id)
            )
        assert case is not None

        async def claim(handoff_id: int) -> None:
            async with core.database.work() as work:
                await handoff.claim(work, core.keys, handoff_id, BEN)
                await work.commit()

        await asyncio.gather(claim(case.id), ana.say("I can't breathe"))
        await ana.frame("message.acknowledged")
    refused = [frame for frame in ana.frames if frame["type"] == "error"]
    assert refused == []


async def test_a_supervisor_frees_an_absent_colleagues_case_and_an_agent_may_not(
    client: TestClient[Any, Any], patient: Patients
) -> None:
    core = core_of(client)
    ana = await patient()
    await ana.say("a person please")
    await ana.frame("state.changed")
    sam = Agent("s" * 32, "Sam")
    promise, excuse = core.desk.again, core.desk.put_back_notices
    async with core.database.work() as work:
        case_id = await work.session.scalar(select(Handoff.id))
        assert case_id is not None
        await handoff.claim(work, core.keys, case_id, BEN)
        await work.commit()
    async with core.database.work() as work:
        with pytest.raises(Forbidden):
            await handoff.release(work, core.keys, case_id, sam, promise=promise, excuse=excuse)
    async with core.database.work() as work:
        freed = await handoff.release(
            work, core.keys, case_id, sam, promise=promise, excuse=excuse, any_agent=True
        )
        await work.commit()
    assert (freed.owner, freed.agent_id) == ("queue", None)
    async with core.database.reading() as session:
        waiting = await session.get(Handoff, case_id)
    assert waiting is not None
    assert (waiting.state, waiting.agent_name) == ("waiting", None)
    assert waiting.promised_by is not None, "the patient hears a time again"
