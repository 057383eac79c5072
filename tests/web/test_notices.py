"""Notices: what patients are told for a time, once, and never over a person."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from aiohttp.test_utils import TestClient
from sqlalchemy import select

from bot import keys
from bot.assistant.turn import TurnInput, TurnOutput
from bot.conversations.models import Message
from bot.db import Database
from bot.effects import ArticleRef, Line
from bot.handoff import on_topic
from bot.knowledge.base import KnowledgeBase
from bot.knowledge.following import watch
from bot.knowledge.notice_models import NoticeTold
from bot.privacy.models import AuditEvent
from bot.settings import Settings
from bot.staff.models import Role
from bot.web import studio_notices
from tests.assistants import EMPTY, Echo
from tests.web.colleagues import Colleague, app_of, join
from tests.web.conftest import Clients, Patients
from tests.web.desk_cases import waiting
from tests.web.patients import PATIENCE, Patient

CLIENT = TestClient[Any, Any]
EN = "The clinic is closed on Friday. Please come on Monday."
ES = "La clínica cierra el viernes. Venga el lunes, por favor."
BILLS = "The pay page moved. Please use the new one."
BILLS_ES = "La página de pagos cambió. Use la nueva, por favor."
WALL = "%Y-%m-%dT%H:%M"


class Clock:
    """Stands until a test moves it."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 23, 16, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


class OnTopic(Echo):
    """Answers about bills when it is asked about one."""

    async def respond(self, turn: TurnInput) -> TurnOutput:
        if "bill" not in turn.text:
            return await super().respond(turn)
        article = ArticleRef(
            slug="read-statement",
            version_id=1,
            language="en",
            title="Bills",
            topics=("bil.read_statement",),
        )
        return TurnOutput((Line(text="Here is how.", language="en", article=article),), (), EMPTY)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def client(serve: Clients, clock: Clock) -> CLIENT:
    return await serve(OnTopic(), clock=clock)


@pytest.fixture
async def eva(client: CLIENT) -> Colleague:
    return await join(client, "eva", Role.EDITOR, display="Eva Stone")


@pytest.fixture
async def rita(client: CLIENT) -> Colleague:
    return await join(client, "rita", Role.REVIEWER, display="Rita Cole")


def text(clock: Clock, **changes: Any) -> dict[str, Any]:
    """A notice that could be published; times on the clinic's wall, six hours behind."""
    end = clock.now + timedelta(hours=48 - 6)
    return {
        "kind": "closure",
        "en": EN,
        "es": ES,
        "ends_at": end.strftime(WALL),
        **changes,
    }


async def publish(eva: Colleague, rita: Colleague, clock: Clock, **changes: Any) -> dict[str, Any]:
    """Written by an editor, published by a reviewer."""
    saved = await eva.post("/api/notices", **text(clock, **changes))
    path, seen = f"/api/notices/{saved['id']}", saved["head"]["id"]
    await eva.post(f"{path}/submit", seen_id=seen)
    done: dict[str, Any] = await rita.post(f"{path}/publish", seen_id=seen)
    return done


async def lines(client: CLIENT, patient: Patient) -> list[Message]:
    async with app_of(client)[keys.DATABASE].reading() as session:
        rows = await session.scalars(
            select(Message)
            .where(Message.conversation_id == patient.conversation_id)
            .order_by(Message.seq)
        )
        return list(rows)


async def told(client: CLIENT, patient: Patient) -> list[str | None]:
    """The notices that stand in the conversation."""
    rows = await lines(client, patient)
    return [row.fixed_id for row in rows if (row.fixed_id or "").startswith("notice.")]


