"""The base goes out as files and comes back unchanged; a clinic's own answers become drafts."""

from __future__ import annotations

import asyncio
import csv
import shutil
from pathlib import Path

import docx
import pytest
from sqlalchemy import select, update

from bot.db import Database
from bot.errors import Invalid
from bot.events import Bus
from bot.knowledge.content import ARTICLES_DIR
from bot.knowledge.editors import Editor
from bot.knowledge.exchange.exporting import export_directory
from bot.knowledge.exchange.taking import take
from bot.knowledge.files import read_article, write_article
from bot.knowledge.importer import import_directory
from bot.knowledge.models import Article, Version
from bot.knowledge.queries import load_content, revision
from bot.knowledge.saving import DraftSource, DraftText, save_draft
from bot.knowledge.service import hold, new_version, put_live
from bot.migrations.run import upgrade
from bot.opening import open_database
from tests.starter import DATA

EVA = Editor("id-eva", "Eva")


async def published(database: Database, slug: str, language: str) -> Version:
    async with database.reading() as session:
        found = await session.scalars(
            select(Version)
            .join(Article, Article.id == Version.article_id)
            .where(Article.slug == slug, Version.language == language)
            .where(Version.state == "published")
        )
        return found.one()


async def edit(database: Database, slug: str, language: str, **changes: object) -> None:
    """Publish an editor's version of a text."""
    live = await published(database, slug, language)
    async with database.work() as work:
        await hold(work)
        article = await work.session.get_one(Article, live.article_id)
        words = DraftText.model_validate(
            {name: getattr(live, name) for name in DraftText.model_fields} | changes
        ).words()
        source = await published(database, slug, "en")
        version = new_version(
            article,
            language,
            words,
            revision=live.revision + 1 if language == "en" else live.revision,
            based_on=source.id if language != "en" else None,
            origin="editor",
            created_by="Eva",
        )
        await put_live(work, version, "Eva")
        await work.commit()


async def test_an_export_of_the_starter_files_gives_the_same_bytes_back(
    database: Database, tmp_path: Path
) -> None:
    report = await export_directory(database, tmp_path / "out")

    assert report.complete
    names = {entry.file for entry in report.entries}
    for path in sorted((DATA / ARTICLES_DIR).glob("*/*.md")):
        name = path.relative_to(DATA).as_posix()
        assert name in names
        canonical = write_article(read_article(path))
        assert (tmp_path / "out" / name).read_text("utf-8") == canonical
    for name in ("clinic.toml", "facts.toml"):
        assert (tmp_path / "out" / name).read_bytes() == (DATA / name).read_bytes()


async def test_importing_an_export_changes_nothing(database: Database, tmp_path: Path) -> None:
    await export_directory(database, tmp_path)

    report = await import_directory(database, tmp_path)

    assert not report.changed
    assert report.count("unchanged") == len(report.entries)


async def test_a_second_export_touches_no_file(database: Database, tmp_path: Path) -> None:
    await export_directory(database, tmp_path)
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.*")}

    report = await export_directory(database, tmp_path)

    assert report.count("written") == 0
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.*")} == before


async def test_what_an_editor_published_survives_the_way_out_and_in(
    database: Database, tmp_path: Path
) -> None:
    await edit(
        database,
        "copay",
        "en",
        title="Copay: “what” is it? # yes",
        lead="A set amount: **$20**, say.\n\n- one\n- two",
        more=None,
        variants=["copay?", "yes", "2026-01-02", "a: b", "ñandú"],
        golden=["- what now"],
        sources=[DraftSource(title="A: page", url="https://a.example/?q=1#x")],
        verified_on="2026-02-03",
        expires_on="2027-02-03",
    )

    await export_directory(database, tmp_path)
    report = await import_directory(database, tmp_path)

    assert not report.changed
    assert report.count("kept") == 0
    file = read_article(tmp_path / "knowledge/coverage/copay.en.md")
    live = await published(database, "copay", "en")
    assert (file.title, file.lead, file.more, list(file.variants)) == (
        live.title,
        live.lead,
        live.more,
        live.variants,
    )
    assert file.revision == live.revision == 2


