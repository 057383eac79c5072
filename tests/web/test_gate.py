"""The publish gate: what it finds, what it holds back, and who may let that pass."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from aiohttp.test_utils import TestClient

from bot import keys
from bot.clock import utc_now
from bot.conversations import asked
from bot.knowledge.moved import ended
from bot.knowledge.outcomes import Context
from bot.knowledge.ranking import FILE
from bot.privacy import audit
from bot.settings import Settings
from bot.staff.models import Role
from tests.starter import starter_ranker
from tests.web.colleagues import Colleague, app_of, join
from tests.web.conftest import Clients
from tests.web.findings_said import page_of, said
from tests.web.patients import Patient
from tests.web.test_studio import changed

CLIENT = TestClient[Any, Any]
# What patients ask the neighbour, word for word: whoever has it as a title or variant wins it.
NEIGHBOUR = "deductible"
LOOK_SECONDS = 60.0
REASON = "The clinic moved this subject here on purpose."


@pytest.fixture
async def client(serve: Clients, settings: Settings) -> CLIENT:
    """The application with the real index and ranker."""
    starter_ranker().save(settings.model_dir / FILE)
    return await serve()


@pytest.fixture
async def eva(client: CLIENT) -> Colleague:
    """An editor."""
    return await join(client, "eva", Role.EDITOR, display="Eva Stone")


@pytest.fixture
async def rita(client: CLIENT) -> Colleague:
    """A reviewer."""
    return await join(client, "rita", Role.REVIEWER, display="Rita Vega")


async def live(colleague: Colleague, slug: str, language: str = "en") -> dict[str, Any]:
    article = await colleague.get(f"/api/articles/{slug}")
    version: dict[str, Any] = article["languages"][language]["live"]
    return version


async def drafted(colleague: Colleague, slug: str = "eob", **changes: Any) -> dict[str, Any]:
    version = await live(colleague, slug)
    path = f"/api/articles/{slug}/en/draft"
    draft: dict[str, Any] = await colleague.put(path, **changed(version, **changes))
    return draft


async def looked(colleague: Colleague, draft: dict[str, Any]) -> dict[str, Any]:
    """Begin a look and wait until it is done."""
    look: dict[str, Any] = await colleague.post(f"/api/versions/{draft['id']}/check")
    async with asyncio.timeout(LOOK_SECONDS):
        while look["state"] == "running":
            await asyncio.sleep(0.1)
            look = await colleague.get(f"/api/checks/{look['id']}")
    assert look["state"] == "done"
    return await colleague.get(f"/api/checks/{look['id']}")  # type: ignore[no-any-return]


async def stealing(colleague: Colleague) -> dict[str, Any]:
    """A draft whose new ways of asking are the neighbour's test questions."""
    questions = (await live(colleague, NEIGHBOUR))["golden"]
    own = (await live(colleague, "eob"))["variants"]
    return await drafted(colleague, variants=[*own[: 15 - len(questions)], *questions])


async def test_a_harmless_change_passes_and_the_look_says_what_was_asked(eva: Colleague) -> None:
    look = await looked(eva, await drafted(eva, more="Ask us when you are not sure."))
    report = look["report"]
    assert report["blocks"] == 0
    assert report["golden"] > 1000
    assert report["losses"] == []


async def test_a_translation_of_an_older_text_is_told_that_patients_would_not_see_it(
    eva: Colleague,
) -> None:
    spanish = await live(eva, "eob", "es")
    path = "/api/articles/eob/es/draft"
    draft = await eva.put(path, **changed(spanish, more="Pregúntenos si tiene dudas."))
    before = (await looked(eva, draft))["report"]
    english = await drafted(eva, lead="An EOB is a letter from your plan. It is not a bill.")
    await eva.post(f"/api/versions/{english['id']}/publish", note="shorter")
    after = (await looked(eva, draft))["report"]

    told = [[one["rule"] for one in report["findings"]] for report in (before, after)]
    assert ["stale" in rules for rules in told] == [False, True]


async def test_new_variants_that_steal_a_neighbours_question_are_held_back_by_its_name(
    client: CLIENT, eva: Colleague
) -> None:
    draft = await stealing(eva)
    questions = (await live(eva, NEIGHBOUR))["golden"]
    report = (await looked(eva, draft))["report"]
    lost = {(one["slug"], one["question"]) for one in report["losses"] if one["blocks"]}
    assert lost
    assert {slug for slug, _ in lost} == {NEIGHBOUR}
    assert {question for _, question in lost} <= set(questions)
    assert {one["instead"] for one in report["losses"] if one["blocks"]} == {"eob"}
    error = (await eva.post(f"/api/versions/{draft['id']}/publish", 422, note=""))["error"]
    assert any(
        NEIGHBOUR in one["message"] and question in one["message"]
        for one in error["findings"]
        for _, question in lost
    )
    for _, question in lost:
        reached = ended(app_of(client)[keys.KNOWLEDGE].answer(question, Context("en")))
        assert NEIGHBOUR in reached.slugs