async def test_a_reviewer_publishes_what_an_editor_wrote(
    eva: Colleague, rita: Colleague, clock: Clock
) -> None:
    saved = await eva.post("/api/notices", **text(clock))
    assert (saved["stage"], saved["live"], saved["findings"]) == ("draft", None, [])
    path, seen = f"/api/notices/{saved['id']}", saved["head"]["id"]
    refused = await eva.post(f"{path}/publish", 403, seen_id=seen)
    assert refused["error"]["code"] == "forbidden"
    assert (await eva.post(f"{path}/submit", seen_id=seen))["stage"] == "in_review"
    done = await rita.post(f"{path}/publish", seen_id=seen)
    assert (done["stage"], done["live"]["published_by"]) == ("published", "Rita Cole")
    assert done["told_now"]


async def test_an_editor_publishes_where_the_clinic_says_so(serve: Clients, clock: Clock) -> None:
    client = await serve(clock=clock, notice_publishers="editor")
    ed = await join(client, "ed", Role.EDITOR)
    saved = await ed.post("/api/notices", **text(clock))
    await ed.post(f"/api/notices/{saved['id']}/publish", seen_id=saved["head"]["id"])


async def test_agents_neither_read_nor_write_notices(client: CLIENT, clock: Clock) -> None:
    agent = await join(client, "abe", Role.AGENT)
    await agent.get("/api/notices", 403)
    await agent.post("/api/notices", 403, **text(clock))


@pytest.mark.parametrize(
    ("changes", "field", "rule"),
    [
        ({"es": ""}, "es", "no_text"),
        ({"ends_at": None}, "ends_at", "no_end"),
        ({"ends_at": "2026-11-01T08:00"}, "ends_at", "over"),
        ({"starts_at": "2027-11-01T08:00"}, "ends_at", "backwards"),
        ({"at_start": False}, "topics", "nobody"),
        ({"topics": ["bil.nothing"]}, "topics", "topic"),
        ({"sites": ["moon"]}, "sites", "site"),
        ({"en": "Call {{ clinic.phone }} now."}, "en", "facts"),
        ({"en": "word " * 61}, "en", "long"),
        ({"en": "# Closed\n\nToday."}, "en", "outside_heading"),
    ],
)
async def test_what_patients_must_not_meet_is_refused_at_its_field(
    eva: Colleague, rita: Colleague, clock: Clock, changes: dict[str, Any], field: str, rule: str
) -> None:
    saved = await eva.post("/api/notices", **text(clock, **changes))
    assert (field, rule) in [(one["field"], one["rule"]) for one in saved["findings"]]
    path = f"/api/notices/{saved['id']}/publish"
    error = (await rita.post(path, 422, seen_id=saved["head"]["id"]))["error"]
    assert (field, rule) in [(one["field"], one["rule"]) for one in error["findings"]]
    assert error["message"]


async def test_a_chat_begins_with_the_notice_and_it_is_told_once(
    client: CLIENT, eva: Colleague, rita: Colleague, clock: Clock, patient: Patients
) -> None:
    notice = await publish(eva, rita, clock)
    ana = await patient()
    opened = await ana.frame("conversation.opened")
    assert [one["ref"] for one in opened["notices"]] == [f"notice.{notice['id']}.1"]
    await ana.say("hello")
    first = await ana.line("system")
    assert (first["seq"], first["kind"], first["text"]) == (1, "notice", EN)
    await ana.line("bot")
    await ana.say("hello again")
    await ana.line("bot")
    assert await told(client, ana) == [f"notice.{notice['id']}.1"]
    rows = await lines(client, ana)
    assert [row.author for row in rows] == ["system", "patient", "bot", "patient", "bot"]
    assert rows[0].fixed_hash


async def test_it_is_told_in_the_language_the_patient_writes(
    eva: Colleague, rita: Colleague, clock: Clock, patient: Patients
) -> None:
    await publish(eva, rita, clock)
    ana = await patient(language="es")
    await ana.say("hola, ¿cómo pago mi factura?")
    assert (await ana.line("system"))["text"] == ES