async def test_a_translation_out_of_date_stays_so(database: Database, tmp_path: Path) -> None:
    await edit(database, "copay", "en", lead="New words.")

    await export_directory(database, tmp_path)
    report = await import_directory(database, tmp_path)

    assert not report.changed
    assert read_article(tmp_path / "knowledge/coverage/copay.es.md").translates == 1
    stale = [entry.file for entry in report.entries if entry.status == "stale"]
    assert stale == ["coverage/copay.es.md"]


async def test_a_translation_of_a_text_nobody_knows_is_not_tied_to_one(
    database: Database, tmp_path: Path
) -> None:
    shutil.copytree(DATA / ARTICLES_DIR, tmp_path / "in" / ARTICLES_DIR)
    for name in ("clinic.toml", "facts.toml"):
        shutil.copy(DATA / name, tmp_path / "in" / name)
    path = tmp_path / "in/knowledge/coverage/copay.es.md"
    path.write_text(path.read_text("utf-8").replace("translates: 1", "translates: 9"), "utf-8")
    await import_directory(database, tmp_path / "in")

    await export_directory(database, tmp_path / "out")
    report = await import_directory(database, tmp_path / "out")

    assert not report.changed
    assert read_article(tmp_path / "out/knowledge/coverage/copay.es.md").translates == 2


async def test_scope_handoff_and_links_of_an_article_are_in_its_files(
    database: Database, tmp_path: Path
) -> None:
    async with database.work() as work:
        await work.session.execute(
            update(Article)
            .where(Article.slug == "copay")
            .values(
                scope={"payer": "Aetna"},
                handoff={"reason": "account", "priority": "high"},
                related=["deductible"],
            )
        )
        await work.commit()

    await export_directory(database, tmp_path)
    report = await import_directory(database, tmp_path)

    assert not report.changed
    file = read_article(tmp_path / "knowledge/coverage/copay.es.md")
    assert file.scope.payer == "Aetna"
    assert file.handoff is not None
    assert (file.handoff.reason, file.handoff.priority) == ("account", "high")
    assert file.related == ("deductible",)


async def test_drafts_go_where_no_import_looks(database: Database, tmp_path: Path) -> None:
    live = await published(database, "copay", "en")
    async with database.work() as work:
        text = DraftText(title="Half a thought", lead="Not yet")
        await save_draft(work, EVA, "copay", "en", text, live.id)
        await work.commit()

    without = await export_directory(database, tmp_path)
    assert not (tmp_path / "drafts").exists()
    report = await export_directory(database, tmp_path, drafts=True)

    assert report.count("written") == 1
    assert without.count("refused") == 0
    draft = (tmp_path / "drafts/coverage/copay.en.md").read_text("utf-8")
    assert "title: Half a thought" in draft
    assert draft.endswith("Not yet\n")
    assert not (await import_directory(database, tmp_path)).changed


async def test_a_file_the_base_does_not_know_is_left_and_named(
    database: Database, tmp_path: Path
) -> None:
    mine = tmp_path / "knowledge/coverage/mine.en.md"
    mine.parent.mkdir(parents=True)
    mine.write_text("mine")

    report = await export_directory(database, tmp_path)

    left = [entry.file for entry in report.entries if entry.status == "left"]
    assert left == ["knowledge/coverage/mine.en.md"]
    assert mine.read_text() == "mine"


async def test_a_text_that_no_file_can_hold_is_named_and_the_others_are_written(
    database: Database, tmp_path: Path
) -> None:
    await edit(database, "copay", "en", sources=[{"title": "A", "url": "https://a b.example"}])

    report = await export_directory(database, tmp_path)

    assert not report.complete
    refused = [entry for entry in report.entries if entry.status == "refused"]
    assert [entry.file for entry in refused] == ["knowledge/coverage/copay.en.md"]
    assert "url" in refused[0].reason
    assert (tmp_path / "knowledge/coverage/copay.es.md").is_file()


async def test_an_export_from_an_empty_base_says_what_to_run(tmp_path: Path) -> None:
    empty = open_database(f"sqlite:///{tmp_path}/empty.db", Bus())
    await upgrade(empty)
    with pytest.raises(Invalid) as error:
        await export_directory(empty, tmp_path / "out")
    await empty.close()

    assert error.value.remedy == "Run: careline kb import"
    assert not (tmp_path / "out").exists()


# --- a clinic's own answers


def faq(folder: Path, *rows: tuple[str, ...], header: str = "question,answer,language") -> Path:
    path = folder / "faq.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header.split(","))
        writer.writerows(rows)
    return path


