"""A fee changes: its editor sees every answer first, and no colleague is overwritten."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import People
from tests.browser.people import Editor
from tests.browser.test_accessibility import Inspector

pytestmark = pytest.mark.browser

ASKED = "What do you charge if I miss my visit?"
PARTS = ("contacts", "locations", "holidays", "accepted_plans", "providers", "prices")


def at(people: People, name: str, part: str) -> Editor:
    """Somebody of the studio at a part of the clinic profile."""
    person = people._bring(Editor)
    person.sign_in(name, people._careline.demo_passwords(), "/studio/clinic")
    person.page.goto(f"{people.address}/studio/clinic#{part}")
    expect(person.page.locator("#fields .field-block").first).to_be_visible()
    return person


def save(editor: Editor, note: str) -> None:
    """Look at what changes for patients, then save."""
    editor.page.get_by_role("button", name="Save…").click()
    editor.page.get_by_label("Why, for your colleagues").fill(note)
    editor.page.get_by_role("button", name="Save", exact=True).click()
    expect(editor.notices).to_contain_text("Patients are answered with it now")


def test_a_fee_changes_for_patients_after_everybody_could_see_where(people: People) -> None:
    eva = at(people, "editor", "no_show")
    fee = eva.page.get_by_label("Fee (optional)")
    fee.fill("45")
    eva.page.get_by_role("button", name="Save…").click()
    preview = eva.page.get_by_role("dialog")
    expect(preview).to_contain_text("2 answers change")
    expect(preview.locator("del", has_text="$30").first).to_be_visible()
    expect(preview.locator("ins", has_text="$45").first).to_be_visible()
    preview.get_by_role("button", name="Back to the form").click()
    # Nothing is saved yet, and what is typed outlives a reload.
    eva.page.reload()
    expect(fee).to_have_value("45")
    save(eva, "New fee from January")

    patient = people.patient().visit()
    patient.open_chat()
    patient.say(ASKED)
    patient.see("$45")

    history = eva.page.locator("#history")
    expect(history).to_contain_text("New fee from January")
    expect(history).to_contain_text("30 → 45")
    history.get_by_role("button", name="Back to how it was before").first.click()
    expect(preview).to_contain_text("2 answers change")
    expect(preview.locator("ins", has_text="$30").first).to_be_visible()
    preview.get_by_role("button", name="Leave it as it is").click()
    expect(fee).to_have_value("45")
    history.get_by_role("button", name="Back to how it was before").first.click()
    preview.get_by_role("button", name="Change it back").click()
    expect(eva.notices).to_contain_text("It is again as it was before")
    expect(fee).to_have_value("30")
    later = people.patient().visit()
    later.open_chat()
    later.say(ASKED)
    later.see("$30")


def test_a_fact_that_patients_missed_is_at_the_top_until_it_is_filled_in(people: People) -> None:
    eva = at(people, "editor", "contacts")
    fax = eva.page.get_by_label("Fax (optional)")
    number = fax.input_value()
    fax.fill("")
    eva.page.get_by_role("button", name="Save…").click()
    expect(eva.page.get_by_role("dialog")).to_contain_text("can no longer be given")
    eva.page.get_by_role("button", name="Save", exact=True).click()
    expect(eva.notices).to_contain_text("Patients are answered with it now")

    patient = people.patient().visit()
    patient.open_chat()
    patient.ask("Do you have a fax number?")
    patient.end_chat()

    eva.page.reload()
    missing = eva.page.locator("#missing-panel")
    expect(missing).to_contain_text("Contacts › Fax · asked in 1 chat")
    eva.page.goto(f"{people.address}/studio/clinic#pay")
    missing.get_by_role("link", name="Fill in: Contacts › Fax").click()
    expect(fax).to_be_focused()
    fax.fill(number)
    save(eva, "It was missing")
    expect(missing).to_be_hidden()


def test_bad_input_is_told_at_its_field_and_nothing_typed_is_lost(people: People) -> None:
    eva = at(people, "editor", "contacts")
    eva.conduct.expect("422")
    phone = eva.page.get_by_label("Main phone")
    phone.fill("12")
    eva.page.get_by_role("button", name="Save…").click()
    expect(eva.page.locator("#fields")).to_contain_text("Write it as 217-555-0100")
    expect(phone).to_have_value("12")
    expect(phone).to_be_focused()
    eva.page.get_by_role("button", name="Drop my changes").click()
    expect(phone).to_have_value("217-555-0142")


def test_two_editors_at_one_part_both_understand_what_happened(people: People) -> None:
    eva, rita = at(people, "editor", "paperwork"), at(people, "reviewer", "paperwork")
    eva.conduct.expect("409")
    rita.page.get_by_label("Fee for a long form").fill("40")
    save(rita, "Forms take longer")
    eva.page.get_by_label("Ready within").fill("9")
    eva.page.get_by_role("button", name="Save…").click()
    eva.page.get_by_role("button", name="Save", exact=True).click()
    conflict = eva.page.locator("#conflict")
    expect(conflict).to_contain_text("Rita Demo saved this part while you were writing")
    expect(conflict).to_contain_text("→ 40")
    # Theirs where nothing was typed here, mine where it was.
    expect(eva.page.get_by_label("Fee for a long form")).to_have_value("40")
    expect(eva.page.get_by_label("Ready within")).to_have_value("9")
    conflict.get_by_role("button", name="Go on with the form").click()
    save(eva, "And longer still")
    first = eva.page.locator("#history > li").filter(has_text="Forms take longer")
    first.get_by_role("button", name="Back to how it was before Rita Demo").click()
    eva.page.get_by_role("button", name="Change it back").click()
    expect(eva.notices).to_contain_text("It is again as it was before")
    expect(eva.page.get_by_label("Fee for a long form")).not_to_have_value("40")
    expect(eva.page.get_by_label("Ready within")).not_to_have_value("9")


def test_a_day_of_the_calendar_becomes_a_holiday(people: People) -> None:
    eva = at(people, "editor", "holidays")
    before = eva.page.locator("#fields .card").count()
    eva.page.locator("#calendar td:not(.other, .special) button").first.click()
    expect(eva.page.locator("#fields .card")).to_have_count(before + 1)
    eva.page.get_by_role("button", name="Drop my changes").click()
    expect(eva.page.locator("#fields .card")).to_have_count(before)


@pytest.mark.parametrize("size", [(1440, 900), (375, 740)], ids=["desktop", "phone"])
def test_axe_finds_nothing_on_the_clinic_profile(people: People, size: tuple[int, int]) -> None:
    eva = at(people, "editor", "no_show")
    eva.page.set_viewport_size({"width": size[0], "height": size[1]})
    inspector = Inspector()
    for part in PARTS:
        eva.page.goto(f"{people.address}/studio/clinic#{part}")
        expect(eva.page.locator("#fields .field-block").first).to_be_visible()
        inspector.look(part, eva.page)
        width = eva.page.evaluate("document.documentElement.scrollWidth")
        assert width <= size[0], part
    eva.page.goto(f"{people.address}/studio/clinic#no_show")
    eva.page.get_by_label("Fee (optional)").fill("31")
    eva.page.get_by_role("button", name="Save…").click()
    expect(eva.page.get_by_role("dialog")).to_contain_text("answers change")
    inspector.look("preview", eva.page)
    eva.page.get_by_role("button", name="Back to the form").click()
    eva.page.get_by_role("button", name="Drop my changes").click()
    assert inspector.findings == []
