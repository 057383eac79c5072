"""The clinic profile in the studio: saved by part, never over a colleague, with its history."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from aiohttp.test_utils import TestClient
from sqlalchemy import select

from bot import keys
from bot.db import Database
from bot.knowledge.base import KnowledgeBase
from bot.knowledge.following import watch
from bot.knowledge.importer import import_directory
from bot.knowledge.service import record_missing_fact
from bot.privacy.models import AuditEvent
from bot.settings import ROOT, Settings
from bot.staff.models import Role
from tests.web.colleagues import Colleague, app_of, join
from tests.web.patients import PATIENCE

CLIENT = TestClient[Any, Any]


@pytest.fixture
async def eva(client: CLIENT) -> Colleague:
    return await join(client, "eva", Role.EDITOR, display="Eva Stone")


@pytest.fixture
async def sam(client: CLIENT) -> Colleague:
    return await join(client, "sam", Role.REVIEWER, display="Sam Lee")


async def save(
    editor: Colleague, part: str, base: dict[str, Any], status: int = 200, **changes: Any
) -> dict[str, Any]:
    """Save a part of the profile that the editor had before their eyes."""
    value = {**base["parts"][part], **changes}
    path = f"/api/clinic/parts/{part}"
    answer: dict[str, Any] = await editor.put(
        path, status, value=value, base_id=base["id"], note="It moved"
    )
    return answer


async def test_a_saved_part_is_served_at_once(client: CLIENT, eva: Colleague) -> None:
    profile = await eva.get("/api/clinic")
    saved = await save(eva, "contacts", profile, fax="217-555-0199")
    assert saved["parts"]["contacts"]["fax"] == "217-555-0199"
    assert app_of(client)[keys.KNOWLEDGE].profile.contacts.fax == "217-555-0199"


async def test_another_process_serves_it_too(
    client: CLIENT, eva: Colleague, database: Database, settings: Settings
) -> None:
    other = KnowledgeBase(settings)
    await other.refresh(database)
    follows = asyncio.create_task(watch(other, database))
    try:
        await save(eva, "contacts", await eva.get("/api/clinic"), fax="217-555-0199")
        async with asyncio.timeout(PATIENCE):
            while True:
                if other.profile.contacts.fax == "217-555-0199":
                    break
                await asyncio.sleep(0.02)
    finally:
        follows.cancel()


async def test_agents_do_not_change_the_profile(client: CLIENT) -> None:
    agent = await join(client, "abe", Role.AGENT)
    await agent.get("/api/clinic", 403)
    await agent.put("/api/clinic/parts/contacts", 403, value={}, base_id=1)


async def test_bad_input_names_every_field_and_stores_nothing(eva: Colleague) -> None:
    profile = await eva.get("/api/clinic")
    error = (await save(eva, "contacts", profile, 422, phone="12", email="x"))["error"]
    assert {tuple(one["path"]) for one in error["problems"]} == {
        ("contacts", "phone"),
        ("contacts", "email"),
    }
    assert error["remedy"]
    assert (await eva.get("/api/clinic"))["id"] == profile["id"]


async def test_two_editors_at_one_part_the_second_hears_who_and_what(
    eva: Colleague, sam: Colleague
) -> None:
    seen = await eva.get("/api/clinic")
    await save(sam, "contacts", seen, fax="217-555-0188")
    error = (await save(eva, "contacts", seen, 409, email="new@aldercreek.example"))["error"]
    assert (error["code"], error["winner"]) == ("conflict", "Sam Lee")
    assert error["changes"] == [
        {"path": ["contacts", "fax"], "before": "217-555-0143", "after": "217-555-0188"}
    ]
    assert error["value"]["fax"] == "217-555-0188"
    now = {"id": error["live_id"], "parts": {"contacts": error["value"]}}
    saved = await save(eva, "contacts", now, email="new@aldercreek.example")
    assert saved["parts"]["contacts"]["fax"] == "217-555-0188"
    assert saved["parts"]["contacts"]["email"] == "new@aldercreek.example"


async def test_two_editors_at_two_parts_do_not_meet(eva: Colleague, sam: Colleague) -> None:
    seen = await eva.get("/api/clinic")
    await save(sam, "contacts", seen, fax="217-555-0188")
    saved = await save(eva, "no_show", seen, fee_usd="45")
    assert saved["parts"]["contacts"]["fax"] == "217-555-0188"
    assert saved["parts"]["no_show"]["fee_usd"] == 45


async def test_two_editors_in_the_same_second_lose_nothing(eva: Colleague, sam: Colleague) -> None:
    seen = await eva.get("/api/clinic")

    async def attempt(editor: Colleague, fax: str) -> int:
        value = {**seen["parts"]["contacts"], "fax": fax}
        response = await editor._client.put(
            "/api/clinic/parts/contacts",
            json={"value": value, "base_id": seen["id"]},
            headers=editor.headers,
        )
        return response.status

    done = await asyncio.gather(attempt(eva, "217-555-0101"), attempt(sam, "217-555-0102"))
    assert sorted(done) == [200, 409]


async def test_the_history_says_who_when_why_and_what_and_restoring_can_be_undone(
    client: CLIENT, eva: Colleague
) -> None:
    before = await eva.get("/api/clinic")
    saved = await save(eva, "no_show", before, fee_usd="45")
    step = (await eva.get("/api/clinic/history?part=no_show"))[0]
    assert (step["by"], step["note"]) == ("Eva Stone", "It moved")
    assert step["changes"] == [{"path": ["no_show", "fee_usd"], "before": 30, "after": 45}]
    path = f"/api/clinic/documents/{before['id']}/restore"
    back = await eva.post(path, base_id=saved["id"], part="no_show")
    assert back["parts"]["no_show"]["fee_usd"] == 30
    again = f"/api/clinic/documents/{saved['id']}/restore"
    undone = await eva.post(again, base_id=back["id"], part="no_show")
    assert undone["parts"]["no_show"]["fee_usd"] == 45
    knowledge = app_of(client)[keys.KNOWLEDGE]
    assert knowledge.profile.display("no_show_fee", "en") == "$45"
    assert len(await eva.get("/api/clinic/history?part=no_show")) == 3
    assert await eva.get("/api/clinic/history?part=pay") == []


async def test_restoring_one_part_leaves_the_others(eva: Colleague) -> None:
    first = await eva.get("/api/clinic")
    second = await save(eva, "no_show", first, fee_usd="45")
    third = await save(eva, "contacts", second, fax="217-555-0188")
    path = f"/api/clinic/documents/{first['id']}/restore"
    back = await eva.post(path, base_id=third["id"], part="no_show")
    assert back["parts"]["no_show"]["fee_usd"] == 30
    assert back["parts"]["contacts"]["fax"] == "217-555-0188"
    everything = await eva.post(path, base_id=back["id"])
    assert everything["parts"] == first["parts"]
    await eva.post(path, 409, base_id=first["id"])


async def test_the_preview_stores_nothing_and_shows_before_and_after(eva: Colleague) -> None:
    profile = await eva.get("/api/clinic")
    value = {**profile["parts"]["no_show"], "fee_usd": "45"}
    shown = await eva.post("/api/clinic/parts/no_show/preview", value=value)
    assert {one["language"] for one in shown["answers"]} == {"en", "es"}
    assert all("$45" in one["after"] for one in shown["answers"])
    assert (await eva.get("/api/clinic"))["id"] == profile["id"]


async def test_what_going_back_would_change_is_shown_first_and_stores_nothing(
    eva: Colleague,
) -> None:
    first = await eva.get("/api/clinic")
    second = await save(eva, "no_show", first, fee_usd="45")
    path = f"/api/clinic/documents/{first['id']}/preview"
    for part in ("no_show", None):
        shown = await eva.post(path, part=part)
        assert {one["language"] for one in shown["answers"]} == {"en", "es"}
        assert all("$30" in one["after"] for one in shown["answers"])
        assert all("$45" in one["before"] for one in shown["answers"])
    assert (await eva.post(path, part="pay"))["answers"] == []
    assert (await eva.get("/api/clinic"))["id"] == second["id"]


async def test_an_unknown_profile_has_no_preview(eva: Colleague) -> None:
    assert (await eva.post("/api/clinic/documents/9999/preview", 404, part=None))["error"]


async def test_missing_facts_are_counted_by_conversation_until_they_are_stated(
    client: CLIENT, eva: Colleague
) -> None:
    profile = await eva.get("/api/clinic")
    without = await save(eva, "contacts", profile, fax="")
    async with app_of(client)[keys.DATABASE].work() as work:
        for conversation in ("a" * 32, "b" * 32, "a" * 32):
            await record_missing_fact(work, "fax", "phone", conversation)
        await record_missing_fact(work, "phone", "phone", "a" * 32)
        await work.commit()
    (one,) = (await eva.get("/api/clinic"))["missing"]
    assert (one["key"], one["part"], one["field"]) == ("fax", "contacts", "fax")
    assert (one["conversations"], one["articles"]) == (2, ["phone"])
    await save(eva, "contacts", without, fax="217-555-0188")
    assert (await eva.get("/api/clinic"))["missing"] == []


async def test_an_import_leaves_what_an_editor_changed(client: CLIENT, eva: Colleague) -> None:
    await save(eva, "no_show", await eva.get("/api/clinic"), fee_usd="45")
    report = await import_directory(app_of(client)[keys.DATABASE], ROOT / "data")
    (entry,) = [one for one in report.entries if one.file == "clinic.toml"]
    assert entry.status == "kept"
    assert (await eva.get("/api/clinic"))["parts"]["no_show"]["fee_usd"] == 45


async def test_every_change_is_an_audit_event_without_the_words(
    client: CLIENT, eva: Colleague
) -> None:
    saved = await save(eva, "no_show", await eva.get("/api/clinic"), fee_usd="45")
    async with app_of(client)[keys.DATABASE].reading() as session:
        event = await session.scalar(select(AuditEvent).where(AuditEvent.action == "profile.saved"))
    assert event is not None
    assert event.detail == {"part": "no_show", "document": saved["id"]}


async def test_the_pages_bring_their_forms_and_words(eva: Colleague) -> None:
    for path, word in (("/studio/clinic", "accepted_plans"), ("/studio/notices", "read_statement")):
        response = await eva.page(path)
        assert response.status == 200
        assert word in await response.text()
