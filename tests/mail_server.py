"""A mail server of one's own: speaks SMTP over a real socket and keeps what it accepts."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Self


@dataclass
class Delivered:
    """One accepted e-mail, and the envelope it came in."""

    sender: str
    recipients: list[str]
    mail: EmailMessage


@dataclass
class MailServer:
    """`refuse` is the answer to every RCPT while set, as in `550 no such user`."""

    refuse: str = ""
    delivered: list[Delivered] = field(default_factory=list)
    sessions: int = 0
    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    _server: asyncio.Server | None = None

    @property
    def url(self) -> str:
        assert self._server is not None
        return f"smtp://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    @property
    def last(self) -> EmailMessage:
        return self.delivered[-1].mail

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()
        await self._server.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.sessions += 1
        session = Session(self, reader, writer)
        try:
            await session.run()
        finally:
            writer.close()


class Session:
    """One connection: RFC 5321's commands in order, an answer to each."""

    def __init__(
        self, server: MailServer, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ):
        self._server = server
        self._reader = reader
        self._writer = writer
        self._sender = ""
        self._recipients: list[str] = []

    async def run(self) -> None:
        await self._answer("220 localhost ESMTP")
        while line := await self._reader.readline():
            verb, _, rest = line.decode("utf-8").strip().partition(" ")
            match verb.upper():
                case "EHLO":
                    await self._answer("250-localhost", "250-8BITMIME", "250 SMTPUTF8")
                case "MAIL":
                    self._sender, self._recipients = address(rest), []
                    await self._answer("250 ok")
                case "RCPT":
                    await self._recipient(address(rest))
                case "DATA":
                    await self._data()
                case "QUIT":
                    await self._answer("221 bye")
                    return
                case "RSET" | "NOOP":
                    await self._answer("250 ok")
                case _:
                    await self._answer("502 not implemented")

    async def _recipient(self, recipient: str) -> None:
        if self._server.refuse:
            await self._answer(self._server.refuse)
            return
        self._recipients.append(recipient)
        await self._answer("250 ok")

    async def _data(self) -> None:
        await self._answer("354 go ahead")
        lines = []
        while (line := await self._reader.readline()) not in (b".\r\n", b""):
            lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
        mail = message_from_bytes(b"".join(lines), policy=policy.default)
        self._server.delivered.append(Delivered(self._sender, self._recipients, mail))
        self._server.arrived.set()
        await self._answer("250 kept")

    async def _answer(self, *lines: str) -> None:
        self._writer.write("".join(f"{line}\r\n" for line in lines).encode())
        await self._writer.drain()


def address(rest: str) -> str:
    """The address of `FROM:<somebody@example.com> SIZE=…`."""
    return rest[rest.index("<") + 1 : rest.index(">")]
