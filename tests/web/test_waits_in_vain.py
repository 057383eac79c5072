"""Nobody called me back: the earlier case is found and raised, and the patient is told honestly."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select, update

from bot import keys
from bot.assistant.turn import TurnInput, TurnOutput
from bot.clock import utc_now
from bot.conversations.models import Message
from bot.effects import Priority, Reason, RequestHandoff
from bot.handoff.follow_ups import open_follow_up, tell_due
from bot.handoff.models import FollowUp, Handoff, HandoffEvent, Presence
from tests.assistants import EMPTY, Echo, line
from tests.web.colleagues import Colleague, app_of, join
from tests.web.conftest import Clients
from tests.web.desk_cases import CLIENT
from tests.web.desk_cases import line as said
from tests.web.outreach_cases import NUMBER, Visitor
from tests.web.patients import Patient, asked_for_a_person
from tests.web.shifts import Hands, arrive

VAIN = "nobody called me back"


class Heeding(Echo):
    """Hands over whoever waits in vain, as the actions do."""

    async def respond(self, turn: TurnInput) -> TurnOutput:
        if VAIN in turn.text:
            effects = (RequestHandoff(reason=Reason.NO_FOLLOWUP),)
            return TurnOutput((line("I am sorry."),), effects, EMPTY)
        return await super().respond(turn)


async def cases(client: CLIENT) -> list[Handoff]:
    async with app_of(client)[keys.DATABASE].reading() as session:
        return list(await session.scalars(select(Handoff).order_by(Handoff.id)))


async def tasks(client: CLIENT) -> list[FollowUp]:
    async with app_of(client)[keys.DATABASE].reading() as session:
        return list(await session.scalars(select(FollowUp).order_by(FollowUp.id)))


async def events(client: CLIENT) -> list[str]:
    async with app_of(client)[keys.DATABASE].reading() as session:
        return list(await session.scalars(select(HandoffEvent.kind).order_by(HandoffEvent.id)))


async def told(patient: Patient, words: str) -> str:
    """The next notice with these words."""
    while words not in (notice := str((await patient.line("system"))["text"])):
        pass
    return notice


async def resolved(client: CLIENT) -> Patient:
    """A patient whose case was resolved, by Ana."""
    patient = await asked_for_a_person(client)
    ana = await join(client, "ana")
    (case,) = await cases(client)
    epoch = (await ana.post(f"/api/handoffs/{case.id}/claim"))["epoch"]
    path = f"/api/conversations/{case.conversation_id}/messages"
    await ana.post(path, **said("We will call you", epoch))
    await ana.post(f"/api/handoffs/{case.id}/resolve", outcome="answered")
    return patient


async def test_in_the_queue_the_open_case_is_raised_and_the_patient_told_once(
    serve: Clients,
) -> None:
    client = await serve(Heeding())
    patient = await asked_for_a_person(client)
    await patient.say(VAIN)
    await told(patient, "still waiting")
    (case,) = await cases(client)
    assert (case.priority, case.reason) == (Priority.HIGH.value, "asked")
    await patient.say(VAIN)
    await patient.say("hello?")
    await patient.frame("message.acknowledged")
    await patient.frame("message.acknowledged")
    shown = [f["message"] for f in patient.frames if f["type"] == "message.posted"]
    assert len([one for one in shown if "still waiting" in one["text"]]) == 1
    assert [one.kind for one in await tasks(client)] == ["called_back_missed"]


async def test_after_a_closed_case_a_new_one_is_high_and_names_the_earlier(
    serve: Clients,
) -> None:
    client = await serve(Heeding())
    patient = await resolved(client)
    await patient.say(VAIN)
    await told(patient, "I found your earlier request")
    before, after = await cases(client)
    assert (after.reason, after.priority) == ("no_followup", Priority.HIGH.value)
    ben = await join(client, "ben")
    shown = await ben.get(f"/api/conversations/{after.conversation_id}")
    earlier = shown["packet"]["again"]
    assert (earlier["handoff_id"], earlier["agent_name"]) == (before.id, "Ana")


async def test_who_has_no_earlier_case_is_asked_when_it_was(serve: Clients) -> None:
    client = await serve(Heeding())
    patient = await Patient(client).connect()
    await patient.say(VAIN)
    notice = await told(patient, "earlier request")
    assert "I do not see an earlier request" in notice


async def test_what_was_planned_for_the_patient_is_due_at_once(serve: Clients) -> None:
    client = await serve(Heeding())
    patient = await resolved(client)
    (case,), app = await cases(client), app_of(client)
    async with app[keys.DATABASE].work() as work:
        await open_follow_up(
            work,
            app[keys.KEYS],
            conversation_id=case.conversation_id,
            handoff_id=case.id,
            kind="follow_up",
            due_at=utc_now() + timedelta(days=3),
            owner_id=None,
            note=None,
        )
        await work.commit()
    await patient.say(VAIN)
    await told(patient, "I found your earlier request")
    found = {one.kind: one.state for one in await tasks(client)}
    assert found == {"follow_up": "due", "called_back_missed": "planned"}


async def test_the_task_outlives_the_chat_unless_a_person_answered_in_it(
    serve: Clients,
) -> None:
    client = await serve(Heeding())
    left, helped = await Patient(client).connect(), await Patient(client).connect()
    for patient in (left, helped):
        await patient.say(VAIN)
        await patient.frame("state.changed")
    await left.send("conversation.end")
    await left.frame("conversation.ended")
    ana = await join(client, "ana")
    case = next(one for one in await cases(client) if one.conversation_id == helped.conversation_id)
    epoch = (await ana.post(f"/api/handoffs/{case.id}/claim"))["epoch"]
    path = f"/api/conversations/{case.conversation_id}/messages"
    await ana.post(path, **said("Here I am", epoch))
    async with app_of(client)[keys.DATABASE].work() as work:
        await tell_due(work, utc_now() + timedelta(days=10))
        await work.commit()
    found = {one.conversation_id: (one.state, one.outcome) for one in await tasks(client)}
    assert found[str(left.conversation_id)] == ("due", None)
    assert found[str(helped.conversation_id)] == ("done", "answered_in_chat")


async def test_a_person_who_is_answering_is_not_interrupted(serve: Clients) -> None:
    client = await serve(Heeding())
    patient = await asked_for_a_person(client)
    ana = await join(client, "ana")
    (case,) = await cases(client)
    epoch = (await ana.post(f"/api/handoffs/{case.id}/claim"))["epoch"]
    path = f"/api/conversations/{case.conversation_id}/messages"
    await ana.post(path, **said("Good morning", epoch))
    await patient.line("agent")
    await patient.say(VAIN)
    await patient.frame("message.acknowledged")
    (case,) = await cases(client)
    assert case.priority == Priority.NORMAL.value
    assert await tasks(client) == []


async def wrote_once(client: CLIENT, ana: Colleague, words: str = "I will check") -> Handoff:
    """Ana took the case and wrote one line."""
    (case,) = await cases(client)
    epoch = (await ana.post(f"/api/handoffs/{case.id}/claim"))["epoch"]
    path = f"/api/conversations/{case.conversation_id}/messages"
    await ana.post(path, **said(words, epoch, f"client-{epoch:06}"))
    return case


async def days_pass(client: CLIENT) -> None:
    """Everything so far was two days ago."""
    ago = timedelta(days=2)
    async with app_of(client)[keys.DATABASE].work() as work:
        for model, column in (
            (Message, "created_at"),
            (HandoffEvent, "at"),
            (Handoff, "requested_at"),
            (Handoff, "claimed_at"),
        ):
            for row in (await work.session.scalars(select(model))).all():
                if before := getattr(row, column):
                    setattr(row, column, before - ago)
        await work.commit()


async def test_one_reply_and_a_release_do_not_make_the_patient_unheard(serve: Clients) -> None:
    client = await serve(Heeding())
    patient, ana = await asked_for_a_person(client), await join(client, "ana")
    case = await wrote_once(client, ana)
    await ana.post(f"/api/handoffs/{case.id}/release")
    await patient.say(VAIN)
    assert "marked as important" in await told(patient, "still waiting")
    (case,) = await cases(client)
    assert case.priority == Priority.HIGH.value
    assert [one.kind for one in await tasks(client)] == ["called_back_missed"]


async def test_days_after_the_only_reply_a_case_that_somebody_has_is_raised_again(
    serve: Clients,
) -> None:
    client = await serve(Heeding())
    patient, ana = await asked_for_a_person(client), await join(client, "ana")
    case = await wrote_once(client, ana)
    await days_pass(client)
    await patient.say(VAIN)
    await told(patient, "still waiting for a reply")
    await days_pass(client)
    # Nobody has written since: it is raised and told once.
    await patient.say(VAIN)
    await patient.frame("message.acknowledged")
    (case,) = await cases(client)
    assert case.priority == Priority.HIGH.value
    raised = [one for one in await events(client) if one == "raised"]
    assert len(raised) == 1


async def test_a_silence_after_another_reply_is_raised_anew(serve: Clients) -> None:
    client = await serve(Heeding())
    patient, ana = await asked_for_a_person(client), await join(client, "ana")
    for _ in range(2):
        case = await wrote_once(client, ana)
        await ana.post(f"/api/handoffs/{case.id}/release")
        await patient.say(VAIN)
        await told(patient, "still waiting")
    assert (await events(client)).count("raised") == 2


async def test_who_wrote_and_is_gone_is_not_answering(serve: Clients) -> None:
    hands = Hands()
    client = await serve(Heeding(), clock=hands)
    patient, ana = await asked_for_a_person(client), await join(client, "ana")
    await (await arrive(ana)).socket.close()
    await wrote_once(client, ana)
    async with app_of(client)[keys.DATABASE].work() as work:
        await work.session.execute(update(Presence).values(until=utc_now() - timedelta(minutes=1)))
        await work.commit()
    await patient.say(VAIN)
    await told(patient, "still waiting for a reply")
    (case,) = await cases(client)
    assert case.priority == Priority.HIGH.value


async def test_a_case_that_only_shares_an_address_is_shown_to_staff_and_not_to_the_patient(
    serve: Clients,
) -> None:
    client = await serve(Heeding())
    first, second = await asked_for_a_person(client), await asked_for_a_person(client)
    for patient in (first, second):
        await Visitor(client, str(patient.token)).leave("phone", NUMBER)
    await second.say(VAIN)
    await told(second, "still waiting")
    before, after = await cases(client)
    ben = await join(client, "ben")
    again = (await ben.get(f"/api/conversations/{after.conversation_id}"))["packet"]["again"]
    assert (again["handoff_id"], again["conversation_id"]) == (before.id, first.conversation_id)
    assert str(first.conversation_id) not in str(second.frames)
    alone = (await ben.get(f"/api/conversations/{before.conversation_id}"))["packet"]
    assert "again" not in alone
