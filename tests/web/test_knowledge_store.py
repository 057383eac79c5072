"""Knowledge in the database: imported once, edited by people, served within a second."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Collection
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from bot.db import Database
from bot.errors import Conflict, Invalid, NotFound
from bot.events import Event, KnowledgeChanged
from bot.knowledge import queries, studio
from bot.knowledge.base import KnowledgeBase
from bot.knowledge.drafting import Seen
from bot.knowledge.editors import Editor
from bot.knowledge.following import standalone, watch
from bot.knowledge.going_back import Way
from bot.knowledge.importer import import_directory
from bot.knowledge.models import Version
from bot.knowledge.outcomes import Answer, Context
from bot.knowledge.publishing import publish, restore
from bot.knowledge.ranking import NotTrained
from bot.knowledge.refusals import Unpublishable
from bot.knowledge.saving import DraftSource, DraftText, discard_draft, save_draft
from bot.knowledge.service import record_missing_fact
from bot.privacy import audit
from bot.settings import Settings
from tests.starter import DATA, NOW, starter_ranker

EVA, BEN = Editor("id-eva", "Eva"), Editor("id-ben", "Ben")
RITA = Editor("id-rita", "Rita", reviewer=True)
EOB = "how do I read my EOB?"
ENGLISH, SPANISH = Context("en"), Context("es")
TODAY = date(2026, 11, 21)


async def nothing_was_wrong(session: AsyncSession, versions: Collection[int]) -> bool:
    return False


WAY = Way(TODAY, nothing_was_wrong)


@pytest.fixture
async def knowledge(database: Database, settings: Settings) -> AsyncIterator[KnowledgeBase]:
    """Loaded from the database and following it."""
    known = KnowledgeBase(settings, clock=lambda: NOW, ranker=starter_ranker())
    await known.refresh(database)
    follower = asyncio.create_task(watch(known, database))
    yield known
    follower.cancel()
    await asyncio.gather(follower, return_exceptions=True)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the starter content that a test may change."""
    for name in ("knowledge", "clinic.toml", "facts.toml"):
        source = DATA / name
        target = tmp_path / "data" / name
        if source.is_dir():
            shutil.copytree(source, target)
        else:
            shutil.copy(source, target)
    return tmp_path / "data"


def rewrite(path: Path, old: str, new: str) -> None:
    before = path.read_text("utf-8")
    assert old in before
    path.write_text(before.replace(old, new), "utf-8")


async def detail(database: Database, slug: str = "eob") -> dict[str, Any]:
    async with database.reading() as session:
        return await studio.article_detail(session, slug)


async def draft_of(
    database: Database,
    editor: Editor = EVA,
    language: str = "en",
    slug: str = "eob",
    translates: int | None = None,
    **changes: Any,
) -> int:
    """Save a draft of the live text with changes; returns its id."""
    text = (await detail(database, slug))["languages"][language]
    live, there = text["live"], text["draft"]
    kept = {name: live[name] for name in DraftText.model_fields}
    wanted = DraftText.model_validate({**kept, **changes})
    seen = Seen(there["id"], there["saves"]) if there else Seen()
    async with database.work() as work:
        base = live["id"]
        draft = await save_draft(
            work, editor, slug, language, wanted, base, seen=seen, translates=translates
        )
        await work.commit()
        return draft.id


async def until(condition: Any, seconds: float = 30.0) -> None:
    """Wait for a condition, as long as a busy machine may take."""
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110 - an answer that changes tells nobody
            await asyncio.sleep(0.01)


def lead(knowledge: KnowledgeBase, question: str = EOB, context: Context = ENGLISH) -> str:
    outcome = knowledge.answer(question, context)
    assert isinstance(outcome, Answer)
    return outcome.lead


async def test_importing_again_changes_nothing(database: Database) -> None:
    before = await queries_revision(database)

    report = await import_directory(database, DATA)

    assert not report.changed
    assert report.count("unchanged") == len(report.entries)
    assert await queries_revision(database) == before
    assert report.lines(changes_only=True) == []


async def queries_revision(database: Database) -> int:
    async with database.reading() as session:
        return await queries.revision(session)


