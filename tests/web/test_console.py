"""The agents' side: the queue, a case, and who may do what with it."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from bot.effects import Priority
from tests.web.colleagues import Colleague, ids, join
from tests.web.conftest import Patients
from tests.web.desk_cases import CLIENT, audited, claimed, held_by_bot, line, waiting


async def test_the_queue_is_sorted_by_priority_then_promise(client: CLIENT) -> None:
    ana = await join(client, "ana")
    later = await waiting(client, due=timedelta(minutes=30))
    never = await waiting(client, due=None)
    sooner = await waiting(client, due=timedelta(minutes=10))
    urgent = await waiting(client, priority=Priority.URGENT, due=timedelta(minutes=60))
    queue = await ana.get("/api/handoffs")
    order = [urgent, sooner, later, never]
    assert ids(queue["waiting"]) == [case.handoff_id for case in order]
    assert (queue["mine"], queue["others"]) == ([], [])


async def test_a_line_of_the_queue_shows_the_question_and_the_promise(client: CLIENT) -> None:
    ana = await join(client, "ana")
    await waiting(client, "<b>my bill</b> is wrong")
    (shown,) = (await ana.get("/api/handoffs"))["waiting"]
    assert shown["question"] == "<b>my bill</b> is wrong"
    assert shown["promise_said"]
    assert (shown["reason"], shown["priority"], shown["language"]) == ("asked", "normal", "en")


async def test_a_claimed_case_is_mine_to_me_and_anothers_to_others(client: CLIENT) -> None:
    ana, ben = await join(client, "ana"), await join(client, "ben")
    case, _ = await claimed(client, ana)
    mine, others = await ana.get("/api/handoffs"), await ben.get("/api/handoffs")
    assert ids(mine["mine"]) == ids(others["others"]) == [case.handoff_id]
    assert others["others"][0]["agent_name"] == "Ana"
    assert mine["waiting"] == others["waiting"] == []


async def test_a_second_claim_is_refused_with_the_winners_name(client: CLIENT) -> None:
    ana, ben = await join(client, "ana"), await join(client, "ben")
    case, _ = await claimed(client, ana)
    error = (await ben.post(f"/api/handoffs/{case.handoff_id}/claim", 409))["error"]
    assert (error["code"], error["winner"]) == ("conflict", "Ana")


async def test_of_many_claims_at_once_one_wins(client: CLIENT) -> None:
    names = [f"agent{n}" for n in range(6)]
    colleagues = [await join(client, name) for name in names]
    case = await waiting(client)
    path = f"/api/handoffs/{case.handoff_id}/claim"

    async def claim(colleague: Colleague) -> int:
        response = await client.post(path, headers=colleague.headers, json={})
        return response.status

    statuses = await asyncio.gather(*(claim(one) for one in colleagues))
    assert sorted(statuses) == [200, *[409] * 5]


async def test_a_case_shows_transcript_packet_and_notes_and_the_reading_is_written_down(
    client: CLIENT,
) -> None:
    ana = await join(client, "ana")
    case = await waiting(client, "my bill is wrong")
    await ana.post(f"/api/conversations/{case.conversation_id}/notes", text="Call **billing**")
    shown = await ana.get(f"/api/conversations/{case.conversation_id}")
    assert [one["author"] for one in shown["messages"]] == ["patient", "bot"]
    assert shown["messages"][0]["blocks"] is None
    assert shown["messages"][1]["blocks"][0]["type"] == "paragraph"
    assert shown["packet"]["question"] == "my bill is wrong"
    assert shown["packet"]["asked"] == ["my bill is wrong"]
    assert shown["packet"]["topics"] == ["cov.eob"]
    assert shown["packet"]["topic_names"] == ["Explanation of benefits (EOB)"]
    assert shown["packet"]["details"] == {"visit": "checkup"}
    assert [one["version_id"] for one in shown["packet"]["answers"]] == [1]
    assert [(one["agent_name"], one["text"]) for one in shown["notes"]] == [
        ("Ana", "Call **billing**")
    ]
    assert shown["conversation"]["owner"] == "queue"
    assert await audited(client, "conversation.read") == [case.conversation_id]


async def test_who_holds_a_case_is_told_without_account_ids(client: CLIENT) -> None:
    ana, ben = await join(client, "ana"), await join(client, "ben")
    case, _ = await claimed(client, ana)
    path = f"/api/conversations/{case.conversation_id}"
    to_ana, to_ben = await ana.get(path), await ben.get(path)
    assert to_ana["conversation"]["mine"]
    assert not to_ben["conversation"]["mine"]
    assert to_ben["conversation"]["owner"] == "agent"
    assert to_ben["conversation"]["agent_name"] == "Ana"


@pytest.mark.parametrize("path", ["messages", "notes", "take-over"])
async def test_a_conversation_that_is_not_there_is_not_found(client: CLIENT, path: str) -> None:
    ana = await join(client, "ana")
    body = {"messages": line("hello", 1), "notes": {"text": "x"}, "take-over": {}}[path]
    await ana.post(f"/api/conversations/{'0' * 32}/{path}", 404, **body)
    await ana.get(f"/api/conversations/{'0' * 32}", 404)
    await ana.get("/api/conversations/not-an-id", 404)


async def test_the_owner_answers_and_the_same_client_id_counts_once(client: CLIENT) -> None:
    ana = await join(client, "ana", display="Ana Ruiz")
    case, epoch = await claimed(client, ana)
    path = f"/api/conversations/{case.conversation_id}"
    first = await ana.post(f"{path}/messages", **line("Hello, I am Ana.", epoch))
    again = await ana.post(f"{path}/messages", **line("Hello, I am Ana.", epoch))
    assert first == again
    said = [one for one in (await ana.get(path))["messages"] if one["author"] == "agent"]
    assert [(one["text"], one["agent_name"]) for one in said] == [("Hello, I am Ana.", "Ana Ruiz")]
    assert (await ana.get("/api/handoffs"))["mine"][0]["replied"]


async def test_whoever_does_not_hold_the_case_cannot_write_to_the_patient(client: CLIENT) -> None:
    ana, ben = await join(client, "ana"), await join(client, "ben")
    case, epoch = await claimed(client, ana)
    path = f"/api/conversations/{case.conversation_id}"
    error = (await ben.post(f"{path}/messages", 409, **line("me too", epoch)))["error"]
    assert error["code"] == "stale_owner"
    assert error["remedy"]
    await ana.post(f"{path}/messages", 409, **line("as of before", epoch - 1, "client-0002"))
    assert not [one for one in (await ana.get(path))["messages"] if one["author"] == "agent"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"client_id": "client-0001", "epoch": 2, "text": "  \n "}, "text"),
        ({"client_id": "client-0001", "epoch": 2, "text": "\u0007\u0008"}, "text"),
        ({"client_id": "client-0001", "epoch": 2, "text": "a\u0000b"}, None),
        ({"client_id": "client-0001", "epoch": 2, "text": "x" * 4001}, "text"),
        ({"client_id": "x", "epoch": 2, "text": "hello"}, "client_id"),
        ({"client_id": "client-0001", "epoch": "no", "text": "hello"}, "epoch"),
        ({"client_id": "client-0001", "text": "hello"}, "epoch"),
        ({"client_id": "client-0001", "epoch": 2, "text": "hello", "author": "bot"}, "author"),
    ],
)
async def test_a_bad_reply_is_refused_by_field_and_stores_nothing(
    client: CLIENT, body: dict[str, Any], field: str | None
) -> None:
    ana = await join(client, "ana")
    case, _ = await claimed(client, ana)
    path = f"/api/conversations/{case.conversation_id}"
    error = (await ana.post(f"{path}/messages", 422, **body))["error"]
    assert (error["code"], error["field"]) == ("invalid", field)
    assert not [one for one in (await ana.get(path))["messages"] if one["author"] == "agent"]


async def test_an_agent_takes_over_what_the_bot_holds_and_a_second_one_is_refused(
    client: CLIENT,
) -> None:
    ana, ben = await join(client, "ana"), await join(client, "ben")
    conversation_id = await held_by_bot(client, "do you take aetna")
    live = await ana.get("/api/conversations?owner=bot")
    assert [(one["id"], one["last_line"]) for one in live] == [
        (conversation_id, "do you take aetna")
    ]
    path = f"/api/conversations/{conversation_id}"
    taken = await ana.post(f"{path}/take-over")
    error = (await ben.post(f"{path}/take-over", 409))["error"]
    assert error["winner"] == "Ana"
    assert await ana.get("/api/conversations?owner=bot") == []
    assert (await ana.get(path))["packet"]["question"] == "do you take aetna"
    await ana.post(f"{path}/messages", **line("Yes, we do.", taken["epoch"]))


async def test_a_released_case_waits_again_and_only_its_agent_can_release_it(
    client: CLIENT,
) -> None:
    ana, ben = await join(client, "ana"), await join(client, "ben")
    case, _ = await claimed(client, ana)
    path = f"/api/handoffs/{case.handoff_id}/release"
    await ben.post(path, 403)
    assert ids((await ana.get("/api/handoffs"))["mine"]) == [case.handoff_id]
    await ana.post(path)
    assert ids((await ben.get("/api/handoffs"))["waiting"]) == [case.handoff_id]


@pytest.mark.parametrize(("to_bot", "owner"), [(False, "closed"), (True, "bot")])
async def test_a_resolved_case_leaves_the_queue_and_goes_where_it_was_sent(
    client: CLIENT, to_bot: bool, owner: str
) -> None:
    ana, ben = await join(client, "ana"), await join(client, "ben")
    case, _ = await claimed(client, ana)
    path = f"/api/handoffs/{case.handoff_id}/resolve"
    await ben.post(path, 403, outcome="answered", to_bot=to_bot)
    await ana.post(path, 422, outcome="whatever", to_bot=to_bot)
    await ana.post(path, outcome="answered", to_bot=to_bot)
    shown = await ana.get(f"/api/conversations/{case.conversation_id}")
    assert shown["conversation"]["owner"] == owner
    assert shown["handoff"] is None
    assert (await ana.get("/api/handoffs"))["mine"] == []


async def test_notes_never_reach_the_patient(client: CLIENT, patient: Patients) -> None:
    ana = await join(client, "ana")
    visitor = await patient()
    await visitor.say("hello there")
    await visitor.line("bot")
    path = f"/api/conversations/{visitor.conversation_id}"
    await ana.post(f"{path}/notes", text="note for colleagues only")
    taken = await ana.post(f"{path}/take-over")
    await ana.post(f"{path}/messages", **line("How can I help?", taken["epoch"]))
    assert (await visitor.line("agent"))["text"] == "How can I help?"
    again = await patient()
    again.token = visitor.token
    await again.send("conversation.open", token=visitor.token, last_seq=0, language="en")
    await again.frame("conversation.opened", conversation_id=visitor.conversation_id)
    seen = f"{visitor.frames}{again.frames}"
    assert "How can I help?" in seen
    assert "note for colleagues only" not in seen


async def test_only_the_bots_conversations_can_be_listed(client: CLIENT) -> None:
    ana = await join(client, "ana")
    error = (await ana.get("/api/conversations?owner=queue", 422))["error"]
    assert error["field"] == "owner"


async def test_a_handoff_that_is_not_there_is_not_found(client: CLIENT) -> None:
    ana = await join(client, "ana")
    for verb in ("claim", "release"):
        await ana.post(f"/api/handoffs/999999999/{verb}", 404)
        await ana.post(f"/api/handoffs/99999999999999999999/{verb}", 404)