async def test_a_chat_that_began_before_is_told_with_the_next_answer(
    client: CLIENT, eva: Colleague, rita: Colleague, clock: Clock, patient: Patients
) -> None:
    ana = await patient()
    await ana.say("hello")
    await ana.line("bot")
    await publish(eva, rita, clock)
    await ana.say("hello again")
    await ana.line("bot")
    kinds = [(row.author, row.kind) for row in await lines(client, ana)][-3:]
    assert kinds == [("patient", "text"), ("system", "notice"), ("bot", "text")]


async def test_a_notice_on_a_topic_comes_before_the_related_answer_only(
    client: CLIENT, eva: Colleague, rita: Colleague, clock: Clock, patient: Patients
) -> None:
    await publish(
        eva, rita, clock, en=BILLS, es=BILLS_ES, at_start=False, topics=["bil.read_statement"]
    )
    ana = await patient()
    assert (await ana.frame("conversation.opened"))["notices"] == []
    await ana.say("hello")
    await ana.line("bot")
    assert await told(client, ana) == []
    await ana.say("my bill")
    assert (await ana.line("system"))["text"] == BILLS
    assert (await ana.line("bot"))["text"] == "Here is how."
    await ana.say("my bill again")
    await ana.line("bot")
    assert len(await told(client, ana)) == 1


async def test_a_notice_of_one_site_is_left_out_where_another_is_named(
    client: CLIENT, eva: Colleague, rita: Colleague, clock: Clock, patient: Patients
) -> None:
    await publish(
        eva, rita, clock, at_start=False, topics=["bil.read_statement"], sites=["riverside"]
    )
    ana = await patient()
    await ana.say("my bill from Main Street")
    await ana.line("bot")
    assert await told(client, ana) == []
    await ana.say("my bill from Riverside")
    await ana.line("bot")
    assert len(await told(client, ana)) == 1


async def test_it_is_never_written_over_a_person(
    client: CLIENT, eva: Colleague, rita: Colleague, clock: Clock, patient: Patients
) -> None:
    ana = await patient()
    await ana.say("person please")
    await ana.line("bot")
    await publish(eva, rita, clock, topics=["bil.read_statement"])
    await ana.say("are you there? my bill")
    await ana.frame("message.acknowledged")
    assert await told(client, ana) == []


async def test_whoever_speaks_of_danger_is_told_nothing_else_first(
    client: CLIENT, eva: Colleague, rita: Colleague, clock: Clock, patient: Patients
) -> None:
    await publish(eva, rita, clock)
    ana = await patient()
    await ana.say("I have chest pain and I cannot breathe")
    assert (await ana.line("system"))["kind"] == "safety"
    assert await told(client, ana) == []


async def test_taking_it_back_holds_at_once_and_can_be_undone(
    client: CLIENT, eva: Colleague, rita: Colleague, clock: Clock, patient: Patients
) -> None:
    notice = await publish(eva, rita, clock)
    path = f"/api/notices/{notice['id']}"
    assert (await eva.post(f"{path}/take-back"))["stage"] == "taken_back"
    ana = await patient()
    assert (await ana.frame("conversation.opened"))["notices"] == []
    await ana.say("hello")
    await ana.line("bot")
    assert await told(client, ana) == []
    await eva.post(f"{path}/take-back", 409)
    assert (await eva.post(f"{path}/put-back"))["told_now"]
    bob = await patient()
    await bob.say("hello")
    assert (await bob.line("system"))["text"] == EN


async def test_what_a_colleague_took_back_goes_through_review_again(
    client: CLIENT, eva: Colleague, rita: Colleague, clock: Clock
) -> None:
    sam = await join(client, "sam", Role.EDITOR, display="Sam Lee")
    notice = await publish(eva, rita, clock)
    path, seen = f"/api/notices/{notice['id']}", notice["head"]["id"]
    await eva.post(f"{path}/take-back")
    await sam.post(f"{path}/put-back", 403)
    assert (await sam.post(f"{path}/submit", seen_id=seen))["stage"] == "in_review"
    assert (await rita.post(f"{path}/publish", seen_id=seen))["told_now"]


