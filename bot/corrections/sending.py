"""A released correction on its way: into every conversation once, by e-mail once an address.

Each recipient is one transaction: the claim, the lines in the conversation and the e-mail in the
outbox are committed together, so that however many processes send, and wherever one of them
dies, nobody is told twice.
"""

from __future__ import annotations

import logging
from datetime import timedelta

from sqlalchemy import select, update

from bot import tasks, texts
from bot.conversations import service as conversations
from bot.conversations.lines import Draft
from bot.conversations.models import Conversation
from bot.corrections.models import (
    DONE,
    DUE,
    FAILED,
    GONE,
    RELEASED,
    SENT,
    Correction,
    CorrectionRecipient,
)
from bot.db import Database, UnitOfWork
from bot.effects import FixedRef
from bot.errors import NotFound, StorageUnavailable
from bot.handoff.case_file import is_readable
from bot.handoff.cases import locked
from bot.knowledge.base import KnowledgeBase
from bot.knowledge.outcomes import Answer, Context, NeedsPerson
from bot.knowledge.ranking import NotTrained
from bot.outreach.models import Contact
from bot.outreach.replies import GONE_AFTER
from bot.outreach.service import Outreach
from bot.privacy import audit
from bot.privacy.encryption import KeyRing

log = logging.getLogger(__name__)

EVERY_SECONDS = 2.0
# Time to think better of it: nothing has gone out yet.
GRACE = timedelta(seconds=10)
ROUND = 50
MOST_ATTEMPTS = 3
KIND = "correction"
TEMPLATE = "correction"


