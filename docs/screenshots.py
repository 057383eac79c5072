"""Takes the pictures of the documents from the running product.

Run from the repository: `.venv/bin/python docs/screenshots.py`. It starts a server on a database
of its own, plays a patient, an agent and an editor, and writes `docs/images/`.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from playwright.sync_api import Browser, expect, sync_playwright  # noqa: E402

from tests.browser.browsers import (  # noqa: E402
    DESKTOP,
    PHONE,
    Conduct,
    context_options,
    launch_options,
)
from tests.browser.people import Agent, Editor, Patient, Person  # noqa: E402
from tests.processes import CarelineProcess  # noqa: E402

IMAGES = ROOT / "docs" / "images"
LARGEST = 200_000
EDIT = (
    "An EOB (explanation of benefits) is a letter from your health plan about a visit. It is not a "
    "bill. It shows what we charged, what your plan paid, and what you may owe. Wait for our bill."
)
Somebody = TypeVar("Somebody", bound=Person)


@contextmanager
def server() -> Iterator[CarelineProcess]:
    """A clinic that nobody has used yet."""
    with tempfile.TemporaryDirectory() as folder:
        process = CarelineProcess(Path(folder), f"sqlite:///{folder}/careline.db")
        process.start()
        try:
            yield process
        finally:
            process.stop()


class Photographer:
    """Brings people and takes pictures of their screens."""

    def __init__(self, browser: Browser, careline: CarelineProcess):
        self._browser = browser
        self._address = careline.address
        self._passwords = careline.demo_passwords()

    def bring(self, kind: type[Somebody], size: tuple[int, int], language: str) -> Somebody:
        context = self._browser.new_context(**context_options(size, language))
        return kind(context, Conduct(context, self._address), self._address)

    def take(self, person: Person, name: str) -> None:
        """Write the picture; nobody should wait for a large one."""
        path = IMAGES / f"{name}.png"
        person.page.screenshot(path=path)
        if path.stat().st_size > LARGEST:
            raise SystemExit(f"{path} has more than {LARGEST} bytes")

    def patients(self) -> None:
        """An answer in English on two sizes of screen, and one in Spanish."""
        for name, size, language, question in (
            ("patient-answer", DESKTOP, "en-US", "How do I read my EOB?"),
            ("patient-answer-phone", PHONE, "en-US", "How do I read my EOB?"),
            ("patient-spanish", DESKTOP, "es-US", "¿Aceptan Medicaid?"),
        ):
            patient = self.bring(Patient, size, language).visit()
            patient.open_chat()
            expect(patient.ask(question).locator(".source")).to_be_attached()
            self.take(patient, name)
            patient.context.close()

    def a_case(self) -> None:
        """An agent with a patient who asked for a person."""
        patient = self.bring(Patient, DESKTOP, "en-US").visit()
        patient.open_chat()
        patient.ask("How do I appeal?")
        patient.ask("I want to talk to a person about a letter from my plan")
        agent = self.bring(Agent, DESKTOP, "en-US")
        agent.sign_in("agent", self._passwords, "/console")
        agent.open_case("letter from my plan")
        agent.claim()
        agent.notices.get_by_role("button", name="Close").click()
        agent.reply("Hello, I am Ana. Which date is on the letter?")
        patient.see("Which date")
        patient.say("November 9. It says they need a form from you.")
        agent.see("November 9")
        agent.note("The plan asks for the visit notes of November 2.")
        self.take(agent, "console")
        self.take(patient, "patient-person")

    def an_edit(self) -> None:
        """An editor in the middle of a change, with the preview beside it."""
        editor = self.bring(Editor, DESKTOP, "en-US")
        editor.sign_in("editor", self._passwords, "/studio")
        editor.page.goto(f"{self._address}/studio#eob/en")
        expect(editor.page.locator("#articles [aria-current]")).to_be_attached()
        editor.rewrite(EDIT)
        self.take(editor, "studio")


def main() -> None:
    """Take them all."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    with server() as careline, sync_playwright() as playwright:
        browser = playwright.chromium.launch(**launch_options())
        photographer = Photographer(browser, careline)
        photographer.patients()
        photographer.a_case()
        photographer.an_edit()
        browser.close()


if __name__ == "__main__":
    main()
