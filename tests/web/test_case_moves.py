"""Cases between people: transferred, taken from a colleague, resolved and taken up again."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from bot import keys
from bot.clock import utc_now
from bot.conversations.models import Conversation
from bot.handoff.history import of_handoff
from bot.handoff.models import CaseLink, FollowUp, Handoff
from bot.staff.models import Account, Role
from tests.web.colleagues import Colleague, app_of, ids, join
from tests.web.conftest import Patients
from tests.web.desk_cases import CLIENT, Waiting, audited, claimed, line, waiting
from tests.web.shifts import arrive


async def account_id(client: CLIENT, name: str) -> str:
    async with app_of(client)[keys.DATABASE].reading() as session:
        found = await session.scalar(select(Account.id).where(Account.name == name))
    return str(found)


async def goes_away(colleague: Colleague) -> None:
    """They are at lunch, their console is open."""
    await colleague.post("/api/presence", state="away")


async def row(client: CLIENT, handoff_id: int) -> Handoff:
    async with app_of(client)[keys.DATABASE].reading() as session:
        found = await session.get(Handoff, handoff_id)
    assert found is not None
    return found


async def happened(client: CLIENT, handoff_id: int) -> list[str]:
    """Who did what; a promise has tests of its own."""
    async with app_of(client)[keys.DATABASE].reading() as session:
        kinds = [event.kind for event in await of_handoff(session, handoff_id)]
    return [kind for kind in kinds if not kind.startswith("promise")]


async def said(colleague: Colleague, case: Waiting) -> list[str]:
    """What the clinic itself told the patient."""
    shown = await colleague.get(f"/api/conversations/{case.conversation_id}")
    return [one["text"] for one in shown["messages"] if one["author"] == "system"]


async def given(client: CLIENT, case: Waiting, by: Colleague, to: str, epoch: int) -> None:
    await by.post(
        f"/api/handoffs/{case.handoff_id}/transfer",
        to="agent",
        agent_id=await account_id(client, to),
        note="She asked about March",
        epoch=epoch,
    )


async def test_a_case_given_to_a_colleague_is_theirs_at_once_with_the_note(client: CLIENT) -> None:
    ana, ben = await join(client, "ana"), await join(client, "ben")
    await arrive(ben)
    case, epoch = await claimed(client, ana)
    promised = (await row(client, case.handoff_id)).promised_by
    await given(client, case, ana, "ben", epoch)
    shown = await ben.get(f"/api/conversations/{case.conversation_id}")
    assert shown["conversation"]["mine"]
    assert [(one["agent_name"], one["text"]) for one in shown["notes"]] == [
        ("Ana", "She asked about March")
    ]
    assert (await row(client, case.handoff_id)).promised_by == promised
    reply = line("Hello", shown["conversation"]["epoch"])
    await ben.post(f"/api/conversations/{case.conversation_id}/messages", **reply)
    refused = line("Me too", epoch, "client-0002")
    await ana.post(f"/api/conversations/{case.conversation_id}/messages", 409, **refused)
    assert await happened(client, case.handoff_id) == [
        "requested",
        "claimed",
        "transferred",
        "first_reply",
    ]
    assert await audited(client, "handoff.transferred") == [case.conversation_id]


async def test_the_patient_is_told_who_has_the_chat_and_never_reads_the_note(
    client: CLIENT, patient: Patients
) -> None:
    ana = await join(client, "ana")
    await arrive(await join(client, "ben"))
    visitor = await patient()
    await visitor.say("hello there")
    await visitor.line("bot")
    taken = await ana.post(f"/api/conversations/{visitor.conversation_id}/take-over")
    case = Waiting(str(visitor.conversation_id), taken["handoff_id"])
    await visitor.line("system")
    await given(client, case, ana, "ben", taken["epoch"])
    told = await visitor.line("system")
    assert told["text"].startswith("Ana has passed your chat to Ben")
    state = await visitor.frame("state.changed")
    assert state["state"]["agent_name"] == "Ben"
    assert "March" not in f"{visitor.frames}"


async def test_a_case_given_to_the_queue_waits_for_what_it_needs(client: CLIENT) -> None:
    ana, ben = await join(client, "ana"), await join(client, "ben")
    case, epoch = await claimed(client, ana)
    promised = (await row(client, case.handoff_id)).promised_by
    path = f"/api/handoffs/{case.handoff_id}/transfer"
    await ana.post(path, to="queue", need="topic:billing", note="A billing matter", epoch=epoch)
    (shown,) = (await ben.get("/api/handoffs"))["waiting"]
    assert (shown["id"], shown["need"]) == (case.handoff_id, "topic:billing")
    after = await row(client, case.handoff_id)
    assert after.promised_by == promised
    assert "will reply here by" in (await said(ben, case))[-1]
    await ben.post(f"/api/handoffs/{case.handoff_id}/claim")


async def test_a_promise_that_is_over_is_given_anew_when_a_case_goes_back(client: CLIENT) -> None:
    ana = await join(client, "ana")
    case = await waiting(client, due=timedelta(minutes=-5))
    epoch = (await ana.post(f"/api/handoffs/{case.handoff_id}/claim"))["epoch"]
    path = f"/api/handoffs/{case.handoff_id}/transfer"
    await ana.post(path, to="queue", note="Not mine", epoch=epoch)
    promised = (await row(client, case.handoff_id)).promised_by
    assert promised is None or promised > datetime.now(UTC)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"note": "  "}, "note"),
        ({"to": "nobody"}, "to"),
        ({"to": "queue", "need": "topic:astrology"}, "need"),
        ({"to": "queue", "need": "whatever"}, "need"),
        ({"to": "agent", "agent_id": "0" * 32}, "agent_id"),
        ({"to": "agent"}, "agent_id"),
        ({"epoch": 0}, "epoch"),
    ],
)
async def test_a_transfer_that_cannot_be_is_refused_by_field(
    client: CLIENT, changes: dict[str, Any], field: str
) -> None:
    ana = await join(client, "ana")
    case, epoch = await claimed(client, ana)
    form = {"to": "queue", "note": "x", "epoch": epoch} | changes
    error = (await ana.post(f"/api/handoffs/{case.handoff_id}/transfer", 422, **form))["error"]
    assert error["field"] == field
    assert ids((await ana.get("/api/handoffs"))["mine"]) == [case.handoff_id]


async def test_nobody_who_is_away_edits_or_has_the_case_is_given_one(client: CLIENT) -> None:
    ana = await join(client, "ana")
    ben = await join(client, "ben")
    await join(client, "eva", Role.EDITOR)
    await arrive(ben)
    await goes_away(ben)
    case, epoch = await claimed(client, ana)
    listed = [(one["name"], one["away"]) for one in await ana.get("/api/colleagues")]
    assert listed == [("Ben", True)]
    for name in ("ben", "eva", "ana"):
        who = await account_id(client, name)
        form = {"to": "agent", "agent_id": who, "note": "x", "epoch": epoch}
        await ana.post(f"/api/handoffs/{case.handoff_id}/transfer", 422, **form)


async def test_only_whoever_has_a_case_and_a_supervisor_can_transfer_it(client: CLIENT) -> None:
    ana, ben = await join(client, "ana"), await join(client, "ben")
    sue = await join(client, "sue", Role.SUPERVISOR)
    case, epoch = await claimed(client, ana)
    path = f"/api/handoffs/{case.handoff_id}/transfer"
    await ben.post(path, 403, to="queue", note="x", epoch=epoch)
    await sue.post(path, to="queue", note="Ana went home", epoch=epoch)
    assert ids((await ben.get("/api/handoffs"))["waiting"]) == [case.handoff_id]


async def test_a_supervisor_takes_a_colleagues_case_and_a_second_one_reads_who_was_first(
    client: CLIENT,
) -> None:
    ana, ben = await join(client, "ana"), await join(client, "ben")
    sue, tom = (
        await join(client, "sue", Role.SUPERVISOR),
        await join(client, "tom", Role.SUPERVISOR),
    )
    await arrive(ana)
    case, epoch = await claimed(client, ana)
    path = f"/api/handoffs/{case.handoff_id}/take-over"
    await ben.post(path, 403, epoch=epoch)
    results = await asyncio.gather(
        *(client.post(path, headers=one.headers, json={"epoch": epoch}) for one in (sue, tom))
    )
    assert sorted(one.status for one in results) == [200, 409]
    (lost,) = [await one.json() for one in results if one.status == 409]
    winner = (await row(client, case.handoff_id)).agent_name
    assert lost["error"]["winner"] == winner
    assert winner in ("Sue", "Tom")
    assert await happened(client, case.handoff_id) == ["requested", "claimed", "taken_over"]


async def test_anyone_takes_the_case_of_a_colleague_who_is_away(client: CLIENT) -> None:
    ana, ben = await join(client, "ana"), await join(client, "ben")
    await arrive(ana)
    case, epoch = await claimed(client, ana)
    path = f"/api/conversations/{case.conversation_id}"
    assert not (await ben.get(path))["may"]["take"]
    await goes_away(ana)
    assert (await ben.get(path))["may"]["take"]
    await ben.post(f"/api/handoffs/{case.handoff_id}/take-over", epoch=epoch)
    assert ids((await ben.get("/api/handoffs"))["mine"]) == [case.handoff_id]
    assert "instead of Ana" in (await said(ben, case))[-1]


async def test_whoever_had_a_case_and_whoever_gets_one_is_told_and_nobody_else(
    client: CLIENT,
) -> None:
    ana, ben = await join(client, "ana"), await join(client, "ben")
    sue = await join(client, "sue", Role.SUPERVISOR)
    await arrive(ben)
    case, epoch = await claimed(client, ana)
    await given(client, case, ana, "ben", epoch)
    (news,) = (await ben.get("/api/handoffs/told"))["news"]
    assert (news["what"], news["by"]) == ("given", "Ana")
    assert news["conversation_id"] == case.conversation_id
    await sue.post(f"/api/handoffs/{case.handoff_id}/take-over", epoch=epoch + 1)
    (taken,) = (await ben.get(f"/api/handoffs/told?after={news['id']}"))["news"]
    assert (taken["what"], taken["by"]) == ("taken", "Sue")
    last = (await ben.get("/api/handoffs/told"))["last"]
    assert (await ben.get(f"/api/handoffs/told?after={last}"))["news"] == []
    assert (await ana.get("/api/handoffs/told"))["news"] == []
    assert (await sue.get("/api/handoffs/told"))["news"] == []


async def test_what_a_colleague_did_is_no_news_any_more_when_the_case_has_moved_on(
    client: CLIENT,
) -> None:
    ana, ben = await join(client, "ana"), await join(client, "ben")
    sue = await join(client, "sue", Role.SUPERVISOR)
    await arrive(ben)
    case, epoch = await claimed(client, ana)
    await given(client, case, ana, "ben", epoch)
    await sue.post(f"/api/handoffs/{case.handoff_id}/take-over", epoch=epoch + 1)
    assert [one["what"] for one in (await ben.get("/api/handoffs/told"))["news"]] == ["taken"]
    await given(client, case, sue, "ben", epoch + 2)
    news = (await ben.get("/api/handoffs/told"))["news"]
    assert [(one["what"], one["by"]) for one in news] == [("given", "Sue")]


async def resolved(client: CLIENT, colleague: Colleague, **values: Any) -> Waiting:
    case, _ = await claimed(client, colleague)
    form: dict[str, Any] = {"outcome": "answered", "to_bot": False} | values
    await colleague.post(f"/api/handoffs/{case.handoff_id}/resolve", **form)
    return case


async def test_a_resolved_case_is_taken_up_again_as_a_new_one_linked_to_it(client: CLIENT) -> None:
    ana, ben = await join(client, "ana"), await join(client, "ben")
    case = await resolved(client, ana)
    path = f"/api/conversations/{case.conversation_id}"
    assert (await ben.get(path))["may"]["reopen"] == case.handoff_id
    again = await ben.post(f"/api/handoffs/{case.handoff_id}/reopen")
    shown = await ben.get(path)
    assert shown["conversation"]["mine"]
    assert shown["packet"]["question"] == "I want a person"
    (earlier,) = shown["packet"]["earlier"]
    assert (earlier["id"], earlier["outcome"]) == (case.handoff_id, "answered")
    assert earlier["reopened"]
    assert await happened(client, again["handoff_id"]) == ["requested", "reopened"]
    async with app_of(client)[keys.DATABASE].reading() as session:
        link = await session.get(CaseLink, again["handoff_id"])
        held = await session.get(Conversation, case.conversation_id)
    assert link is not None
    assert link.earlier_id == case.handoff_id
    assert held is not None
    assert held.closed_at is None
    error = (await ana.post(f"/api/handoffs/{case.handoff_id}/reopen", 409))["error"]
    assert error["winner"] == "Ben"
    await ben.post(f"{path}/messages", **line("One more thing", again["epoch"]))


async def test_a_case_is_not_reopened_when_open_or_when_its_patient_cannot_read_it(
    client: CLIENT,
) -> None:
    ana, ben = await join(client, "ana"), await join(client, "ben")
    open_case, _ = await claimed(client, ana)
    error = (await ben.post(f"/api/handoffs/{open_case.handoff_id}/reopen", 409))["error"]
    assert error["winner"] == "Ana"
    case = await resolved(client, ana)
    async with app_of(client)[keys.DATABASE].work() as work:
        gone = update(Conversation).where(Conversation.id == case.conversation_id)
        await work.session.execute(gone.values(token_hash=None))
        await work.commit()
    shown = await ben.get(f"/api/conversations/{case.conversation_id}")
    assert shown["may"]["reopen"] is None
    await ben.post(f"/api/handoffs/{case.handoff_id}/reopen", 409)
    await ben.post("/api/handoffs/999999999/reopen", 404)


async def test_a_follow_up_date_becomes_a_task_and_a_past_one_is_refused(client: CLIENT) -> None:
    ana = await join(client, "ana")
    day = (utc_now() + timedelta(days=7)).date()
    case = await resolved(client, ana, follow_up_on=day.isoformat())
    shown = await ana.get(f"/api/conversations/{case.conversation_id}")
    (end,) = [one for one in shown["history"] if one["kind"] == "resolved"]
    assert end | {"at": ""} == {
        "kind": "resolved",
        "at": "",
        "by": "Ana",
        "outcome": "answered",
        "follow_up_on": day.isoformat(),
    }
    async with app_of(client)[keys.DATABASE].reading() as session:
        task = (await session.scalars(select(FollowUp))).one()
    zone = app_of(client)[keys.KNOWLEDGE].profile.zone
    assert (task.kind, task.handoff_id) == ("follow_up", case.handoff_id)
    assert task.owner_id == await account_id(client, "ana")
    assert task.due_at.astimezone(zone).date() >= day
    other, _ = await claimed(client, ana)
    form = {"outcome": "answered", "follow_up_on": date(2020, 1, 1).isoformat()}
    error = (await ana.post(f"/api/handoffs/{other.handoff_id}/resolve", 422, **form))["error"]
    assert error["field"] == "follow_up_on"
