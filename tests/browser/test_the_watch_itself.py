"""What guards the other tests: a browser that is missing, and pages that misbehave, are noticed."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.browsers import NoBrowser, chromium_path
from tests.browser.conftest import People

pytestmark = pytest.mark.browser

BAD_STYLE = (
    "document.body.append(Object.assign(document.createElement('style'), {textContent: 'a{}'}))"
)
BAD_SCRIPT = "setTimeout(() => { throw new Error('dropped a plate') })"
STRANGER = "http://127.0.0.1:9/pixel.png"


def test_a_missing_browser_is_an_error_that_says_what_to_do(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("CARELINE_CHROMIUM", raising=False)
    monkeypatch.setenv("PATH", "")
    with pytest.raises(NoBrowser, match="install it"):
        chromium_path()


def test_a_browser_that_was_named_wrongly_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CARELINE_CHROMIUM", "/nowhere/chromium")
    with pytest.raises(NoBrowser, match="/nowhere/chromium"):
        chromium_path()


def test_pages_that_break_the_policy_throw_or_ask_strangers_are_noticed(people: People) -> None:
    visitor = people.stranger()
    visitor.page.goto(people.address)
    visitor.page.evaluate(BAD_STYLE)
    with visitor.page.expect_event("pageerror"):
        visitor.page.evaluate(BAD_SCRIPT)
    visitor.page.goto(f"data:text/html,<h1>Hello</h1><img src={STRANGER}>")
    expect(visitor.page.get_by_role("heading")).to_be_visible()
    said = "\n".join(visitor.conduct.problems)
    visitor.conduct.problems.clear()
    assert "Content Security Policy" in said
    assert "uncaught: dropped a plate" in said
    assert "a request left for 127.0.0.1:9" in said


def test_a_page_that_behaves_is_not_complained_about(people: People) -> None:
    visitor = people.stranger()
    visitor.page.goto(people.address)
    assert visitor.conduct.problems == []