async def test_a_changed_file_becomes_the_live_version_and_tells_every_process(
    database: Database, folder: Path
) -> None:
    heard: list[Event] = []
    database.bus.subscribe(heard.append)
    rewrite(folder / "knowledge/coverage/copay.en.md", "variants:\n", "variants:\n  - copay??\n")

    report = await import_directory(database, folder)

    assert report.count("updated") == 1
    live = (await detail(database, "copay"))["languages"]["en"]
    assert "copay??" in live["live"]["variants"]
    assert len(live["history"]) == 2
    assert heard == [KnowledgeChanged(report.revision or 0)]
    assert (await detail(database, "copay"))["languages"]["es"]["stale"] is False


async def test_a_new_revision_of_the_english_file_makes_its_translation_stale(
    database: Database, folder: Path
) -> None:
    rewrite(folder / "knowledge/coverage/copay.en.md", "revision: 1", "revision: 2")

    report = await import_directory(database, folder)

    assert [entry.file for entry in report.entries if entry.status == "stale"] == [
        "coverage/copay.es.md"
    ]
    assert (await detail(database, "copay"))["languages"]["es"]["stale"] is True

    rewrite(folder / "knowledge/coverage/copay.es.md", "translates: 1", "translates: 2")
    again = await import_directory(database, folder)

    assert again.count("updated") == 1
    assert again.count("stale") == 0
    assert (await detail(database, "copay"))["languages"]["es"]["stale"] is False


async def test_an_import_never_replaces_what_an_editor_published(
    database: Database, folder: Path, knowledge: KnowledgeBase
) -> None:
    await publish(database, knowledge, EVA, await draft_of(database, lead="Eva's own words."))
    rewrite(folder / "knowledge/coverage/eob.en.md", "revision: 1", "revision: 7")

    report = await import_directory(database, folder)

    kept = [entry for entry in report.entries if entry.status == "kept"]
    assert [entry.file for entry in kept] == ["coverage/eob.en.md"]
    assert "Eva" in kept[0].reason
    assert (await detail(database))["languages"]["en"]["live"]["lead"] == "Eva's own words."


async def test_a_broken_file_is_named_and_nothing_of_the_folder_is_taken(
    database: Database, folder: Path
) -> None:
    rewrite(folder / "knowledge/coverage/copay.en.md", "variants:\n", "variants:\n  - copay??\n")
    rewrite(folder / "knowledge/coverage/eob.en.md", "verified_on: 2026-11-21", "verified_on: x")

    with pytest.raises(Invalid) as error:
        await import_directory(database, folder)

    assert error.value.field == "verified_on"
    assert "coverage/eob.en.md" in error.value.message
    assert error.value.remedy
    assert "copay??" not in (await detail(database, "copay"))["languages"]["en"]["live"]["variants"]


async def test_a_changed_clinic_profile_is_served_after_an_import(
    database: Database, folder: Path, knowledge: KnowledgeBase
) -> None:
    rewrite(folder / "clinic.toml", "fee_usd = 30", "fee_usd = 45")

    await import_directory(database, folder)

    await until(lambda: "$45" in lead(knowledge, "is there a fee for a missed visit?"))


async def test_a_published_edit_reaches_the_next_question_without_training(
    database: Database, knowledge: KnowledgeBase
) -> None:
    before = knowledge.answer(EOB, ENGLISH)
    assert isinstance(before, Answer)
    draft = await draft_of(database, lead="An EOB is a letter, in new words.")
    assert "in new words" not in lead(knowledge)

    version, revision = await publish(database, knowledge, EVA, draft, "clearer")
    await until(lambda: "in new words" in lead(knowledge))

    assert knowledge.revision == revision
    assert version.note == "clearer"
    old = knowledge.version(before.article.version_id)
    assert old is not None
    assert old.title == before.article.title


async def test_an_edit_in_another_process_is_found_by_polling(
    database: Database, knowledge: KnowledgeBase, settings: Settings
) -> None:
    draft = await draft_of(database, lead="Words from elsewhere.")
    database.bus._listeners.clear()

    await publish(database, knowledge, EVA, draft)

    await until(lambda: "elsewhere" in lead(knowledge))


