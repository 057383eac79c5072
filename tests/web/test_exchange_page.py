"""Import and export in the studio: looked at, taken into drafts, taken back, given away."""

from __future__ import annotations

import asyncio
import io
import json
import zipfile
from typing import Any

import docx
import pytest
from aiohttp import ClientResponse
from sqlalchemy import select

from bot import keys
from bot.knowledge.exchange import imports
from bot.knowledge.models import Article, Version
from bot.knowledge.queries import revision
from bot.staff.models import Role
from tests.web.colleagues import Colleague, app_of, assert_error, join
from tests.web.desk_cases import CLIENT, audited
from tests.web.findings_said import page_of, said

PARKING = "Where may I park my llama?"
TABLE = f"""question,answer,topics,source_title,source_url
{PARKING},Llamas park behind the house.,own.llama,Our page,https://clinic.example/llama
Do you shear alpacas?,We shear alpacas on Mondays.,own.alpaca,,
What an EOB is and how to read it,It is a letter.,,,
What does eob stand for,It stands for a letter.,,,
Is there a question without an answer?,,,,
"""


@pytest.fixture
async def eva(client: CLIENT) -> Colleague:
    return await join(client, "eva", Role.EDITOR, display="Eva Stone")


async def sent(client: CLIENT, who: Colleague, content: bytes | str, **wish: str) -> ClientResponse:
    data = content.encode() if isinstance(content, str) else content
    params = {"kind": "csv", "name": "faq.csv", "act": "look"} | wish
    file = io.BytesIO(data)
    return await client.post("/api/exchange/file", params=params, data=file, headers=who.headers)


async def done(client: CLIENT, who: Colleague, content: bytes | str, **wish: str) -> dict[str, Any]:
    """The last line of the answer."""
    response = await sent(client, who, content, **wish)
    assert response.status == 200, await response.text()
    lines = [json.loads(line) for line in (await response.text()).splitlines()]
    end: dict[str, Any] = lines[-1]
    return end


async def drafts(client: CLIENT) -> dict[str, str]:
    """Slug → who made the draft."""
    async with app_of(client)[keys.DATABASE].reading() as session:
        rows = await session.execute(
            select(Article.slug, Version.created_by)
            .join(Version, Version.article_id == Article.id)
            .where(Version.state == "draft")
        )
        return {slug: by for slug, by in rows}


async def slugs(client: CLIENT) -> set[str]:
    async with app_of(client)[keys.DATABASE].reading() as session:
        return set(await session.scalars(select(Article.slug)))


async def served(client: CLIENT) -> int:
    async with app_of(client)[keys.DATABASE].reading() as session:
        return await revision(session)


async def test_a_look_reports_every_row_and_keeps_nothing(client: CLIENT, eva: Colleague) -> None:
    report = (await done(client, eva, TABLE))["report"]
    assert [one["title"] for one in report["taken"]] == [PARKING, "Do you shear alpacas?"]
    assert [rule["rule"] for rule in report["taken"][1]["todo"]].count("sources") == 1
    assert "sources" not in [rule["rule"] for rule in report["taken"][0]["todo"]]
    spanish = await page_of(eva, "/studio/exchange?lang=es")
    words = [said(rule, spanish) for rule in report["taken"][1]["todo"]]
    assert [one for one in words if one.startswith("No hay ninguna fuente. ")]
    assert [one for one in words if one.startswith("Queda en «")]
    assert {one["slug"] for one in report["collisions"]} == {"eob"}
    assert [one["where"] for one in report["bad"]] == ["line 6"]
    assert report["dry_run"]
    assert (await drafts(client), await eva.get("/api/exchange/imports")) == ({}, [])


