"""Everything that happens to a handoff is written down once, in order, in its own transaction."""

from __future__ import annotations

from bot import keys
from bot.handoff.history import of_handoff
from tests.web.colleagues import app_of, join
from tests.web.desk_cases import CLIENT, Waiting, claimed, held_by_bot, line, waiting


async def history(client: CLIENT, case: Waiting) -> list[str]:
    async with app_of(client)[keys.DATABASE].reading() as session:
        return [event.kind for event in await of_handoff(session, case.handoff_id)]


async def test_a_case_that_was_answered_and_resolved_tells_its_whole_life(client: CLIENT) -> None:
    ana = await join(client, "ana")
    case, epoch = await claimed(client, ana)
    for number in (1, 2):
        said = line("Good morning", epoch, f"client-000{number}")
        await ana.post(f"/api/conversations/{case.conversation_id}/messages", **said)
    await ana.post(f"/api/handoffs/{case.handoff_id}/resolve", outcome="answered", to_bot=False)
    assert await history(client, case) == [
        *("requested", "promise_given", "claimed"),
        *("first_reply", "promise_kept", "resolved"),
    ]


async def test_a_refused_claim_leaves_no_trace_and_a_release_names_its_agent(
    client: CLIENT,
) -> None:
    ana, ben = await join(client, "ana"), await join(client, "ben")
    case, _ = await claimed(client, ana)
    await ben.post(f"/api/handoffs/{case.handoff_id}/claim", 409)
    await ana.post(f"/api/handoffs/{case.handoff_id}/release")
    await ben.post(f"/api/handoffs/{case.handoff_id}/claim")
    assert await history(client, case) == [
        *("requested", "promise_given", "claimed", "released", "claimed")
    ]


async def test_stepping_into_what_the_bot_holds_is_a_request_and_a_take_over(
    client: CLIENT,
) -> None:
    ana = await join(client, "ana")
    conversation_id = await held_by_bot(client)
    taken = await ana.post(f"/api/conversations/{conversation_id}/take-over")
    case = Waiting(conversation_id, taken["handoff_id"])
    assert await history(client, case) == ["requested", "taken_over"]


async def test_a_case_that_waits_has_only_been_requested(client: CLIENT) -> None:
    assert await history(client, await waiting(client)) == ["requested", "promise_given"]