async def test_the_old_text_is_one_restore_away(
    database: Database, knowledge: KnowledgeBase
) -> None:
    first = (await detail(database))["languages"]["en"]["live"]
    await publish(database, knowledge, EVA, await draft_of(database, lead="A mistake."))

    copy, _ = await restore(database, BEN, first["id"], WAY)
    await until(lambda: lead(knowledge) == first["lead"])

    english = (await detail(database))["languages"]["en"]
    assert english["live"]["id"] == copy.id != first["id"]
    assert [one["lead"] for one in english["history"]] == [
        first["lead"],
        "A mistake.",
        first["lead"],
    ]


async def test_new_english_words_make_the_spanish_text_stale_until_it_is_done_again(
    database: Database, knowledge: KnowledgeBase
) -> None:
    question = "¿cómo leo mi explicación de beneficios?"
    await publish(database, knowledge, EVA, await draft_of(database, lead="New English words."))
    await until(lambda: "New English" in lead(knowledge))

    outcome = knowledge.answer(question, SPANISH)
    assert isinstance(outcome, Answer)
    assert outcome.other_language
    assert (await detail(database))["languages"]["es"]["stale"]

    now = (await detail(database))["languages"]["en"]["live"]["id"]
    words = "Palabras nuevas en español."
    spanish = await draft_of(database, language="es", lead=words, translates=now)
    await publish(database, knowledge, EVA, spanish)
    await until(lambda: "Palabras nuevas" in lead(knowledge, question, SPANISH))
    assert not (await detail(database))["languages"]["es"]["stale"]


async def test_going_back_to_the_english_text_makes_its_translation_good_again(
    database: Database, knowledge: KnowledgeBase
) -> None:
    first = (await detail(database))["languages"]["en"]["live"]["id"]
    await publish(database, knowledge, EVA, await draft_of(database, lead="New English words."))

    await restore(database, EVA, first, WAY)

    assert not (await detail(database))["languages"]["es"]["stale"]


async def test_new_questions_alone_leave_translation_and_review_as_they_were(
    database: Database, knowledge: KnowledgeBase
) -> None:
    await publish(database, knowledge, RITA, await draft_of(database, RITA, lead="Reviewed."))
    first = (await detail(database))["languages"]["en"]["history"][-1]["id"]
    await restore(database, EVA, first, WAY)
    live = (await detail(database))["languages"]["en"]["live"]

    more = [*live["variants"], "what on earth is this letter"]
    version, _ = await publish(database, knowledge, EVA, await draft_of(database, variants=more))

    assert version.reviewed_by == live["reviewed_by"]
    assert not (await detail(database))["languages"]["es"]["stale"]


async def test_what_a_reviewer_publishes_is_reviewed_and_an_edit_of_it_is_not(
    database: Database, knowledge: KnowledgeBase
) -> None:
    reviewed, _ = await publish(
        database, knowledge, RITA, await draft_of(database, RITA, lead="An EOB is a letter.")
    )
    edited, _ = await publish(
        database, knowledge, EVA, await draft_of(database, lead="An EOB is a long letter.")
    )

    assert (reviewed.reviewed_by, edited.reviewed_by) == ("Rita", "")


async def test_a_draft_is_not_served_can_be_changed_and_thrown_away(
    database: Database, knowledge: KnowledgeBase
) -> None:
    first = await draft_of(database, lead="Not yet.")
    second = await draft_of(database, BEN, lead="Still not.")

    assert first == second
    assert (await detail(database))["languages"]["en"]["draft"]["lead"] == "Still not."
    async with database.work() as work:
        await discard_draft(work, BEN, "eob", "en")
        await work.commit()
    assert (await detail(database))["languages"]["en"]["draft"] is None
    with pytest.raises(NotFound):
        async with database.work() as work:
            await discard_draft(work, BEN, "eob", "en")


async def test_saving_over_a_text_that_moved_is_refused_with_the_publishers_name(
    database: Database, knowledge: KnowledgeBase
) -> None:
    live = (await detail(database))["languages"]["en"]["live"]
    text_ = DraftText.model_validate({name: live[name] for name in DraftText.model_fields})
    await publish(database, knowledge, EVA, await draft_of(database, lead="Eva was first."))

    with pytest.raises(Conflict) as error:
        async with database.work() as work:
            await save_draft(work, BEN, "eob", "en", text_, live["id"])
    assert error.value.winner == "Eva"


