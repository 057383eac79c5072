"""A conversation has one owner, dense numbers, and each message once."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import text, update
from sqlalchemy.exc import DBAPIError, IntegrityError

from bot.clock import utc_now
from bot.conversations import service
from bot.conversations.expiry import close_idle
from bot.conversations.lines import Draft
from bot.conversations.models import BOT, CLOSED, QUEUE, Conversation, agent_owner
from bot.conversations.queries import conversation, conversation_for_patient, messages_after
from bot.db import Database
from bot.errors import NotFound, StaleOwner
from bot.privacy import audit
from bot.privacy.encryption import KeyRing

DAY = timedelta(days=1)


async def start(database: Database) -> tuple[str, str]:
    async with database.work() as work:
        opened = await service.open_conversation(work, "en")
        await work.commit()
    return opened


def patient(text: str, client_id: str | None = None) -> Draft:
    return Draft(author="patient", text=text, language="en", client_id=client_id)


def bot(text: str) -> Draft:
    return Draft(author="bot", text=text, language="en")


async def say(database: Database, keys: KeyRing, conversation_id: str, draft: Draft) -> int:
    async with database.work() as work:
        stored = await service.store_patient_message(work, keys, conversation_id, draft)
        await work.commit()
    return stored.seq


async def hand_over(database: Database, conversation_id: str, to: str) -> int:
    async with database.work() as work:
        now = await conversation(work.session, conversation_id)
        epoch = await service.change_owner(
            work, conversation_id, owner=now.owner, epoch=now.epoch, to=to
        )
        await work.commit()
    return epoch


async def test_messages_stored_at_once_get_dense_numbers(database: Database, keys: KeyRing) -> None:
    conversation_id, _ = await start(database)
    sent = [
        say(database, keys, conversation_id, patient(f"m{n}", f"client-{n}")) for n in range(20)
    ]
    assert sorted(await asyncio.gather(*sent)) == list(range(1, 21))


async def test_the_same_client_id_is_stored_once(database: Database, keys: KeyRing) -> None:
    conversation_id, _ = await start(database)
    await say(database, keys, conversation_id, patient("hello", "client-1"))
    with pytest.raises(IntegrityError):
        await say(database, keys, conversation_id, patient("hello", "client-1"))
    async with database.reading() as session:
        lines = await messages_after(session, keys, conversation_id, 0)
        assert [line.text for line in lines] == ["hello"]
        assert (await conversation(session, conversation_id)).last_seq == 1


async def test_a_token_opens_its_conversation_and_no_other_token_does(
    database: Database,
) -> None:
    conversation_id, token = await start(database)
    async with database.reading() as session:
        found = await conversation_for_patient(session, token, valid_for=DAY)
        assert found.id == conversation_id
        with pytest.raises(NotFound):
            await conversation_for_patient(session, token + "x", valid_for=DAY)
        with pytest.raises(NotFound):
            await conversation_for_patient(session, conversation_id, valid_for=DAY)


async def test_a_token_that_was_silent_too_long_opens_nothing(database: Database) -> None:
    conversation_id, token = await start(database)
    async with database.work() as work:
        await work.session.execute(
            update(Conversation)
            .where(Conversation.id == conversation_id)
            .values(active_at=utc_now() - DAY)
        )
        await work.commit()
    async with database.reading() as session:
        with pytest.raises(NotFound):
            await conversation_for_patient(session, token, valid_for=timedelta(hours=23))


async def test_a_stale_writer_writes_nothing(database: Database, keys: KeyRing) -> None:
    conversation_id, _ = await start(database)
    async with database.work() as work:
        await service.post(work, keys, conversation_id, bot("yes"), owner=BOT, epoch=1)
        await work.commit()
    await hand_over(database, conversation_id, QUEUE)
    async with database.work() as work:
        with pytest.raises(StaleOwner):
            await service.post(work, keys, conversation_id, bot("late"), owner=BOT, epoch=1)
    async with database.reading() as session:
        lines = await messages_after(session, keys, conversation_id, 0)
    assert [line.text for line in lines] == ["yes"]


async def test_an_old_epoch_of_the_right_owner_writes_nothing(
    database: Database, keys: KeyRing
) -> None:
    conversation_id, _ = await start(database)
    await hand_over(database, conversation_id, QUEUE)
    epoch = await hand_over(database, conversation_id, BOT)
    assert epoch == 3
    async with database.work() as work:
        with pytest.raises(StaleOwner):
            await service.post(work, keys, conversation_id, bot("late"), owner=BOT, epoch=1)
        assert await service.post(work, keys, conversation_id, bot("now"), owner=BOT, epoch=epoch)


async def test_the_system_writes_under_any_owner(database: Database, keys: KeyRing) -> None:
    conversation_id, _ = await start(database)
    for owner in (QUEUE, agent_owner("a1"), CLOSED):
        await hand_over(database, conversation_id, owner)
        async with database.work() as work:
            draft = Draft(author="system", text="call 911", language="en", kind="safety")
            await service.post_system(work, keys, conversation_id, [draft])
            await work.commit()
    async with database.reading() as session:
        assert len(await messages_after(session, keys, conversation_id, 0)) == 3


async def test_of_two_owner_changes_at_once_one_wins(database: Database) -> None:
    conversation_id, _ = await start(database)

    async def take(agent: str) -> bool:
        async with database.work() as work:
            try:
                await service.change_owner(
                    work, conversation_id, owner=BOT, epoch=1, to=agent_owner(agent)
                )
            except StaleOwner:
                return False
            await work.commit()
            return True

    won = await asyncio.gather(*(take(f"a{n}") for n in range(10)))
    assert sum(won) == 1


async def test_a_message_in_a_closed_conversation_goes_to_the_bot_with_a_clean_dialogue(
    database: Database, keys: KeyRing
) -> None:
    conversation_id, _ = await start(database)
    await say(database, keys, conversation_id, patient("one", "client-1"))
    epoch = await hand_over(database, conversation_id, CLOSED)
    await say(database, keys, conversation_id, patient("two", "client-2"))
    async with database.reading() as session:
        now = await conversation(session, conversation_id)
        row = await session.get(Conversation, conversation_id)
    assert (now.owner, now.epoch) == (BOT, epoch + 1)
    assert now.answered_seq == 1, "what was said before it closed is not answered again"
    assert row is not None
    assert row.snapshot is None


async def test_ending_a_chat_voids_its_token(database: Database, keys: KeyRing) -> None:
    conversation_id, token = await start(database)
    async with database.work() as work:
        assert await service.close(work, conversation_id, "patient_ended", forget=True)
        await work.commit()
    async with database.reading() as session:
        with pytest.raises(NotFound):
            await conversation_for_patient(session, token, valid_for=DAY)
    with pytest.raises(NotFound):
        await say(database, keys, conversation_id, patient("hello", "client-1"))


async def test_silence_closes_what_the_bot_holds_and_nothing_else(
    database: Database, keys: KeyRing
) -> None:
    ids = [(await start(database))[0] for _ in range(4)]
    silent, waiting, queued, _fresh = ids
    await say(database, keys, waiting, patient("hello?", "client-1"))
    await hand_over(database, queued, QUEUE)
    async with database.work() as work:
        await work.session.execute(
            update(Conversation)
            .where(Conversation.id.in_([silent, waiting, queued]))
            .values(active_at=utc_now() - timedelta(hours=1))
        )
        assert list(await close_idle(work, timedelta(minutes=30))) == [silent]
        await work.commit()


async def test_no_word_of_a_patient_lies_readable_in_the_database(
    database: Database, keys: KeyRing
) -> None:
    conversation_id, _ = await start(database)
    await say(database, keys, conversation_id, patient("canary-asthma", "client-1"))
    async with database.reading() as session:
        rows = (await session.execute(text("SELECT body FROM messages"))).all()
    assert rows
    assert all(b"canary" not in bytes(row.body) for row in rows)


@pytest.mark.parametrize(
    "statement", ["UPDATE audit_events SET actor = 'x'", "DELETE FROM audit_events"]
)
async def test_the_audit_log_only_grows(database: Database, statement: str) -> None:
    async with database.work() as work:
        await audit.record(work, "a1", "transcript.read", "conversation-1")
        await work.commit()
    with pytest.raises(DBAPIError, match="append-only"):
        async with database.work() as work:
            await work.session.execute(text(statement))
    async with database.work() as work:
        assert len(await audit.events_about(work, "conversation-1")) == 1
