"""The base goes out as files and comes back unchanged; a clinic's own answers become drafts."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from sqlalchemy import select, update

from bot.db import Database, open_database
from bot.errors import Invalid
from bot.events import Bus
from bot.knowledge.content import ARTICLES_DIR
from bot.knowledge.exchange.exporting import export_directory
from bot.knowledge.files import read_article, write_article
from bot.knowledge.importer import import_directory
from bot.knowledge.models import Article, Version
from bot.knowledge.publishing import DraftSource, DraftText, Editor, save_draft
from bot.knowledge.service import hold, new_version, put_live
from bot.migrations.run import upgrade
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
