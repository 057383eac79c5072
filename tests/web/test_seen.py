"""Who saw a version: how often, what came next, and who may know which conversations."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import insert, update

from bot import keys
from bot.clock import utc_now
from bot.conversations.models import Conversation, Gap
from bot.conversations.service import close
from bot.effects import Priority, Reason
from bot.handoff import service as handoff
from bot.handoff.cases import Request
from bot.handoff.models import Rating
from bot.outreach.models import Contact
from bot.staff.models import Role
from tests.web.colleagues import Colleague, app_of, join
from tests.web.desk_cases import CLIENT, audited
from tests.web.seen_cases import live_version, say, was_given


@pytest.fixture
async def eva(client: CLIENT) -> Colleague:
    return await join(client, "eva", Role.EDITOR)


@pytest.fixture
async def version(client: CLIENT) -> int:
    return await live_version(client)


async def seen(colleague: Colleague, version: int) -> dict[str, Any]:
    found: dict[str, Any] = await colleague.get(f"/api/versions/{version}/seen")
    return found


async def listed(colleague: Colleague, version: int, query: str = "") -> dict[str, Any]:
    found: dict[str, Any] = await colleague.get(
        f"/api/versions/{version}/seen/conversations{query}"
    )
    return found


async def test_it_counts_every_time_and_says_by_whom(
    client: CLIENT, eva: Colleague, version: int
) -> None:
    await was_given(client, version, times=2)
    await was_given(client, version, author="agent")
    await was_given(client, version, author="agent", adapted=True)
    counts = (await seen(eva, version))["counts"]
    assert (counts["shown"], counts["conversations"]) == (4, 3)
    assert (counts["assistant"], counts["people"], counts["adapted"]) == (2, 1, 1)


async def test_a_version_nobody_read_has_empty_numbers_and_an_unknown_one_is_refused(
    eva: Colleague, version: int
) -> None:
    found = await seen(eva, version)
    assert (found["counts"]["shown"], found["counts"]["came"]) == (0, [])
    assert found["reach"]["conversations"] == 0
    await eva.get("/api/versions/999999/seen", 404)


async def test_it_says_what_came_next(client: CLIENT, eva: Colleague, version: int) -> None:
    app = app_of(client)
    asked, missed, ended = [await was_given(client, version) for _ in range(3)]
    async with app[keys.DATABASE].work() as work:
        wish = Request(asked, Reason.ASKED, Priority.NORMAL, "en", None, {"topics": ["cov.eob"]})
        await handoff.request(work, app[keys.KEYS], wish)
        seq = await say(client, work, missed, "no, that is not it")
        values = {"conversation_id": missed, "seq": seq, "outcome": "not_what_i_asked"}
        await work.session.execute(insert(Gap).values(**values, at=utc_now()))
        await close(work, ended, "patient", forget=False)
        await work.commit()
    came = {one["next"]: one for one in (await seen(eva, version))["counts"]["came"]}
    assert came.keys() == {"handoff", "not_what_i_asked", "ended"}
    assert came["handoff"]["reason"] == "asked"
    only = await listed(eva, version, "?next=ended")
    assert [one["open"] for one in only["conversations"]] == [False]
    await eva.get(f"/api/versions/{version}/seen/conversations?next=nonsense", 422)


async def test_ratings_of_the_assistant_in_those_conversations_are_told(
    client: CLIENT, eva: Colleague, version: int
) -> None:
    for score in (1, 2, 5):
        conversation_id = await was_given(client, version)
        async with app_of(client)[keys.DATABASE].work() as work:
            values = {"about": "assistant", "score": score, "language": "en"}
            now = utc_now()
            await work.session.execute(
                insert(Rating).values(
                    conversation_id=conversation_id, at=now, changed_at=now, **values
                )
            )
            await work.commit()
    counts = (await seen(eva, version))["counts"]
    assert (counts["rated"], counts["rating"]) == (3, 2.7)
    assert counts["ratings"] == {"1": 1, "2": 1, "3": 0, "4": 0, "5": 1}
    scores = {one["score"] for one in (await listed(eva, version))["conversations"]}
    assert scores == {1, 2, 5}


async def test_an_editor_learns_no_conversation_and_a_supervisor_gets_the_links(
    client: CLIENT, eva: Colleague, version: int
) -> None:
    conversation_id = await was_given(client, version)
    found = await listed(eva, version)
    assert (found["may_open"], found["all"]) == (False, 1)
    assert [one["conversation_id"] for one in found["conversations"]] == [None]
    assert conversation_id not in str(found) + str(await seen(eva, version))
    sue = await join(client, "sue", Role.SUPERVISOR)
    found = await listed(sue, version)
    assert [one["conversation_id"] for one in found["conversations"]] == [conversation_id]


async def test_an_agent_and_a_stranger_are_refused(client: CLIENT, version: int) -> None:
    ana = await join(client, "ana", Role.AGENT)
    for path in ("", "/conversations"):
        await ana.get(f"/api/versions/{version}/seen{path}", 403)
        response = await client.get(f"/api/versions/{version}/seen{path}")
        assert response.status == 401
    assert (await ana.page(f"/studio/seen/{version}")).status == 303


async def test_every_look_is_audited_and_names_whom_it_showed(
    client: CLIENT, eva: Colleague, version: int
) -> None:
    conversation_id = await was_given(client, version)
    await seen(eva, version)
    await listed(eva, version)
    assert await audited(client, "version.looked_up") == ["article:eob"]
    assert await audited(client, "version.readers_listed") == ["article:eob"]
    assert await audited(client, "conversation.listed") == []
    await listed(await join(client, "sue", Role.SUPERVISOR), version)
    assert await audited(client, "conversation.listed") == [conversation_id]


async def test_the_list_comes_in_pages_the_latest_first(client: CLIENT, version: int) -> None:
    made = []
    for _ in range(27):
        made.append(await was_given(client, version))
        await asyncio.sleep(0)
    sue = await join(client, "sue", Role.SUPERVISOR)
    first, second = await listed(sue, version), await listed(sue, version, "?from=25")
    ids = [one["conversation_id"] for one in (*first["conversations"], *second["conversations"])]
    assert (len(first["conversations"]), first["all"], set(ids)) == (25, 27, set(made))
    assert ids[0] == made[-1]


async def test_the_list_is_filtered_by_who_is_there_still_and_how_the_others_are_reached(
    client: CLIENT, version: int
) -> None:
    there, ended, mailed, called = [await was_given(client, version) for _ in range(4)]
    await reached_by(client, {mailed: "email", called: "phone"})
    async with app_of(client)[keys.DATABASE].work() as work:
        await close(work, ended, "patient", forget=False)
        # Their patients can open them no longer.
        await work.session.execute(
            update(Conversation)
            .where(Conversation.id.in_((mailed, called)))
            .values(active_at=utc_now() - timedelta(days=400))
        )
        await work.commit()
    sue = await join(client, "sue", Role.SUPERVISOR)

    async def ids(whose: str) -> set[str]:
        found = await listed(sue, version, f"?whose={whose}")
        return {one["conversation_id"] for one in found["conversations"]}

    assert await ids("open") == {there, mailed, called}
    assert await ids("closed") == {ended}
    assert await ids("email") == {mailed}
    assert await ids("phone") == {called}
    refused = await sue.get(f"/api/versions/{version}/seen/conversations?whose=all", 422)
    assert refused["error"]["field"] == "whose"


async def reached_by(client: CLIENT, channels: dict[str, str]) -> None:
    """Patients of these conversations consented to be reached so."""
    now = utc_now()
    fixed = {"language": "en", "best_time": "any", "days": "", "saved_at": now, "seen_at": now}
    async with app_of(client)[keys.DATABASE].work() as work:
        await work.session.execute(
            insert(Contact),
            [
                {"conversation_id": one, "channel": channel, "address_hash": one, **fixed}
                for one, channel in channels.items()
            ],
        )
        await work.commit()


async def test_the_page_opens_for_an_editor(eva: Colleague, version: int) -> None:
    response = await eva.page(f"/studio/seen/{version}")
    assert response.status == 200
    assert "studio_seen" in await response.text()
