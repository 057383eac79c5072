"""The life of a text: who may move it, what is kept of each step, and what goes live by itself."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from aiohttp.test_utils import TestClient
from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import DBAPIError

from bot import keys
from bot.app import CORE
from bot.clock import utc_now
from bot.corrections.models import Correction
from bot.knowledge import schedule
from bot.knowledge.life_models import ArticleStep, PublishPlan
from bot.knowledge.models import Article, State, Version
from bot.knowledge.outcomes import Answer, Context
from bot.knowledge.ranking import FILE
from bot.privacy.models import AuditEvent
from bot.settings import Settings
from bot.staff.models import Account, Role
from tests.starter import starter_ranker
from tests.web.colleagues import Colleague, app_of, join, sign_in
from tests.web.conftest import Clients
from tests.web.findings_said import page_of, said
from tests.web.test_studio import DRAFT, NEW_LEAD, changed, live, served

CLIENT = TestClient[Any, Any]
LIFE = "/api/articles/eob/en/life"


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
    """The application with a ranker, by a clock that tests move; one person may publish alone."""
    starter_ranker().save(settings.model_dir / FILE)
    return await serve(clock=clock)


@pytest.fixture
async def strict(serve: Clients, settings: Settings) -> CLIENT:
    """The same where a second person has to approve."""
    starter_ranker().save(settings.model_dir / FILE)
    return await serve(second_person=True)


async def editor(client: CLIENT) -> Colleague:
    return await join(client, "eva", Role.EDITOR, display="Eva Stone")


async def reviewer(client: CLIENT, name: str = "rita", display: str = "Rita Vega") -> Colleague:
    return await join(client, name, Role.REVIEWER, display=display)


async def drafted(who: Colleague, **changes: Any) -> int:
    words = changed(await live(who), **{"lead": NEW_LEAD, **changes})
    number: int = (await who.put(DRAFT, **words))["id"]
    return number


async def do(who: Colleague, version: int, verb: str, status: int = 200, comment: str = "") -> Any:
    return await who.post(f"/api/versions/{version}/{verb}", status, comment=comment)


async def may(who: Colleague) -> set[str]:
    return set((await who.get(LIFE))["may"])


async def verbs(who: Colleague) -> list[str]:
    return [one["verb"] for one in (await who.get(LIFE))["steps"]]


# --- review


async def test_a_text_goes_from_draft_over_review_and_approval_to_patients(client: CLIENT) -> None:
    eva, rita = await editor(client), await reviewer(client)
    version = await drafted(eva)
    await do(eva, version, "submit", comment="Shorter, please look")
    assert (await rita.get(LIFE))["state"] == "in_review"
    await do(rita, version, "approve", comment="Good")
    done = await rita.post(f"/api/versions/{version}/publish", note="Out")
    assert done["version"]["reviewed_by"] == "Rita Vega"
    await served(client, NEW_LEAD)
    assert await verbs(rita) == ["published", "approved", "submitted", "written", "published"]
    steps = (await rita.get(LIFE))["steps"]
    said = [(one["by"], one["comment"]) for one in steps[:4]]
    assert said[:3] == [
        ("Rita Vega", "Out"),
        ("Rita Vega", "Good"),
        ("Eva Stone", "Shorter, please look"),
    ]


async def test_every_step_is_an_audit_event(client: CLIENT) -> None:
    eva, rita = await editor(client), await reviewer(client)
    version = await drafted(eva)
    await do(eva, version, "submit")
    await do(rita, version, "send-back", comment="Too long")
    async with app_of(client)[keys.DATABASE].reading() as session:
        rows = await session.scalars(
            select(AuditEvent.action).where(AuditEvent.subject == "article:eob")
        )
        assert [*rows][-3:] == ["draft.saved", "version.submitted", "version.sent_back"]


async def test_an_editor_neither_approves_nor_sends_back(client: CLIENT) -> None:
    eva = await editor(client)
    version = await drafted(eva)
    await do(eva, version, "submit")
    assert await may(eva) == {"withdraw", "verify", "archive"}
    await do(eva, version, "approve", 403)
    await do(eva, version, "send-back", 403, comment="No")
    assert (await eva.get(LIFE))["state"] == "in_review"


async def test_a_text_in_review_takes_no_other_words_until_it_is_withdrawn(client: CLIENT) -> None:
    eva = await editor(client)
    version = await drafted(eva)
    await do(eva, version, "submit")
    words = changed(await live(eva), lead="Something else entirely.")
    error = (await eva.put(DRAFT, 409, **words))["error"]
    assert error["code"] == "on_its_way"
    await eva.post(f"/api/versions/{version}/publish", 409, note="")
    await do(eva, version, "withdraw")
    assert (await eva.put(DRAFT, **words))["id"] == version


async def test_what_is_sent_back_is_a_draft_again_and_stays_in_the_history_as_it_was_read(
    client: CLIENT,
) -> None:
    eva, rita = await editor(client), await reviewer(client)
    version = await drafted(eva)
    await do(eva, version, "submit")
    await do(rita, version, "send-back", 422)
    await do(rita, version, "send-back", comment="Say what it is not")
    life = await eva.get(LIFE)
    assert (life["state"], life["version_id"]) == ("draft", version)
    step = life["steps"][0]
    assert (step["verb"], step["comment"]) == ("sent_back", "Say what it is not")
    await eva.put(DRAFT, **changed(await live(eva), lead="An EOB is not a bill. Keep it."))
    (change,) = [
        one
        for one in await eva.get(f"/api/versions/{step['kept_id']}/diff/{version}")
        if one["field"] == "lead"
    ]
    old = "".join(part["text"] for part in change["parts"] if part["kind"] != "added")
    assert old == NEW_LEAD


async def test_a_second_move_at_the_same_moment_is_refused_with_the_first_ones_name(
    client: CLIENT,
) -> None:
    eva, rita = await editor(client), await reviewer(client)
    tom = await reviewer(client, "tom", "Tom Bell")
    version = await drafted(eva)
    await do(eva, version, "submit")
    both = await asyncio.gather(
        *(
            client.post(
                f"/api/versions/{version}/approve", json={"comment": ""}, headers=one.headers
            )
            for one in (rita, tom)
        )
    )
    assert sorted(one.status for one in both) == [200, 409]
    refused = next(one for one in both if one.status == 409)
    winner = (await refused.json())["error"]["winner"]
    assert winner == (await eva.get(LIFE))["steps"][0]["by"]


# --- a second person


async def test_with_the_setting_nobody_publishes_what_nobody_else_approved(strict: CLIENT) -> None:
    eva, rita = await editor(strict), await reviewer(strict)
    version = await drafted(eva)
    error = (await eva.post(f"/api/versions/{version}/publish", 403, note=""))["error"]
    assert error["code"] == "needs_second"
    assert "publish" not in await may(eva)
    await do(eva, version, "submit")
    await do(rita, version, "approve")
    assert "publish" in await may(eva)
    await eva.post(f"/api/versions/{version}/publish", note="")
    await served(strict, NEW_LEAD)


async def test_with_the_setting_a_reviewer_does_not_approve_what_they_wrote_at(
    strict: CLIENT,
) -> None:
    eva, rita = await editor(strict), await reviewer(strict)
    version = await drafted(eva)
    seen = {"draft": version, "saves": 1}
    text = changed(await live(rita), lead=f"{NEW_LEAD} Ask us.")
    await rita.put(DRAFT, **text, seen=seen)
    await do(rita, version, "submit")
    assert "approve" not in await may(rita)
    await do(rita, version, "approve", 403)
    assert (await rita.get(LIFE))["state"] == "in_review"
    await do(await reviewer(strict, "tom", "Tom Bell"), version, "approve")
    assert (await rita.get(LIFE))["state"] == "approved"


async def test_an_approval_ends_when_the_text_is_taken_back(strict: CLIENT) -> None:
    eva, rita = await editor(strict), await reviewer(strict)
    version = await drafted(eva)
    await do(eva, version, "submit")
    await do(rita, version, "approve")
    await do(eva, version, "withdraw")
    await eva.put(DRAFT, **changed(await live(eva), lead=f"{NEW_LEAD} Twice."))
    await eva.post(f"/api/versions/{version}/publish", 403, note="")


async def test_who_wrote_a_discarded_draft_is_no_author_of_the_next(strict: CLIENT) -> None:
    rita = await reviewer(strict)
    eva = await editor(strict)
    await drafted(rita)
    await rita.delete(DRAFT)
    version = await drafted(eva)
    await do(eva, version, "submit")
    await do(rita, version, "approve")


async def test_without_the_setting_a_reviewer_may_approve_their_own(client: CLIENT) -> None:
    rita = await reviewer(client)
    version = await drafted(rita)
    await do(rita, version, "submit")
    await do(rita, version, "approve")
    assert (await rita.get(LIFE))["state"] == "approved"


# --- what the tables refuse


async def test_steps_are_append_only_and_approved_words_do_not_change(client: CLIENT) -> None:
    eva, rita = await editor(client), await reviewer(client)
    version = await drafted(eva)
    await do(eva, version, "submit")
    await do(rita, version, "approve")
    database = app_of(client)[keys.DATABASE]
    for statement in (
        delete(ArticleStep),
        update(ArticleStep).values(comment="other"),
        update(Version).where(Version.id == version).values(lead="Other words"),
    ):
        with pytest.raises(DBAPIError, match=r"append-only|does not change"):
            async with database.work() as work:
                await work.session.execute(statement)
                await work.commit()


# --- planned


def at_clinic(client: CLIENT, ahead: timedelta) -> str:
    app = app_of(client)
    zone = app[keys.KNOWLEDGE].profile.zone
    return (app[keys.DESK].now() + ahead).astimezone(zone).strftime("%Y-%m-%dT%H:%M")


async def planned(client: CLIENT, who: Colleague, version: int, **ahead: float) -> Any:
    when = at_clinic(client, timedelta(**ahead))
    return await who.put(f"/api/versions/{version}/plan", publish_at=when, note="For Monday")


async def run_due(client: CLIENT) -> int:
    app = app_of(client)
    return await schedule.publish_due(
        app[keys.DATABASE], app[keys.KNOWLEDGE], app[keys.DESK].now(), second_person=False
    )


async def test_a_planned_text_goes_live_at_its_time_and_not_before(
    client: CLIENT, clock: Clock
) -> None:
    eva = await editor(client)
    before = (await live(eva))["lead"]
    version = await drafted(eva)
    await planned(client, eva, version, hours=2)
    assert (await eva.get(LIFE))["plan"]["by"] == "Eva Stone"
    assert await run_due(client) == 0
    await served(client, before)
    clock.ahead = timedelta(hours=3)
    assert await run_due(client) == 1
    await served(client, NEW_LEAD)
    step = (await eva.get(LIFE))["steps"][0]
    assert (step["verb"], step["by"], step["comment"]) == ("published", "Eva Stone", "For Monday")
    assert step["planned_at"]


async def test_two_processes_publish_a_planned_text_once(client: CLIENT, clock: Clock) -> None:
    eva = await editor(client)
    await planned(client, eva, await drafted(eva), hours=1)
    clock.ahead = timedelta(hours=2)
    assert sum(await asyncio.gather(run_due(client), run_due(client))) == 1
    assert (await verbs(eva)).count("published") == 2  # the starter text, and this
    assert await run_due(client) == 0


async def test_a_planned_text_that_the_checks_block_goes_back_with_what_they_found(
    client: CLIENT, clock: Clock
) -> None:
    eva = await editor(client)
    before = (await live(eva))["lead"]
    version = await drafted(eva, lead="word " * 70)
    await planned(client, eva, version, hours=1)
    clock.ahead = timedelta(hours=2)
    assert sum(await asyncio.gather(run_due(client), run_due(client))) == 0
    life = await eva.get(LIFE)
    assert (life["state"], life["plan"]) == ("draft", None)
    step = life["steps"][0]
    assert step["verb"] == "blocked"
    assert "lead" in {one["field"] for one in step["findings"]}
    spanish = await page_of(eva, "/studio?lang=es")
    told = "La respuesta tiene 70 palabras. Deje 60 como máximo y pase el resto a «Más»."
    assert told in [said(one, spanish) for one in step["findings"]]
    assert (await verbs(eva)).count("blocked") == 1
    (task,) = (await eva.get("/api/calendar"))["waiting"]
    assert (task["verb"], task["slug"], task["mine"]) == ("blocked", "eob", True)
    await served(client, before)


async def test_a_planned_text_that_somebody_overtook_goes_back_too(
    client: CLIENT, clock: Clock
) -> None:
    eva = await editor(client)
    first = (await live(eva))["id"]
    version = await drafted(eva)
    await eva.post(f"/api/versions/{version}/publish", note="")
    second = await drafted(eva, lead=f"{NEW_LEAD} More.")
    await planned(client, eva, second, hours=1)
    await eva.post(f"/api/versions/{first}/restore", note="")
    clock.ahead = timedelta(hours=2)
    assert await run_due(client) == 0
    life = await eva.get(LIFE)
    assert (life["state"], life["steps"][0]["verb"]) == ("draft", "blocked")
    (finding,) = life["steps"][0]["findings"]
    assert finding["message"] == "Somebody published this text meanwhile."
    told = said(finding, await page_of(eva, "/studio?lang=es"))
    assert told.startswith("Mientras tanto alguien publicó este texto. ")


async def test_the_job_of_the_process_publishes_what_is_planned(
    client: CLIENT, clock: Clock
) -> None:
    eva = await editor(client)
    await planned(client, eva, await drafted(eva), hours=1)
    clock.ahead = timedelta(hours=2)
    await app_of(client)[CORE].upkeep.publish()
    await served(client, NEW_LEAD)


async def test_a_plan_can_be_moved_and_called_off(client: CLIENT, clock: Clock) -> None:
    eva = await editor(client)
    version = await drafted(eva)
    await planned(client, eva, version, hours=1)
    await planned(client, eva, version, hours=5)
    clock.ahead = timedelta(hours=2)
    assert await run_due(client) == 0
    await eva.delete(f"/api/versions/{version}/plan")
    assert (await eva.get(LIFE))["state"] == "draft"
    await eva.delete(f"/api/versions/{version}/plan", 409)
    clock.ahead = timedelta(hours=9)
    assert await run_due(client) == 0


async def test_a_plan_for_a_time_that_is_past_is_refused_by_field(client: CLIENT) -> None:
    eva = await editor(client)
    version = await drafted(eva)
    path = f"/api/versions/{version}/plan"
    error = (await eva.put(path, 422, publish_at="2020-01-01T08:00", note=""))["error"]
    assert (error["code"], error["field"]) == ("invalid", "publish_at")
    await eva.put(path, 422, publish_at="soon", note="")
    assert (await eva.get(LIFE))["state"] == "draft"


async def test_with_the_setting_a_draft_cannot_be_planned(strict: CLIENT) -> None:
    eva = await editor(strict)
    version = await drafted(eva)
    when = at_clinic(strict, timedelta(hours=1))
    await eva.put(f"/api/versions/{version}/plan", 403, publish_at=when, note="")


async def test_withdrawing_a_text_calls_its_plan_off(client: CLIENT, clock: Clock) -> None:
    eva = await editor(client)
    version = await drafted(eva)
    await planned(client, eva, version, hours=1)
    await do(eva, version, "withdraw")
    async with app_of(client)[keys.DATABASE].reading() as session:
        assert await session.get(PublishPlan, version) is None


# --- on the air, off it, and verified


async def act(who: Colleague, what: str, *slugs: str, batch: str = "a" * 32, **more: str) -> Any:
    body: dict[str, Any] = {"act": what, "slugs": list(slugs), "batch": batch, **more}
    return await who.post("/api/article-acts", **body)


async def undo(who: Colleague, batch: str = "a" * 32, status: int = 200) -> Any:
    return await who.post("/api/article-acts/undo", status, batch=batch)


async def not_served(client: CLIENT, slug: str = "eob") -> None:
    knowledge = app_of(client)[keys.KNOWLEDGE]
    async with asyncio.timeout(30):
        while isinstance(knowledge.article(slug, Context("en")), Answer):  # noqa: ASYNC110
            await asyncio.sleep(0.02)


async def test_an_archived_article_leaves_the_air_and_comes_back_by_undo(client: CLIENT) -> None:
    eva = await editor(client)
    before = await live(eva)
    assert (await act(eva, "archive", "eob"))["done"] == ["eob"]
    await not_served(client)
    life = await eva.get(LIFE)
    assert (life["state"], life["steps"][0]["verb"]) == ("archived", "archived")
    assert (await undo(eva))["done"] == ["eob"]
    await served(client, before["lead"])
    assert await live(eva) == before


async def test_an_archived_article_is_brought_back_by_name_in_all_its_languages(
    client: CLIENT,
) -> None:
    eva = await editor(client)
    before = await live(eva)
    await act(eva, "archive", "eob")
    assert (await act(eva, "archive", "eob"))["left"] == {"eob": "not_live"}
    assert (await eva.post("/api/articles/eob/return"))["languages"] == ["en", "es"]
    await served(client, before["lead"])
    await eva.post("/api/articles/eob/return", 409)


async def test_verifying_keeps_the_words_and_gives_new_days_and_is_undone(client: CLIENT) -> None:
    eva = await editor(client)
    before = await live(eva)
    await act(eva, "verify", "eob")
    after = await live(eva)
    today = app_of(client)[keys.KNOWLEDGE].today(app_of(client)[keys.KNOWLEDGE].content)
    assert (after["lead"], after["verified_on"]) == (before["lead"], today.isoformat())
    assert after["expires_on"] >= before["expires_on"]
    assert after["reviewed_by"] == before["reviewed_by"]
    assert not (await eva.get("/api/articles/eob"))["languages"]["es"]["stale"]
    await undo(eva)
    assert await live(eva) == before


async def test_a_text_that_is_on_its_way_is_not_overtaken_by_a_verification(
    client: CLIENT,
) -> None:
    eva, rita = await editor(client), await reviewer(client)
    version = await drafted(eva)
    await do(eva, version, "submit")
    await act(rita, "verify", "eob")
    await do(rita, version, "approve")
    await rita.post(f"/api/versions/{version}/publish", note="")
    await served(client, NEW_LEAD)


async def test_undo_leaves_alone_what_somebody_has_gone_on_with(client: CLIENT) -> None:
    eva, rita = await editor(client), await reviewer(client)
    version = await drafted(eva)
    assert (await act(eva, "submit", "eob", "copay"))["left"] == {"copay": "no_draft"}
    await do(rita, version, "approve")
    result = await undo(eva)
    assert (result["done"], result["left"]) == ([], {"eob": "changed"})
    assert (await eva.get(LIFE))["state"] == "approved"
    await undo(rita, status=404)


async def test_an_article_is_given_to_a_colleague_and_undone(client: CLIENT) -> None:
    eva = await editor(client)
    async with app_of(client)[keys.DATABASE].reading() as session:
        from bot.staff.service import account_named

        account = await account_named(session, "eva")
    assert account
    await act(eva, "owner", "eob", "copay", owner=account.id)
    listed = await eva.get("/api/article-list?owner=me")
    assert {one["slug"] for one in listed["rows"]} == {"eob", "copay"}
    await undo(eva)
    assert (await eva.get("/api/article-list?owner=me"))["total"] == 0
    body: dict[str, Any] = {"act": "owner", "slugs": ["eob"], "batch": "b" * 32, "owner": "f" * 32}
    assert (await eva.post("/api/article-acts", 422, **body))["error"]["field"] == "owner"


async def test_an_agent_moves_no_text(client: CLIENT) -> None:
    eva = await editor(client)
    ann = await join(client, "ann", Role.AGENT)
    version = await drafted(eva)
    await do(ann, version, "submit", 403)
    await ann.get(LIFE, 403)
    await ann.get("/api/article-list", 403)
    body: dict[str, Any] = {"act": "archive", "slugs": ["eob"], "batch": "b" * 32}
    await ann.post("/api/article-acts", 403, **body)


async def test_addresses_of_nothing_are_not_found(client: CLIENT) -> None:
    rita = await reviewer(client)
    await rita.get("/api/articles/nothing-here/en/life", 404)
    for verb in ("submit", "withdraw", "approve"):
        await do(rita, 999_999_999, verb, 404)
    await rita.get("/api/versions/1/diff/999999999", 404)


async def test_states_are_what_the_columns_say(client: CLIENT) -> None:
    eva = await editor(client)
    version = await drafted(eva)
    await do(eva, version, "submit")
    async with app_of(client)[keys.DATABASE].reading() as session:
        states = await session.scalars(
            select(Version.state).join(Article).where(Article.slug == "eob")
        )
        assert sorted(states) == [
            State.IN_REVIEW.value,
            State.PUBLISHED.value,
            State.PUBLISHED.value,
        ]
    assert datetime.fromisoformat((await eva.get(LIFE))["steps"][0]["at"]).tzinfo in (UTC, UTC)


# --- going back


async def approved(eva: Colleague, rita: Colleague, lead: str) -> int:
    """Eva writes, Rita approves and publishes; returns the version."""
    draft = await eva.put(DRAFT, **changed(await live(eva), lead=lead))
    path = f"/api/versions/{draft['id']}"
    await eva.post(f"{path}/submit")
    await rita.post(f"{path}/approve")
    await rita.post(f"{path}/publish", note="")
    return int(draft["id"])


async def held(who: Colleague, version: int) -> str | None:
    found: str | None = (await who.get(f"/api/versions/{version}/restore"))["held"]
    return found


async def told_wrong(client: CLIENT, version: int) -> None:
    """Patients were sent a correction of this version, which Eva wrote."""
    async with app_of(client)[keys.DATABASE].work() as work:
        author = await work.session.scalar(select(Account.id).where(Account.name == "eva"))
        told = {"version_id": version, "slug": "eob", "language": "en", "title": "EOB"}
        words = {"text": "It was wrong.", "text_hash": "0" * 16, "with_answer": True}
        at = {"created_at": utc_now(), "changed_at": utc_now(), "released_at": utc_now()}
        state = {"state": "done", "author_id": author}
        await work.session.execute(insert(Correction).values(**told, **words, **at, **state))
        await work.commit()


async def test_an_expired_text_is_not_gone_back_to_and_the_page_knows_it_before(
    client: CLIENT, clock: Clock
) -> None:
    eva = await editor(client)
    soon, late = ((utc_now() + timedelta(days=n)).date().isoformat() for n in (1, 90))
    first = await drafted(eva, expires_on=soon)
    await eva.post(f"/api/versions/{first}/publish", note="")
    second = await drafted(eva, lead=f"{NEW_LEAD} More.", expires_on=late)
    await eva.post(f"/api/versions/{second}/publish", note="")
    assert await held(eva, first) is None
    clock.ahead = timedelta(days=3)
    ben = await join(client, "ben", Role.EDITOR)
    assert await held(ben, first) == "expired_text"
    error = (await ben.post(f"/api/versions/{first}/restore", 422, note=""))["error"]
    assert (error["code"], error["field"]) == ("expired_text", "expires_on")
    assert (await live(ben))["id"] == second
    await served(client, f"{NEW_LEAD} More.")


async def test_one_person_takes_an_edit_back_but_nothing_older_where_two_are_asked_for(
    strict: CLIENT,
) -> None:
    eva = await editor(strict)
    rita = await reviewer(strict)
    first = (await live(eva))["id"]
    second = await approved(eva, rita, NEW_LEAD)
    third = await approved(eva, rita, f"{NEW_LEAD} More.")
    assert [await held(eva, one) for one in (first, second)] == ["needs_second", None]
    error = (await eva.post(f"/api/versions/{first}/restore", 403, note=""))["error"]
    assert error["code"] == "needs_second"
    back = (await eva.post(f"/api/versions/{second}/restore", note=""))["version"]
    assert (await live(eva))["id"] == back["id"]
    # Eva wrote the others; a reviewer who did not is the second person.
    assert await held(eva, third) is None
    assert await held(rita, first) is None


async def test_a_text_that_patients_were_told_is_wrong_is_brought_back_by_nobody_alone(
    strict: CLIENT,
) -> None:
    eva = await editor(strict)
    rita = await reviewer(strict)
    wrong = await approved(eva, rita, NEW_LEAD)
    await approved(eva, rita, f"{NEW_LEAD} More.")
    assert await held(eva, wrong) is None
    await told_wrong(strict, wrong)
    for one in (eva, rita):
        assert await held(one, wrong) == "corrected_text"
        error = (await one.post(f"/api/versions/{wrong}/restore", 403, note=""))["error"]
        assert error["code"] == "corrected_text"


async def test_undoing_an_archive_brings_back_nothing_that_was_told_to_be_wrong_since(
    strict: CLIENT,
) -> None:
    eva = await editor(strict)
    rita = await reviewer(strict)
    version = await approved(eva, rita, NEW_LEAD)
    await act(eva, "archive", "eob")
    assert (await undo(eva))["done"] == ["eob"]
    await act(eva, "archive", "eob", batch="b" * 32)
    await told_wrong(strict, version)
    undone = await undo(eva, batch="b" * 32)
    assert (undone["done"], undone["left"]) == ([], {"eob": "was_wrong"})


async def test_undoing_an_archive_leaves_an_article_of_which_a_text_expired_since(
    client: CLIENT, clock: Clock
) -> None:
    eva = await editor(client)
    soon = (utc_now() + timedelta(days=1)).date().isoformat()
    english = await drafted(eva, expires_on=soon)
    await eva.post(f"/api/versions/{english}/publish", note="")
    await act(eva, "archive", "eob")
    clock.ahead = timedelta(days=3)
    eva = await sign_in(client, "eva")
    undone = await undo(eva)
    assert (undone["done"], undone["left"]) == ([], {"eob": "expired"})
    for language in ("en", "es"):
        assert (await eva.get(f"/api/articles/eob/{language}/life"))["state"] == "archived"


async def test_an_archived_text_comes_back_unless_patients_were_told_that_it_is_wrong(
    strict: CLIENT,
) -> None:
    eva = await editor(strict)
    rita = await reviewer(strict)
    version = await approved(eva, rita, NEW_LEAD)
    await act(eva, "archive", "eob")
    await eva.post("/api/articles/eob/return")
    assert (await live(eva))["id"] == version
    await told_wrong(strict, version)
    await act(eva, "archive", "eob")
    error = (await eva.post("/api/articles/eob/return", 403))["error"]
    assert error["code"] == "corrected_text"
    assert (await eva.get(LIFE))["state"] == "archived"
