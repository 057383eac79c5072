"""Turns are committed whole, under the lease and epoch they began with, or not at all."""

from __future__ import annotations

import asyncio

from sqlalchemy import update

from bot.conversations import leases, service
from bot.conversations.leases import Committed
from bot.conversations.lines import Draft
from bot.conversations.models import BOT, QUEUE, Conversation, agent_owner
from bot.conversations.queries import conversation, messages_after
from bot.conversations.service import Lease
from bot.db import Database
from bot.privacy.encryption import KeyRing

SECONDS = 30.0


async def asked(
    database: Database, keys: KeyRing, *texts: str, lease: bool = True
) -> tuple[str, Lease | None]:
    """A conversation with these patient messages, and the lease of the first."""
    async with database.work() as work:
        conversation_id, _ = await service.open_conversation(work, "en")
        await work.commit()
    first = None
    for number, words in enumerate(texts):
        draft = Draft("patient", words, "en", client_id=f"client-{number}")
        async with database.work() as work:
            stored = await service.store_patient_message(
                work, keys, conversation_id, draft, lease_seconds=SECONDS if lease else None
            )
            await work.commit()
        first = first or stored.lease
    return conversation_id, first


async def answer(
    database: Database, keys: KeyRing, lease: Lease, seq: int, *, to_queue: bool = False
) -> Committed | None:
    async with database.work() as work:
        done = await leases.commit_turn(
            work,
            keys,
            lease,
            seq=seq,
            drafts=[Draft("bot", f"answer to {seq}", "en")],
            snapshot=b"state",
            language="en",
            to_queue=to_queue,
            seconds=SECONDS,
        )
        await work.commit()
    return done


async def run_out(database: Database, conversation_id: str) -> None:
    async with database.work() as work:
        await work.session.execute(
            update(Conversation).where(Conversation.id == conversation_id).values(lease_until=1.0)
        )
        await work.commit()


async def take(database: Database, conversation_id: str) -> Lease | None:
    async with database.work() as work:
        lease = await leases.acquire(work, conversation_id, SECONDS)
        await work.commit()
    return lease


async def test_the_first_message_brings_the_lease_and_the_next_do_not(
    database: Database, keys: KeyRing
) -> None:
    conversation_id, lease = await asked(database, keys, "one", "two")
    assert lease is not None
    assert lease.attempts == 1
    assert await take(database, conversation_id) is None


async def test_a_committed_turn_answers_marks_and_hands_the_lease_on(
    database: Database, keys: KeyRing
) -> None:
    conversation_id, lease = await asked(database, keys, "one", "two")
    assert lease
    first = await answer(database, keys, lease, 1)
    assert first is not None
    assert first.lease is not None, "the second message waits"
    second = await answer(database, keys, first.lease, 2)
    assert second is not None
    assert second.lease is None
    async with database.reading() as session:
        now = await conversation(session, conversation_id)
        lines = await messages_after(session, keys, conversation_id, 0)
    assert now.answered_seq == 2
    assert [line.text for line in lines] == ["one", "two", "answer to 1", "answer to 2"]


async def test_the_same_turn_cannot_be_committed_twice(database: Database, keys: KeyRing) -> None:
    conversation_id, lease = await asked(database, keys, "one")
    assert lease
    assert await answer(database, keys, lease, 1)
    assert await answer(database, keys, lease, 1) is None
    async with database.reading() as session:
        assert len(await messages_after(session, keys, conversation_id, 0)) == 2


async def test_a_turn_is_dropped_when_an_agent_stepped_in(
    database: Database, keys: KeyRing
) -> None:
    conversation_id, lease = await asked(database, keys, "one")
    assert lease
    async with database.work() as work:
        await service.change_owner(work, conversation_id, owner=BOT, epoch=1, to=agent_owner("a1"))
        await work.commit()
    assert await answer(database, keys, lease, 1) is None


async def test_a_process_that_lost_its_lease_writes_nothing_and_the_other_does(
    database: Database, keys: KeyRing
) -> None:
    conversation_id, lost = await asked(database, keys, "one")
    assert lost
    await run_out(database, conversation_id)
    taken = await take(database, conversation_id)
    assert taken is not None
    assert taken.token > lost.token
    assert taken.attempts == 2
    assert await answer(database, keys, lost, 1) is None
    assert await answer(database, keys, taken, 1)


async def test_of_many_processes_one_takes_a_lease_that_ran_out(
    database: Database, keys: KeyRing
) -> None:
    conversation_id, _ = await asked(database, keys, "one")
    await run_out(database, conversation_id)
    taken = await asyncio.gather(*(take(database, conversation_id) for _ in range(10)))
    assert len([lease for lease in taken if lease]) == 1


async def test_a_lease_given_back_counts_no_attempt(database: Database, keys: KeyRing) -> None:
    conversation_id, lease = await asked(database, keys, "one")
    assert lease
    async with database.work() as work:
        await leases.release(work, lease)
        await work.commit()
    again = await take(database, conversation_id)
    assert again is not None
    assert again.attempts == 1


async def test_handing_over_and_answering_are_one_transaction(
    database: Database, keys: KeyRing
) -> None:
    conversation_id, lease = await asked(database, keys, "one", "two")
    assert lease
    done = await answer(database, keys, lease, 1, to_queue=True)
    assert done is not None
    assert done.lease is None, "the queue has it now; the second message is for a person"
    async with database.reading() as session:
        now = await conversation(session, conversation_id)
        waiting = await leases.waiting_conversations(session, 10)
    assert now.owner == QUEUE
    assert conversation_id not in waiting


async def test_what_was_said_to_a_person_is_not_answered_by_the_bot_afterwards(
    database: Database, keys: KeyRing
) -> None:
    conversation_id, lease = await asked(database, keys, "one")
    assert lease
    done = await answer(database, keys, lease, 1, to_queue=True)
    assert done
    async with database.work() as work:
        draft = Draft("patient", "are you there", "en", client_id="client-9")
        await service.store_patient_message(
            work, keys, conversation_id, draft, lease_seconds=SECONDS
        )
        await service.change_owner(work, conversation_id, owner=QUEUE, epoch=done.epoch, to=BOT)
        await work.commit()
    assert await take(database, conversation_id) is None
