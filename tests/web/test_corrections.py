"""A wrong answer is put right with everybody who read it: two people, each patient once."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import update

from bot import keys
from bot.app import CORE, create_app
from bot.conversations import service as conversations
from bot.conversations.models import CLOSED, Message
from bot.conversations.queries import conversation
from bot.core import Core
from bot.corrections import sending
from bot.knowledge.ranking import FILE
from bot.outreach import postman
from bot.outreach.models import Contact, Mail
from bot.settings import Settings
from bot.staff.models import Role
from tests.assistants import Echo
from tests.mail_server import MailServer
from tests.starter import starter_ranker
from tests.web.colleagues import Colleague, app_of, join
from tests.web.desk_cases import CLIENT, audited, waiting
from tests.web.findings_said import page_of, said
from tests.web.outreach_cases import (
    ADDRESS,
    MovedClock,
    Visitor,
    post,
    stored,
    token_for,
)
from tests.web.patients import Patient
from tests.web.seen_cases import (
    WORDS,
    change,
    drafted,
    lines,
    live_version,
    released,
    send,
    token_of,
    was_given,
)

LATER = timedelta(minutes=5)


@pytest.fixture
async def server() -> AsyncIterator[MailServer]:
    async with MailServer() as running:
        yield running


@pytest.fixture
def clock() -> MovedClock:
    return MovedClock()


@pytest.fixture(autouse=True)
def rounds_only_when_a_test_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postman, "EVERY_SECONDS", 3600.0)
    monkeypatch.setattr(sending, "EVERY_SECONDS", 3600.0)


@pytest.fixture
def mailing(settings: Settings, server: MailServer) -> Settings:
    starter_ranker().save(settings.model_dir / FILE)
    return settings.model_copy(
        update={"smtp_url": SecretStr(server.url), "mail_from": "desk@clinic.example"}
    )


@pytest.fixture
async def client(aiohttp_client: Any, mailing: Settings, texts: None, clock: MovedClock) -> CLIENT:
    app = create_app(mailing, load_assistant=lambda _: Echo(), clock=clock)
    opened: CLIENT = await aiohttp_client(app)
    return opened


@pytest.fixture
async def eva(client: CLIENT) -> Colleague:
    return await join(client, "eva", Role.EDITOR, display="Eva Stone")


@pytest.fixture
async def rob(client: CLIENT) -> Colleague:
    return await join(client, "rob", Role.REVIEWER, display="Rob Hale")


@pytest.fixture
async def version(client: CLIENT) -> int:
    return await live_version(client)


async def who_left_an_address(
    client: CLIENT, clock: MovedClock, version: int, address: str = ADDRESS
) -> str:
    """A conversation of somebody who read the version, left an e-mail address and is gone."""
    case = await waiting(client)
    app = app_of(client)
    async with app[keys.DATABASE].work() as work:
        await work.session.execute(
            update(Message)
            .where(Message.conversation_id == case.conversation_id, Message.author == "bot")
            .values(version_id=version)
        )
        await work.commit()
    visitor = Visitor(client, await token_for(client, case.conversation_id))
    await visitor.leave("email", address)
    return case.conversation_id


async def progress(colleague: Colleague, made: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = await colleague.get(f"/api/corrections/{made['id']}")
    return found


# --- writing


async def test_a_draft_is_kept_changed_and_shown_with_its_author(
    eva: Colleague, rob: Colleague, version: int
) -> None:
    made = await drafted(eva, version)
    assert (made["state"], made["author"], made["may"]["release"]) == ("draft", "Eva Stone", False)
    path = f"/api/corrections/{made['id']}"
    changed = await rob.put(path, text="Shorter now.", with_answer=False, seen=made["hash"])
    assert (changed["text"], changed["author"]) == ("Shorter now.", "Rob Hale")
    shown = (await eva.get(f"/api/versions/{version}/seen"))["corrections"]
    assert [one["text"] for one in shown] == ["Shorter now."]


async def test_a_save_over_another_persons_text_is_refused_with_their_name(
    eva: Colleague, rob: Colleague, version: int
) -> None:
    made = await drafted(eva, version)
    path = f"/api/corrections/{made['id']}"
    await rob.put(path, text="Rob was first.", with_answer=False, seen=made["hash"])
    error = (
        await eva.put(path, 409, text="Eva was second.", with_answer=False, seen=made["hash"])
    )["error"]
    assert error["winner"] == "Rob Hale"
    assert (await progress(eva, made))["text"] == "Rob was first."


async def test_a_discarded_draft_can_be_brought_back(eva: Colleague, version: int) -> None:
    made = await drafted(eva, version)
    await eva.post(f"/api/corrections/{made['id']}/discard")
    assert (await eva.get(f"/api/versions/{version}/seen"))["corrections"] == []
    back = await eva.post(f"/api/corrections/{made['id']}/bring-back")
    assert (back["state"], back["text"]) == ("draft", WORDS)


async def test_a_version_has_one_draft_and_the_second_to_begin_learns_whose_it_is(
    eva: Colleague, rob: Colleague, version: int
) -> None:
    made = await drafted(eva, version)
    path = f"/api/versions/{version}/corrections"
    error = (await rob.post(path, 409, text="Mine.", with_answer=False))["error"]
    assert error["winner"] == "Eva Stone"
    await eva.post(f"/api/corrections/{made['id']}/discard")
    await drafted(rob, version)
    error = (await eva.post(f"/api/corrections/{made['id']}/bring-back", 409))["error"]
    assert error["winner"] == "Rob Hale"


async def test_an_empty_or_oversized_text_is_refused_by_its_field(
    eva: Colleague, version: int
) -> None:
    for text in ("  ", "word " * 400):
        path = f"/api/versions/{version}/corrections"
        error = (await eva.post(path, 422, text=text, with_answer=False))["error"]
        assert error["field"] == "text"


async def test_the_preview_is_what_patients_get(
    client: CLIENT, eva: Colleague, rob: Colleague, clock: MovedClock, version: int
) -> None:
    shown = await eva.post(
        "/api/corrections/preview", version_id=version, text=WORDS, with_answer=True
    )
    assert [one["kind"] for one in shown["lines"]] == ["correction", "answer"]
    conversation_id = await was_given(client, version)
    await released(eva, rob, version, with_answer=True)
    clock.ahead += LATER
    await send(client)
    told = await lines(client, conversation_id)
    assert [one.kind for one in told] == ["correction", "answer"]
    assert WORDS in told[0].text


# --- releasing


async def test_the_author_does_not_release_and_a_reviewer_does(
    client: CLIENT, eva: Colleague, rob: Colleague, version: int
) -> None:
    await was_given(client, version)
    made = await drafted(rob, version)
    path = f"/api/corrections/{made['id']}/release"
    await rob.post(path, 403, seen=made["hash"])
    await eva.post(path, 403, seen=made["hash"])
    ray = await join(client, "ray", Role.REVIEWER)
    done = await ray.post(path, seen=made["hash"])
    assert (done["state"], done["released_by"]) == ("released", "Ray")


async def test_where_one_person_is_enough_the_author_releases(
    aiohttp_client: Any, mailing: Settings, texts: None
) -> None:
    alone = mailing.model_copy(update={"corrections_need_second": False})
    client: CLIENT = await aiohttp_client(create_app(alone, load_assistant=lambda _: Echo()))
    eva = await join(client, "eva", Role.EDITOR)
    version = await live_version(client)
    await was_given(client, version)
    assert (await released(eva, eva, version))["state"] == "released"


async def test_a_text_that_changed_since_it_was_read_is_not_released(
    client: CLIENT, eva: Colleague, rob: Colleague, version: int
) -> None:
    await was_given(client, version)
    made = await drafted(eva, version)
    path = f"/api/corrections/{made['id']}"
    await eva.put(path, text="Something else.", with_answer=False, seen=made["hash"])
    error = (await rob.post(f"{path}/release", 409, seen=made["hash"]))["error"]
    assert error["winner"] == "Eva Stone"
    assert (await progress(eva, made))["state"] == "draft"


async def test_what_patients_must_not_meet_blocks_the_release(
    client: CLIENT, eva: Colleague, rob: Colleague, version: int
) -> None:
    await was_given(client, version)
    made = await drafted(eva, version, "Pay {{ clinic.phone }} <b>now</b>")
    path = f"/api/corrections/{made['id']}/release"
    error = (await rob.post(path, 422, seen=made["hash"]))["error"]
    assert {one["field"] for one in error["findings"]} == {"text"}
    spanish = await page_of(eva, f"/studio/seen/{version}?lang=es")
    words = [said(one, spanish) for one in error["findings"]]
    assert any(one.startswith("Una corrección no lleva datos entre llaves.") for one in words)
    assert any(one.startswith("No se puede mostrar HTML.") for one in words)


async def test_nobody_to_reach_is_said_and_nothing_is_released(
    eva: Colleague, rob: Colleague, version: int
) -> None:
    made = await drafted(eva, version)
    await rob.post(f"/api/corrections/{made['id']}/release", 409, seen=made["hash"])
    assert (await progress(eva, made))["state"] == "draft"


async def test_two_reviewers_release_once(
    client: CLIENT, eva: Colleague, rob: Colleague, version: int
) -> None:
    await was_given(client, version)
    ray = await join(client, "ray", Role.REVIEWER)
    made = await drafted(eva, version)
    path = f"/api/corrections/{made['id']}/release"
    ends = await asyncio.gather(
        *(one.post(path, seen=made["hash"]) for one in (rob, ray)), return_exceptions=True
    )
    assert sorted(isinstance(end, AssertionError) for end in ends) == [False, True]
    assert (await progress(eva, made))["progress"]["all"] == 1


# --- sending


async def test_nothing_goes_out_in_the_time_to_think_better_of_it(
    client: CLIENT, eva: Colleague, rob: Colleague, clock: MovedClock, version: int
) -> None:
    conversation_id = await was_given(client, version)
    made = await released(eva, rob, version)
    assert await send(client) == 0
    await eva.post(f"/api/corrections/{made['id']}/stop")
    clock.ahead += LATER
    assert (await send(client), await lines(client, conversation_id)) == (0, [])
    await rob.post(f"/api/corrections/{made['id']}/resume")
    assert await send(client) == 1
    assert (await progress(eva, made))["state"] == "done"


@pytest.mark.parametrize("owner", ["bot", "queue", "agent:ana"])
async def test_an_open_conversation_gets_it_whoever_has_it_and_the_owner_stays(
    client: CLIENT, eva: Colleague, rob: Colleague, clock: MovedClock, version: int, owner: str
) -> None:
    conversation_id = await was_given(client, version)
    await change(client, conversation_id, owner=owner, epoch=4)
    await released(eva, rob, version)
    clock.ahead += LATER
    assert await send(client) == 1
    (told,) = await lines(client, conversation_id)
    assert told.text.endswith(WORDS)
    assert (told.fixed_id or "").startswith("correction.")
    async with app_of(client)[keys.DATABASE].reading() as session:
        held = await conversation(session, conversation_id)
    assert (held.owner, held.epoch) == (owner, 4)


async def test_the_patients_open_chat_shows_it_at_once(
    client: CLIENT, eva: Colleague, rob: Colleague, clock: MovedClock, version: int
) -> None:
    conversation_id = await was_given(client, version)
    token = await token_of(client, conversation_id)
    patient = Patient(client)
    patient.token = token
    await patient.connect()
    await released(eva, rob, version)
    clock.ahead += LATER
    await send(client)
    told = await patient.line("system")
    assert (told["kind"], told["source"]) == ("correction", None)


async def test_two_processes_at_once_tell_everybody_once(
    client: CLIENT,
    aiohttp_client: Any,
    mailing: Settings,
    eva: Colleague,
    rob: Colleague,
    clock: MovedClock,
    version: int,
) -> None:
    given = [await was_given(client, version, times=2) for _ in range(5)]
    other: CLIENT = await aiohttp_client(
        create_app(mailing, load_assistant=lambda _: Echo(), clock=clock)
    )
    made = await released(eva, rob, version)
    clock.ahead += LATER
    both = await asyncio.gather(*(send(one) for one in (client, other, client, other)))
    assert sum(both) == 5
    for conversation_id in given:
        assert len(await lines(client, conversation_id)) == 1
    found = await progress(eva, made)
    assert (found["state"], found["progress"]["told"]) == ("done", 5)
    assert len(await audited(client, "correction.told")) == 5


async def test_a_process_that_died_in_between_is_taken_over_and_nobody_is_told_twice(
    client: CLIENT,
    eva: Colleague,
    rob: Colleague,
    clock: MovedClock,
    version: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    given = [await was_given(client, version) for _ in range(3)]
    await released(eva, rob, version)
    clock.ahead += LATER
    core: Core = app_of(client)[CORE]
    tell, count = core.corrections._tell, 0

    async def dies_at_the_second(*values: Any) -> bool:
        nonlocal count
        count += 1
        if count == 2:
            raise asyncio.CancelledError
        return await tell(*values)

    monkeypatch.setattr(core.corrections, "_tell", dies_at_the_second)
    with pytest.raises(asyncio.CancelledError):
        await send(client)
    monkeypatch.setattr(core.corrections, "_tell", tell)
    assert await send(client) == 2
    assert [len(await lines(client, one)) for one in given] == [1, 1, 1]


async def test_a_chat_that_cannot_be_read_any_more_and_has_no_address_is_left_alone(
    client: CLIENT, eva: Colleague, rob: Colleague, clock: MovedClock, version: int
) -> None:
    gone, there = await was_given(client, version), await was_given(client, version)
    await change(client, gone, owner=CLOSED, token_hash=None)
    reach = (await eva.get(f"/api/versions/{version}/seen"))["reach"]
    assert (reach["conversations"], reach["told"], reach["nobody"]) == (2, 1, 1)
    await released(eva, rob, version)
    clock.ahead += LATER
    assert await send(client) == 1
    assert (await lines(client, gone), len(await lines(client, there))) == ([], 1)


async def test_a_patient_who_ends_the_chat_meanwhile_is_counted_as_gone(
    client: CLIENT, eva: Colleague, rob: Colleague, clock: MovedClock, version: int
) -> None:
    conversation_id = await was_given(client, version)
    made = await released(eva, rob, version)
    await change(client, conversation_id, owner=CLOSED, token_hash=None)
    clock.ahead += LATER
    assert await send(client) == 0
    found = await progress(eva, made)
    assert (found["state"], found["progress"]["gone"]) == ("done", 1)
    assert await lines(client, conversation_id) == []


async def test_one_conversation_that_fails_keeps_nothing_from_the_others(
    client: CLIENT,
    eva: Colleague,
    rob: Colleague,
    clock: MovedClock,
    version: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    bad, good = await was_given(client, version), await was_given(client, version)
    made = await released(eva, rob, version)
    clock.ahead += LATER
    post_system = conversations.post_system

    async def breaks(work: Any, ring: Any, conversation_id: str, drafts: Any) -> int:
        if conversation_id == bad:
            raise RuntimeError
        seq: int = await post_system(work, ring, conversation_id, drafts)
        return seq

    monkeypatch.setattr(conversations, "post_system", breaks)
    assert await send(client) == 1
    found = await progress(eva, made)
    assert (found["progress"]["failed"], found["progress"]["told"]) == (1, 1)
    assert (await lines(client, bad), len(await lines(client, good))) == ([], 1)


# --- e-mail


async def test_an_address_with_consent_gets_one_email_without_health_information(
    client: CLIENT,
    server: MailServer,
    eva: Colleague,
    rob: Colleague,
    clock: MovedClock,
    version: int,
) -> None:
    conversation_id = await who_left_an_address(client, clock, version)
    await change(client, conversation_id, owner=CLOSED)
    made = await released(eva, rob, version)
    clock.ahead += LATER
    await asyncio.gather(send(client), send(client))
    await post(client)
    await post(client)
    (delivered,) = server.delivered
    assert delivered.recipients == [ADDRESS]
    whole = server.last.as_string()
    assert not re.search("EOB|bill|insurance|letter|aetna|correction", whole, re.IGNORECASE)
    body = server.last.get_body(("plain",))
    assert body is not None
    link = re.search(r"http://\S+?(/r/[\w-]+)", body.get_content())
    assert link is not None
    back = await client.post(link[1], headers={"Sec-Fetch-Site": "same-origin"})
    assert back.status == 200
    (told,) = await lines(client, conversation_id)
    assert told.text.endswith(WORDS)
    assert (await progress(eva, made))["progress"]["mails"] == {"sent": 1}


async def test_one_address_in_two_conversations_gets_one_email(
    client: CLIENT,
    server: MailServer,
    eva: Colleague,
    rob: Colleague,
    clock: MovedClock,
    version: int,
) -> None:
    given = [await who_left_an_address(client, clock, version) for _ in range(2)]
    await released(eva, rob, version)
    clock.ahead += LATER
    assert await send(client) == 2
    await post(client)
    assert len(server.delivered) == 1
    assert [len(await lines(client, one)) for one in given] == [1, 1]


async def test_consent_that_was_taken_back_meanwhile_is_respected(
    client: CLIENT,
    server: MailServer,
    eva: Colleague,
    rob: Colleague,
    clock: MovedClock,
    version: int,
) -> None:
    conversation_id = await who_left_an_address(client, clock, version)
    made = await released(eva, rob, version)
    visitor = Visitor(client, await token_for(client, conversation_id))
    await visitor.withdraw("email")
    clock.ahead += LATER
    await send(client)
    await post(client)
    assert (server.delivered, await stored(client, Mail)) == ([], [])
    assert (await progress(eva, made))["progress"]["mails"] == {"withdrawn": 1}


async def test_who_has_the_chat_open_reads_it_there_and_gets_no_email(
    client: CLIENT,
    server: MailServer,
    eva: Colleague,
    rob: Colleague,
    clock: MovedClock,
    version: int,
) -> None:
    await who_left_an_address(client, clock, version)
    made = await released(eva, rob, version)
    clock.ahead += LATER
    async with app_of(client)[keys.DATABASE].work() as work:
        await work.session.execute(update(Contact).values(seen_at=clock()))
        await work.commit()
    await send(client)
    await post(client)
    assert server.delivered == []
    assert (await progress(eva, made))["progress"]["mails"] == {"present": 1}


async def test_only_editors_and_reviewers_write_and_a_supervisor_may_look(
    client: CLIENT, eva: Colleague, version: int
) -> None:
    made = await drafted(eva, version)
    sue = await join(client, "sue", Role.SUPERVISOR)
    ana = await join(client, "ana", Role.AGENT)
    path = f"/api/corrections/{made['id']}"
    assert (await sue.get(path))["may"]["change"] is False
    await sue.post(f"{path}/discard", 403)
    await ana.get(path, 403)
    for verb in ("release", "stop", "resume", "discard", "bring-back"):
        await ana.post(f"{path}/{verb}", 403)
