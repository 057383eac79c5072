"""What editors typed and did not send is there again: after a sign-out, a time-out, a refusal, a
colleague's save, and for nobody but them."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import People
from tests.browser.people import Editor
from tests.browser.test_clinic_profile import at as at_clinic
from tests.browser.test_clinic_profile import save as save_clinic
from tests.browser.test_notices import at as at_notices
from tests.browser.test_seen_and_exchange import asked, seen_page, somebody

pytestmark = pytest.mark.browser

MARMALADE = "The marmalade counter is closed on Friday."
THROWN = "Marmalade of the thrown-away kind."


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


def test_going_back_in_the_profile_keeps_what_is_typed_and_theirs_can_be_put_back(
    people: People,
) -> None:
    eva, rita = at_clinic(people, "editor", "paperwork"), at_clinic(people, "reviewer", "paperwork")
    eva.conduct.expect("409")
    long, ready = (
        eva.page.get_by_label("Fee for a long form"),
        eva.page.get_by_label("Ready within"),
    )
    before = long.input_value()
    rita.page.get_by_label("Fee for a long form").fill("43")
    save_clinic(rita, "Marmalade forms")
    ready.fill("8")
    eva.page.get_by_role("button", name="Save…").click()
    eva.page.get_by_label("Why, for your colleagues").fill("Marmalade takes long")
    eva.page.get_by_role("button", name="Save", exact=True).click()
    conflict = eva.page.locator("#conflict")
    conflict.get_by_role("button", name="Take theirs, drop mine").click()
    expect(ready).not_to_have_value("8")
    undo(eva)
    expect(ready).to_have_value("8")
    # The note of the save that failed is there at the next one.
    eva.page.get_by_role("button", name="Save…").click()
    expect(eva.page.get_by_label("Why, for your colleagues")).to_have_value("Marmalade takes long")
    eva.page.get_by_role("button", name="Back to the form").click()
    expect(eva.page.locator("#preview")).to_be_hidden()

    step = eva.page.locator("#history > li").filter(has_text="Marmalade forms")
    step.get_by_role("button", name="Back to how it was before").click()
    eva.page.get_by_role("button", name="Change it back").click()
    expect(eva.notices).to_contain_text("It is again as it was before")
    expect(long).to_have_value(before)
    expect(ready).to_have_value("8")
    eva.page.get_by_role("button", name="Drop my changes").click()


def saved_notice(editor: Editor, text: str) -> None:
    editor.page.get_by_role("link", name="New notice").click()
    editor.page.get_by_label("English text").fill(text)
    editor.page.get_by_role("button", name="Save draft").press("Enter")
    expect(editor.notices).to_contain_text("Saved")


def test_taking_a_colleagues_notice_can_be_undone(people: People) -> None:
    eva, rita = at_notices(people, "editor"), at_notices(people, "reviewer")
    eva.conduct.expect("409")
    saved_notice(eva, "Marmalade is served in the lobby.")
    rita.page.goto(eva.page.url)
    rita.page.get_by_label("English text").fill("Marmalade is served upstairs.")
    rita.page.get_by_role("button", name="Save draft").press("Enter")
    expect(rita.notices).to_contain_text("Saved")
    mine = eva.page.get_by_label("English text")
    mine.fill("Marmalade is served outside.")
    eva.page.get_by_role("button", name="Save draft").press("Enter")
    eva.page.locator("#conflict").get_by_role("button", name="Take their text").click()
    expect(mine).to_have_value("Marmalade is served upstairs.")
    undo(eva)
    expect(mine).to_have_value("Marmalade is served outside.")
    eva.page.get_by_role("button", name="Save draft").press("Enter")
    expect(eva.page.locator("#history > li")).to_have_count(3)


def test_an_undo_that_does_not_reach_the_server_is_said_and_offered_again(people: People) -> None:
    eva = at_notices(people, "editor")
    eva.conduct.expect("ERR_FAILED")
    saved_notice(eva, THROWN)
    eva.page.get_by_role("button", name="Discard draft").press("Enter")
    expect(eva.notices).to_contain_text("The draft is discarded")
    eva.page.route("**/api/notices", lambda route: route.abort())
    undo(eva)
    expect(eva.alerts).to_contain_text("The server does not answer")
    eva.page.unroute("**/api/notices")
    undo(eva)
    expect(eva.page.get_by_label("English text")).to_have_value(THROWN)


def test_a_correction_that_a_colleague_overtook_waits_also_after_a_reload(people: People) -> None:
    _, title = asked(people, "what is an out of pocket maximum")
    eva = people.editor()
    page = seen_page(eva, title)
    page.on("dialog", lambda dialog: dialog.accept())
    field = "What was wrong, and what is right"
    page.get_by_label(field).fill("My marmalade words.")
    rita = somebody(people, "reviewer", "/studio/corrections")
    rita.page.goto(page.url)
    rita.page.get_by_label(field).fill("Rita's marmalade words.")
    rita.page.get_by_role("button", name="Save draft").click()
    expect(rita.notices).to_contain_text("Patients see nothing yet")
    eva.conduct.expect("409")
    page.get_by_role("button", name="Save draft").click()
    waits = page.locator("#conflict")
    expect(waits).to_contain_text("My marmalade words.")
    page.reload()
    expect(waits).to_contain_text("My marmalade words.")
    page.get_by_role("button", name="Forget my text").click()
    expect(waits).to_be_hidden()
    undo(eva)
    expect(waits).to_contain_text("My marmalade words.")
    page.get_by_role("button", name="Put my text in again").click()
    expect(page.get_by_label(field)).to_have_value("My marmalade words.")
    page.get_by_role("button", name="Discard draft").click()
    expect(eva.notices).to_contain_text("discarded")


def test_a_reviewers_remark_outlives_the_list_that_is_read_again(people: People) -> None:
    rita = people.reviewer()
    page = rita.page
    shown = [override(901)]
    page.route("**/api/overrides", lambda route: route.fulfill(json=shown))
    page.clock.install()
    page.reload()
    remark = page.locator("#gate-remark-901")
    remark.fill("Marmalade needs a source.")
    remark.focus()
    shown.append(override(902))
    page.clock.run_for(31_000)
    expect(page.locator("#gate-remark-902")).to_be_visible()
    expect(remark).to_have_value("Marmalade needs a source.")
    expect(remark).to_be_focused()
    page.reload()
    expect(remark).to_have_value("Marmalade needs a source.")
    remark.fill("")


def override(number: int) -> dict[str, object]:
    asked_for = {"asked_name": "Eva", "asked_at": "2026-11-22T10:00:00+00:00", "reason": "Now."}
    who = {"asked_by_me": False, "mine": False, "state": "asked", "remark": ""}
    return {"id": number, "slug": "eob", "language": "en", "findings": [], **asked_for, **who}
