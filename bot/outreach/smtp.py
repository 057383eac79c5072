"""Handing an e-mail to the clinic's mail server, in a thread: `smtplib` blocks.

`smtp://` uses STARTTLS where the server offers it and, in production, insists on it; `smtps://`
speaks TLS from the first byte.
"""

from __future__ import annotations

import asyncio
import smtplib
import ssl
from dataclasses import dataclass, field
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

PORTS = {"smtp": 587, "smtps": 465}
PATIENCE_SECONDS = 15.0


class NotSent(Exception):
    """The e-mail did not go out. `for_good`: trying again cannot help. `code` is no address."""

    def __init__(self, code: str, *, for_good: bool):
        super().__init__(code)
        self.code = code
        self.for_good = for_good


@dataclass(frozen=True, slots=True)
class Server:
    """Where e-mail is handed over."""

    host: str
    port: int
    tls: bool
    must_encrypt: bool
    user: str = ""
    password: str = field(default="", repr=False)


def server_of(url: str, *, must_encrypt: bool) -> Server:
    """The server that `smtp[s]://user:password@host:port` names."""
    parts = urlsplit(url)
    return Server(
        parts.hostname or "localhost",
        parts.port or PORTS[parts.scheme],
        parts.scheme == "smtps",
        must_encrypt,
        unquote(parts.username or ""),
        unquote(parts.password or ""),
    )


async def send(server: Server, mail: EmailMessage) -> None:
    """Hand one e-mail over. Raises `NotSent`; what the server said is kept out of it."""
    await asyncio.to_thread(_send, server, mail)


def _send(server: Server, mail: EmailMessage) -> None:
    try:
        with _line(server) as line:
            _begin(server, line)
            line.send_message(mail)
    except smtplib.SMTPRecipientsRefused as error:
        code = next(iter(error.recipients.values()))[0]
        raise NotSent(f"recipient_{code}", for_good=code >= 500) from None
    except smtplib.SMTPAuthenticationError as error:
        # A wrong password is the clinic's to correct; the mail can wait for that.
        raise NotSent(f"sign_in_{error.smtp_code}", for_good=False) from None
    except smtplib.SMTPResponseException as error:
        raise NotSent(f"server_{error.smtp_code}", for_good=error.smtp_code >= 500) from None
    except (smtplib.SMTPException, OSError) as error:
        raise NotSent(type(error).__name__[:40], for_good=False) from None


def _line(server: Server) -> smtplib.SMTP:
    if not server.tls:
        return smtplib.SMTP(server.host, server.port, timeout=PATIENCE_SECONDS)
    trusted = ssl.create_default_context()
    return smtplib.SMTP_SSL(server.host, server.port, timeout=PATIENCE_SECONDS, context=trusted)


def _begin(server: Server, line: smtplib.SMTP) -> None:
    line.ehlo()
    if not server.tls and (server.must_encrypt or line.has_extn("starttls")):
        line.starttls(context=ssl.create_default_context())
        line.ehlo()
    if server.user:
        line.login(server.user, server.password)
