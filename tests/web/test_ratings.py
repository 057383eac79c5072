"""Ratings: asked when a chat with somebody ends, never forced, one for each, and changed later."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import select, update

from bot import jobs, keys
from bot.assistant.turn import TurnInput, TurnOutput
from bot.clock import utc_now
from bot.conversations.models import Conversation
from bot.effects import EndConversation
from bot.handoff.models import FollowUp, Handoff, Rating
from bot.handoff.ratings import reason_context
from tests.assistants import EMPTY, Echo, line
from tests.web.colleagues import Colleague, app_of, join
from tests.web.conftest import Clients
from tests.web.desk_cases import CLIENT, audited
from tests.web.desk_cases import line as said
from tests.web.patients import Frame, Patient


class Polite(Echo):
    """Ends the conversation when the patient says goodbye."""

    async def respond(self, turn: TurnInput) -> TurnOutput:
        if "bye" in turn.text:
            return TurnOutput((line("Goodbye."),), (EndConversation(),), EMPTY)
        return await super().respond(turn)


async def rate(patient: Patient, about: str, score: int, reason: str = "") -> None:
    values = {"about": about, "score": score, "reason": reason}
    await patient.send("rating.give", client_id=f"rating-{about}-{score}", **values)


async def asked(patient: Patient, *about: str) -> list[dict[str, Any]]:
    """The next time the patient is asked about just these."""

    def fits(frame: Frame) -> bool:
        if frame["type"] != "rating.asked":
            return False
        return tuple(one["about"] for one in frame["asked"]) == about

    found: list[dict[str, Any]] = (await patient.until(fits, 30.0))["asked"]
    return found


async def helped(client: CLIENT, *, to_bot: bool = False) -> tuple[Patient, Colleague]:
    """A patient whom Ana answered, and whose case she resolved."""
    patient, ana = await Patient(client).connect(), await join(client, "ana")
    await patient.say("a person please")
    await patient.frame("state.changed")
    case = (await ana.get("/api/handoffs"))["waiting"][0]
    epoch = (await ana.post(f"/api/handoffs/{case['id']}/claim"))["epoch"]
    path = f"/api/conversations/{case['conversation_id']}/messages"
    await ana.post(path, **said("Good morning", epoch))
    await ana.post(f"/api/handoffs/{case['id']}/resolve", outcome="answered", to_bot=to_bot)
    return patient, ana


async def rows(client: CLIENT, model: Any) -> list[Any]:
    async with app_of(client)[keys.DATABASE].reading() as session:
        return list(await session.scalars(select(model).order_by(model.id)))


async def change(client: CLIENT, model: Any, **values: Any) -> None:
    async with app_of(client)[keys.DATABASE].work() as work:
        await work.session.execute(update(model).values(**values))
        await work.commit()


async def test_after_a_case_the_person_and_the_assistant_are_rated_apart(client: CLIENT) -> None:
    patient, _ = await helped(client)
    person, assistant = await asked(patient, "person", "assistant")
    assert (person["agent_name"], person["score"], assistant["agent_name"]) == ("Ana", None, None)
    await rate(patient, "person", 5)
    person, assistant = await asked(patient, "person", "assistant")
    assert (person["score"], assistant["score"]) == (5, None)
    await rate(patient, "assistant", 3)
    await asked(patient, "person", "assistant")
    case = (await rows(client, Handoff))[0]
    found = [(one.about, one.score, one.agent_id) for one in await rows(client, Rating)]
    assert found == [("person", 5, case.agent_id), ("assistant", 3, None)]
    assert case.agent_id
    assert await rows(client, FollowUp) == []


async def test_a_second_rating_of_the_same_changes_the_first(client: CLIENT) -> None:
    patient, _ = await helped(client)
    await asked(patient, "person", "assistant")
    for score in (4, 3):
        await rate(patient, "person", score)
        await asked(patient, "person", "assistant")
    (kept,) = await rows(client, Rating)
    assert kept.score == 3
    assert len(await audited(client, "rating.given")) == 2


async def test_a_bad_rating_opens_one_task_which_goes_when_it_turns_good(client: CLIENT) -> None:
    patient, _ = await helped(client)
    await asked(patient, "person", "assistant")
    for score in (1, 2):
        await rate(patient, "person", score, "Nobody listened")
        await asked(patient, "person", "assistant")
    (task,) = await rows(client, FollowUp)
    assert (task.kind, task.role, task.state) == ("bad_rating", "supervisor", "planned")
    await rate(patient, "person", 4)
    await asked(patient, "person", "assistant")
    (task,) = await rows(client, FollowUp)
    assert (task.state, task.outcome) == ("done", "rated_better")


async def test_the_reason_is_sealed_and_its_copy_redacted(client: CLIENT) -> None:
    patient, _ = await helped(client)
    await asked(patient, "person", "assistant")
    words = "Too slow, call me at 217-555-0188"
    await rate(patient, "assistant", 2, words)
    await asked(patient, "person", "assistant")
    (kept,) = await rows(client, Rating)
    assert words.encode() not in kept.reason
    opened = app_of(client)[keys.KEYS].open(
        kept.reason, reason_context(kept.conversation_id, "assistant")
    )
    assert opened == words
    assert kept.reason_copy.startswith("Too slow")
    assert "217-555" not in kept.reason_copy


async def test_what_was_rated_is_still_there_after_a_reload(client: CLIENT) -> None:
    patient, _ = await helped(client)
    await asked(patient, "person", "assistant")
    await rate(patient, "person", 4, "Kind")
    await asked(patient, "person", "assistant")
    again = Patient(client)
    again.token = patient.token
    await again.connect()
    person, _ = await asked(again, "person", "assistant")
    assert (person["score"], person["reason"]) == (4, "Kind")


async def test_a_case_returned_to_the_assistant_is_rated_until_the_patient_writes_on(
    client: CLIENT,
) -> None:
    patient, _ = await helped(client, to_bot=True)
    await asked(patient, "person")
    await patient.say("and my bill?")
    await patient.line("bot")
    await rate(patient, "person", 5)
    refused = await patient.frame("rating.refused")
    assert refused["about"] == "person"
    assert await rows(client, Rating) == []


async def test_a_goodbye_ends_the_chat_and_asks_about_the_assistant(serve: Clients) -> None:
    client = await serve(Polite())
    patient = await Patient(client).connect()
    await patient.say("do you take aetna")
    await patient.line("bot")
    await patient.say("ok bye")
    changed = await patient.frame("state.changed")
    assert changed["state"]["owner"] == "closed"
    await asked(patient, "assistant")
    (held,) = await rows(client, Conversation)
    assert (held.owner, held.close_reason) == ("closed", "patient_said")
    await patient.say("one more thing")
    assert (await patient.line("bot"))["text"] == "You said: one more thing"


async def test_a_goodbye_before_a_waiting_question_ends_nothing(serve: Clients) -> None:
    client = await serve(Polite())
    patient = await Patient(client).connect()
    await patient.say("slow one")
    await patient.say("bye")
    await patient.say("wait, my bill")
    for _ in range(3):
        last = await patient.line("bot")
    assert last["text"] == "You said: wait, my bill"
    (held,) = await rows(client, Conversation)
    assert held.owner == "bot"


async def test_silence_ends_the_chat_and_asks_about_the_assistant(client: CLIENT) -> None:
    app = app_of(client)
    patient = await Patient(client).connect()
    await patient.say("do you take aetna")
    await patient.line("bot")
    await change(client, Conversation, active_at=utc_now() - timedelta(hours=2))
    await jobs.run_once(app[keys.DATABASE], app[keys.SETTINGS])
    (assistant,) = await asked(patient, "assistant")
    assert assistant["score"] is None


async def test_who_ends_the_chat_may_rate_it_on_the_same_socket_only(client: CLIENT) -> None:
    patient = await Patient(client).connect()
    await patient.say("do you take aetna")
    await patient.line("bot")
    await patient.send("conversation.end")
    await patient.frame("conversation.ended")
    await asked(patient, "assistant")
    await rate(patient, "assistant", 2)
    await asked(patient, "assistant")
    assert [one.score for one in await rows(client, Rating)] == [2]
    other = await Patient(client).connect()
    await rate(other, "assistant", 5)
    await other.frame("rating.refused")
    assert [one.score for one in await rows(client, Rating)] == [2]


async def test_a_chat_that_goes_on_or_is_long_over_is_not_rated(client: CLIENT) -> None:
    patient, _ = await helped(client)
    await asked(patient, "person", "assistant")
    await patient.say("one more thing")
    await asked(patient)
    await rate(patient, "assistant", 5)
    await patient.frame("rating.refused")
    late, _ = await Patient(client).connect(), None
    await late.say("hello")
    await late.line("bot")
    await change(
        client, Conversation, owner="closed", closed_at=utc_now() - timedelta(days=9), epoch=9
    )
    await rate(late, "assistant", 5)
    await late.frame("rating.refused")
    assert await rows(client, Rating) == []


async def test_a_score_outside_one_to_five_is_refused(client: CLIENT) -> None:
    patient, _ = await helped(client)
    await asked(patient, "person", "assistant")
    for score in (0, 6):
        await rate(patient, "person", score)
        assert (await patient.frame("error"))["field"] == "score"
    assert await rows(client, Rating) == []


async def test_danger_in_a_reason_gets_its_text_and_an_urgent_case(client: CLIENT) -> None:
    patient, _ = await helped(client)
    await asked(patient, "person", "assistant")
    await rate(patient, "person", 1, "I want to kill myself")

    def warned(frame: Frame) -> bool:
        return frame.get("message", {}).get("kind") == "safety" if "message" in frame else False

    await patient.until(lambda one: isinstance(one.get("message"), dict) and warned(one), 30.0)
    urgent = [one.priority for one in await rows(client, Handoff)]
    assert urgent[-1] == "urgent"
    assert [one.score for one in await rows(client, Rating)] == [1]


async def test_the_packet_of_the_next_case_says_what_the_assistant_was_given(
    client: CLIENT,
) -> None:
    patient, ana = await helped(client)
    await asked(patient, "person", "assistant")
    await rate(patient, "assistant", 2, "It did not know my plan, call me at 312-555-0188")
    await patient.frame("rating.asked")
    await patient.say("a person please")
    case = await waiting_case(patient, ana)
    given = (await ana.get(f"/api/conversations/{case['conversation_id']}"))["packet"]["rating"]
    assert given["score"] == 2
    assert given["reason"].startswith("It did not know my plan")
    assert "312-555-0188" not in given["reason"]


async def test_the_packet_of_who_rated_nobody_holds_no_rating(client: CLIENT) -> None:
    patient, ana = await Patient(client).connect(), await join(client, "ana")
    await patient.say("a person please")
    case = await waiting_case(patient, ana)
    found = await ana.get(f"/api/conversations/{case['conversation_id']}")
    assert found["packet"]["rating"] is None


async def waiting_case(patient: Patient, agent: Colleague) -> dict[str, Any]:
    """The case that this patient is in line with."""
    await patient.until(lambda one: (one.get("state") or {}).get("owner") == "queue", 30.0)
    case: dict[str, Any] = (await agent.get("/api/handoffs"))["waiting"][0]
    return case
