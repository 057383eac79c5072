"""Gaps: what patients asked in vain, from the log to a draft, with every decision undoable."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update

from bot import keys
from bot.conversations.models import Conversation, Message
from bot.effects import Reason, RecordGap
from bot.gaps.models import GapRun, KnownGap, Unanswered
from bot.gaps.running import EVERY, KEPT_FOR, SETTLED_AFTER, Grouping
from bot.knowledge.models import Article, Version
from bot.knowledge.ranking import FILE
from bot.knowledge.topics import Ends, standard
from bot.settings import Settings
from bot.staff.models import Role
from tests.starter import keep_likeness, starter_ranker
from tests.web.colleagues import Colleague, app_of, join
from tests.web.conftest import Clients
from tests.web.desk_cases import CLIENT, audited, waiting
from tests.web.gap_cases import (
    EOB,
    NOTARY,
    WIFI,
    bot_line,
    conversation,
    group,
    patient,
    rated,
    unanswered,
)
from tests.web.test_studio import DRAFT, NEW_LEAD, changed, publish

NEW: dict[str, Any] = {
    "slug": "guest-wifi",
    "domain": "clinic",
    "topic": next(iter(standard().ending(Ends.ARTICLE))),
    "title_en": "Guest wifi",
}


@pytest.fixture
async def client(serve: Clients, settings: Settings) -> CLIENT:
    """The application, which knows which questions are alike."""
    starter_ranker().save(settings.model_dir / FILE)
    keep_likeness(settings.model_dir)
    return await serve()


@pytest.fixture
async def eva(client: CLIENT) -> Colleague:
    return await join(client, "eva", Role.EDITOR, display="Eva Stone")


def named(gaps: list[dict[str, Any]], word: str) -> dict[str, Any]:
    (found,) = [one for one in gaps if word in one["name"].lower()]
    return found


async def texts_of(eva: Colleague, gap_id: int) -> set[str]:
    return {one["text"] for one in (await eva.get(f"/api/gaps/{gap_id}"))["questions"]}


async def test_questions_of_one_meaning_are_one_gap_in_both_languages(
    client: CLIENT, eva: Colleague
) -> None:
    await unanswered(client, *WIFI, *NOTARY)
    gaps = await group(client, eva)
    assert [one["conversations"] for one in gaps] == [3, 3]
    wifi = next(one for one in gaps if "wifi" in one["name"])
    assert wifi["languages"] == {"en": 2, "es": 1}
    assert wifi["weeks"] == [0, 0, 0, 0, 0, 0, 0, 3]
    assert await texts_of(eva, wifi["id"]) == set(WIFI)


async def test_an_agent_does_not_see_gaps(client: CLIENT) -> None:
    ana = await join(client, "ana")
    await ana.get("/api/gaps", 403)
    await ana.post("/api/gaps/run", 403)


async def test_a_gap_counts_conversations_and_not_how_often_one_patient_asks(
    client: CLIENT, eva: Colleague
) -> None:
    asked = conversation(
        client,
        patient(WIFI[0]),
        bot_line("not_understood"),
        patient(WIFI[2]),
        bot_line("repeated_failure"),
        effects=[RecordGap(outcome="no_answer")],
    )
    await asked
    (gap,) = await group(client, eva)
    assert (gap["conversations"], gap["questions"]) == (1, 1)


async def test_the_words_are_redacted_and_sealed(client: CLIENT, eva: Colleague) -> None:
    await unanswered(client, "what is the wifi password, call me at 217-555-0188")
    (gap,) = await group(client, eva)
    assert "217-555" not in str(gap)
    assert await texts_of(eva, gap["id"]) == {"what is the wifi password, call me at [phone]"}
    async with app_of(client)[keys.DATABASE].reading() as session:
        sealed = await session.scalar(select(Unanswered.text))
    assert sealed is not None
    assert b"wifi" not in sealed


async def test_none_of_these_points_at_the_question_before_the_choice(
    client: CLIENT, eva: Colleague
) -> None:
    await conversation(
        client,
        patient(WIFI[0]),
        bot_line("clarify", "clarify"),
        patient("no, none of these please"),
        bot_line("none_of_these"),
        effects=[RecordGap(outcome="clarify")],
    )
    (gap,) = await group(client, eva)
    assert (gap["name"], gap["kinds"]) == (WIFI[0], {"clarify": 1})


async def test_a_new_question_instead_of_a_choice_is_the_gap(
    client: CLIENT, eva: Colleague
) -> None:
    await conversation(
        client,
        patient("my bill"),
        bot_line("clarify", "clarify"),
        patient(WIFI[0]),
        bot_line("repeated_failure"),
        effects=[RecordGap(outcome="clarify")],
    )
    (gap,) = await group(client, eva)
    assert gap["name"] == WIFI[0]


async def test_not_what_i_asked_and_a_bad_rating_name_the_question_and_the_wrong_article(
    client: CLIENT, eva: Colleague
) -> None:
    await conversation(
        client,
        patient(WIFI[0]),
        bot_line("An answer.", "answer", EOB),
        patient("that is not what I asked"),
        effects=[RecordGap(outcome="not_what_i_asked", article="eob")],
    )
    rated_badly = await conversation(
        client, patient(NOTARY[0]), bot_line("An answer.", "answer", EOB)
    )
    await rated(client, rated_badly, 1)
    rated_well = await conversation(client, patient("thank you"), bot_line("x", "answer", EOB))
    await rated(client, rated_well, 5)
    gaps = await group(client, eva)
    assert len(gaps) == 2
    for word, kind in (("wifi", "not_what_i_asked"), ("notary", "bad_rating")):
        gap = named(gaps, word)
        assert gap["kinds"] == {kind: 1}
        (question,) = (await eva.get(f"/api/gaps/{gap['id']}"))["questions"]
        assert question["article_slug"] == "eob"


async def test_a_case_for_want_of_content_is_a_gap_and_any_other_case_is_none(
    client: CLIENT, eva: Colleague
) -> None:
    await waiting(client, WIFI[0], reason=Reason.NO_ANSWER)
    await waiting(client, NOTARY[0], reason=Reason.MISSING_FACT)
    await waiting(client, "I want a person", reason=Reason.ASKED)
    gaps = await group(client, eva)
    assert {one["name"]: list(one["kinds"]) for one in gaps} == {
        WIFI[0]: ["handoff"],
        NOTARY[0]: ["missing_fact"],
    }


async def test_looking_again_adds_nothing_twice(client: CLIENT, eva: Colleague) -> None:
    await unanswered(client, *WIFI)
    before = await group(client, eva)
    assert await group(client, eva) == before


async def test_a_gap_keeps_its_number_while_questions_come(client: CLIENT, eva: Colleague) -> None:
    await unanswered(client, *WIFI)
    (before,) = await group(client, eva)
    await unanswered(client, "guest wifi login please", *NOTARY)
    gaps = await group(client, eva)
    assert named(gaps, "wifi")["id"] == before["id"]
    assert named(gaps, "wifi")["conversations"] == 4


async def test_what_came_after_the_last_look_is_new_to_whoever_looked(
    client: CLIENT, eva: Colleague
) -> None:
    sam = await join(client, "sam", Role.REVIEWER)
    await unanswered(client, *WIFI)
    (gap,) = await group(client, eva)
    assert (gap["new"], gap["seen"]) == (3, False)
    await eva.post("/api/gaps/looks", looks=[{"id": gap["id"], "upto": gap["upto"]}])
    (seen,) = (await eva.get("/api/gaps"))["gaps"]
    assert (seen["new"], seen["seen"]) == (0, True)
    (unseen,) = (await sam.get("/api/gaps"))["gaps"]
    assert unseen["new"] == 3
    await unanswered(client, "guest wifi login please")
    (again,) = await group(client, eva)
    assert again["new"] == 1


async def test_what_came_while_a_person_looked_stays_new_to_them(
    client: CLIENT, eva: Colleague
) -> None:
    await unanswered(client, *WIFI)
    (shown,) = await group(client, eva)
    await unanswered(client, "guest wifi login please")
    await group(client, eva)
    await eva.post("/api/gaps/looks", looks=[{"id": shown["id"], "upto": shown["upto"]}])
    (after,) = (await eva.get("/api/gaps"))["gaps"]
    assert (after["new"], after["seen"]) == (1, True)
    # A second page that was slower does not make it older.
    await eva.post("/api/gaps/looks", looks=[{"id": shown["id"], "upto": after["upto"]}])
    await eva.post("/api/gaps/looks", looks=[{"id": shown["id"], "upto": shown["upto"]}])
    assert (await eva.get("/api/gaps"))["gaps"][0]["new"] == 0


async def test_a_gap_is_not_seen_while_new_questions_of_it_are_not_shown(
    client: CLIENT, eva: Colleague
) -> None:
    await unanswered(client, *WIFI)
    (gap,) = await group(client, eva)
    part = await eva.get(f"/api/gaps/{gap['id']}?limit=2")
    assert (len(part["questions"]), part["upto"], part["more"]) == (2, None, True)
    whole = await eva.get(f"/api/gaps/{gap['id']}?limit=3")
    assert (whole["upto"], whole["more"]) == (gap["upto"], False)
    await eva.post("/api/gaps/looks", looks=[{"id": gap["id"], "upto": gap["upto"]}])
    await unanswered(client, "guest wifi login please")
    await group(client, eva)
    part = await eva.get(f"/api/gaps/{gap['id']}?limit=1")
    assert [one["text"] for one in part["questions"]] == ["guest wifi login please"]
    assert part["upto"] is not None
    assert (await eva.get(f"/api/gaps/{gap['id']}?limit=0", 422))["error"]["field"] == "limit"


async def test_writing_it_begins_a_draft_in_each_language_with_the_questions_filled_in(
    client: CLIENT, eva: Colleague
) -> None:
    await unanswered(client, *WIFI, "wifi password please, my number is 217-555-0188")
    gap = (await group(client, eva))[0]
    made = await eva.post(f"/api/gaps/{gap['id']}/write", **NEW)
    assert made == {"slug": "guest-wifi", "language": "en"}
    article = await eva.get("/api/articles/guest-wifi")
    english, spanish = (article["languages"][one]["draft"] for one in ("en", "es"))
    assert english["title"] == "Guest wifi"
    assert set(english["variants"]) >= {WIFI[0], WIFI[2]}
    assert not any("217" in one or "[" in one for one in english["variants"])
    assert (spanish["title"], spanish["variants"]) == (WIFI[1], [WIFI[1]])
    (after,) = (one for one in (await eva.get("/api/gaps"))["gaps"] if one["id"] == gap["id"])
    assert (after["state"], after["article_slug"]) == ("writing", "guest-wifi")
    assert (after["decided_by"], after["effect"]) == ("Eva Stone", None)
    assert await audited(client, "gap.written") == [f"gap:{gap['id']}"]
    assert await audited(client, "article.started") == ["article:guest-wifi"]


@pytest.mark.parametrize(
    ("changes", "status", "field"),
    [
        ({"slug": "Guest Wifi"}, 422, "slug"),
        ({"domain": "nowhere"}, 422, "domain"),
        ({"topic": "no.such"}, 422, "topic"),
        ({"slug": "eob"}, 409, None),
    ],
)
async def test_an_article_that_cannot_be_begun_names_the_field_and_changes_nothing(
    client: CLIENT, eva: Colleague, changes: dict[str, str], status: int, field: str | None
) -> None:
    await unanswered(client, *WIFI)
    (gap,) = await group(client, eva)
    error = await eva.post(f"/api/gaps/{gap['id']}/write", status, **{**NEW, **changes})
    assert error["error"]["field"] == field
    (after,) = (await eva.get("/api/gaps"))["gaps"]
    assert after == gap


async def test_adding_to_an_article_puts_new_questions_into_its_drafts(
    client: CLIENT, eva: Colleague
) -> None:
    live = (await eva.get("/api/articles/eob"))["languages"]["en"]["live"]
    await unanswered(client, *WIFI)
    (gap,) = await group(client, eva)
    made = await eva.post(f"/api/gaps/{gap['id']}/add", slug="eob")
    assert made["changed"] == ["en", "es"]
    english = (await eva.get("/api/articles/eob"))["languages"]["en"]
    assert english["live"] == live
    assert english["draft"]["variants"] == [
        *live["variants"],
        *sorted((WIFI[0], WIFI[2]), key=english["draft"]["variants"].index),
    ]
    assert english["draft"]["lead"] == live["lead"]


async def test_a_colleagues_draft_gets_the_questions_and_its_next_save_finds_them(
    client: CLIENT, eva: Colleague
) -> None:
    ben = await join(client, "ben", Role.EDITOR)
    text = (await ben.get("/api/articles/eob"))["languages"]["en"]["live"]
    mine = changed(text, lead="An EOB is a letter. It is not a bill. Ben wrote this.")
    draft = await ben.put("/api/articles/eob/en/draft", **mine)
    await unanswered(client, *WIFI)
    (gap,) = await group(client, eva)
    made = await eva.post(f"/api/gaps/{gap['id']}/add", slug="eob")
    assert "en" in made["changed"]
    kept = (await eva.get("/api/articles/eob"))["languages"]["en"]["draft"]
    assert kept["lead"] == draft["lead"]
    assert {WIFI[0], WIFI[2]} < set(kept["variants"])
    seen = {"draft": draft["id"], "saves": draft["saves"]}
    error = (await ben.put("/api/articles/eob/en/draft", 409, **mine, seen=seen))["error"]
    assert error["winner"] == "Eva Stone"


async def test_a_draft_that_is_older_than_what_is_live_gets_nothing_and_the_gap_stays_open(
    client: CLIENT, eva: Colleague
) -> None:
    ben = await join(client, "ben", Role.EDITOR)
    first = (await ben.get("/api/articles/eob"))["languages"]["en"]["live"]
    await publish(eva, lead=NEW_LEAD)
    text = (await ben.get("/api/articles/eob"))["languages"]["en"]["live"]
    draft = await ben.put(DRAFT, **changed(text, lead=f"{NEW_LEAD} Ask us."))
    await eva.post(f"/api/versions/{first['id']}/restore")
    await unanswered(client, *WIFI)
    (gap,) = await group(client, eva)
    error = (await eva.post(f"/api/gaps/{gap['id']}/add", 409, slug="eob"))["error"]
    assert (error["code"], error["winner"]) == ("draft_behind", "Ben")
    kept = (await ben.get("/api/articles/eob"))["languages"]["en"]["draft"]
    assert (kept["saves"], kept["variants"]) == (draft["saves"], draft["variants"])
    (after,) = (await eva.get("/api/gaps"))["gaps"]
    assert after == gap


async def test_an_article_without_room_for_the_questions_is_left_as_it_is(
    client: CLIENT, eva: Colleague
) -> None:
    text = (await eva.get("/api/articles/eob"))["languages"]["en"]["live"]
    many = [f"what is paper number {number} from my plan" for number in range(199)]
    draft = await eva.put(DRAFT, **changed(text, variants=many))
    await unanswered(client, *WIFI)
    (gap,) = await group(client, eva)
    error = (await eva.post(f"/api/gaps/{gap['id']}/add", 409, slug="eob"))["error"]
    assert error["code"] == "article_full"
    kept = (await eva.get("/api/articles/eob"))["languages"]["en"]["draft"]
    assert (kept["saves"], kept["variants"]) == (draft["saves"], many)
    assert (await eva.get("/api/gaps"))["gaps"] == [gap]


async def test_an_unknown_article_is_refused(client: CLIENT, eva: Colleague) -> None:
    await unanswered(client, *WIFI)
    (gap,) = await group(client, eva)
    error = (await eva.post(f"/api/gaps/{gap['id']}/add", 404, slug="no-such"))["error"]
    assert error["field"] == "slug"


async def test_a_dismissed_gap_keeps_its_state_takes_in_new_questions_and_can_be_opened_again(
    client: CLIENT, eva: Colleague
) -> None:
    await unanswered(client, *WIFI)
    (gap,) = await group(client, eva)
    verbs = f"/api/gaps/{gap['id']}"
    assert (await eva.post(f"{verbs}/dismiss", 422, reason="other"))["error"]["field"] == "note"
    await eva.post(f"{verbs}/dismiss", reason="other", note="The landlord answers")
    await unanswered(client, "guest wifi login please", *NOTARY)
    dismissed = named(await group(client, eva), "wifi")
    assert (dismissed["state"], dismissed["note"]) == ("dismissed", "The landlord answers")
    assert (dismissed["id"], dismissed["conversations"]) == (gap["id"], 4)
    await eva.post(f"{verbs}/reopen")
    assert named(await group(client, eva), "wifi")["state"] == "open"
    assert await audited(client, "gap.dismissed") == await audited(client, "gap.reopened")


async def test_the_second_to_decide_hears_who_was_first(client: CLIENT, eva: Colleague) -> None:
    sam = await join(client, "sam", Role.EDITOR)
    await unanswered(client, *WIFI)
    (gap,) = await group(client, eva)
    await eva.post(f"/api/gaps/{gap['id']}/dismiss", reason="clinical")
    error = (await sam.post(f"/api/gaps/{gap['id']}/write", 409, **NEW))["error"]
    assert error["winner"] == "Eva Stone"


async def test_gaps_that_were_merged_stay_one_and_can_be_split_again(
    client: CLIENT, eva: Colleague
) -> None:
    await unanswered(client, *WIFI, *NOTARY)
    gaps = await group(client, eva)
    wifi, notary = (next(g for g in gaps if w in g["name"]) for w in ("wifi", "notar"))
    merged = await eva.post(f"/api/gaps/{notary['id']}/merge", into=wifi["id"])
    (one,) = await group(client, eva)
    assert (one["id"], one["conversations"]) == (wifi["id"], 6)
    await eva.post(f"/api/gaps/{wifi['id']}/split", entries=merged["moved"])
    assert sorted(one["conversations"] for one in await group(client, eva)) == [3, 3]


async def test_all_or_none_of_a_gap_cannot_be_split_off(client: CLIENT, eva: Colleague) -> None:
    await unanswered(client, *WIFI)
    (gap,) = await group(client, eva)
    own = [one["id"] for one in (await eva.get(f"/api/gaps/{gap['id']}"))["questions"]]
    for entries in (own, [999_999]):
        error = (await eva.post(f"/api/gaps/{gap['id']}/split", 422, entries=entries))["error"]
        assert error["field"] == "entries"


async def test_two_processes_at_once_group_once(client: CLIENT, settings: Settings) -> None:
    app = app_of(client)
    await unanswered(client, *WIFI)
    both = [
        Grouping(
            app[keys.DATABASE], app[keys.KEYS], settings, app[keys.DESK].copied, app[keys.DESK].now
        )
        for _ in range(2)
    ]
    began = await asyncio.gather(*(one.start() for one in both))
    assert sorted(began) == [False, True]
    await asyncio.gather(*(one.settled() for one in both))
    async with app[keys.DATABASE].reading() as session:
        assert await session.scalar(select(func.count()).select_from(KnownGap)) == 1
        assert await session.scalar(select(GapRun.token)) == 1


async def test_the_background_job_begins_only_when_the_last_time_is_long_ago(
    client: CLIENT, settings: Settings
) -> None:
    app = app_of(client)
    now = [datetime(2026, 11, 23, 12, tzinfo=UTC)]
    job = Grouping(
        app[keys.DATABASE], app[keys.KEYS], settings, app[keys.DESK].copied, lambda: now[0]
    )
    assert not await job.job()
    now[0] += SETTLED_AFTER
    assert await job.job()
    await job.settled()
    assert not await job.job()
    now[0] += EVERY + timedelta(seconds=1)
    assert await job.job()
    await job.settled()


async def test_a_decision_during_the_grouping_is_not_undone_by_it(
    client: CLIENT, eva: Colleague, monkeypatch: pytest.MonkeyPatch
) -> None:
    await unanswered(client, *WIFI, *NOTARY)
    gaps = await group(client, eva)
    wifi, notary = (next(g for g in gaps if w in g["name"]) for w in ("wifi", "notar"))
    grouping = app_of(client)[keys.GAPS]
    measured = grouping._measured
    decided: list[bool] = []

    async def slowly(*values: Any) -> Any:
        if not decided:
            decided.append(True)
            await eva.post(f"/api/gaps/{notary['id']}/merge", into=wifi["id"])
        return await measured(*values)

    monkeypatch.setattr(grouping, "_measured", slowly)
    (one,) = await group(client, eva)
    assert (one["id"], one["conversations"]) == (wifi["id"], 6)


async def test_an_old_question_goes_only_after_somebody_has_looked(
    client: CLIENT, eva: Colleague
) -> None:
    old = datetime.now(UTC) - KEPT_FOR - timedelta(days=1)
    await unanswered(client, *WIFI)
    (gap,) = await group(client, eva)
    async with app_of(client)[keys.DATABASE].work() as work:
        await work.session.execute(update(Message).values(created_at=old))
        await work.session.execute(update(Unanswered).values(at=old))
        await work.commit()
    assert len(await group(client, eva)) == 1
    await eva.post("/api/gaps/looks", looks=[{"id": gap["id"], "upto": gap["upto"]}])
    assert await group(client, eva) == []


async def test_after_publishing_a_gap_shows_its_rate_before_and_since_with_the_counts(
    client: CLIENT, eva: Colleague
) -> None:
    app = app_of(client)
    published = datetime.now(UTC) - timedelta(days=10)
    for _ in range(60):
        await conversation(client, patient("hello"), at=published - timedelta(days=2))
        await conversation(client, patient("hello"), at=published + timedelta(days=2))
    for _ in range(5):
        await unanswered(client, *WIFI, at=published - timedelta(days=3))
    gap = (await group(client, eva))[0]
    await eva.post(f"/api/gaps/{gap['id']}/add", slug="eob")
    async with app[keys.DATABASE].work() as work:
        await work.session.execute(
            update(KnownGap).values(decided_at=published - timedelta(hours=1))
        )
        eob = select(Article.id).where(Article.slug == "eob").scalar_subquery()
        await work.session.execute(
            update(Version)
            .where(Version.article_id == eob, Version.published_at.is_not(None))
            .values(published_at=published)
        )
        await work.commit()
    async with app[keys.DATABASE].reading() as session:
        total = await session.scalar(select(func.count()).select_from(Conversation))
    assert total == 135
    effect = (await eva.get("/api/gaps"))["gaps"][0]["effect"]
    assert (effect["before"], effect["since"]) == ([15, 75], [0, 60])
    assert effect["verdict"] == "fell"