async def test_what_is_taken_becomes_drafts_of_that_editor_and_nothing_is_published(
    client: CLIENT, eva: Colleague
) -> None:
    before = await served(client)
    end = await done(client, eva, TABLE, act="take")
    assert set((await drafts(client)).values()) == {"Eva Stone"}
    assert len(await drafts(client)) == len(end["report"]["taken"]) == 2
    assert await served(client) == before
    (listed,) = await eva.get("/api/exchange/imports")
    assert (listed["id"], listed["by"], listed["taken"]) == (end["import"], "Eva Stone", 2)
    assert await audited(client, "drafts.imported") == [f"import:{end['import']}"]
    kept = await eva.get(f"/api/exchange/imports/{end['import']}")
    assert kept["report"] == end["report"]


async def test_one_press_removes_what_an_import_made_and_another_brings_it_back(
    client: CLIENT, eva: Colleague
) -> None:
    before = await slugs(client)
    path = f"/api/exchange/imports/{(await done(client, eva, TABLE, act='take'))['import']}"
    made = await drafts(client)
    assert await eva.post(f"{path}/remove") == {"done": 2, "left": []}
    assert (await drafts(client), await slugs(client)) == ({}, before)
    await eva.post(f"{path}/remove", 409)
    assert await eva.post(f"{path}/bring-back") == {"done": 2, "left": []}
    assert await drafts(client) == made
    article = await eva.get(f"/api/articles/{next(iter(made))}")
    assert article["topics"][0].startswith("own.")


async def test_a_draft_that_somebody_changed_since_is_left(client: CLIENT, eva: Colleague) -> None:
    path = f"/api/exchange/imports/{(await done(client, eva, TABLE, act='take'))['import']}"
    slug = next(one for one in await drafts(client) if "alpaca" in one)
    text: dict[str, Any] = {
        "title": "Do you shear alpacas?",
        "lead": "Only on Mondays.",
        "base_version_id": None,
    }
    await eva.put(f"/api/articles/{slug}/en/draft", **text)
    undone = await eva.post(f"{path}/remove")
    assert undone == {"done": 1, "left": [{"slug": slug, "language": "en", "why": "changed"}]}
    assert set(await drafts(client)) == {slug}


async def test_a_removed_draft_does_not_come_back_over_another(
    client: CLIENT, eva: Colleague
) -> None:
    first = await done(client, eva, TABLE, act="take")
    path = f"/api/exchange/imports/{first['import']}"
    await eva.post(f"{path}/remove")
    await done(client, eva, TABLE, act="take")
    undone = await eva.post(f"{path}/bring-back")
    assert (undone["done"], {one["why"] for one in undone["left"]}) == (0, {"draft"})


async def test_an_answer_may_become_a_draft_of_the_article_that_has_the_question(
    client: CLIENT, eva: Colleague
) -> None:
    end = await done(client, eva, TABLE, act="take", onto_existing="true")
    assert "eob" in {one["slug"] for one in end["report"]["taken"] if one["onto_existing"]}
    assert (await drafts(client))["eob"] == "Eva Stone"
    assert (await eva.get("/api/articles/eob"))["languages"]["en"]["live"]["lead"] != "It is"


async def test_a_draft_that_somebody_began_meanwhile_is_not_written_over(
    client: CLIENT, eva: Colleague, monkeypatch: pytest.MonkeyPatch
) -> None:
    sam = await join(client, "sam", Role.EDITOR, display="Sam Lee")
    keep = imports.keep

    async def after_sam(*values: Any, **named: Any) -> int:
        await done_by_sam()
        return await keep(*values, **named)

    async def done_by_sam() -> None:
        live = (await sam.get("/api/articles/eob"))["languages"]["en"]["live"]
        text = {"title": "T", "lead": "Sam's.", "base_version_id": live["id"]}
        await sam.put("/api/articles/eob/en/draft", **text)

    monkeypatch.setattr(imports, "keep", after_sam)
    end = await done(client, eva, TABLE, act="take", onto_existing="true")
    assert (await drafts(client))["eob"] == "Sam Lee"
    assert "eob" not in {one["slug"] for one in end["report"]["taken"]}
    assert "by Sam Lee" in {one["known"] for one in end["report"]["collisions"]}


