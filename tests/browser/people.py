"""People at their screens: a patient, an agent and an editor, and what each can do there."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Self

from playwright.sync_api import BrowserContext, FrameLocator, Locator, Page, Route, expect

from tests.browser.browsers import PATIENCE_MS, Conduct

AT_ONCE_MS = 4000
LOOK_MS = 60_000
OPEN = re.compile("^(Chat with us|Escríbanos)")


class Person:
    """Somebody with a browser of their own."""

    def __init__(self, context: BrowserContext, conduct: Conduct, address: str):
        self.context = context
        self.conduct = conduct
        self.address = address
        self.page: Page = context.pages[0] if context.pages else context.new_page()


class Patient(Person):
    """Reads a clinic's page and writes in its chat."""

    def visit(self, address: str = "") -> Self:
        """Open the demo page, or the clinic page at `address`."""
        self.page.goto(address or self.address)
        expect(self.launcher).to_be_visible()
        return self

    @property
    def launcher(self) -> Locator:
        return self.page.locator("[data-careline] button")

    @property
    def chat(self) -> FrameLocator:
        return self.page.frame_locator("[data-careline] iframe")

    @property
    def box(self) -> Locator:
        """Where the patient writes."""
        return self.chat.locator("#input")

    @property
    def log(self) -> Locator:
        return self.chat.get_by_role("log")

    @property
    def banner(self) -> Locator:
        """Who has the conversation, the line, the connection."""
        return self.chat.locator("[data-part=banner]")

    def open_chat(self) -> None:
        self.page.get_by_role("button", name=OPEN).click()
        self.see_chat()

    def see_chat(self) -> None:
        """The chat is there and awake."""
        expect(self.chat.locator("careline-chat[ready]")).to_be_visible()

    def reload(self) -> None:
        self.page.reload()
        expect(self.launcher).to_be_visible()

    def say(self, text: str) -> Locator:
        """Write and send; returns the line as the patient sees it."""
        before = self.own_lines.count()
        self.box.fill(text)
        self.box.press("Enter")
        expect(self.own_lines).to_have_count(before + 1)
        return self.own_lines.nth(before)

    def ask(self, text: str) -> Locator:
        """Write, send, and wait for what comes next; returns that line."""
        return self.reply_to(self.say(text))

    def choose(self, title: str) -> Locator:
        """Press one of the offered choices; returns the line that comes next."""
        before = self.own_lines.count()
        self.log.get_by_role("button", name=title, exact=True).click()
        expect(self.own_lines).to_have_count(before + 1)
        return self.reply_to(self.own_lines.nth(before))

    def ask_for_person(self) -> None:
        self.chat.locator("[data-part=person]").click()

    def reply_to(self, line: Locator) -> Locator:
        """The line after one of the patient's own, once it is there."""
        expect(line).to_have_attribute("data-delivery", "sent")
        reply = self.line(int(line.get_attribute("data-seq") or 0) + 1)
        expect(reply).to_be_visible()
        return reply

    def line(self, seq: int) -> Locator:
        return self.log.locator(f'article[data-seq="{seq}"]')

    @property
    def own_lines(self) -> Locator:
        return self.log.locator("article.from-patient")

    @property
    def lines(self) -> Locator:
        """Every line of the conversation, without the greeting."""
        return self.log.locator("article[data-kind]")

    def words(self) -> list[str]:
        """What every line says."""
        return self.lines.locator(".body").all_inner_texts()

    def see(self, text: str) -> Locator:
        """A line with this text arrives."""
        found = self.lines.filter(has_text=text).last
        expect(found).to_be_visible()
        return found

    def end_chat(self) -> None:
        self.chat.get_by_role("button", name="End chat").click()
        self.chat.get_by_role("button", name="End and clear").click()