class Corrections:
    """One process's share of the sending."""

    def __init__(
        self,
        database: Database,
        keys: KeyRing,
        knowledge: KnowledgeBase,
        outreach: Outreach,
        *,
        token_valid: timedelta,
    ):
        self._database = database
        self._keys = keys
        self._knowledge = knowledge
        self._outreach = outreach
        self.token_valid = token_valid
        self.now = outreach.now

    async def run_forever(self) -> None:
        """Send what is due, now and then, until cancelled."""
        await tasks.repeat(self.run_once, "corrections", EVERY_SECONDS)

    async def run_once(self) -> int:
        """Tell everybody who is still to be told; returns to how many this process did."""
        ripe = self.now() - GRACE
        async with self._database.reading() as session:
            found = await session.scalars(
                select(Correction.id)
                .where(Correction.state == RELEASED, Correction.released_at <= ripe)
                .order_by(Correction.id)
            )
            due = found.all()
        told = 0
        for correction_id in due:
            told += await self._send(correction_id)
        return told

    def answer(self, correction: Correction) -> Answer | None:
        """The corrected answer as it is served now, in the language of the wrong one."""
        return self.answer_now(correction.slug, correction.language)

    def answer_now(self, slug: str, language: str) -> Answer | None:
        """The answer of an article as it is served now; None when it is not, in this language."""
        try:
            found = self._knowledge.article(slug, Context(language))
        except NotTrained:
            return None
        # Some answers are followed by a person; what they say is the same.
        if isinstance(found, NeedsPerson) and found.article and found.lead:
            found = Answer(found.article, found.lead, found.more, 1.0, found.other_language)
        return found if isinstance(found, Answer) and not found.other_language else None

    async def _send(self, correction_id: int) -> int:
        told = 0
        while True:
            async with self._database.reading() as session:
                correction = await session.get(Correction, correction_id)
                rows = await session.execute(
                    select(CorrectionRecipient.id, CorrectionRecipient.conversation_id)
                    .where(
                        CorrectionRecipient.correction_id == correction_id,
                        CorrectionRecipient.state == DUE,
                    )
                    .order_by(CorrectionRecipient.id)
                    .limit(ROUND)
                )
                batch = rows.all()
            if correction is None or correction.state != RELEASED:
                return told
            if not batch:
                await self._finish(correction)
                return told
            drafts = self.lines(correction)
            for recipient_id, conversation_id in batch:
                told += await self._try_to_tell(drafts, recipient_id, conversation_id)

    def lines(self, correction: Correction) -> list[Draft]:
        """What the patient reads: that it was wrong, what is right, and the answer as it is now."""
        language = correction.language
        intro = texts.get("corrections.intro", language, title=correction.title).text
        said = [
            Draft(
                author="system",
                kind=KIND,
                text=f"{intro}\n\n{correction.text}",
                language=language,
                fixed=FixedRef(id=f"correction.{correction.id}", hash=correction.text_hash),
            )
        ]
        answer = self.answer(correction) if correction.with_answer else None
        if answer:
            said.append(
                Draft(
                    author="system",
                    kind="answer",
                    text=answer.lead,
                    more=answer.more,
                    language=language,
                    article=answer.article,
                )
            )
        return said

    async def _try_to_tell(
        self, drafts: list[Draft], recipient_id: int, conversation_id: str
    ) -> bool:
        """One conversation that cannot be written to must not keep the others."""
        try:
            return await self._tell(drafts, recipient_id, conversation_id)
        except StorageUnavailable:
            raise
        except Exception:
            log.exception("a correction did not reach recipient %d", recipient_id)
            await self._missed(recipient_id)
            return False

    async def _tell(self, drafts: list[Draft], recipient_id: int, conversation_id: str) -> bool:
        async with self._database.work() as work:
            # The conversation's row first, as every other writer locks.
            try:
                held = await locked(work, conversation_id)
            except NotFound:
                held = None
            row = await self._claimed(work, recipient_id)
            if row is None:
                return False
            contact = await self._contact(work, row)
            if held is None or not (self._readable(held) or contact):
                row.state = GONE
            else:
                row.seq = await conversations.post_system(work, self._keys, conversation_id, drafts)
                article = drafts[-1].article
                row.version_id = article.version_id if article else None
                await self._mail(work, row, contact)
                await audit.record(
                    work,
                    "system",
                    "correction.told",
                    conversation_id,
                    correction=row.correction_id,
                    seq=row.seq,
                    mailed=row.mailed,
                )
            await work.commit()
            return row.state == SENT

    async def _claimed(self, work: UnitOfWork, recipient_id: int) -> CorrectionRecipient | None:
        going = select(Correction.id).where(Correction.state == RELEASED)
        won = await work.session.scalar(
            update(CorrectionRecipient)
            .where(
                CorrectionRecipient.id == recipient_id,
                CorrectionRecipient.state == DUE,
                CorrectionRecipient.correction_id.in_(going),
            )
            .values(state=SENT, at=self.now())
            .returning(CorrectionRecipient.id)
            .execution_options(synchronize_session=False)
        )
        if won is None:
            return None
        return await work.session.get(CorrectionRecipient, won, populate_existing=True)

    def _readable(self, held: Conversation) -> bool:
        return is_readable(held, self.now(), self.token_valid)

    @staticmethod
    async def _contact(work: UnitOfWork, row: CorrectionRecipient) -> Contact | None:
        """The address to write to, if its consent stands and a link would still work."""
        if row.contact_id is None:
            return None
        contact = await work.session.get(Contact, row.contact_id, populate_existing=True)
        held = await work.session.get(Conversation, row.conversation_id)
        if contact is None or contact.withdrawn_at or held is None or held.token_hash is None:
            row.mailed = "withdrawn"
            return None
        return contact

    async def _mail(
        self, work: UnitOfWork, row: CorrectionRecipient, contact: Contact | None
    ) -> None:
        if contact is None:
            return
        if contact.seen_at > self.now() - GONE_AFTER:
            # The chat is open on a screen of theirs: they read it there.
            row.mailed = "present"
            return
        row.mail_id = await self._outreach.send(work, TEMPLATE, contact, contact.language)
        row.mailed = "queued" if row.mail_id else "no_mail"

    async def _missed(self, recipient_id: int) -> None:
        async with self._database.work() as work:
            row = await work.session.get(CorrectionRecipient, recipient_id)
            if row is not None and row.state == DUE:
                row.attempts += 1
                if row.attempts >= MOST_ATTEMPTS:
                    row.state, row.at = FAILED, self.now()
                await work.commit()

    async def _finish(self, correction: Correction) -> None:
        owed = select(CorrectionRecipient.id).where(
            CorrectionRecipient.correction_id == correction.id, CorrectionRecipient.state == DUE
        )
        async with self._database.work() as work:
            won = await work.session.scalar(
                update(Correction)
                .where(Correction.id == correction.id, Correction.state == RELEASED, ~owed.exists())
                .values(state=DONE, ended_at=self.now())
                .returning(Correction.id)
                .execution_options(synchronize_session=False)
            )
            if won is not None:
                about = f"article:{correction.slug}"
                await audit.record(
                    work, "system", "correction.done", about, correction=correction.id
                )
                await work.commit()
