"""What helps an agent to write: snippets, articles, a look at the draft, mentions, seen lines."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import func, select

from bot import keys
from bot.conversations import service as conversations
from bot.conversations.lines import Draft
from bot.conversations.queries import messages_after
from bot.effects import Priority, Reason
from bot.handoff import service as handoff
from bot.handoff.cases import Request
from bot.handoff.models import NoteMention
from bot.knowledge.ranking import FILE
from bot.settings import Settings
from bot.staff.models import Role
from tests.starter import starter_ranker
from tests.web.colleagues import Colleague, app_of, join
from tests.web.conftest import Clients, Patients
from tests.web.desk_cases import CLIENT, Waiting, claimed, line
from tests.web.patients import Patient


@pytest.fixture
async def searching(serve: Clients, settings: Settings) -> CLIENT:
    """The application with a trained search."""
    starter_ranker().save(settings.model_dir / FILE)
    return await serve()


def path(case: Waiting, verb: str) -> str:
    return f"/api/conversations/{case.conversation_id}/{verb}"


async def say(client: CLIENT, case: Waiting, *words: str, language: str = "en") -> None:
    """The patient writes more."""
    app = app_of(client)
    async with app[keys.DATABASE].work() as work:
        await conversations.set_language(work, case.conversation_id, language)
        for one in words:
            said = Draft(author="patient", text=one, language=language)
            await conversations.store_patient_message(
                work, app[keys.KEYS], case.conversation_id, said
            )
        await work.commit()


async def stored(client: CLIENT, case: Waiting) -> Any:
    app = app_of(client)
    async with app[keys.DATABASE].reading() as session:
        return (await messages_after(session, app[keys.KEYS], case.conversation_id, 0))[-1]


async def snippet(ana: Colleague, case: Waiting, name: str) -> dict[str, Any]:
    found = await ana.get(path(case, "snippets"))
    words: dict[str, Any] = next(one for one in found["snippets"] if one["id"] == name)["words"]
    return words


# --- snippets


async def test_a_snippet_is_filled_in_both_languages_with_clinic_packet_and_agent(
    client: CLIENT,
) -> None:
    ana = await join(client, "ana", display="Ana Lee")
    case, _ = await claimed(client, ana)
    await say(client, case, "I have Aetna and need help")
    hello = await snippet(ana, case, "hello")
    assert "Ana Lee" in hello["en"]["text"]
    assert "Alder Creek Family Clinic" in hello["es"]["text"]
    assert (hello["en"]["missing"], hello["es"]["missing"]) == ([], [])
    assert "Aetna" in (await snippet(ana, case, "plan-known"))["es"]["text"]


async def test_a_place_that_nothing_fills_is_named_and_cannot_be_sent(client: CLIENT) -> None:
    ana = await join(client, "ana")
    case, epoch = await claimed(client, ana)
    known = (await snippet(ana, case, "plan-known"))["en"]
    assert known["missing"] == ["insurance"]
    assert "{{ packet.payer }}" in known["text"]
    refused = await ana.post(path(case, "messages"), 422, **line(known["text"], epoch))
    assert refused["error"]["field"] == "text"
    assert (await stored(client, case)).author != "agent"


async def test_only_whoever_has_the_case_gets_what_is_read_in_it(client: CLIENT) -> None:
    ana, ben = await join(client, "ana"), await join(client, "ben")
    eva = await join(client, "eva", Role.EDITOR)
    case, _ = await claimed(client, ana)
    await ana.get(path(case, "snippets"))
    for other in (ben, eva):
        await other.get(path(case, "snippets"), 403)
        await other.get(path(case, "suggestions"), 403)
        await other.post(path(case, "draft"), 403, text="What is your name?")


# --- suggested articles


async def test_articles_fit_the_last_question_and_thanks_is_none(searching: CLIENT) -> None:
    ana = await join(searching, "ana")
    case, _ = await claimed(searching, ana)
    await say(searching, case, "How do I read my EOB?", "thanks", "I want to talk to a person.")
    found = await ana.get(path(case, "suggestions"))
    assert found["question"] == "How do I read my EOB?"
    assert found["articles"][0]["slug"] == "eob"
    assert len(found["articles"]) <= 3
    assert (await ana.get(f"{path(case, 'suggestions')}?language=fr", 422))["error"]["field"]


async def test_articles_come_in_the_language_that_is_asked_for(searching: CLIENT) -> None:
    ana = await join(searching, "ana")
    case, _ = await claimed(searching, ana)
    await say(searching, case, "¿Aceptan Aetna?", language="es")
    own = (await ana.get(path(case, "suggestions")))["articles"][0]
    assert (own["slug"], own["language"], own["other_language"]) == ("accepts-plan", "es", False)
    other = (await ana.get(f"{path(case, 'suggestions')}?language=en"))["articles"][0]
    assert other["language"] == "en"


@pytest.mark.parametrize(
    ("change", "adapted"), [("{}", False), ("{} Call me if it does not match.", True)]
)
async def test_an_inserted_article_is_recorded_and_whether_it_was_changed(
    searching: CLIENT, change: str, adapted: bool
) -> None:
    ana = await join(searching, "ana")
    case, epoch = await claimed(searching, ana)
    await say(searching, case, "How do I read my EOB?")
    found = (await ana.get(path(case, "suggestions")))["articles"][0]
    article = {"slug": found["slug"], "version_id": found["version_id"]}
    words = change.format(found["lead"])
    await ana.post(path(case, "messages"), **line(words, epoch), article=article)
    last = await stored(searching, case)
    assert (last.article_slug, last.version_id) == (found["slug"], found["version_id"])
    assert (last.adapted, last.text) == (adapted, words)
    shown = (await ana.get(f"/api/conversations/{case.conversation_id}"))["messages"][-1]
    assert shown["source"]["adapted"] is adapted
    assert shown["language"] == "en"


async def test_words_of_ones_own_are_not_called_an_articles(searching: CLIENT) -> None:
    ana = await join(searching, "ana")
    case, epoch = await claimed(searching, ana)
    await say(searching, case, "How do I read my EOB?")
    best = (await ana.get(path(case, "suggestions")))["articles"][0]
    article = {"slug": best["slug"], "version_id": best["version_id"]}
    await ana.post(path(case, "messages"), **line("I will call you.", epoch), article=article)
    last = await stored(searching, case)
    assert (last.article_slug, last.version_id, last.adapted) == (None, None, False)


async def test_a_version_that_was_never_published_is_refused(client: CLIENT) -> None:
    ana = await join(client, "ana")
    case, epoch = await claimed(client, ana)
    article = {"slug": "eob", "version_id": 999_999}
    refused = await ana.post(path(case, "messages"), 422, **line("Hello", epoch), article=article)
    assert refused["error"]["field"] == "article"


# --- the draft


async def test_a_draft_is_shown_as_the_patient_will_see_it(client: CLIENT) -> None:
    ana = await join(client, "ana")
    case, epoch = await claimed(client, ana)
    text = "Please bring:\n- **a card**\n\nSee <b>you</b>\nsoon, [here](javascript:alert(1))"
    shown = (await ana.post(path(case, "draft"), text=text))["blocks"]
    assert [block["type"] for block in shown] == ["paragraph", "list", "paragraph"]
    assert {"type": "break"} in shown[2]["children"]
    assert "javascript" not in str([one for one in shown[2]["children"] if one["type"] == "link"])
    await ana.post(path(case, "messages"), **line(text, epoch))
    case_json = await ana.get(f"/api/conversations/{case.conversation_id}")
    assert case_json["messages"][-1]["blocks"] == shown


async def test_a_draft_that_asks_again_is_told_what_is_known(client: CLIENT) -> None:
    ana = await join(client, "ana")
    case, _ = await claimed(client, ana)
    await say(client, case, "I have Aetna, and my phone is 217-555-0188")
    again = await ana.post(path(case, "draft"), text="Which **insurance** do you have?")
    assert again["asked_again"] == [{"item": "payer", "value": "Aetna"}]
    calm = await ana.post(path(case, "draft"), text="What is your date of birth?")
    assert calm["asked_again"] == []


async def test_the_packet_counts_as_told(client: CLIENT) -> None:
    ana = await join(client, "ana")
    app = app_of(client)
    case, _ = await claimed(client, ana)
    async with app[keys.DATABASE].work() as work:
        packet = {"question": "A physical", "topics": [], "details": {"visit_type": "physical"}}
        asked = Request(case.conversation_id, Reason.BOOKING, Priority.URGENT, "en", None, packet)
        await handoff.request(work, app[keys.KEYS], asked)
        await work.commit()
    found = await ana.post(path(case, "draft"), text="What kind of visit do you need?")
    assert {"item": "visit_type", "value": "physical"} in found["asked_again"]


# --- mentions


async def test_a_colleague_who_is_named_in_a_note_is_told_and_finds_the_case(
    client: CLIENT,
) -> None:
    ana = await join(client, "ana", display="Ana Lee")
    ben = await join(client, "ben", display="Ben Ray")
    case, _ = await claimed(client, ana)
    listener = await ben.listen()
    await listener.frame("queue.changed")
    await ana.post(path(case, "notes"), text="@Ben Ray can you look at this? @Nobody")
    frame = await listener.frame("mention.posted")
    assert frame == {"type": "mention.posted", "conversation_id": case.conversation_id}
    (found,) = await ben.get("/api/mentions")
    assert (found["conversation_id"], found["by"], found["seen"]) == (
        case.conversation_id,
        "Ana Lee",
        False,
    )
    assert await ana.get("/api/mentions") == []
    await ben.post(path(case, "mentions-seen"))
    assert [one["seen"] for one in await ben.get("/api/mentions")] == [True]


async def test_colleagues_of_the_console_can_be_named_others_and_oneself_cannot(
    client: CLIENT,
) -> None:
    ana = await join(client, "ana", display="Ana Lee")
    eva = await join(client, "eva", Role.EDITOR, Role.AGENT, display="Eva Stone")
    await join(client, "ivo", Role.EDITOR, display="Ivo Berg")
    case, _ = await claimed(client, ana)
    await ana.post(path(case, "notes"), text="@Ana Lee @Ivo Berg @eva stone")
    assert await ana.get("/api/mentions") == []
    assert len(await eva.get("/api/mentions")) == 1
    async with app_of(client)[keys.DATABASE].reading() as session:
        assert await session.scalar(select(func.count(NoteMention.id))) == 1


# --- seen


async def in_the_queue(patient: Patients, client: CLIENT, ana: Colleague) -> tuple[Patient, str]:
    """A patient whose case Ana has."""
    who = await patient()
    await who.say("I have a question")
    await who.frame("message.acknowledged")
    assert who.conversation_id
    await ana.post(f"/api/conversations/{who.conversation_id}/take-over")
    await who.frame("state.changed")
    return who, who.conversation_id


async def test_each_side_hears_how_far_the_other_has_seen(
    client: CLIENT, patient: Patients
) -> None:
    ana = await join(client, "ana")
    who, conversation_id = await in_the_queue(patient, client, ana)
    listener = await ana.listen()
    await listener.send("conversation.watch", conversation_id=conversation_id, last_seq=0)
    last = (await listener.frame("message.posted"))["message"]["seq"]
    await listener.send("message.seen", conversation_id=conversation_id, seq=last)
    assert (await who.frame("message.seen"))["seq"] == last
    await who.send("message.seen", seq=last)
    heard = await listener.frame("seen.changed")
    assert (heard["conversation_id"], heard["seq"]) == (conversation_id, last)
    read = await ana.get(f"/api/conversations/{conversation_id}")
    assert read["conversation"]["seen_seq"] == last


async def test_who_comes_back_is_told_again_what_was_seen(
    client: CLIENT, patient: Patients
) -> None:
    ana = await join(client, "ana")
    who, conversation_id = await in_the_queue(patient, client, ana)
    listener = await ana.listen()
    await listener.send("message.seen", conversation_id=conversation_id, seq=1)
    await who.frame("message.seen")
    await who.close()
    await who.connect()
    assert (await who.frame("message.seen"))["seq"] == 1


async def test_only_the_agent_who_has_the_case_has_seen_it_and_nobody_sees_the_future(
    client: CLIENT, patient: Patients
) -> None:
    ana, ben = await join(client, "ana"), await join(client, "ben")
    who, conversation_id = await in_the_queue(patient, client, ana)
    other, own = await ben.listen(), await ana.listen()
    await other.send("message.seen", conversation_id=conversation_id, seq=1)
    await own.send("message.seen", conversation_id=conversation_id, seq=10_000)
    await who.send("message.seen", seq=10_000)
    for listener in (other, own):
        await listener.send("ping")
        await listener.frame("pong")
    await who.send("ping")
    await who.frame("pong")
    assert "message.seen" not in who.kinds()
    read = await ana.get(f"/api/conversations/{conversation_id}")
    assert read["conversation"]["seen_seq"] == 0