async def test_a_word_document_and_a_saved_page_are_read_too(
    client: CLIENT, eva: Colleague
) -> None:
    document = docx.Document()
    document.add_heading(PARKING, 1)
    document.add_paragraph("Llamas park behind the house.")
    content = io.BytesIO()
    document.save(content)
    report = (await done(client, eva, content.getvalue(), kind="docx", name="faq.docx"))["report"]
    assert [one["title"] for one in report["taken"]] == [PARKING]
    page = f"<h2>{PARKING}</h2><p>Behind the house.</p><script>alert(1)</script>"
    report = (await done(client, eva, page, kind="html", name="faq.html"))["report"]
    assert [one["title"] for one in report["taken"]] == [PARKING]


async def test_a_file_that_cannot_be_read_is_refused_with_what_to_do(
    client: CLIENT, eva: Colleague
) -> None:
    for content, wish in (
        ("", {}),
        ("a,b\n1,2\n", {}),
        (b"PK\x03\x04 no zip", {"kind": "docx", "name": "faq.docx"}),
        ("question,answer\n", {}),
        (TABLE, {"kind": "exe"}),
    ):
        response = await sent(client, eva, content, **wish)
        error = (await response.json())["error"]
        assert (response.status, error["code"]) == (422, "invalid")
        assert error["message"] and error["remedy"]


async def test_a_file_that_is_too_large_is_refused_with_the_limit(
    client: CLIENT, eva: Colleague
) -> None:
    response = await sent(client, eva, b"x" * 5_000_001)
    error = await assert_error(response, 422, "invalid", "file")
    assert "5 MB" in error["message"]


async def test_a_second_file_at_once_is_told_to_wait(client: CLIENT, eva: Colleague) -> None:
    ends = await asyncio.gather(*(done(client, eva, TABLE) for _ in range(3)))
    codes = [end["error"]["code"] if "error" in end else "read" for end in ends]
    assert "read" in codes
    assert set(codes) <= {"read", "exchange_busy"}
    assert "report" in await done(client, eva, TABLE)


async def test_the_base_goes_out_as_a_zip_that_holds_every_article(
    client: CLIENT, eva: Colleague
) -> None:
    await done(client, eva, TABLE, act="take")
    response = await client.get("/api/exchange/base.zip", headers=eva.headers)
    assert "attachment" in response.headers["Content-Disposition"]
    names = zipfile.ZipFile(io.BytesIO(await response.read())).namelist()
    assert {"clinic.toml", "facts.toml"} < set(names)
    assert len([one for one in names if one.endswith("/eob.en.md")]) == 1
    assert not any("llama" in one for one in names)
    response = await client.get("/api/exchange/base.zip?drafts=1", headers=eva.headers)
    names = zipfile.ZipFile(io.BytesIO(await response.read())).namelist()
    assert [one for one in names if one.startswith("drafts/") and "llama" in one]
    assert await audited(client, "base.exported") == ["base.zip", "base.zip"]


async def test_the_book_comes_in_the_language_that_is_asked_for(
    client: CLIENT, eva: Colleague
) -> None:
    response = await client.get("/api/exchange/book.html?language=es", headers=eva.headers)
    html = await response.text()
    assert response.status == 200
    assert '<html lang="es"' in html
    assert "What an EOB is" not in html
    await eva.get("/api/exchange/book.html?language=fr", 422)


async def test_only_editors_and_reviewers_get_in(client: CLIENT) -> None:
    ana = await join(client, "ana", Role.AGENT)
    for path in ("imports", "base.zip", "book.html"):
        await ana.get(f"/api/exchange/{path}", 403)
        assert (await client.get(f"/api/exchange/{path}")).status == 401
    assert (await sent(client, ana, TABLE)).status == 403
    elsewhere = {**ana.headers, "Sec-Fetch-Site": "cross-site"}
    assert (await client.post("/api/exchange/file", headers=elsewhere)).status == 403
    assert (await ana.page("/studio/exchange")).status == 303


async def test_the_page_names_the_limits(eva: Colleague) -> None:
    html = await (await eva.page("/studio/exchange")).text()
    assert "up to 5 MB" in html and "up to 20 MB" in html
