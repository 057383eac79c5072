"""One real server with the trained model and one real browser; every test brings new windows."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.browser.browsers import (
    DESKTOP,
    PATIENCE_MS,
    Conduct,
    context_options,
    launch_options,
)
from tests.browser.clinic_site import ClinicSite
from tests.browser.people import Agent, Editor, Patient, Person
from tests.processes import CarelineProcess

Somebody = TypeVar("Somebody", bound=Person)


@pytest.fixture(scope="package")
def clinic_site() -> Iterator[ClinicSite]:
    """A clinic's own page, on another origin than Careline's."""
    with ClinicSite() as site:
        yield site


@pytest.fixture(scope="package")
def careline(
    trained_model: None,
    sqlite_template: Path,
    clinic_site: ClinicSite,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[CarelineProcess]:
    """The server, as `careline up` starts it. It lets the other origin embed its chat."""
    folder = tmp_path_factory.mktemp("browser")
    database = shutil.copy(sqlite_template, folder / "careline.db")
    process = CarelineProcess(
        folder,
        f"sqlite:///{database}",
        allowed_origins=json.dumps([clinic_site.address]),
    )
    try:
        process.start()
        yield process
    finally:
        process.stop()


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Chromium. Without one these tests fail, none is skipped."""
    options = launch_options()
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(**options)
        yield opened
        opened.close()


class People:
    """Brings people, each with a browser window of their own."""

    def __init__(self, browser: Browser, careline: CarelineProcess):
        self._browser = browser
        self._careline = careline
        self.address = careline.address
        self._present: list[Person] = []

    def patient(self, size: tuple[int, int] = DESKTOP, language: str = "en-US") -> Patient:
        return self._bring(Patient, size, language)

    def agent(self, name: str = "agent") -> Agent:
        return self._bring(Agent).sign_in(name, self._careline.demo_passwords(), "/console")

    def editor(self, size: tuple[int, int] = DESKTOP) -> Editor:
        return self._bring(Editor, size).sign_in(
            "editor", self._careline.demo_passwords(), "/studio"
        )

    def reviewer(self) -> Editor:
        """Another person than the editor, who may approve."""
        return self._bring(Editor).sign_in("reviewer", self._careline.demo_passwords(), "/studio")

    def stranger(self) -> Person:
        """Somebody who has not signed in."""
        return self._bring(Person)

    def _bring(
        self, kind: type[Somebody], size: tuple[int, int] = DESKTOP, language: str = "en-US"
    ) -> Somebody:
        context = self._browser.new_context(**context_options(size, language))
        context.set_default_timeout(PATIENCE_MS)
        conduct = Conduct(context, self._careline.address)
        person = kind(context, conduct, self._careline.address)
        self._present.append(person)
        return person

    def leave(self) -> list[str]:
        """Close every window; what went wrong in them."""
        for person in self._present:
            person.context.close()
        return [problem for person in self._present for problem in person.conduct.problems]


@pytest.fixture
def people(browser: Browser, careline: CarelineProcess) -> Iterator[People]:
    """Whoever a test needs. It fails when a page of theirs misbehaved, whatever else it shows."""
    brought = People(browser, careline)
    yield brought
    assert brought.leave() == []