async def all_drafts(database: Database) -> dict[tuple[str, str], Version]:
    async with database.reading() as session:
        rows = await session.execute(
            select(Article.slug, Version)
            .join(Version, Version.article_id == Article.id)
            .where(Version.state == "draft")
        )
        return {(slug, version.language): version for slug, version in rows}


DOG = ("Can I bring my dog to the visit?", "Service dogs are welcome. Ask us first.", "en")
FISH = ("¿Hay un acuario en la sala?", "Sí. Los peces son de agua dulce.", "")


async def test_good_rows_become_drafts_and_nothing_is_published(
    database: Database, tmp_path: Path
) -> None:
    async with database.reading() as session:
        before = await revision(session)

    report = await take(database, faq(tmp_path, DOG, FISH), "csv")

    assert [(one.slug, one.language) for one in report.taken] == [
        ("can-i-bring-my-dog-to-the-visit", "en"),
        ("hay-un-acuario-en-la-sala", "es"),
    ]
    drafts = await all_drafts(database)
    assert set(drafts) == {(one.slug, one.language) for one in report.taken}
    dog = drafts["can-i-bring-my-dog-to-the-visit", "en"]
    assert (dog.title, dog.lead, dog.published_at) == (DOG[0], DOG[1], None)
    async with database.reading() as session:
        assert await revision(session) == before
        slugs = {article.slug for article in (await load_content(session)).articles}
    assert not slugs & {slug for slug, _ in drafts}


async def test_the_report_says_what_an_editor_must_still_do(
    database: Database, tmp_path: Path
) -> None:
    long = "We see patients who come " + "with a friend or " * 20 + "alone."
    rows = [
        ("Is there a llama?", f"{long} A llama costs $250."),
        ("Is there a piano?", "Yes. Play."),
    ]

    report = await take(database, faq(tmp_path, *rows, header="question,answer"), "csv")

    llama, piano = ({finding.rule for finding in one.todo} for one in report.taken)
    assert {"sources", "variants", "verified_on", "lead_length", "bare_figure", "topics"} <= llama
    assert "bare_figure" not in piano
    assert "lead_length" not in piano
    text = "\n".join(report.lines())
    assert "1 hold amounts that are no fact" in text
    assert "2 need a source" in text


async def test_a_question_that_an_article_answers_is_named_with_it_and_not_taken(
    database: Database, tmp_path: Path
) -> None:
    title = (await published(database, "copay", "en")).title
    rows = [
        (title.upper() + "?!", "A fee.", "en"),
        ("What exactly is a co-payment?", "A fee.", "en"),
        DOG,
    ]

    report = await take(database, faq(tmp_path, *rows), "csv")

    assert [(one.where, one.slug, one.how) for one in report.collisions] == [
        ("line 2", "copay", "same question"),
        ("line 3", "copay", "nearly the same question"),
    ]
    assert len(report.taken) == 1
    assert len(await all_drafts(database)) == 1


async def test_a_slug_that_is_taken_collides_and_a_missing_language_does_not(
    database: Database, tmp_path: Path
) -> None:
    rows = [
        ("Do you lend out umbrellas?", "Yes.", "en", "copay"),
        ("¿Prestan paraguas aquí?", "Sí, prestamos paraguas.", "es", "umbrella"),
        ("Do you lend out umbrellas to people?", "Yes, we do.", "en", "umbrella"),
    ]

    report = await take(
        database, faq(tmp_path, *rows, header="question,answer,language,slug"), "csv"
    )

    assert [(one.slug, one.how) for one in report.collisions] == [("copay", "same slug")]
    assert {(one.slug, one.language) for one in report.taken} == {
        ("umbrella", "es"),
        ("umbrella", "en"),
    }


async def test_onto_an_existing_article_the_answer_is_a_draft_that_keeps_its_questions(
    database: Database, tmp_path: Path
) -> None:
    live = await published(database, "copay", "en")
    path = faq(tmp_path, ("What exactly is a copayment?", "Our own words.", "en"))

    report = await take(database, path, "csv", onto_existing=True)

    assert [(one.slug, one.onto_existing) for one in report.taken] == [("copay", True)]
    draft = (await all_drafts(database))["copay", "en"]
    assert (draft.lead, draft.title) == ("Our own words.", live.title)
    assert set(live.variants) <= set(draft.variants)
    assert (await published(database, "copay", "en")).id == live.id


