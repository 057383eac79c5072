"""The one way a patient's message goes: safety first, then stored, then answered.

Whatever happens to the database or the assistant, a message that speaks of danger gets its text.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from sqlalchemy.exc import IntegrityError

from bot import safety, texts
from bot.conversations import queries, service
from bot.conversations.lines import Draft
from bot.conversations.models import BOT, QUEUE
from bot.conversations.queries import ConversationView
from bot.conversations.service import Stored
from bot.db import Database, UnitOfWork
from bot.desk import Desk
from bot.effects import Reason, RequestHandoff
from bot.errors import Invalid, StorageUnavailable
from bot.events import AssistantWorking
from bot.handoff import service as handoff
from bot.handoff.cases import locked, notice
from bot.handoff.speaking import speak
from bot.language.identify import spoken_after
from bot.notice_board import notice_drafts
from bot.outreach import contacts, links
from bot.outreach.service import Outreach
from bot.outreach.stop import Stop, understand
from bot.privacy.encryption import KeyRing
from bot.privacy.masking import NOTICE, has_secrets
from bot.safety import Assessment, Tier
from bot.safety.books import people
from bot.turn_lines import Waiting, safety_draft
from bot.turns import Turns

log = logging.getLogger(__name__)

REMEMBERED_LINES = 3
# Of a longer message the beginning tells the language.
READ_CHARS = 2_000


@dataclass(frozen=True, slots=True)
class Inbound:
    """A patient's message as it arrived. `client_id` makes sending it twice harmless."""

    conversation_id: str
    client_id: str
    text: str = field(repr=False)
    language: str
    choice: str | None = None


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """Stored: this message will not be lost. `sent_at` is None when it was stored before."""

    seq: int
    sent_at: datetime | None


@dataclass(frozen=True, slots=True)
class Opened:
    """A conversation as its patient (re)connects, and the last lines the patient wrote."""

    conversation: ConversationView
    patient_lines: Sequence[str] = field(repr=False)


