"""The test bench: what would be said to a question, why, and against which text."""

from __future__ import annotations

from typing import Any

import pytest
from aiohttp.test_utils import TestClient
from sqlalchemy import func, select

from bot import keys
from bot.conversations.models import Conversation
from bot.knowledge.ranking import FILE
from bot.settings import Settings
from bot.staff.models import Role
from tests.starter import starter_ranker
from tests.web.colleagues import Colleague, app_of, join
from tests.web.conftest import Clients
from tests.web.test_studio import DRAFT, NEW_LEAD, changed, live, publish

CLIENT = TestClient[Any, Any]
ASKED = "how do I read my EOB?"


@pytest.fixture
async def client(serve: Clients, settings: Settings) -> CLIENT:
    """The application with the real index and ranker."""
    starter_ranker().save(settings.model_dir / FILE)
    return await serve()


@pytest.fixture
async def eva(client: CLIENT) -> Colleague:
    """An editor."""
    return await join(client, "eva", Role.EDITOR, display="Eva Stone")


def words(lines: list[dict[str, Any]]) -> str:
    return str([line["blocks"] for line in lines])


async def test_a_question_against_what_is_live_shows_answer_reasons_and_assistant(
    client: CLIENT, eva: Colleague
) -> None:
    found = await eva.post("/api/bench", question=ASKED, language="en")
    assert found["outcome"]["kind"] == "answer"
    assert found["outcome"]["slugs"] == ["eob"]
    assert found["says"][0]["source"]["slug"] == "eob"
    best = found["why"]["best"][0]
    assert (best["slug"], best["offered"]) == ("eob", True)
    assert sum(piece["points"] for piece in best["pieces"]) == pytest.approx(best["score"])
    assert f"You said: {ASKED}" in words(found["assistant"]["says"])
    async with app_of(client)[keys.DATABASE].reading() as session:
        assert await session.scalar(select(func.count()).select_from(Conversation)) == 0


async def test_a_draft_and_an_older_text_are_asked_without_being_served(eva: Colleague) -> None:
    first = await live(eva)
    await publish(eva, lead=NEW_LEAD)
    draft = await eva.put(DRAFT, **changed(await live(eva), lead=f"{NEW_LEAD} Ask us."))
    told = [
        words((await eva.post("/api/bench", question=ASKED, version=version))["says"])
        for version in (None, draft["id"], first["id"])
    ]
    assert "Keep it with your bills." in told[0]
    assert "Ask us." not in told[0]
    assert "Ask us." in told[1]
    assert "Keep it with your bills." not in told[2]


async def test_a_question_of_danger_and_a_clinical_one_get_their_texts(eva: Colleague) -> None:
    found = await eva.post("/api/bench", question="I have crushing chest pain right now")
    assert found["safety"]["tier"] == "full"
    assert [line["kind"] for line in found["says"]] == ["safety"]
    assert found["outcome"]["kind"] == "safety"
    assert found["assistant"]["says"] is None
    found = await eva.post("/api/bench", question="what dose of ibuprofen should I take")
    assert found["safety"]["clinical"]
    assert [line["kind"] for line in found["says"]] == ["clinical"]


async def test_a_question_may_build_on_the_one_before_it(eva: Colleague) -> None:
    alone = await eva.post("/api/bench", question="and how do I read it?")
    after = await eva.post("/api/bench", question="and how do I read it?", previous=ASKED)
    assert alone["follows"] is None
    assert after["follows"] == "eob"


async def test_an_article_for_one_payer_is_said_to_who_asks_about_it(eva: Colleague) -> None:
    about = (await eva.get("/api/articles/eob"))["about"]
    mine = {**about, "scope": {"payer": "Aetna"}}
    await eva.put("/api/articles/eob/about", base=about, mine=mine)
    ends = [
        (await eva.post("/api/bench", question=ASKED, scope=scope))["outcome"]
        for scope in ("", "Aetna", "Cigna")
    ]

    assert [one["kind"] for one in ends[:2]] == ["clarify", "answer"]
    assert ["eob" in one["slugs"] for one in ends] == [True, True, False]


async def test_a_question_is_kept_in_the_draft_and_taken_out_again(eva: Colleague) -> None:
    wish: dict[str, Any] = {"question": "explain my EOB letter", "article": "eob", "language": "en"}
    draft = await eva.post("/api/bench/golden", **wish)
    assert draft["golden"][-1] == wish["question"]
    error = (await eva.post("/api/bench/golden", 422, **wish))["error"]
    assert error["field"] == "question"
    await eva.post("/api/bench/golden/drop", **wish)
    assert (await eva.get("/api/articles/eob"))["languages"]["en"]["draft"] is None
    await eva.post("/api/bench/golden/drop", 404, **wish)
    await eva.post("/api/bench/golden", 404, **{**wish, "article": "nothing-here"})


async def test_an_empty_question_and_an_unknown_text_are_refused(
    client: CLIENT, eva: Colleague
) -> None:
    assert (await eva.post("/api/bench", 422, question=" "))["error"]["field"] == "question"
    await eva.post("/api/bench", 404, question=ASKED, version=999_999)
    await eva.post("/api/bench", 422, question=ASKED, language="fr")
    ann = await join(client, "ann", Role.AGENT)
    await ann.post("/api/bench", 403, question=ASKED)
    assert (await ann.page("/studio/bench")).status == 303
    assert (await eva.page("/studio/bench")).status == 200


async def test_a_question_is_kept_in_a_colleagues_draft_and_nothing_of_it_is_lost(
    client: CLIENT, eva: Colleague
) -> None:
    ben = await join(client, "ben", Role.EDITOR)
    draft = await ben.put(DRAFT, **changed(await live(ben), lead=f"{NEW_LEAD} Ask us."))
    wish: dict[str, Any] = {"question": "explain my EOB letter", "article": "eob", "language": "en"}
    kept = await eva.post("/api/bench/golden", **wish)
    assert (kept["lead"], kept["id"]) == (draft["lead"], draft["id"])
    assert kept["golden"] == [*draft["golden"], wish["question"]]
    await eva.post("/api/bench/golden/drop", **wish)
    after = (await ben.get("/api/articles/eob"))["languages"]["en"]["draft"]
    assert (after["lead"], after["golden"]) == (draft["lead"], draft["golden"])