async def test_a_draft_that_somebody_overtook_is_not_published(
    database: Database, knowledge: KnowledgeBase
) -> None:
    old = (await detail(database))["languages"]["en"]["live"]["id"]
    await publish(database, knowledge, EVA, await draft_of(database, lead="Second text."))
    draft = await draft_of(database, lead="Third text.")
    await restore(database, BEN, old, WAY)

    with pytest.raises(Conflict) as error:
        await publish(database, knowledge, EVA, draft)
    assert error.value.winner == "Ben"


async def test_two_editors_who_publish_one_draft_publish_it_once(
    database: Database, knowledge: KnowledgeBase
) -> None:
    draft = await draft_of(database, lead="Once only.")

    results = await asyncio.gather(
        publish(database, knowledge, EVA, draft),
        publish(database, knowledge, BEN, draft),
        return_exceptions=True,
    )

    assert sum(isinstance(result, tuple) for result in results) == 1
    assert sum(isinstance(result, Conflict) for result in results) == 1
    assert len((await detail(database))["languages"]["en"]["history"]) == 2


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"lead": "word " * 61}, "lead"),
        ({"lead": "Call {{ clinic.no_such_fact }}."}, "lead"),
        ({"lead": "It is {{ fact.no_such_figure }}."}, "lead"),
        ({"lead": "It is {{ nothing }}."}, "lead"),
        ({"lead": "<b>Big</b> words."}, "lead"),
        ({"more": "# A heading"}, "more"),
        ({"title": ""}, "title"),
        ({"sources": []}, "sources"),
        ({"sources": [{"title": "A page", "url": "http://a.example"}]}, "sources"),
        ({"verified_on": None}, "verified_on"),
        ({"expires_on": None}, "expires_on"),
        ({"expires_on": "2026-11-20", "verified_on": "2026-01-01"}, "expires_on"),
        ({"golden": []}, "golden"),
        ({"golden": ["are you open on saturday?"]}, "golden"),
    ],
)
async def test_a_text_that_patients_must_not_meet_is_refused_with_field_and_remedy(
    database: Database, knowledge: KnowledgeBase, changes: dict[str, Any], field: str
) -> None:
    before = await queries_revision(database)
    lead_ = {"lead": "A short and plain answer.", "more": None, **changes}
    draft = await draft_of(database, **lead_)

    with pytest.raises(Unpublishable) as error:
        await publish(database, knowledge, EVA, draft)

    findings = error.value.as_dict()["findings"]
    assert field in [finding["field"] for finding in findings]
    assert all(finding["message"] and finding["remedy"] for finding in findings)
    assert await queries_revision(database) == before
    assert (await detail(database))["languages"]["en"]["draft"]["id"] == draft


async def test_every_change_of_an_editor_leaves_an_audit_event(
    database: Database, knowledge: KnowledgeBase
) -> None:
    old = (await detail(database))["languages"]["en"]["live"]["id"]
    await publish(database, knowledge, EVA, await draft_of(database, lead="New."))
    await restore(database, BEN, old, WAY)

    async with database.work() as work:
        found = await audit.events_about(work, "article:eob")
    assert [(event["actor"], event["action"]) for event in found] == [
        ("id-eva", "draft.saved"),
        ("id-eva", "version.published"),
        ("id-ben", "version.restored"),
    ]


async def test_the_database_itself_refuses_to_change_published_words(database: Database) -> None:
    with pytest.raises(DBAPIError, match="does not change"):
        async with database.work() as work:
            await work.session.execute(
                update(Version).where(Version.state == "published").values(lead="Rewritten")
            )
    with pytest.raises(DBAPIError, match="does not change"):
        async with database.work() as work:
            await work.session.execute(text("DELETE FROM article_versions"))


