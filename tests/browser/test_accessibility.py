"""axe finds nothing to complain about on any screen, light or dark, wide or narrow."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page, expect

from tests.browser.browsers import DESKTOP, PHONE, TABLET
from tests.browser.conftest import People
from tests.browser.people import LOOK_MS, Patient

pytestmark = pytest.mark.browser

# Without `preload` axe adds no style sheets of its own, which the content policy would refuse.
RUN = """async () => {
  const options = { resultTypes: ["violations"], preload: false };
  const { violations } = await axe.run(document, options);
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id} at ${target.flat()}: ${failureSummary}`));
}"""


class Inspector:
    """Looks at screens in both colour schemes and keeps what axe says, screen by screen."""

    def __init__(self) -> None:
        self.findings: list[str] = []

    def look(self, screen: str, page: Page) -> None:
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
            for frame in page.frames:
                if not frame.evaluate("'axe' in window"):
                    frame.evaluate(AXE_SCRIPT)
            self.findings += [f"{screen}, {scheme}: {found}" for found in page.evaluate(RUN)]


def test_axe_sees_what_is_wrong(people: People) -> None:
    page = people.stranger().page
    page.goto("data:text/html,<main><input></main>")
    inspector = Inspector()
    inspector.look("a bad page", page)
    assert any("label at input" in found for found in inspector.findings)


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_axe_finds_nothing_on_the_patients_side(people: People, size: tuple[int, int]) -> None:
    patient = people.patient(size).visit()
    inspector = Inspector()
    inspector.look("demo page", patient.page)
    patient.open_chat()
    states: dict[str, Callable[[Patient], None]] = {
        "empty chat": lambda _: None,
        "answer with its source": an_answer,
        "choices": choices,
        "safety text": a_safety_text,
        "queue": the_queue,
        "ending": the_ending,
        "ended": the_end,
        "third language": a_third_language,
    }
    for name, reach in states.items():
        reach(patient)
        inspector.look(name, patient.page)
    assert inspector.findings == []


def an_answer(patient: Patient) -> None:
    patient.ask("How do I read my EOB?").get_by_text("More", exact=True).click()


def choices(patient: Patient) -> None:
    expect(patient.ask("my bill").locator(".choices button").first).to_be_visible()


def a_safety_text(patient: Patient) -> None:
    expect(patient.ask("I can't breathe")).to_contain_text("911")


def the_queue(patient: Patient) -> None:
    expect(patient.banner).to_contain_text("will reply by")


def the_ending(patient: Patient) -> None:
    patient.chat.get_by_role("button", name="End chat").click()
    expect(patient.chat.get_by_role("button", name="End and clear")).to_be_visible()


def the_end(patient: Patient) -> None:
    patient.chat.get_by_role("button", name="End and clear").click()
    expect(patient.banner).to_contain_text("The chat has ended")


def a_third_language(patient: Patient) -> None:
    expect(patient.ask("Bonjour, je voudrais prendre un rendez-vous")).to_contain_text("interprète")
    expect(patient.banner).to_contain_text("will reply by")


def test_axe_finds_nothing_in_spanish_with_a_card_number_hidden(people: People) -> None:
    patient = people.patient(PHONE, language="es-US").visit()
    inspector = Inspector()
    inspector.look("demo page in Spanish", patient.page)
    patient.open_chat()
    line = patient.say("pagué con 4111 1111 1111 1111, ¿aceptan Medicaid?")
    expect(line).to_contain_text("[número de tarjeta oculto]")
    patient.see("Oculté lo que envió")
    inspector.look("hidden number", patient.page)
    assert inspector.findings == []


def test_axe_finds_nothing_on_the_sign_in_page(people: People) -> None:
    page = people.stranger().page
    inspector = Inspector()
    page.goto(f"{people.address}/sign-in")
    inspector.look("sign-in", page)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_be_visible()
    inspector.look("sign-in refused", page)
    assert inspector.findings == []


def test_axe_finds_nothing_in_the_console(people: People) -> None:
    patient = people.patient().visit()
    patient.open_chat()
    patient.ask("How do I read my EOB?")
    patient.ask("I want to talk to a person about a tangerine")
    agent = people.agent()
    inspector = Inspector()
    expect(agent.case("tangerine")).to_be_visible()
    inspector.look("console", agent.page)
    agent.open_case("tangerine")
    inspector.look("case to claim", agent.page)
    agent.claim()
    agent.reply("Good morning.")
    agent.note("A note for colleagues.")
    inspector.look("case claimed", agent.page)
    expect(patient.see("Good morning.")).to_be_visible()
    inspector.look("patient with a person", patient.page)
    agent.page.get_by_role("button", name="Resolve…").click()
    inspector.look("resolve dialog", agent.page)
    assert inspector.findings == []


@pytest.mark.parametrize("size", [DESKTOP, TABLET], ids=["desktop", "tablet"])
def test_axe_finds_nothing_in_any_dialog_or_list_of_the_console(
    people: People, size: tuple[int, int]
) -> None:
    patient = people.patient().visit()
    patient.open_chat()
    fruit = f"clementine{size[0]}"
    patient.ask(f"I want to talk to a person about a {fruit}")
    agent = people.agent()
    page, inspector = agent.page, Inspector()
    page.set_viewport_size({"width": size[0], "height": size[1]})
    agent.open_case(fruit)
    agent.claim()
    open_every_list(page)
    inspector.look("every list open", page)
    dialogs = page.locator("dialog").evaluate_all("all => all.map(one => one.id)")
    assert len(dialogs) > 8
    for one in dialogs:
        page.evaluate("id => document.getElementById(id).showModal()", one)
        inspector.look(f"dialog {one}", page)
        page.evaluate("id => document.getElementById(id).close()", one)
    for button in ("open-suggestions", "open-snippets"):
        page.locator(f"#{button}").click()
        inspector.look(button, page)
        page.keyboard.press("Escape")
    assert inspector.findings == []


def open_every_list(page: Page) -> None:
    page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true; })")


def test_axe_finds_nothing_in_the_studio(people: People) -> None:
    editor = people.editor()
    inspector = Inspector()
    expect(editor.page.locator("#articles a").first).to_be_visible()
    inspector.look("list", editor.page)
    editor.open_article("What an EOB is and how to read it")
    expect(editor.page.locator("#preview-window article")).to_be_visible()
    inspector.look("editor", editor.page)
    editor.rewrite(" ".join(["It is a letter."] * 30))
    editor.page.get_by_role("button", name="Publish…").click()
    dialog = editor.page.get_by_role("dialog")
    held = dialog.get_by_text(re.compile("holds? this text back"))
    expect(held).to_be_visible(timeout=LOOK_MS)
    inspector.look("refused text", editor.page)
    dialog.get_by_role("button", name="Cancel").click()
    inspector.look("draft", editor.page)
    editor.page.get_by_role("button", name="Discard draft").click()
    expect(editor.notices).to_contain_text("The draft is gone")
    assert inspector.findings == []


STUDIO_PAGES = ("", "/calendar", "/gaps", "/bench", "/clinic", "/notices", "/exchange")


@pytest.mark.parametrize("path", STUDIO_PAGES)
def test_axe_finds_nothing_on_the_pages_of_the_studio_on_a_tablet(
    people: People, path: str
) -> None:
    editor = people.editor(TABLET)
    page, inspector = editor.page, Inspector()
    page.goto(f"{people.address}/studio{path}")
    page.wait_for_load_state("networkidle")
    expect(page.get_by_role("heading", level=1).first).to_be_visible()
    inspector.look(f"studio{path}", page)
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= TABLET[0], f"the page is {width} pixels wide"
    assert inspector.findings == []