class Gateway:
    """Takes in what patients send."""

    def __init__(
        self,
        database: Database,
        keys: KeyRing,
        turns: Turns,
        desk: Desk,
        outreach: Outreach,
        *,
        token_valid: timedelta,
    ):
        self._database = database
        self._keys = keys
        self._turns = turns
        self._desk = desk
        self._outreach = outreach
        self._token_valid = token_valid

    async def start(
        self, language: str, *, spoken: str | None = None, danger: bool = False
    ) -> tuple[str, str]:
        """A new conversation's id and token. It begins with what the clinic tells everyone, in the
        language that is `spoken`; whoever speaks of danger is told nothing else first.
        """
        async with self._database.work() as work:
            conversation_id, token = await service.open_conversation(work, language)
            if not danger:
                await self._tell_notices(work, conversation_id, spoken or language)
            await work.commit()
        return conversation_id, token

    async def _tell_notices(self, work: UnitOfWork, conversation_id: str, language: str) -> None:
        board = self._desk.board
        if told := await board.for_new(work.session, conversation_id):
            drafts = notice_drafts(told, language)
            await service.post_system(work, self._keys, conversation_id, drafts)
            await board.told(work, conversation_id, told)

    async def open(self, token: str) -> Opened:
        """The conversation of a token. Raises `NotFound`."""
        async with self._database.reading() as session:
            conversation = await links.conversation_of(session, token, valid_for=self._token_valid)
            lines = await queries.patient_lines(
                session, self._keys, conversation.id, REMEMBERED_LINES
            )
        return Opened(conversation, lines)

    def assess(self, text: str, previous: Sequence[str], language: str) -> Assessment:
        """Whether a message speaks of danger, after the patient's lines before it.

        An exception in the gate counts as danger: stored, and urgent.
        """
        try:
            return safety.assess(text, tuple(previous), language)
        except Exception as error:
            log.error("safety gate failed: %s", type(error).__name__)
            return Assessment(Tier.FULL, None, clinical=False)

    async def receive(self, inbound: Inbound, assessment: Assessment) -> Acknowledged:
        """Store a message, once per client id, and have it answered.

        Raises `StorageUnavailable` when it could not be stored: send the same client id again.
        """
        if not inbound.text.strip():
            raise Invalid(texts.get("errors.empty", inbound.language).text, field="text")
        full = assessment.tier is Tier.FULL
        secret = not full and has_secrets(inbound.text, inbound.language)
        draft = Draft(
            author="patient",
            text=inbound.text,
            language=inbound.language,
            client_id=inbound.client_id,
            choice=inbound.choice,
            safety_tier=None if assessment.tier is Tier.NONE else assessment.tier.value,
            safety_category=assessment.category,
        )
        try:
            stored, settled = await self._store(inbound, draft, assessment, secret=secret)
        except IntegrityError:
            return await self._duplicate(inbound)
        if stored.lease:
            soft = assessment.category if assessment.tier is Tier.SOFT else None
            waiting = Waiting(stored.seq, inbound.text, inbound.choice, soft, assessment.clinical)
            self._turns.begin(stored.lease, waiting)
        elif stored.owner == BOT and not settled:
            self._database.bus.publish(AssistantWorking(inbound.conversation_id))
        return Acknowledged(stored.seq, stored.sent_at)

    async def _store(
        self, inbound: Inbound, draft: Draft, assessment: Assessment, *, secret: bool
    ) -> tuple[Stored, bool]:
        """Store a line with what is said at once; whether the assistant has nothing to add."""
        full = assessment.tier is Tier.FULL
        calm = assessment.tier is Tier.NONE and not assessment.clinical
        async with self._database.work() as work:
            # Before the line is stored: whether it is for the assistant depends on it.
            stop = await self._stopped(work, inbound)
            settled = full or (stop is not None and stop.only and calm)
            stored = await service.store_patient_message(
                work,
                self._keys,
                inbound.conversation_id,
                draft,
                lease_seconds=None if settled else self._turns.lease_seconds,
            )
            if settled or stored.owner != BOT:
                # No turn of the assistant will find out what the patient speaks.
                inbound = replace(inbound, language=_spoken_after(inbound, stored))
                await speak(work, inbound.conversation_id, inbound.language)
            if stop:
                await self._say_stopped(work, inbound, stored, settled=settled)
            if full:
                await self._interrupt(work, inbound, stored, assessment)
            else:
                await self._say_at_once(work, inbound, stored, assessment, secret=secret)
                if stored.owner != BOT and "no_followup" in people().meanings(inbound.text):
                    language = inbound.language
                    await self._desk.still_waits(work, inbound.conversation_id, language)
            await work.commit()
        return stored, settled

    async def end(self, conversation_id: str) -> bool:
        """The patient ended the chat: every token is void. Returns whether an open case stays."""
        async with self._database.work() as work:
            # First, so that nobody saves a contact meanwhile.
            await locked(work, conversation_id)
            left = {one.channel for one in await contacts.live(work.session, conversation_id)}
            stays = await handoff.end_for_patient(work, conversation_id, left=left)
            await links.end_sessions(work, conversation_id)
            await work.commit()
        return stays

    async def set_language(self, conversation_id: str, language: str) -> None:
        """The patient chose a language."""
        async with self._database.work() as work:
            await speak(work, conversation_id, language)
            await work.commit()

    async def _stopped(self, work: UnitOfWork, inbound: Inbound) -> Stop | None:
        """What the patient asked to be left alone by, if that was left and now is withdrawn."""
        asked = understand(inbound.text)
        if asked is None or inbound.choice:
            return None
        if await service.stored_seq(work.session, inbound.conversation_id, inbound.client_id):
            return None
        ended = await self._outreach.stop(work, inbound.conversation_id, asked)
        return asked if ended else None

    async def _say_stopped(
        self, work: UnitOfWork, inbound: Inbound, stored: Stored, *, settled: bool
    ) -> None:
        done = notice("outreach.stopped", inbound.language)
        await service.post_system(work, self._keys, inbound.conversation_id, [done])
        if settled:
            await service.needs_no_answer(work, inbound.conversation_id, stored.seq)

    async def _interrupt(
        self, work: UnitOfWork, inbound: Inbound, stored: Stored, assessment: Assessment
    ) -> None:
        language = inbound.language
        asked = RequestHandoff(
            reason=Reason.EMERGENCY,
            topics=(assessment.category,) if assessment.category else (),
        )
        plan = await self._desk.plan(work.session, inbound.conversation_id, asked, language)
        drafts = [safety_draft(assessment, language)]
        if stored.owner in (BOT, QUEUE):
            drafts += plan.notices
        await service.post_system(work, self._keys, inbound.conversation_id, drafts)
        if stored.owner == BOT:
            await service.change_owner(
                work, inbound.conversation_id, owner=BOT, epoch=stored.epoch, to=QUEUE
            )
        await self._desk.open_case(work, inbound.conversation_id, inbound.text, plan)

    async def _say_at_once(
        self,
        work: UnitOfWork,
        inbound: Inbound,
        stored: Stored,
        assessment: Assessment,
        *,
        secret: bool,
    ) -> None:
        """What is said whoever owns it: the soft line, and once, to send no secrets."""
        lines = []
        if assessment.tier is Tier.SOFT and stored.owner != BOT:
            lines.append(safety_draft(assessment, inbound.language))
        if secret and not await queries.was_said(work.session, inbound.conversation_id, NOTICE):
            lines.append(notice(NOTICE, inbound.language))
        if lines:
            await service.post_system(work, self._keys, inbound.conversation_id, lines)

    async def _duplicate(self, inbound: Inbound) -> Acknowledged:
        async with self._database.reading() as session:
            seq = await service.stored_seq(session, inbound.conversation_id, inbound.client_id)
        if seq is None:
            # Not the client id after all: two writers met. The client sends again.
            raise StorageUnavailable("the message was not stored", remedy="Send it again.")
        return Acknowledged(seq, None)


def _spoken_after(inbound: Inbound, stored: Stored) -> str:
    """What the patient speaks after this message. A choice is in the words of the assistant."""
    if inbound.choice:
        return stored.language
    return spoken_after(inbound.text[:READ_CHARS], stored.language)
