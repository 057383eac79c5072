"""What editors typed and did not send is there again: after a sign-out, a time-out, a refusal, a
colleague's save, and for nobody but them."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import People
from tests.browser.people import Editor
from tests.browser.test_notices import at as at_notices

pytestmark = pytest.mark.browser

MARMALADE = "The marmalade counter is closed on Friday."


def sign_in_here(people: People, editor: Editor, name: str, path: str) -> None:
    """At the form that the page was sent to."""
    page = editor.page
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password", exact=True).fill(people._careline.demo_passwords()[name])
    page.get_by_role("button", name="Sign in").click()
    expect(page).to_have_url(re.compile(path))


def undo(editor: Editor) -> None:
    editor.notices.get_by_role("button", name="Undo").click()


def sign_out(editor: Editor) -> None:
    editor.page.get_by_role("button", name="Sign out").click()
    expect(editor.page).to_have_url(re.compile("/sign-in"))


def test_unsent_text_outlives_a_sign_out_and_is_shown_to_nobody_else(people: People) -> None:
    eva = at_notices(people, "editor")
    page = eva.page
    page.get_by_role("link", name="New notice").click()
    text = page.get_by_label("English text")
    text.fill(MARMALADE)
    sign_out(eva)
    sign_in_here(people, eva, "reviewer", "/studio/notices")
    expect(text).to_have_value("")
    sign_out(eva)
    sign_in_here(people, eva, "editor", "/studio/notices")
    expect(text).to_have_value(MARMALADE)
    # It is theirs in another tab, too, and gone once it is thrown away.
    sign_out(eva)
    other = eva.context.new_page()
    other.goto(f"{people.address}/studio/notices")
    eva.page = other
    sign_in_here(people, eva, "editor", "/studio/notices")
    other.get_by_role("link", name="New notice").click()
    kept = other.get_by_label("English text")
    expect(kept).to_have_value(MARMALADE)
    kept.fill("")
    other.reload()
    expect(other.get_by_label("English text")).to_have_value("")


def test_a_new_article_and_a_clinic_fact_outlive_a_session_that_ended(people: People) -> None:
    eva = people.editor()
    page = eva.page
    eva.conduct.expect("401|ERR_FAILED|ERR_ABORTED")
    page.get_by_role("button", name="New article").click()
    page.locator("#new-title").fill("Where is the marmalade counter?")
    page.locator("#new-language-es").check()
    eva.context.clear_cookies()
    page.locator("#new-confirm").click()
    expect(page).to_have_url(re.compile("/sign-in"))
    sign_in_here(people, eva, "editor", "/studio")
    page.get_by_role("button", name="New article").click()
    expect(page.locator("#new-title")).to_have_value("Where is the marmalade counter?")
    expect(page.locator("#new-language-es")).to_be_checked()

    page.goto(f"{people.address}/studio/clinic#no_show")
    fee = page.get_by_label("Fee (optional)")
    fee.fill("77")
    sign_out(eva)
    sign_in_here(people, eva, "editor", "/studio/clinic")
    expect(fee).to_have_value("77")
    page.get_by_role("button", name="Drop my changes").click()
    expect(fee).not_to_have_value("77")
    undo(eva)
    expect(fee).to_have_value("77")
    page.get_by_role("button", name="Drop my changes").click()