async def test_a_look_that_runs_is_found_again_and_one_at_another_text_is_new(
    eva: Colleague, rita: Colleague
) -> None:
    draft = await drafted(eva, more="Ask us when you are not sure.")
    first = await eva.post(f"/api/versions/{draft['id']}/check")
    again = await rita.post(f"/api/versions/{draft['id']}/check")
    assert again["id"] == first["id"]
    await looked(eva, draft)
    draft = await drafted(eva, more="Ask us at any time.")
    other = await eva.post(f"/api/versions/{draft['id']}/check")
    assert other["id"] != first["id"]
    await looked(eva, draft)


async def test_a_look_at_nothing_is_not_found_and_a_stranger_sees_none(
    client: CLIENT, eva: Colleague
) -> None:
    await eva.post("/api/versions/999999/check", 404)
    await eva.get("/api/checks/999999", 404)
    ann = await join(client, "ann", Role.AGENT)
    await ann.get("/api/checks/1", 403)
    await ann.post("/api/versions/1/check", 403)


async def test_the_places_of_a_text_are_shown_with_what_stands_in_them(eva: Colleague) -> None:
    draft = await drafted(eva, more="Call {{ clinic.phone }}.")
    places = (await looked(eva, draft))["report"]["places"]
    phone = next(one for one in places if one["name"] == "clinic.phone")
    assert phone["value"]


async def test_an_override_needs_a_reason_and_a_second_person_who_reviews(
    client: CLIENT, eva: Colleague, rita: Colleague
) -> None:
    draft = await stealing(eva)
    look = await looked(eva, draft)
    path = f"/api/versions/{draft['id']}"
    error = (await eva.post(f"{path}/override", 422, check=look["id"], reason=" "))["error"]
    assert error["field"] == "reason"
    asked_for = await eva.post(f"{path}/override", check=look["id"], reason=REASON)
    assert (asked_for["state"], asked_for["mine"]) == ("asked", True)
    decide = f"/api/overrides/{asked_for['id']}/decide"
    await eva.post(decide, 403, grant=True)
    sam = await join(client, "sam", Role.EDITOR)
    await sam.post(decide, 403, grant=True)
    await eva.post(f"{path}/publish", 422, note="")
    (waits,) = await rita.get("/api/overrides")
    assert waits["id"] == asked_for["id"]
    spanish = await page_of(rita, "/studio?lang=es")
    held = [said(one, spanish) for one in waits["findings"]]
    assert [one for one in held if "de deductible encontraría eob. Quite o precise" in one]
    granted = await rita.post(decide, grant=True, remark="Agreed")
    assert (granted["state"], granted["decided_name"]) == ("granted", "Rita Vega")
    await rita.post(decide, 409, grant=False)
    assert await rita.get("/api/overrides") == []
    done = await eva.post(f"{path}/publish", note="")
    assert done["version"]["state"] == "published"
    async with app_of(client)[keys.DATABASE].work() as work:
        events = await audit.events_about(work, "article:eob")
    steps = [one["action"] for one in events if one["action"].startswith("override")]
    assert steps == ["override.asked", "override.granted"]


async def test_a_reviewer_lets_no_text_pass_that_they_wrote(
    client: CLIENT, eva: Colleague, rita: Colleague
) -> None:
    draft = await stealing(rita)
    look = await looked(eva, draft)
    path = f"/api/versions/{draft['id']}/override"
    asked_for = await eva.post(path, check=look["id"], reason=REASON)
    await rita.post(f"/api/overrides/{asked_for['id']}/decide", 403, grant=True)
    rob = await join(client, "rob", Role.REVIEWER)
    await rob.post(f"/api/overrides/{asked_for['id']}/decide", grant=True)


async def test_an_override_stands_for_exactly_this_text(eva: Colleague, rita: Colleague) -> None:
    draft = await stealing(eva)
    look = await looked(eva, draft)
    path = f"/api/versions/{draft['id']}"
    asked_for = await eva.post(f"{path}/override", check=look["id"], reason=REASON)
    await rita.post(f"/api/overrides/{asked_for['id']}/decide", grant=True)
    await drafted(eva, variants=draft["variants"], more="One word more.")
    assert (await looked(eva, draft))["override"] is None
    await eva.post(f"{path}/publish", 422, note="")
    await eva.post(f"{path}/override", 409, check=look["id"], reason=REASON)