async def test_nobodys_draft_is_overwritten(database: Database, tmp_path: Path) -> None:
    live = await published(database, "copay", "en")
    async with database.work() as work:
        mine = DraftText(title=live.title, lead="Eva's half-written words")
        await save_draft(work, EVA, "copay", "en", mine, live.id)
        await work.commit()
    path = faq(tmp_path, (live.title, "Other words.", "en"), DOG)

    first = await take(database, path, "csv", onto_existing=True)
    again = await take(database, path, "csv", onto_existing=True)

    assert [(one.slug, one.how) for one in first.collisions] == [("copay", "a draft of it exists")]
    assert "Eva" in first.collisions[0].known
    assert [one.how for one in again.collisions] == ["a draft of it exists"] * 2
    drafts = await all_drafts(database)
    assert drafts["copay", "en"].lead == "Eva's half-written words"
    assert len(drafts) == 2


async def test_a_dry_run_reports_the_same_and_keeps_nothing(
    database: Database, tmp_path: Path
) -> None:
    path = faq(tmp_path, DOG, ("What is a copay", "A fee.", "en"), ("", "No question.", "en"))

    rehearsed = await take(database, path, "csv", dry_run=True)
    assert await all_drafts(database) == {}
    real = await take(database, path, "csv")

    assert {**rehearsed.as_dict(), "dry_run": False} == real.as_dict()
    assert len(await all_drafts(database)) == 1


async def test_rows_that_cannot_be_taken_are_listed_with_their_lines(
    database: Database, tmp_path: Path
) -> None:
    rows = [
        DOG,
        ("", "An answer", "en"),
        ("Is there tea?", "", "en"),
        ("Gibt es Tee?", "Ja.", "de"),
        (DOG[0].lower(), "Again.", "en"),
        ("x" * 201, "Long.", "en"),
        ("Is there coffee?", "word " * 5_000, "en"),
    ]

    report = await take(database, faq(tmp_path, *rows), "csv")

    assert [row.where for row in report.bad] == [f"line {number}" for number in range(3, 9)]
    assert "“de”" in report.bad[2].message
    assert "line 2" in report.bad[3].message
    assert all(row.remedy for row in report.bad)
    assert len(report.taken) == 1


async def test_a_language_that_is_not_named_is_told_from_the_text(
    database: Database, tmp_path: Path
) -> None:
    french = ("Est-ce que vous avez du thé pour les enfants?", "Oui, nous avons du thé.", "")
    report = await take(database, faq(tmp_path, FISH, french), "csv")

    assert [one.language for one in report.taken] == ["es"]
    assert "neither English nor Spanish" in report.bad[0].message


async def test_a_word_file_and_a_saved_page_become_drafts_too(
    database: Database, tmp_path: Path
) -> None:
    made = docx.Document()
    made.add_heading("Is there a piano in the hall?", 1)
    made.add_paragraph("Yes, <script>alert(1)</script> you may play it.")
    made.save(str(tmp_path / "faq.docx"))
    page = tmp_path / "faq.html"
    page.write_text(f"<html lang=en><h2>{DOG[0]}</h2><p onclick=x()>{DOG[1]}", "utf-8")

    word = await take(database, tmp_path / "faq.docx", "docx")
    saved = await take(database, page, "html")

    assert len(word.taken) == len(saved.taken) == 1
    assert "markup" in {finding.rule for finding in word.taken[0].todo}
    assert (await all_drafts(database))[saved.taken[0].slug, "en"].lead == DOG[1]


async def test_a_file_without_a_question_says_so(database: Database, tmp_path: Path) -> None:
    page = tmp_path / "about.html"
    page.write_text("<h1>About us</h1><p>We are here.</p>")
    with pytest.raises(Invalid, match=r"no question in about\.html"):
        await take(database, page, "html")


async def test_two_imports_at_once_take_each_question_once(
    database: Database, tmp_path: Path
) -> None:
    path = faq(tmp_path, DOG)

    both = await asyncio.gather(take(database, path, "csv"), take(database, path, "csv"))

    assert sorted(len(one.taken) for one in both) == [0, 1]
    assert len(await all_drafts(database)) == 1
