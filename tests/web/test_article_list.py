"""The list of articles, and the calendar: found, filtered, counted truly, told of in time."""

from __future__ import annotations

import asyncio
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from aiohttp.test_utils import TestClient
from pydantic import SecretStr
from sqlalchemy import insert, select, update

from bot import keys
from bot.app import CORE
from bot.clock import utc_now
from bot.conversations.models import Conversation, Message
from bot.handoff.models import Rating
from bot.knowledge import falling_due
from bot.knowledge.life_models import DueNotice
from bot.knowledge.models import Article, Version
from bot.knowledge.ranking import FILE
from bot.knowledge.topics import standard
from bot.outreach.models import Mail
from bot.settings import Settings
from bot.staff import service
from bot.staff.models import Role
from tests.starter import starter_ranker
from tests.web.colleagues import Colleague, app_of, join
from tests.web.conftest import Clients
from tests.web.test_studio import DRAFT, NEW_LEAD, changed, live

CLIENT = TestClient[Any, Any]
LIST = "/api/article-list"


class Clock:
    """Time that a test moves."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def __call__(self) -> datetime:
        return utc_now() + self.ahead


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def client(serve: Clients, settings: Settings, clock: Clock) -> CLIENT:
    """The application with a ranker and a mail server, by a clock that tests move."""
    starter_ranker().save(settings.model_dir / FILE)
    return await serve(
        clock=clock,
        smtp_url=SecretStr("smtp://127.0.0.1:9"),
        mail_from="clinic@example.org",
        unowned_due="nobody",
    )


@pytest.fixture
async def eva(client: CLIENT) -> Colleague:
    """An editor."""
    return await join(client, "eva", Role.EDITOR, display="Eva Stone")


async def account(client: CLIENT, name: str) -> str:
    async with app_of(client)[keys.DATABASE].reading() as session:
        found = await service.account_named(session, name)
        assert found
        return found.id


def slugs(found: dict[str, Any]) -> list[str]:
    return [one["slug"] for one in found["rows"]]


# --- the list


async def test_the_list_comes_in_pages_with_the_true_total(client: CLIENT, eva: Colleague) -> None:
    first = await eva.get(LIST)
    async with app_of(client)[keys.DATABASE].reading() as session:
        every = set(await session.scalars(select(Article.slug)))
    assert first["total"] == len(every)
    seen = list(slugs(first))
    while len(seen) < first["total"]:
        seen += slugs(await eva.get(f"{LIST}?start={len(seen)}"))
    assert len(seen) == len(set(seen))
    assert set(seen) == every
    assert set((await eva.get("/api/article-slugs"))["slugs"]) == every


async def test_the_list_is_searched_by_words_of_titles_and_questions(eva: Colleague) -> None:
    assert slugs(await eva.get(f"{LIST}?q=what+does+eob+stand+for"))[0] == "eob"
    assert (await eva.get(f"{LIST}?q=zebra"))["total"] == 0


async def test_a_question_in_other_words_finds_the_article_that_patients_would_get(
    eva: Colleague,
) -> None:
    found = await eva.get(f"{LIST}?q=how+do+I+read+my+EOB?")
    assert found["rows"][0]["slug"] == "eob"
    assert found["rows"][0]["meant"]


async def test_the_list_is_filtered_by_state_topic_language_and_what_is_needed(
    eva: Colleague,
) -> None:
    await eva.put(DRAFT, **changed(await live(eva), lead=NEW_LEAD))
    assert slugs(await eva.get(f"{LIST}?state=draft")) == ["eob"]
    assert slugs(await eva.get(f"{LIST}?state=draft&language=es")) == []
    assert slugs(await eva.get(f"{LIST}?topic=cov.eob")) == ["eob"]
    draft = (await eva.get("/api/articles/eob"))["languages"]["en"]["draft"]["id"]
    await eva.post(f"/api/versions/{draft}/submit", comment="")
    assert slugs(await eva.get(f"{LIST}?state=in_review")) == ["eob"]
    await eva.post(f"/api/versions/{draft}/withdraw", comment="")
    await eva.post(f"/api/versions/{draft}/publish", note="")
    assert slugs(await eva.get(f"{LIST}?needs=stale")) == ["eob"]
    assert (await eva.get(f"{LIST}?needs=unreviewed"))["total"] > 100
    assert (await eva.get(f"{LIST}?needs=expiring"))["total"] == 0


@pytest.mark.parametrize("language", ["en", "es"])
async def test_topics_are_offered_by_name_in_the_language_of_whoever_reads(
    eva: Colleague, language: str
) -> None:
    found = await eva.get(LIST, headers={"Accept-Language": language})
    named = {one["id"]: one["title"] for one in found["topics"]}
    topic = standard().get("cov.eob")
    assert topic
    assert named["cov.eob"] == topic.title(language)
    assert list(named.values()) == sorted(named.values(), key=str.casefold)


async def test_archived_articles_are_found_by_their_state_and_by_their_words(
    eva: Colleague,
) -> None:
    await eva.post("/api/article-acts", act="archive", slugs=["eob"], batch="a" * 32)
    assert slugs(await eva.get(f"{LIST}?state=archived")) == ["eob"]
    (row,) = [
        one
        for one in (await eva.get(f"{LIST}?q=explanation+of+benefits"))["rows"]
        if one["slug"] == "eob"
    ]
    assert row["state"] == {"en": "archived", "es": "archived"}
    assert row["title"]["en"] == "What an EOB is and how to read it"


async def test_expiring_articles_are_filtered_and_sorted_by_their_day(
    client: CLIENT, eva: Colleague, clock: Clock
) -> None:
    days = [one["due_on"] for one in (await eva.get("/api/calendar"))["due"]]
    first = date.fromisoformat(days[0])
    clock.ahead = timedelta(days=(first - utc_now().date()).days - 10)
    found = await eva.get(f"{LIST}?needs=expiring&sort=expires")
    assert found["total"] > 0
    assert found["rows"][0]["expires_on"] == days[0]


async def rated(client: CLIENT, slug: str, version: int, *scores: int) -> None:
    """Conversations in which the assistant answered with an article, and what it was given."""
    async with app_of(client)[keys.DATABASE].work() as work:
        for number, score in enumerate(scores):
            conversation = f"{number:032x}"
            at = utc_now()
            await work.session.execute(
                insert(Conversation).values(
                    id=conversation, owner="closed", created_at=at, active_at=at
                )
            )
            await work.session.execute(
                insert(Message).values(
                    conversation_id=conversation,
                    seq=1,
                    author="bot",
                    kind="answer",
                    epoch=1,
                    language="en",
                    body=b"",
                    article_slug=slug,
                    version_id=version,
                    created_at=at,
                )
            )
            await work.session.execute(
                insert(Rating).values(
                    conversation_id=conversation,
                    about="assistant",
                    score=score,
                    language="en",
                    at=at,
                    changed_at=at,
                )
            )
        await work.commit()


async def test_an_article_is_rated_low_by_three_conversations_and_not_by_one(
    client: CLIENT, eva: Colleague
) -> None:
    version = (await live(eva))["id"]
    await rated(client, "eob", version, 1)
    assert (await eva.get(f"{LIST}?needs=low_rating"))["total"] == 0


async def test_the_mean_of_the_conversations_says_whether_an_article_is_rated_low(
    client: CLIENT, eva: Colleague
) -> None:
    version = (await live(eva))["id"]
    await rated(client, "eob", version, 1, 2, 4)
    (row,) = (await eva.get(f"{LIST}?needs=low_rating"))["rows"]
    assert (row["slug"], row["rating"]) == ("eob", {"mean": 2.3, "count": 3, "low": True})
    assert slugs(await eva.get(f"{LIST}?sort=rating"))[0] == "eob"


async def test_a_wish_that_makes_no_sense_is_refused_by_field(eva: Colleague) -> None:
    assert (await eva.get(f"{LIST}?sort=luck", 422))["error"]["field"] == "sort"
    assert (await eva.get(f"{LIST}?start=-1", 422))["error"]["field"] == "start"


async def test_many_articles_are_verified_at_once_and_undone_as_one(eva: Colleague) -> None:
    before = {one["slug"]: one for one in (await eva.get(LIST))["rows"]}
    some = list(before)[:20]
    result = await eva.post(
        "/api/article-acts", act="verify", slugs=[*some, "nothing-here"], batch="c" * 32
    )
    assert (result["done"], result["left"]) == (some, {"nothing-here": "gone"})
    assert (await eva.get(LIST))["rows"] != list(before.values())
    await eva.post("/api/article-acts/undo", batch="c" * 32)
    assert {one["slug"]: one for one in (await eva.get(LIST))["rows"]} == before


# --- what falls due


async def own(client: CLIENT, eva: Colleague, *names: str) -> str:
    me = await account(client, "eva")
    body: dict[str, Any] = {"act": "owner", "slugs": list(names), "batch": "d" * 32, "owner": me}
    await eva.post("/api/article-acts", **body)
    return me


async def valid_for(client: CLIENT, clock: Clock, days: int) -> None:
    """Move to the day on which the owned article is valid for so many days more."""
    async with app_of(client)[keys.DATABASE].reading() as session:
        ends = await session.scalar(
            select(Version.expires_on)
            .join(Article, Article.id == Version.article_id)
            .where(Article.owner != "", Version.state == "published")
            .order_by(Version.expires_on)
        )
    assert ends
    zone = app_of(client)[keys.KNOWLEDGE].content.profile.zone
    # Noon at the clinic: a number of days from now could cross a change of the clocks into another.
    clock.ahead = datetime.combine(ends - timedelta(days=days), time(12), zone) - utc_now()


async def told(client: CLIENT) -> list[int]:
    await app_of(client)[CORE].upkeep.remind()
    async with app_of(client)[keys.DATABASE].reading() as session:
        return sorted(await session.scalars(select(DueNotice.days)))


async def mails(client: CLIENT) -> int:
    async with app_of(client)[keys.DATABASE].reading() as session:
        return len(list(await session.scalars(select(Mail.id).where(Mail.template == "due"))))


async def test_owners_are_told_30_and_7_and_1_days_ahead_once_each(
    client: CLIENT, eva: Colleague, clock: Clock
) -> None:
    await own(client, eva, "eob")
    await valid_for(client, clock, 31)
    assert await told(client) == []
    seen = []
    for days in (30, 29, 7, 5, 1):
        await valid_for(client, clock, days)
        await told(client)
        seen.append(await told(client))
    # Two languages of one article.
    assert seen == [[30, 30], [30, 30], [7, 7, 30, 30], [7, 7, 30, 30], [1, 1, 7, 7, 30, 30]]
    task = next(one for one in (await eva.get("/api/calendar"))["due"] if one["slug"] == "eob")
    assert task["told"] == [1, 7, 30]


async def test_two_processes_tell_an_owner_once_and_by_one_mail(
    client: CLIENT, eva: Colleague, clock: Clock
) -> None:
    await own(client, eva, "eob", "copay")
    database = app_of(client)[keys.DATABASE]
    async with database.work() as work:
        await service.set_email(work, "test", "eva", "eva@example.org")
        await work.commit()
    await valid_for(client, clock, 7)
    upkeep = app_of(client)[CORE].upkeep
    await asyncio.gather(upkeep.remind(), upkeep.remind())
    assert await mails(client) == 1
    async with database.reading() as session:
        assert all(await session.scalars(select(DueNotice.mailed)))


async def test_an_owner_without_an_address_is_told_in_the_studio_alone(
    client: CLIENT, eva: Colleague, clock: Clock
) -> None:
    await own(client, eva, "eob")
    await valid_for(client, clock, 7)
    assert await told(client) == [7, 7]
    assert await mails(client) == 0


async def has_address(client: CLIENT, *names: str) -> None:
    async with app_of(client)[keys.DATABASE].work() as work:
        for name in names:
            await service.set_email(work, "test", name, f"{name}@example.org")
        await work.commit()


@pytest.mark.parametrize(("whom", "count"), [("editors", 2), ("reviewers", 1)])
async def test_what_nobody_owns_is_told_to_those_whom_the_setting_names(
    serve: Clients, settings: Settings, clock: Clock, whom: str, count: int
) -> None:
    starter_ranker().save(settings.model_dir / FILE)
    client = await serve(
        clock=clock,
        smtp_url=SecretStr("smtp://127.0.0.1:9"),
        mail_from="clinic@example.org",
        unowned_due=whom,
    )
    eva = await join(client, "eva", Role.EDITOR)
    for name, role in (("rob", Role.REVIEWER), ("ana", Role.AGENT), ("gone", Role.EDITOR)):
        await join(client, name, role)
    await has_address(client, "eva", "rob", "ana", "gone")
    await own(client, eva, "eob")
    await valid_for(client, clock, 7)
    async with app_of(client)[keys.DATABASE].work() as work:
        # Whoever left owns nothing any more.
        left = await account(client, "gone")
        await work.session.execute(
            update(Article).where(Article.slug == "copay").values(owner=left)
        )
        await service.disable(work, "test", "gone")
        await work.commit()
    await told(client)
    # Eva owns one text herself, and gets one e-mail all the same.
    assert await mails(client) == (2 if whom == "editors" else count + 1)
    async with app_of(client)[keys.DATABASE].reading() as session:
        found = select(DueNotice).join(Version).join(Article).where(Article.slug == "copay")
        assert all(one.mailed for one in await session.scalars(found))


async def test_nobody_is_told_of_what_nobody_owns_or_what_was_verified(
    client: CLIENT, eva: Colleague, clock: Clock
) -> None:
    await own(client, eva, "eob")
    await valid_for(client, clock, 7)
    await eva.post("/api/article-acts", act="verify", slugs=["eob"], batch="e" * 32)
    assert await told(client) == []


@pytest.mark.parametrize("bad", ["eva", "eva@", "a b@example.org", "eva@example"])
async def test_an_address_with_a_slip_is_refused(client: CLIENT, eva: Colleague, bad: str) -> None:
    async with app_of(client)[keys.DATABASE].work() as work:
        with pytest.raises(Exception, match="no e-mail address"):
            await service.set_email(work, "test", "eva", bad)


def test_a_text_without_a_last_day_is_due_a_year_after_it_was_checked() -> None:
    assert falling_due.due_on(date(2026, 1, 1), None) == date(2027, 1, 1)
    assert falling_due.due_on(date(2026, 1, 1), date(2026, 6, 1)) == date(2026, 6, 1)
    assert falling_due.due_on(None, None) is None


@pytest.mark.parametrize(
    ("left", "days"), [(31, None), (30, 30), (8, 30), (7, 7), (2, 7), (1, 1), (0, 1), (-1, None)]
)
def test_the_closest_reminder_that_is_reached_is_in_order(left: int, days: int | None) -> None:
    today = date(2026, 11, 22)
    assert falling_due.step_ahead(today + timedelta(days=left), today) == days


async def test_an_owner_who_is_disabled_gets_no_mail(client: CLIENT, eva: Colleague) -> None:
    me = await account(client, "eva")
    database = app_of(client)[keys.DATABASE]
    async with database.work() as work:
        await service.set_email(work, "test", "eva", "eva@example.org")
        assert await service.email_of(work.session, me) == "eva@example.org"
        await service.disable(work, "test", "eva")
        work.session.expire_all()
        assert await service.email_of(work.session, me) == ""
