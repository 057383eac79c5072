"""The editors' side: what they see, what they may change, and what reaches patients."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from aiohttp.test_utils import TestClient

from bot import keys, texts
from bot.knowledge.outcomes import Answer, Context
from bot.knowledge.ranking import FILE
from bot.settings import Settings
from bot.staff.models import Role
from tests.starter import starter_ranker
from tests.web.colleagues import Colleague, app_of, join
from tests.web.conftest import Clients
from tests.web.findings_said import page_of, said
from tests.web.patients import PATIENCE

CLIENT = TestClient[Any, Any]
DRAFT = "/api/articles/eob/en/draft"
FIELDS = (
    *("title", "lead", "more", "variants", "golden"),
    *("sources", "verified_on", "expires_on"),
)
NEW_LEAD = "An EOB is a letter from your health plan. It is not a bill. Keep it with your bills."


@pytest.fixture
async def client(serve: Clients, settings: Settings) -> CLIENT:
    """The application with a ranker: publishing checks whether questions find their article."""
    starter_ranker().save(settings.model_dir / FILE)
    return await serve()


@pytest.fixture
async def eva(client: CLIENT) -> Colleague:
    """An editor."""
    return await join(client, "eva", Role.EDITOR, display="Eva Stone")


async def live(colleague: Colleague, language: str = "en") -> dict[str, Any]:
    article = await colleague.get("/api/articles/eob")
    version: dict[str, Any] = article["languages"][language]["live"]
    return version


def changed(version: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """A draft on top of a version."""
    words = {name: version[name] for name in FIELDS}
    return {**words, "base_version_id": version["id"], **changes}


async def publish(colleague: Colleague, **changes: Any) -> dict[str, Any]:
    """Save and publish; returns the version."""
    draft = await colleague.put(DRAFT, **changed(await live(colleague), **changes))
    done = await colleague.post(f"/api/versions/{draft['id']}/publish", note="Shorter")
    version: dict[str, Any] = done["version"]
    return version


async def served(client: CLIENT, lead: str, within: float = PATIENCE) -> None:
    """Wait until patients get this text."""
    knowledge = app_of(client)[keys.KNOWLEDGE]
    async with asyncio.timeout(within):
        while True:
            answer = knowledge.article("eob", Context("en"))
            if isinstance(answer, Answer) and answer.lead == lead:
                return
            await asyncio.sleep(0.02)


async def test_the_page_brings_the_widgets_words_for_the_preview(eva: Colleague) -> None:
    html = await (await eva.page("/studio")).text()
    block = html.split('<script type="application/json" id="page">')[1].split("</script>")[0]
    words = json.loads(block)["widget_texts"]
    for language in texts.LANGUAGES:
        assert words[language]["widget.more"] == texts.get("widget.more", language).text


async def test_the_list_says_how_every_article_stands(eva: Colleague) -> None:
    articles = {one["slug"]: one for one in await eva.get("/api/articles")}
    eob = articles["eob"]
    assert eob["state"] == {"en": "published", "es": "published"}
    assert eob["title"]["en"] == "What an EOB is and how to read it"
    assert not eob["reviewed"]


async def test_the_list_is_searched_by_the_ways_patients_ask_and_by_topic(eva: Colleague) -> None:
    found = await eva.get("/api/articles?q=what+does+eob+stand+for")
    assert [one["slug"] for one in found] == ["eob"]
    found = await eva.get("/api/articles?topic=cov.eob")
    assert [one["slug"] for one in found] == ["eob"]
    assert await eva.get("/api/articles", 200) != found
    assert await eva.get("/api/articles?q=';+drop+table+articles") == []


async def test_an_article_shows_each_language_and_its_history(eva: Colleague) -> None:
    article = await eva.get("/api/articles/eob")
    assert set(article["languages"]) == {"en", "es"}
    english = article["languages"]["en"]
    assert english["live"]["state"] == "published"
    assert english["draft"] is None
    assert [one["id"] for one in english["history"]] == [english["live"]["id"]]
    await eva.get("/api/articles/nothing-here", 404)


async def test_a_draft_is_kept_and_patients_do_not_see_it(client: CLIENT, eva: Colleague) -> None:
    before = await live(eva)
    draft = await eva.put(DRAFT, **changed(before, lead=NEW_LEAD))
    assert (draft["state"], draft["lead"]) == ("draft", NEW_LEAD)
    english = (await eva.get("/api/articles/eob"))["languages"]["en"]
    assert english["draft"] == draft
    assert english["live"] == before
    await served(client, before["lead"])


async def test_a_published_draft_reaches_patients_and_can_be_rolled_back(
    client: CLIENT, eva: Colleague
) -> None:
    before = await live(eva)
    version = await publish(eva, lead=NEW_LEAD)
    assert (version["published_by"], version["note"]) == ("Eva Stone", "Shorter")
    await served(client, NEW_LEAD)
    restored = await eva.post(f"/api/versions/{before['id']}/restore", note="")
    assert restored["version"]["lead"] == before["lead"]
    await served(client, before["lead"])
    history = (await eva.get("/api/articles/eob"))["languages"]["en"]["history"]
    assert [one["lead"] for one in history] == [before["lead"], NEW_LEAD, before["lead"]]


async def test_a_new_english_text_makes_the_translation_stale(eva: Colleague) -> None:
    await publish(eva, lead=NEW_LEAD)
    assert (await eva.get("/api/articles/eob"))["languages"]["es"]["stale"]
    (listed,) = await eva.get("/api/articles?topic=cov.eob")
    assert listed["state"]["es"] == "stale"


async def test_saving_over_a_text_that_somebody_published_meanwhile_is_refused_with_their_name(
    client: CLIENT, eva: Colleague
) -> None:
    sam = await join(client, "sam", Role.EDITOR, display="Sam Lee")
    seen_by_eva = await live(eva)
    await publish(sam, lead=NEW_LEAD)
    error = (await eva.put(DRAFT, 409, **changed(seen_by_eva, title="Mine")))["error"]
    assert (error["code"], error["winner"]) == ("conflict", "Sam Lee")
    assert (await eva.get("/api/articles/eob"))["languages"]["en"]["draft"] is None
    saved = await eva.put(DRAFT, **changed(await live(eva), title="Mine"))
    assert saved["title"] == "Mine"


async def test_a_text_that_breaks_rules_is_not_published_and_every_problem_names_its_field(
    client: CLIENT, eva: Colleague
) -> None:
    before = await live(eva)
    bad = {"lead": "word " * 70, "sources": [], "expires_on": "2020-01-01"}
    draft = await eva.put(DRAFT, **changed(before, **bad))
    error = (await eva.post(f"/api/versions/{draft['id']}/publish", 422, note=""))["error"]
    found = {one["field"] for one in error["findings"]}
    assert {"lead", "sources", "expires_on"} <= found
    assert all(one["message"] and one["remedy"] for one in error["findings"])
    assert await live(eva) == before
    await served(client, before["lead"])


async def test_what_keeps_a_text_back_is_said_in_the_editors_language_and_in_english_by_the_api(
    eva: Colleague,
) -> None:
    bad = {"lead": "No se preocupe: usted está cubierto. " + "sí " * 60, "sources": []}
    draft = await eva.put(DRAFT, **changed(await live(eva), **bad))
    error = (await eva.post(f"/api/versions/{draft['id']}/publish", 422, note=""))["error"]
    english, spanish = [await page_of(eva, f"/studio?lang={one}") for one in ("en", "es")]
    told = {one["field"]: said(one, spanish) for one in error["findings"]}

    assert told["sources"].startswith("No hay ninguna fuente. Indique de qué página sale.")
    words = [said(one, spanish) for one in error["findings"] if one["field"] == "lead"]
    assert "La respuesta tiene 66 palabras." in words[0]
    assert (
        "No escriba «No se preocupe». Aquí nadie puede saber si todo está bien. "
        "Diga qué hacer después."
    ) in words
    for one in error["findings"]:
        assert said(one, english) == f"{one['message']} {one['remedy']}"
    assert "The answer has 66 words." in [one["message"] for one in error["findings"]]


async def test_what_the_preview_finds_is_said_in_the_editors_language(eva: Colleague) -> None:
    lead = "Llame al {{ clinic.no_such_fact }} o {{ something }}."
    shown = await eva.post("/api/preview", language="es", title="T", lead=lead, more=None)
    spanish = await page_of(eva, "/studio?lang=es")

    words = [said(one, spanish) for one in shown["problems"]]
    assert [
        one for one in words if one.startswith("El perfil de la clínica no indica «no_such_fact»")
    ]
    assert (
        "{{ something }} no es un dato. Escriba {{ clinic.… }}, {{ fact.… }} o {{ lookup.… }}."
    ) in words


async def test_a_discarded_draft_is_gone_and_can_be_put_back(eva: Colleague) -> None:
    words = changed(await live(eva), lead=NEW_LEAD)
    await eva.put(DRAFT, **words)
    await eva.delete(DRAFT)
    assert (await eva.get("/api/articles/eob"))["languages"]["en"]["draft"] is None
    await eva.delete(DRAFT, 404)
    assert (await eva.put(DRAFT, **words))["lead"] == NEW_LEAD


@pytest.mark.parametrize(
    ("bad", "field"),
    [
        ({"title": "x" * 201}, "title"),
        ({"lead": 7}, "lead"),
        ({"lead": "x" * 5001}, "lead"),
        ({"variants": "one"}, "variants"),
        ({"expires_on": "soon"}, "expires_on"),
        ({"sources": [{"title": "a", "href": "b"}]}, "sources.0.href"),
        ({"state": "published"}, "state"),
        ({"lead": "a\u0000b"}, None),
    ],
)
async def test_a_bad_draft_is_refused_by_field_and_nothing_is_kept(
    eva: Colleague, bad: dict[str, Any], field: str | None
) -> None:
    error = (await eva.put(DRAFT, 422, **{**changed(await live(eva)), **bad}))["error"]
    assert (error["code"], error["field"]) == ("invalid", field)
    assert (await eva.get("/api/articles/eob"))["languages"]["en"]["draft"] is None


async def test_addresses_of_nothing_are_not_found(eva: Colleague) -> None:
    words = changed(await live(eva))
    await eva.put("/api/articles/nothing-here/en/draft", 404, **words)
    await eva.put("/api/articles/eob/fr/draft", 422, **words)
    await eva.post("/api/versions/999999999/publish", 404, note="")
    await eva.post("/api/versions/99999999999999999999/restore", 404, note="")


async def test_an_editors_publish_is_no_review_and_a_reviewers_is(
    client: CLIENT, eva: Colleague
) -> None:
    assert (await publish(eva, lead=NEW_LEAD))["reviewed_by"] == ""
    boss = await join(client, "boss", Role.ADMIN)
    assert (await publish(boss, lead=f"{NEW_LEAD} Ask us."))["reviewed_by"] == ""
    rita = await join(client, "rita", Role.REVIEWER, display="Rita Vega")
    assert (await publish(rita, lead=f"{NEW_LEAD} Call us."))["reviewed_by"] == "Rita Vega"


async def test_the_preview_fills_facts_in_and_shows_markup_as_text(
    client: CLIENT, eva: Colleague
) -> None:
    lead = "Call {{ clinic.phone }}. <script>alert(1)</script> [x](javascript:alert(1))"
    shown = await eva.post("/api/preview", language="en", title="T", lead=lead, more="- one\n- two")
    words = str(shown["blocks"])
    assert app_of(client)[keys.KNOWLEDGE].profile.contacts.phone in words
    assert "<script>alert(1)</script>" in words
    links = [one for one in shown["blocks"][0]["children"] if one["type"] == "link"]
    assert all(not link["href"].startswith("javascript") for link in links)
    assert shown["more"][0]["type"] == "list"


async def test_the_preview_names_a_place_that_nothing_fills(eva: Colleague) -> None:
    lead = "Call {{ clinic.no_such_fact }}."
    shown = await eva.post("/api/preview", language="en", title="T", lead=lead, more=None)
    assert any("no_such_fact" in one["message"] for one in shown["problems"])
    await eva.post("/api/preview", 422, language="fr", title="T", lead=lead, more=None)
