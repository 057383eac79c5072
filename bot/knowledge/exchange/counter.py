"""The studio's counter for files: one at a time in a process, looked at first, then taken.

Comparing a file with a large base takes a while of a processor; patients come first.
"""

from __future__ import annotations

import asyncio
import io
import tempfile
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bot.clock import Clock
from bot.db import Database
from bot.errors import Conflict, Invalid
from bot.knowledge.editors import Editor
from bot.knowledge.exchange import imports
from bot.knowledge.exchange.book import book
from bot.knowledge.exchange.entries import Found, Say, entries_of
from bot.knowledge.exchange.exporting import export_directory
from bot.knowledge.exchange.planning import Plan
from bot.knowledge.exchange.report import TakeReport
from bot.knowledge.exchange.taking import READERS, decide, report_of
from bot.knowledge.measuring import SHARED, TextCache
from bot.knowledge.queries import load_content

REPORT_FILE = "export-report.txt"


class Busy(Conflict):
    """Another file is being looked at by this process."""

    code = "exchange_busy"

    def __init__(self) -> None:
        super().__init__("another file is being read", remedy="Try again in a moment.")


class Counter:
    """What the page of import and export asks for."""

    def __init__(self, database: Database, clock: Clock):
        self._database = database
        self._clock = clock
        self._turn = asyncio.Lock()
        # What is under way, so that a process that stops can end it first.
        self.running: set[asyncio.Task[Any]] = set()
        # What a look measured is there for the taking, and then given back.
        self._measured: TextCache | None = None

    @staticmethod
    def most_megabytes(kind: str) -> int:
        """How large a file of this kind may be. Raises `Invalid` for a kind that is not read."""
        if kind not in READERS:
            raise Invalid(
                "this kind of file is not read",
                field="file",
                remedy="Choose a table (.csv), a Word document (.docx) or a saved page (.html).",
            )
        return READERS[kind][0]

    @staticmethod
    async def read(content: bytes, name: str, kind: str) -> Found:
        """What is in the file. Raises `Invalid` when it cannot be read."""
        return await asyncio.to_thread(entries_of, content, name, *READERS[kind])

    async def look(self, found: Found, name: str, *, onto_existing: bool, say: Say) -> TakeReport:
        """What taking the file would do. Nothing is kept. Raises `Busy`."""
        if self._turn.locked():
            raise Busy
        async with self._turn:
            report, _ = await self._decided(found, name, True, onto_existing, say)
            return report

    async def take(
        self,
        editor: Editor,
        found: Found,
        name: str,
        kind: str,
        *,
        onto_existing: bool,
        say: Say,
    ) -> tuple[int, TakeReport]:
        """Make the drafts; returns the import's id and what became of every row."""
        if self._turn.locked():
            raise Busy
        async with self._turn:
            report, plans = await self._decided(found, name, False, onto_existing, say)
            self._measured = None
            now = self._clock()
            import_id = await imports.keep(
                self._database, editor, kind, report, plans, say=say, now=now
            )
            return import_id, report

    async def archive(self, *, drafts: bool) -> bytes:
        """The published base as a zip of files, as `careline kb import` reads them."""
        with tempfile.TemporaryDirectory() as folder:
            report = await export_directory(self._database, Path(folder), drafts=drafts)
            lines = [] if report.complete else report.lines()[1:]
            return await asyncio.to_thread(_zipped, Path(folder), lines)

    async def book(self, languages: Sequence[str]) -> str:
        """All published answers as one page to print."""
        async with self._database.reading() as session:
            content = await load_content(session)
        return await asyncio.to_thread(book, content, self._clock(), languages)

    async def _decided(
        self, found: Found, name: str, dry_run: bool, onto_existing: bool, say: Say
    ) -> tuple[TakeReport, list[Plan]]:
        if self._measured is None:
            self._measured = SHARED.borrowed()
        planned = await decide(
            self._database,
            found,
            onto_existing=onto_existing,
            say=say,
            clock=self._clock,
            cache=self._measured,
        )
        report = report_of(name, dry_run, found, planned.ends)
        return report, [end for end in planned.ends if isinstance(end, Plan)]


def _zipped(folder: Path, lines: Sequence[str]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                archive.write(path, path.relative_to(folder).as_posix())
        if lines:
            archive.writestr(REPORT_FILE, "\n".join([*lines, ""]))
    return out.getvalue()
