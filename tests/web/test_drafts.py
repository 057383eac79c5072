"""Two editors at one text, a text beside its translation, and what an article is about."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from aiohttp.test_utils import TestClient

from bot import clock, keys
from bot.knowledge import presence
from bot.knowledge.outcomes import Answer, Context
from bot.knowledge.ranking import FILE
from bot.privacy import audit
from bot.settings import Settings
from bot.staff.models import Role
from tests.starter import starter_ranker
from tests.web.colleagues import Colleague, app_of, join
from tests.web.conftest import Clients

CLIENT = TestClient[Any, Any]
EOB = "/api/articles/eob"
DRAFT = f"{EOB}/en/draft"
SPANISH = f"{EOB}/es/draft"
FIELDS = (
    *("title", "lead", "more", "variants", "golden"),
    *("sources", "verified_on", "expires_on"),
)
ANA_LEAD = "An EOB is a letter from your health plan. Keep it with your bills."
BEN_MORE = "Call us when you are not sure."


@pytest.fixture
async def client(serve: Clients, settings: Settings) -> CLIENT:
    """The application with a ranker: publishing checks whether questions find their article."""
    starter_ranker().save(settings.model_dir / FILE)
    return await serve()


@pytest.fixture
async def ana(client: CLIENT) -> Colleague:
    return await join(client, "ana", Role.EDITOR, display="Ana Ruiz")


@pytest.fixture
async def ben(client: CLIENT) -> Colleague:
    return await join(client, "ben", Role.EDITOR, display="Ben Cole")


async def text(colleague: Colleague, language: str = "en") -> dict[str, Any]:
    found: dict[str, Any] = (await colleague.get(EOB))["languages"][language]
    return found


def words(version: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {**{name: version[name] for name in FIELDS}, **changes}


def seeing(stands: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """A save of somebody who has this before their eyes."""
    live, draft = stands["live"], stands["draft"]
    return {
        **words(draft or live, **changes),
        "base_version_id": live["id"] if live else None,
        "seen": {"draft": draft["id"], "saves": draft["saves"]} if draft else {"draft": None},
    }


async def events(client: CLIENT, slug: str = "eob") -> list[str]:
    async with app_of(client)[keys.DATABASE].work() as work:
        found = await audit.events_about(work, f"article:{slug}")
    return [one["action"] for one in found]


async def test_saving_over_what_somebody_else_saved_is_refused_with_their_name(
    ana: Colleague, ben: Colleague
) -> None:
    seen_by_ben = await text(ben)
    first = await ana.put(DRAFT, **seeing(await text(ana), lead=ANA_LEAD))
    error = (await ben.put(DRAFT, 409, **seeing(seen_by_ben, more=BEN_MORE)))["error"]
    assert (error["code"], error["winner"]) == ("conflict", "Ana Ruiz")
    assert (await text(ben))["draft"] == first
    again = await ben.put(DRAFT, **seeing(await text(ben), more=BEN_MORE))
    assert (again["lead"], again["more"]) == (ANA_LEAD, BEN_MORE)
    assert again["saves"] == first["saves"] + 1


async def test_two_editors_in_the_same_second_lose_nothing(ana: Colleague, ben: Colleague) -> None:
    base = await text(ana)
    saves = await asyncio.gather(
        ana._json("PUT", DRAFT, 200, headers=ana.headers, json=seeing(base, lead=ANA_LEAD)),
        ben._json("PUT", DRAFT, 200, headers=ben.headers, json=seeing(base, more=BEN_MORE)),
        return_exceptions=True,
    )
    refused = [isinstance(one, BaseException) for one in saves]
    assert sorted(refused) == [False, True]
    loser, mine = (ana, {"lead": ANA_LEAD}) if refused[0] else (ben, {"more": BEN_MORE})

    there = await text(loser)
    asked: dict[str, Any] = {
        "base": words(base["live"]),
        "theirs": words(there["draft"]),
        "mine": words(base["live"], **mine),
    }
    fields = {one["field"]: one for one in await loser.post("/api/merge", **asked)}
    assert set(fields) == {"lead", "more"}
    assert not any(one["conflict"] for one in fields.values())
    together = {
        name: "".join(part["text"] for part in one["parts"]) for name, one in fields.items()
    }
    saved = await loser.put(DRAFT, **seeing(there, **together))
    assert (saved["lead"], saved["more"]) == (ANA_LEAD, BEN_MORE)


async def test_whoever_does_not_say_what_they_saw_saves_over_their_own_draft_only(
    ana: Colleague, ben: Colleague
) -> None:
    live = (await text(ana))["live"]
    blind = {**words(live, lead=ANA_LEAD), "base_version_id": live["id"]}
    await ana.put(DRAFT, **blind)
    await ana.put(DRAFT, **{**blind, "lead": f"{ANA_LEAD} Ask us."})
    await ben.put(DRAFT, 409, **{**blind, "lead": "Mine."})


async def test_saving_the_same_words_again_counts_nothing(ana: Colleague) -> None:
    first = await ana.put(DRAFT, **seeing(await text(ana), lead=ANA_LEAD))
    again = await ana.put(DRAFT, **seeing(await text(ana), lead=f"  {ANA_LEAD}\n"))
    assert again == first


async def test_a_draft_that_was_discarded_meanwhile_is_not_written_back_unseen(
    ana: Colleague, ben: Colleague
) -> None:
    await ana.put(DRAFT, **seeing(await text(ana), lead=ANA_LEAD))
    seen_by_ben = await text(ben)
    await ana.delete(DRAFT)
    error = (await ben.put(DRAFT, 409, **seeing(seen_by_ben, more=BEN_MORE)))["error"]
    assert error["winner"] is None
    # A new draft may get the id of the old one; its count goes on all the same.
    await ana.put(DRAFT, **seeing(await text(ana), title="A new start"))
    await ben.put(DRAFT, 409, **seeing(seen_by_ben, more=BEN_MORE))


async def test_a_draft_that_somebody_went_on_with_is_not_discarded_unseen(
    ana: Colleague, ben: Colleague
) -> None:
    mine = await ana.put(DRAFT, **seeing(await text(ana), lead=ANA_LEAD))
    await ben.put(DRAFT, **seeing(await text(ben), more=BEN_MORE))
    named = f"{DRAFT}?draft={mine['id']}&saves="
    assert (await ana.delete(f"{named}{mine['saves']}", 409))["error"]["winner"] == "Ben Cole"
    assert (await text(ana))["draft"]["more"] == BEN_MORE
    await ana.delete(f"{named}{mine['saves'] + 1}")
    assert (await text(ana))["draft"] is None


async def test_what_was_saved_can_be_had_back_when_the_draft_is_gone(
    client: CLIENT, ana: Colleague, ben: Colleague
) -> None:
    await ana.put(DRAFT, **seeing(await text(ana), lead=ANA_LEAD))
    await ana.put(DRAFT, **seeing(await text(ana), lead=f"{ANA_LEAD} Ask us."))
    await ben.put(DRAFT, **seeing(await text(ben), lead="Ben's own words."))
    await ben.delete(DRAFT)
    saves = await ana.get(f"{EOB}/en/saves")
    assert [(one["name"], one["words"]["lead"]) for one in saves] == [
        ("Ben Cole", "Ben's own words."),
        ("Ana Ruiz", f"{ANA_LEAD} Ask us."),
    ]
    assert await ana.get(f"{EOB}/es/saves") == []
    assert (await events(client)).count("draft.saved") == 2


async def test_editors_of_one_article_see_each_other_until_they_leave(
    ana: Colleague, ben: Colleague
) -> None:
    await ana.post(f"{EOB}/en/presence", tab="a" * 16)
    seen = await ben.post(f"{EOB}/es/presence", tab="b" * 16)
    assert [(one["name"], one["language"], one["you"]) for one in seen["others"]] == [
        ("Ana Ruiz", "en", False)
    ]
    await ana.delete(f"{EOB}/en/presence/{'a' * 16}")
    assert (await ben.post(f"{EOB}/es/presence", tab="b" * 16))["others"] == []
    second = await ben.post(f"{EOB}/es/presence", tab="c" * 16)
    assert [one["you"] for one in second["others"]] == [True]


async def test_an_editor_whose_computer_went_away_is_gone_after_a_while(
    ana: Colleague, ben: Colleague
) -> None:
    await ana.post(f"{EOB}/en/presence", tab="a" * 16)
    later = clock.utc_now() + presence.GRACE + timedelta(seconds=1)
    with clock.running_on(lambda: later):
        assert (await ben.post(f"{EOB}/en/presence", tab="b" * 16))["others"] == []


async def test_the_heartbeat_says_what_the_server_holds(ana: Colleague, ben: Colleague) -> None:
    before = (await ben.post(f"{EOB}/en/presence", tab="b" * 16))["stands"]
    draft = await ana.put(DRAFT, **seeing(await text(ana), lead=ANA_LEAD))
    after = (await ben.post(f"{EOB}/en/presence", tab="b" * 16))["stands"]
    assert (before["draft"], before["live"]) == (None, after["live"])
    assert (after["draft"], after["saves"], after["saved_by"]) == (
        draft["id"],
        draft["saves"],
        "Ana Ruiz",
    )


@pytest.mark.parametrize(
    ("path", "status"), [("/api/articles/nothing/en", 404), ("/api/articles/eob/fr", 422)]
)
async def test_nobody_is_present_at_a_text_that_cannot_be(
    ana: Colleague, path: str, status: int
) -> None:
    await ana.post(f"{path}/presence", status, tab="a" * 16)


async def publish(colleague: Colleague, path: str, **save: Any) -> dict[str, Any]:
    draft = await colleague.put(path, **save)
    done = await colleague.post(f"/api/versions/{draft['id']}/publish", note="")
    version: dict[str, Any] = done["version"]
    return version


async def test_a_translator_sees_what_the_english_text_says_differently(ana: Colleague) -> None:
    fresh = await ana.get(f"{EOB}/es/source")
    assert (fresh["stale"], fresh["changes"]) == (False, {})
    old = (await text(ana))["live"]
    new = await publish(ana, DRAFT, **seeing(await text(ana), lead=f"{old['lead']} Ask us."))
    found = await ana.get(f"{EOB}/es/source")
    assert (found["stale"], found["based_on"]) == (True, old["id"])
    assert found["source"]["id"] == new["id"]
    assert list(found["changes"]) == ["lead"]
    added = [one["text"] for one in found["changes"]["lead"] if one["kind"] == "added"]
    assert "".join(added).strip() == "Ask us."
    assert {one["kind"] for one in found["terms"]["lead"]} <= {"agreed", "avoid"}
    assert (await ana.get(f"{EOB}/en/source"))["source"] is None


async def test_only_who_says_so_makes_a_stale_translation_current(
    client: CLIENT, ana: Colleague
) -> None:
    old = (await text(ana))["live"]
    new = await publish(ana, DRAFT, **seeing(await text(ana), lead=ANA_LEAD))
    known = app_of(client)[keys.KNOWLEDGE]

    spanish = await text(ana, "es")
    touched = seeing(spanish, lead=f"{spanish['live']['lead']} Guárdela.", translates=old["id"])
    await publish(ana, SPANISH, **touched)
    answer = known.article("eob", Context("es"))
    assert isinstance(answer, Answer)
    assert (answer.article.language, answer.outdated) == ("en", True)

    said = "Una EOB es una carta de su plan. Guárdela con sus facturas."
    current = seeing(await text(ana, "es"), lead=said, translates=new["id"])
    await publish(ana, SPANISH, **current)
    answer = known.article("eob", Context("es"))
    assert isinstance(answer, Answer)
    assert (answer.article.language, answer.lead) == ("es", said)


async def test_english_published_while_a_translator_writes_leaves_the_translation_stale(
    client: CLIENT, ana: Colleague, ben: Colleague
) -> None:
    """The translator saves after the new English text is live, and has never seen it."""
    seen = await text(ana, "es")
    source = (await ana.get(f"{EOB}/es/source"))["source"]["id"]
    await publish(ben, DRAFT, **seeing(await text(ben), lead=ANA_LEAD))
    lead = f"{seen['live']['lead']} Guárdela."
    await publish(ana, SPANISH, **seeing(seen, lead=lead, translates=source))
    assert (await text(ana, "es"))["stale"]
    answer = app_of(client)[keys.KNOWLEDGE].article("eob", Context("es"))
    assert isinstance(answer, Answer)
    assert answer.article.language == "en"


async def test_a_translation_names_a_published_text_of_its_own_article(ana: Colleague) -> None:
    other = (await ana.get("/api/articles/deductible"))["languages"]["en"]["live"]["id"]
    save = seeing(await text(ana, "es"), lead="Hola.", translates=other)
    error = (await ana.put(SPANISH, 422, **save))["error"]
    assert error["field"] == "translates"


async def test_a_new_article_gets_its_name_from_its_title_and_a_draft(
    client: CLIENT, ana: Colleague
) -> None:
    asked: dict[str, Any] = {
        "title": "¿Qué es un año de plan?",
        "language": "es",
        "domain": "coverage",
    }
    made = await ana.post("/api/articles", **asked, topics=["cov.plan_year_reset"])
    assert made == {"slug": "que-es-un-ano-de-plan", "language": "es"}
    again = await ana.post("/api/articles", **asked, topics=["cov.plan_year_reset"])
    assert again["slug"] == "que-es-un-ano-de-plan-2"
    found = await ana.get(f"/api/articles/{made['slug']}")
    assert found["languages"]["es"]["draft"]["title"] == asked["title"]
    life = await ana.get(f"/api/articles/{made['slug']}/es/life")
    assert life["owner"] == (await ana.get("/api/me"))["account_id"]
    assert await events(client, made["slug"]) == ["article.started", "draft.saved"]


@pytest.mark.parametrize(
    ("bad", "status", "field"),
    [
        ({"title": " "}, 422, "title"),
        ({"topics": []}, 422, "topics"),
        ({"topics": ["no.topic"]}, 422, "topics"),
        ({"topics": ["saf.emergency"]}, 422, "topics"),
        ({"domain": "weather"}, 422, "domain"),
        ({"language": "fr"}, 422, "language"),
        ({"slug": "Not A Slug"}, 422, "slug"),
        ({"title": "¿?"}, 422, "slug"),
        ({"slug": "eob"}, 409, None),
    ],
)
async def test_a_new_article_that_lacks_something_is_refused_by_field(
    ana: Colleague, bad: dict[str, Any], status: int, field: str | None
) -> None:
    asked = {"title": "Copay", "language": "en", "domain": "coverage", "topics": ["cov.copay"]}
    error = (await ana.post("/api/articles", status, **{**asked, **bad}))["error"]
    assert error.get("field") == field


async def test_what_an_article_is_about_is_saved_at_once_and_merged_with_others(
    client: CLIENT, ana: Colleague, ben: Colleague
) -> None:
    base = (await ana.get(EOB))["about"]
    revision = app_of(client)[keys.KNOWLEDGE].revision
    theirs = {**base, "topics": [*base["topics"], "cov.copay"], "scope": {"payer": "Aetna"}}
    saved = await ana.put(f"{EOB}/about", base=base, mine=theirs)
    assert saved == theirs
    mine = {**base, "related": ["copay"], "scope": {"payer": "Aetna"}}
    together = await ben.put(f"{EOB}/about", base=base, mine=mine)
    assert together == {**theirs, "related": ["copay"]}
    async with asyncio.timeout(30):
        while app_of(client)[keys.KNOWLEDGE].revision == revision:  # noqa: ASYNC110
            await asyncio.sleep(0.02)
    clash = {**base, "scope": {"payer": "Cigna"}}
    await ben.put(f"{EOB}/about", 409, base=base, mine=clash)


@pytest.mark.parametrize(
    ("bad", "field"),
    [
        ({"topics": []}, "topics"),
        ({"topics": ["no.topic"]}, "topics"),
        ({"related": ["no-such-article"]}, "related"),
        ({"related": ["eob"]}, "related"),
        ({"scope": {"moon": "full"}}, "mine"),
    ],
)
async def test_a_wrong_description_is_refused_and_nothing_changes(
    ana: Colleague, bad: dict[str, Any], field: str
) -> None:
    base = (await ana.get(EOB))["about"]
    error = (await ana.put(f"{EOB}/about", 422, base=base, mine={**base, **bad}))["error"]
    assert error["field"] == field
    assert (await ana.get(EOB))["about"] == base


async def test_facts_are_offered_with_what_they_say_today(client: CLIENT, ana: Colleague) -> None:
    profile = app_of(client)[keys.KNOWLEDGE].profile
    found = {one["place"]: one for one in await ana.get("/api/facts?language=es")}
    assert found["{{ clinic.phone }}"]["value"] == profile.contacts.phone
    assert {one["kind"] for one in found.values()} == {"clinic", "fact", "lookup"}
    assert any(one["expires_on"] for one in found.values() if one["kind"] == "fact")
    assert all(one["about"] for one in found.values() if one["kind"] != "clinic")


async def test_the_preview_says_what_each_fact_is_and_where_agreed_words_stand(
    client: CLIENT, ana: Colleague
) -> None:
    lead = "Su copago y su cotización: {{ clinic.phone }} {{ clinic.no_such_fact }}."
    shown = await ana.post("/api/preview", language="es", title="T", lead=lead, more=None)
    phone = app_of(client)[keys.KNOWLEDGE].profile.contacts.phone
    assert shown["facts"][0] == {
        "place": "{{ clinic.phone }}",
        "kind": "clinic",
        "value": phone,
    }
    assert [one["kind"] for one in shown["terms"]["lead"]] == ["agreed", "avoid"]


async def test_topics_that_articles_answer_are_offered_by_name(ana: Colleague) -> None:
    found = {one["id"]: one for one in await ana.get("/api/topics")}
    assert found["cov.eob"]["title"]
    assert "saf.emergency" not in found


@pytest.mark.parametrize("path", ["/api/facts", "/api/topics", f"{EOB}/en/saves"])
async def test_agents_have_no_business_here(client: CLIENT, path: str) -> None:
    agent = await join(client, "gus", Role.AGENT)
    await agent.get(path, 403)
