"""What is wrong with one article is never said of the next."""

from __future__ import annotations

import pytest
from playwright.sync_api import Route, expect

from tests.browser.conftest import People

pytestmark = pytest.mark.browser

EOB = "What an EOB is and how to read it"


def test_a_refusal_that_comes_late_stays_with_its_article(people: People) -> None:
    editor = people.editor()
    editor.conduct.expect("422")
    editor.open_article(EOB)
    held: list[Route] = []
    editor.page.route("**/publish", lambda route: held.append(route))
    editor.rewrite("word " * 70)
    editor.page.get_by_role("button", name="Publish…").click()
    dialog = editor.page.get_by_role("dialog")
    dialog.get_by_role("textbox").fill("Far too long")
    with editor.page.expect_request("**/publish"):
        dialog.get_by_role("button", name="Publish", exact=True).click()
    editor.page.evaluate("location.hash = 'accepts-medicaid/en'")
    editor.page.wait_for_timeout(300)
    held[0].continue_()
    expect(editor.alerts).to_contain_text("Not published")
    expect(editor.page.locator("#article-title")).to_have_text("Which Medicaid plans we accept")
    expect(editor.page.locator(".problems:not(:empty)")).to_have_count(0)
    editor.page.evaluate("location.hash = 'eob/en'")
    expect(editor.page.locator("#article-title")).to_have_text(EOB)
    editor.page.get_by_role("button", name="Discard draft").click()
    expect(editor.notices).to_contain_text("The draft is gone")