async def test_what_cannot_be_shown_is_never_let_pass(eva: Colleague) -> None:
    draft = await drafted(eva, lead="It is {{ fact.no_such_figure }}.")
    look = await looked(eva, draft)
    assert look["report"]["blocks"] > 0
    assert not look["report"]["overridable"]
    spanish = await page_of(eva, "/studio?lang=es")
    told = "No existe la cifra «no_such_figure»."
    assert any(said(one, spanish).startswith(told) for one in look["report"]["findings"])
    path = f"/api/versions/{draft['id']}/override"
    error = (await eva.post(path, 422, check=look["id"], reason=REASON))["error"]
    assert any(said(one, spanish).startswith(told) for one in error["findings"])


async def test_a_declined_or_withdrawn_override_lets_nothing_pass(
    eva: Colleague, rita: Colleague
) -> None:
    draft = await stealing(eva)
    look = await looked(eva, draft)
    path = f"/api/versions/{draft['id']}"
    first = await eva.post(f"{path}/override", check=look["id"], reason=REASON)
    await rita.post(f"/api/overrides/{first['id']}/withdraw", 403)
    await eva.post(f"/api/overrides/{first['id']}/withdraw")
    second = await eva.post(f"{path}/override", check=look["id"], reason=REASON)
    await rita.post(f"/api/overrides/{second['id']}/decide", grant=False, remark="Not here")
    shown = (await eva.get(f"/api/checks/{look['id']}"))["override"]
    assert (shown["state"], shown["remark"]) == ("declined", "Not here")
    await eva.post(f"{path}/publish", 422, note="")


async def test_what_others_publish_in_between_is_judged_again(eva: Colleague) -> None:
    """A draft passes alone, and takes what another text has given itself since."""
    question = "is there a walking path for ducks behind your building"
    theirs, mine = await live(eva, NEIGHBOUR), await live(eva, "eob")
    taking = await drafted(eva, NEIGHBOUR, variants=[*theirs["variants"][:14], question])
    assert (await looked(eva, taking))["report"]["blocks"] == 0
    giving = await drafted(
        eva,
        variants=[*mine["variants"][:14], "can I walk where the ducks are"],
        golden=[*mine["golden"], question],
    )
    await eva.post(f"/api/versions/{giving['id']}/publish", note="")
    error = (await eva.post(f"/api/versions/{taking['id']}/publish", 422, note=""))["error"]
    assert any("eob" in one["message"] and question in one["message"] for one in error["findings"])


async def test_questions_of_the_last_weeks_are_shown_before_and_after(
    client: CLIENT, eva: Colleague
) -> None:
    patient = await Patient(client).connect()
    question = (await live(eva, NEIGHBOUR))["golden"][0]
    await patient.say(f"{question} My name is Maria Gonzalez, 555-010-7788.")
    await patient.line("bot")
    report = (await looked(eva, await stealing(eva)))["report"]
    (moved,) = report["moved"]
    assert "7788" not in moved["question"]
    assert moved["before"]["slugs"] == [NEIGHBOUR]
    assert moved["after"]["slugs"] == ["eob"]


async def test_copies_of_questions_are_redacted_and_forgotten_after_a_month(
    client: CLIENT,
) -> None:
    app = app_of(client)
    patient = await Patient(client).connect()
    await patient.say("What is a deductible? Call me at 415-555-0133.")
    await patient.line("bot")
    database, ring, desk = app[keys.DATABASE], app[keys.KEYS], app[keys.DESK]
    assert await asked.catch_up(database, ring, desk.copied, utc_now()) == 1
    assert await asked.catch_up(database, ring, desk.copied, utc_now()) == 0
    (copy,) = await asked.recent(database, ring, utc_now())
    assert "0133" not in copy.words
    later = utc_now() + timedelta(days=31)
    await asked.catch_up(database, ring, desk.copied, later)
    assert await asked.recent(database, ring, utc_now()) == []


async def test_an_english_edit_that_loses_its_own_spanish_question_is_held_back_by_that_question(
    eva: Colleague,
) -> None:
    phrase = "zumbel amarillo quincenal"
    english = await live(eva, "eob")
    draft = await drafted(eva, variants=[*english["variants"], phrase])
    await eva.post(f"/api/versions/{draft['id']}/publish", note="")
    spanish = await live(eva, "eob", "es")
    words = changed(spanish, golden=[*spanish["golden"], phrase])
    draft = await eva.put("/api/articles/eob/es/draft", **words)
    await eva.post(f"/api/versions/{draft['id']}/publish", note="")

    draft = await drafted(eva, variants=english["variants"])
    report = (await looked(eva, draft))["report"]
    (lost,) = [one for one in report["losses"] if one["blocks"]]
    assert (lost["slug"], lost["language"], lost["question"]) == ("eob", "es", phrase)
    error = (await eva.post(f"/api/versions/{draft['id']}/publish", 422, note=""))["error"]
    assert phrase in error["message"]
