"""A real Chromium, and what its pages may never do: fail, break the policy, ask a stranger."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, Page, WebError

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ARGUMENTS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run")
DESKTOP = (1440, 900)
TABLET = (768, 1024)
PHONE = (375, 740)
# Slow machines get time; nothing here waits when it need not.
PATIENCE_MS = 15_000


class NoBrowser(AssertionError):
    """There is no Chromium on this machine, so nothing here can be shown to work."""


def chromium_path() -> Path:
    """The browser to run: CARELINE_CHROMIUM, or the first on the path. Raises `NoBrowser`."""
    named = os.environ.get("CARELINE_CHROMIUM")
    if named and not Path(named).is_file():
        raise NoBrowser(f"CARELINE_CHROMIUM names {named}, which is not a file")
    found = named or next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        raise NoBrowser(
            "these tests need Chromium or Chrome: install it (Debian: apt-get install chromium), "
            "or name it in CARELINE_CHROMIUM"
        )
    return Path(found)


def launch_options() -> dict[str, Any]:
    """How every browser of the tests is started."""
    return {"executable_path": chromium_path(), "args": list(ARGUMENTS)}


def context_options(size: tuple[int, int] = DESKTOP, language: str = "en-US") -> dict[str, Any]:
    """A person's browser window."""
    width, height = size
    return {
        "viewport": {"width": width, "height": height},
        "locale": language,
        "timezone_id": "America/Chicago",
        "reduced_motion": "reduce",
    }


class Conduct:
    """Keeps what the pages of a context did wrong. `expect` names what a test provokes."""

    def __init__(self, context: BrowserContext, *addresses: str):
        self.problems: list[str] = []
        self._hosts = {urlsplit(address).netloc for address in addresses}
        self._expected: list[re.Pattern[str]] = []
        context.on("console", self._console)
        context.on("weberror", self._error)
        context.on("request", lambda request: self._asked(request.url))
        context.on("page", self._page)

    def expect(self, pattern: str) -> None:
        """A problem that matches is what this test is about."""
        self._expected.append(re.compile(pattern))

    def allow(self, address: str) -> None:
        """Requests may go there too."""
        self._hosts.add(urlsplit(address).netloc)

    def _page(self, page: Page) -> None:
        page.on("websocket", lambda socket: self._asked(socket.url))

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self._note(f"console {message.type}: {message.text}")

    def _error(self, error: WebError) -> None:
        self._note(f"uncaught: {error.error.message}")

    def _asked(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("data", "blob", "about") and parts.netloc not in self._hosts:
            self._note(f"a request left for {parts.netloc}")

    def _note(self, problem: str) -> None:
        if not any(pattern.search(problem) for pattern in self._expected):
            self.problems.append(problem)