async def test_what_was_taken_back_a_moment_ago_elsewhere_is_not_told(
    client: CLIENT, eva: Colleague, rita: Colleague, clock: Clock, patient: Patients
) -> None:
    notice = await publish(eva, rita, clock)
    knowledge = app_of(client)[keys.KNOWLEDGE]
    before = knowledge.notices
    await eva.post(f"/api/notices/{notice['id']}/take-back")
    # This process has not heard of it yet.
    knowledge._notices = before
    ana = await patient()
    await ana.say("hello")
    await ana.line("bot")
    assert await told(client, ana) == []


async def test_another_process_hears_of_it_and_of_its_end(
    eva: Colleague, rita: Colleague, clock: Clock, database: Database, settings: Settings
) -> None:
    other = KnowledgeBase(settings)
    await other.refresh(database)
    follows = asyncio.create_task(watch(other, database))

    async def hears(*texts: str) -> None:
        async with asyncio.timeout(PATIENCE):
            while True:
                if [one.en for one in other.notices] == list(texts):
                    return
                await asyncio.sleep(0.02)

    try:
        notice = await publish(eva, rita, clock)
        await hears(EN)
        await eva.post(f"/api/notices/{notice['id']}/take-back")
        await hears()
    finally:
        follows.cancel()


async def test_it_begins_and_ends_by_the_clock_while_the_process_runs(
    client: CLIENT, eva: Colleague, rita: Colleague, clock: Clock, patient: Patients
) -> None:
    begins = clock.now + timedelta(hours=2 - 6)
    notice = await publish(eva, rita, clock, starts_at=begins.strftime(WALL))
    assert not notice["told_now"]
    ana = await patient()
    await ana.say("hello")
    await ana.line("bot")
    assert await told(client, ana) == []
    clock.now += timedelta(hours=2)
    await ana.say("hello again")
    assert (await ana.line("system"))["text"] == EN
    clock.now += timedelta(hours=46)
    bob = await patient()
    assert (await bob.frame("conversation.opened"))["notices"] == []
    await bob.say("hello")
    await bob.line("bot")
    assert await told(client, bob) == []
    (listed,) = await eva.get("/api/notices")
    assert listed["over"]


async def test_a_message_names_the_version_that_was_told(
    client: CLIENT, eva: Colleague, rita: Colleague, clock: Clock, patient: Patients
) -> None:
    notice = await publish(eva, rita, clock)
    ana = await patient()
    await ana.say("hello")
    await ana.line("bot")
    path, seen = f"/api/notices/{notice['id']}", notice["head"]["id"]
    changed = await eva.put(path, **text(clock, en="Closed on Friday."), seen_id=seen)
    # Until it is published, patients are told the older text.
    assert (changed["head"]["number"], changed["live"]["number"]) == (2, 1)
    await rita.post(f"{path}/publish", seen_id=changed["head"]["id"])
    bob = await patient()
    await bob.say("hello")
    await bob.line("bot")
    assert await told(client, ana) == [f"notice.{notice['id']}.1"]
    assert await told(client, bob) == [f"notice.{notice['id']}.2"]
    history = (await eva.get(path))["history"]
    assert [(one["number"], one["told"]) for one in history] == [(2, 1), (1, 1)]
    assert (await eva.get(path))["told"] == 2


async def test_saving_over_a_colleagues_text_is_refused_with_their_name(
    client: CLIENT, eva: Colleague, clock: Clock
) -> None:
    sam = await join(client, "sam", Role.EDITOR, display="Sam Lee")
    saved = await eva.post("/api/notices", **text(clock))
    path, seen = f"/api/notices/{saved['id']}", saved["head"]["id"]
    theirs = await sam.put(path, **text(clock, en="Closed."), seen_id=seen)
    error = (await eva.put(path, 409, **text(clock, en="Shut."), seen_id=seen))["error"]
    assert (error["code"], error["winner"]) == ("conflict", "Sam Lee")
    assert (await eva.get(path))["head"]["en"] == "Closed."
    await eva.put(path, **text(clock, en="Shut."), seen_id=theirs["head"]["id"])