async def test_the_database_keeps_one_published_version_per_text(database: Database) -> None:
    async with database.reading() as session:
        one = await session.scalar(select(Version).limit(1))
    assert one is not None
    row = {column.key: getattr(one, column.key) for column in Version.__table__.columns}
    row.pop("id")

    with pytest.raises(DBAPIError):
        async with database.work() as work:
            work.session.add(Version(**row))
            await work.commit()


async def test_the_list_shows_states_and_finds_articles_by_title_question_and_topic(
    database: Database, knowledge: KnowledgeBase
) -> None:
    await publish(database, knowledge, EVA, await draft_of(database, lead="New English words."))
    await draft_of(database, slug="copay", lead="Draft.")

    async with database.reading() as session:
        every = await studio.list_articles(session, TODAY)
        by_word = await studio.list_articles(session, TODAY, q="NOT a BILL")
        by_topic = await studio.list_articles(session, TODAY, topic="cov.copay")
        nothing = await studio.list_articles(session, TODAY, q="zebra")
        later = await studio.list_articles(session, date(2028, 1, 1), topic="cov.copay")

    states = {article["slug"]: article["state"] for article in every}
    assert states["eob"] == {"en": "published", "es": "stale"}
    assert "eob" in [article["slug"] for article in by_word]
    assert [article["drafts"] for article in by_topic] == [["en"]]
    assert nothing == []
    assert later[0]["state"] == {"en": "expired", "es": "expired"}


async def test_a_preview_fills_facts_and_names_what_is_wrong(knowledge: KnowledgeBase) -> None:
    shown = studio.preview(
        knowledge, "en", "Title", "Call {{ clinic.phone }} or {{ clinic.pigeon }}.", "# Big"
    )

    assert "217-555-0142" in str(shown["blocks"])
    assert "⟨pigeon⟩" in str(shown["blocks"])
    assert [problem["field"] for problem in shown["problems"]] == ["lead", "more"]


async def test_a_missing_fact_counts_once_per_conversation(database: Database) -> None:
    async with database.work() as work:
        for conversation in ("a", "a", "b"):
            await record_missing_fact(work, "fax", "phone", conversation)
        await record_missing_fact(work, "pay_url", None, "a")
        await work.commit()

    async with database.reading() as session:
        found = await queries.missing_facts(session)
    assert [(one.key, one.conversations, one.articles) for one in found] == [
        ("fax", 2, ("phone",)),
        ("pay_url", 1, ()),
    ]


async def test_a_draft_keeps_incomplete_sources_but_not_oversized_ones() -> None:
    assert DraftSource(title="", url="").url == ""
    with pytest.raises(ValueError, match="at most 300"):
        DraftSource(title="x" * 301)


async def test_a_draft_from_a_browser_has_the_line_ends_of_a_file() -> None:
    typed = DraftText(title=" A  title ", lead="One.\r\nTwo. \r\n", more="\r\n")
    words = typed.words()
    assert (words.title, words.lead, words.more) == ("A title", "One.\nTwo.", None)


async def test_publishing_without_a_ranker_says_to_train(
    database: Database, settings: Settings
) -> None:
    untrained = KnowledgeBase(settings, clock=lambda: NOW)
    await untrained.refresh(database)

    with pytest.raises(NotTrained):
        await publish(database, untrained, EVA, await draft_of(database, lead="New."))


async def test_a_program_of_its_own_follows_the_database(
    database: Database, knowledge: KnowledgeBase, settings: Settings
) -> None:
    starter_ranker().save(settings.model_dir / "ranker.json")
    alone = await asyncio.to_thread(standalone, settings)
    assert alone.revision == knowledge.revision

    await publish(
        database, knowledge, EVA, await draft_of(database, lead="An EOB is a letter for everyone.")
    )

    await until(lambda: "everyone" in lead(alone))


def test_a_program_of_its_own_takes_the_files_when_there_is_no_database(tmp_path: Path) -> None:
    models = tmp_path / "models"
    starter_ranker().save(models / "ranker.json")
    settings = Settings(_env_file=None, var_dir=tmp_path / "var", model_dir=models)

    alone = standalone(settings)

    assert isinstance(alone.answer(EOB, replace(ENGLISH)), Answer)
    assert not (tmp_path / "var").exists()
