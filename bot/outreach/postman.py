"""The work behind e-mails: tell of replies nobody saw, and hand over what is due."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from datetime import timedelta

from bot import tasks
from bot.db import Database
from bot.errors import CarelineError, StorageUnavailable
from bot.knowledge.profile import ClinicProfile
from bot.outreach import outbox, replies, smtp, templates
from bot.outreach.service import Outreach
from bot.outreach.smtp import NotSent
from bot.privacy.encryption import KeyRing
from bot.settings import Settings

log = logging.getLogger(__name__)

EVERY_SECONDS = 15.0


class Postman:
    """One process's share of the e-mails. Two at once send each of them once."""

    def __init__(
        self,
        database: Database,
        keys: KeyRing,
        settings: Settings,
        clinic: Callable[[], ClinicProfile],
        outreach: Outreach,
    ):
        self._database = database
        self._keys = keys
        self._settings = settings
        self._clinic = clinic
        self._outreach = outreach
        self.now = outreach.now
        self._round = asyncio.Lock()

    async def run_forever(self) -> None:
        """Write and send what is due, now and then, until cancelled.

        A loop of its own: a mail server that does not answer must hold up no other job.
        """
        await tasks.repeat(self.run_once, "e-mails", EVERY_SECONDS)

    async def run_once(self) -> int:
        """Tell of unseen replies, then send what is due. Returns how many e-mails went out.

        Rounds of one process do not overlap: when this returns, none of its e-mails is under way.
        """
        if not self._outreach.can_mail:
            return 0
        gone = 0
        async with self._round:
            await self.tell_of_replies()
            for mail_id in await outbox.due(self._database, self.now()):
                gone += await self._try_to_deliver(mail_id)
        return gone

    async def tell_of_replies(self) -> int:
        """Write an e-mail for every reply that was not seen in time. Returns how many."""
        wait, told = timedelta(minutes=self._settings.reply_mail_minutes), 0
        async with self._database.reading() as session:
            found = await replies.unseen(session, wait, self.now())
        for one in found:
            async with self._database.work() as work:
                contact = await replies.claim(work, one, self.now())
                if contact is not None:
                    await self._outreach.send(work, "reply", contact, contact.language)
                    await work.commit()
                    told += 1
        return told

    async def _try_to_deliver(self, mail_id: int) -> bool:
        """One e-mail that cannot be made or opened must not keep the others."""
        try:
            return await self._deliver(mail_id)
        except StorageUnavailable:
            raise
        except Exception:
            log.exception("e-mail %d cannot be sent", mail_id)
            return False

    async def _deliver(self, mail_id: int) -> bool:
        async with self._database.work() as work:
            claimed = await outbox.claim(work, self._keys, mail_id, self.now())
            await work.commit()
        if claimed is None:
            return False
        failed = await self._hand_over(claimed)
        async with self._database.work() as work:
            if failed is None:
                await outbox.sent(work, mail_id, self.now())
            else:
                log.warning("e-mail %d was not sent: %s", mail_id, failed.code)
                await outbox.not_sent(work, claimed, failed, self.now())
            await work.commit()
        return failed is None

    async def _hand_over(self, claimed: outbox.Claimed) -> NotSent | None:
        clinic, settings = self._clinic(), self._settings
        sender = templates.Sender(settings.mail_from, clinic.name, clinic.contacts.phone)
        server = smtp.server_of(
            settings.smtp_url.get_secret_value(), must_encrypt=settings.production
        )
        try:
            mail = templates.message(
                claimed.template,
                claimed.language,
                sender,
                claimed.recipient,
                claimed.values,
                message_id=claimed.message_id,
                at=self.now(),
                link=claimed.link,
                unsubscribe=claimed.unsubscribe,
            )
            await smtp.send(server, mail)
        except NotSent as failed:
            return failed
        except (ValueError, CarelineError) as error:
            # It cannot be written; perhaps a later release can.
            return NotSent(type(error).__name__[:40], for_good=False)
        return None