async def test_a_draft_is_discarded_and_a_published_notice_is_not(
    eva: Colleague, rita: Colleague, clock: Clock
) -> None:
    saved = await eva.post("/api/notices", **text(clock))
    await eva.delete(f"/api/notices/{saved['id']}")
    assert await eva.get("/api/notices") == []
    notice = await publish(eva, rita, clock)
    await eva.delete(f"/api/notices/{notice['id']}", 400)


async def test_every_step_is_an_audit_event(
    client: CLIENT, eva: Colleague, rita: Colleague, clock: Clock
) -> None:
    notice = await publish(eva, rita, clock)
    await eva.post(f"/api/notices/{notice['id']}/take-back")
    async with app_of(client)[keys.DATABASE].reading() as session:
        found = await session.scalars(
            select(AuditEvent.action)
            .where(AuditEvent.subject == f"notice:{notice['id']}")
            .order_by(AuditEvent.id)
        )
        assert list(found) == [
            "notice.saved",
            "notice.submitted",
            "notice.published",
            "notice.taken_back",
        ]


async def test_open_cases_on_the_topic_are_listed_without_a_word_of_the_patient(
    client: CLIENT, eva: Colleague, rita: Colleague, clock: Clock, patient: Patients
) -> None:
    ana = await patient()
    await ana.say("my bill")
    await ana.line("bot")
    await ana.say("person please")
    await ana.line("bot")
    other = await patient()
    await other.say("person please, other matter")
    await other.line("bot")
    notice = await publish(eva, rita, clock, at_start=False, topics=["bil.read_statement"])
    found = await eva.get(f"/api/notices/{notice['id']}/cases")
    assert [one["conversation_id"] for one in found["cases"]] == [ana.conversation_id]
    assert not found["may_open"]
    assert "please" not in str(found)


async def test_no_open_case_is_passed_over_however_many_others_there_are(
    client: CLIENT, eva: Colleague, rita: Colleague, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(on_topic, "BATCH", 2)
    monkeypatch.setattr(studio_notices, "CASES_SHOWN", 2)
    meant, other = ("bil.read_statement",), ("cov.eob",)
    cases = [await waiting(client, topics=one) for one in (other, other, meant, other, meant)]
    notice = await publish(eva, rita, clock, at_start=False, topics=["bil.read_statement"])
    found = await eva.get(f"/api/notices/{notice['id']}/cases")
    on_it = [cases[2].conversation_id, cases[4].conversation_id]
    assert [one["conversation_id"] for one in found["cases"]] == on_it
    assert found["total"] == 2
    await waiting(client, topics=meant)
    found = await eva.get(f"/api/notices/{notice['id']}/cases")
    assert ([one["conversation_id"] for one in found["cases"]], found["total"]) == (on_it, 3)


async def test_a_turn_that_is_dropped_leaves_the_notice_to_be_told_later(
    client: CLIENT, eva: Colleague, rita: Colleague, clock: Clock, patient: Patients
) -> None:
    ana = await patient()
    await ana.say("hello")
    await ana.line("bot")
    await publish(eva, rita, clock)
    agent = await join(client, "abe", Role.AGENT)
    await ana.say("slow one")
    await ana.frame("message.acknowledged")
    await agent.post(f"/api/conversations/{ana.conversation_id}/take-over")
    await app_of(client)[keys.GATEWAY]._turns.settled(str(ana.conversation_id))
    assert await told(client, ana) == []
    async with app_of(client)[keys.DATABASE].reading() as session:
        assert await session.scalar(select(NoticeTold.id)) is None