class Staff(Person):
    """Somebody who signs in."""

    def sign_in(self, name: str, passwords: Mapping[str, str], path: str) -> Self:
        """Go to a staff page, be sent to the sign-in form, and come back signed in."""
        self.page.goto(f"{self.address}{path}")
        expect(self.page).to_have_url(re.compile("/sign-in"))
        self.page.get_by_label("Name").fill(name)
        self.page.get_by_label("Password", exact=True).fill(passwords[name])
        self.page.get_by_role("button", name="Sign in").click()
        expect(self.page).to_have_url(f"{self.address}{path}")
        return self

    @property
    def notices(self) -> Locator:
        return self.page.locator("#notices")

    @property
    def alerts(self) -> Locator:
        return self.page.locator("#alerts")


class Agent(Staff):
    """Answers patients in the console."""

    def case(self, words: str) -> Locator:
        """The line of the queue in which a patient wrote `words`."""
        return self.page.locator("#queue .item").filter(has_text=words)

    def open_case(self, words: str) -> None:
        self.case(words).click()
        expect(self.page.locator("#transcript")).to_be_visible()

    def find_case(self, words: str) -> None:
        """Look for the one case in which these words were written, and open it."""
        self.page.get_by_role("searchbox", name="Search cases").fill(words)
        found = self.page.locator("#found .item")
        expect(found).to_have_count(1)
        found.click()
        expect(self.transcript).to_be_visible()
        self.page.get_by_role("button", name="Clear search and filters").click()

    @property
    def packet(self) -> Locator:
        return self.page.locator("#packet")

    @property
    def transcript(self) -> Locator:
        return self.page.locator("#transcript")

    def claim(self) -> None:
        """Claim the open case and get it."""
        self.page.get_by_role("button", name="Claim", exact=True).click()
        expect(self.notices).to_contain_text("This case is yours")

    def claim_slowly(self) -> list[Route]:
        """Press Claim, but the request does not arrive before its route is continued."""
        held: list[Route] = []
        self.page.route("**/claim", lambda route: held.append(route))
        with self.page.expect_request("**/claim"):
            self.page.get_by_role("button", name="Claim", exact=True).click()
        return held

    def reply(self, text: str) -> None:
        self.page.get_by_label("Reply to the patient").fill(text)
        # Notices about what just happened may not be in the way.
        self.page.get_by_role("button", name="Send", exact=True).click(timeout=AT_ONCE_MS)
        # A reply can be taken back for a while; nobody here has to wait for that.
        self.page.locator("#outgoing").get_by_role("button", name="Send now").click()
        self.see(text)

    def see(self, text: str) -> Locator:
        """A line with this text is in the open conversation."""
        found = self.transcript.locator("article").filter(has_text=text).last
        expect(found).to_be_visible()
        return found

    def note(self, text: str) -> None:
        self.page.get_by_label("New note").fill(text)
        self.page.get_by_role("button", name="Save note").click()
        expect(self.page.locator("#note-list")).to_contain_text(text)

    def return_to_assistant(self) -> None:
        self.page.get_by_role("button", name="Return to the assistant").click()
        self.page.locator("#resolve").get_by_role("button", name="Resolve").click()
        expect(self.notices).to_contain_text("The assistant has the patient again")


class Editor(Staff):
    """Writes what patients read."""

    def open_article(self, title: str) -> None:
        self.page.get_by_role("searchbox").fill(title)
        self.page.locator("#articles").get_by_role("link", name=title).click()
        expect(self.page.locator("#article-title")).to_have_text(title)

    def rewrite(self, answer: str) -> None:
        self.page.get_by_label("Answer", exact=True).fill(answer)
        expect(self.page.locator("#preview-window")).to_contain_text(answer)

    def publish(self, note: str) -> None:
        self.page.get_by_role("button", name="Publish…").click()
        dialog = self.page.get_by_role("dialog")
        dialog.get_by_role("textbox").fill(note)
        button = dialog.get_by_role("button", name="Publish", exact=True)
        # The gate looks at the text first.
        expect(button).to_be_enabled(timeout=LOOK_MS)
        button.click()
        expect(self.notices).to_contain_text("Patients read it now")
        # Words about what happened stay for as long as the mouse is on them.
        self.notices.hover()

    def roll_back(self) -> None:
        """One click, right where the new text was reported as published."""
        self.notices.get_by_role("button", name="Roll back").click()
        expect(self.notices).to_contain_text("Patients read the older text again")


expect.set_options(timeout=PATIENCE_MS)
