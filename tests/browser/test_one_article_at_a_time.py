"""What is wrong with one article is never said of the next."""

from __future__ import annotations

import pytest
from playwright.sync_api import Route, expect

from tests.browser.conftest import People
from tests.browser.people import LOOK_MS

pytestmark = pytest.mark.browser

EOB = "What an EOB is and how to read it"


def test_a_refusal_that_comes_late_stays_with_its_article(people: People) -> None:
    editor = people.editor()
    editor.conduct.expect("404")
    editor.open_article(EOB)
    held: list[Route] = []
    editor.page.route("**/publish", lambda route: held.append(route))
    editor.rewrite("An EOB is a letter from your health plan. It is not a bill. Keep it.")
    editor.page.get_by_role("button", name="Publish…").click()
    publish = editor.page.get_by_role("dialog").get_by_role("button", name="Publish", exact=True)
    expect(publish).to_be_enabled(timeout=LOOK_MS)
    with editor.page.expect_request("**/publish"):
        publish.click()
    editor.page.evaluate("location.hash = 'accepts-medicaid/en'")
    # A colleague discards the draft before the server is asked to publish it.
    gone = editor.context.request.delete(
        f"{editor.address}/api/articles/eob/en/draft", headers={"Sec-Fetch-Site": "same-origin"}
    )
    assert gone.ok
    held[0].continue_()
    expect(editor.alerts).not_to_be_empty()
    expect(editor.page.locator("#article-title")).to_have_text("Which Medicaid plans we accept")
    expect(editor.page.locator(".problems:not(:empty)")).to_have_count(0)
    editor.page.evaluate("location.hash = 'eob/en'")
    expect(editor.page.locator("#article-title")).to_have_text(EOB)
    expect(editor.page.get_by_role("button", name="Discard draft")).to_be_hidden()
