"""The chat on a clinic's own site, in a browser that gives embedded pages no storage."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.browsers import PATIENCE_MS, Conduct, context_options, launch_options
from tests.browser.clinic_site import ClinicSite
from tests.browser.conftest import People
from tests.browser.people import Patient
from tests.processes import CarelineProcess

pytestmark = pytest.mark.browser

BLOCKED = 2
STORAGE_OF_THE_FRAME = """() => {
  const attempt = (use) => { try { return String(use()); } catch (error) { return error.name; } };
  return {
    localStorage: attempt(() => window.localStorage.length),
    sessionStorage: attempt(() => window.sessionStorage.length),
    cookie: attempt(() => { document.cookie = "kept=1"; return document.cookie; }),
  };
}"""
NOTHING = {"localStorage": "SecurityError", "sessionStorage": "SecurityError", "cookie": ""}


def block_third_party_storage(profile: Path, embedded: str, page: str) -> None:
    """As a careful person's settings do: for everyone, and by name for what is embedded here."""
    exceptions = {"cookies": {f"{embedded},{page}": {"setting": BLOCKED}}}
    preferences = {
        "profile": {
            "block_third_party_cookies": True,
            "cookie_controls_mode": 1,
            "content_settings": {"exceptions": exceptions},
        }
    }
    (profile / "Default").mkdir()
    (profile / "Default" / "Preferences").write_text(json.dumps(preferences), "utf-8")


@pytest.fixture
def careful_patient(
    browser: Browser, careline: CarelineProcess, clinic_site: ClinicSite, tmp_path: Path
) -> Iterator[Patient]:
    """A patient whose browser keeps nothing for embedded pages."""
    block_third_party_storage(tmp_path, careline.address, clinic_site.address)
    context = browser.browser_type.launch_persistent_context(
        tmp_path, **launch_options(), **context_options()
    )
    context.set_default_timeout(PATIENCE_MS)
    conduct = Conduct(context, careline.address, clinic_site.address)
    yield Patient(context, conduct, careline.address)
    context.close()
    assert conduct.problems == []


def test_the_chat_survives_a_reload_on_another_origin_with_third_party_storage_blocked(
    careful_patient: Patient, careline: CarelineProcess, clinic_site: ClinicSite
) -> None:
    patient = careful_patient.visit(clinic_site.embed(careline.address).address)
    patient.open_chat()
    assert patient.chat.locator("body").evaluate(STORAGE_OF_THE_FRAME) == NOTHING
    expect(patient.ask("What is a deductible?")).to_contain_text("deductible")
    said = patient.words()
    patient.reload()
    patient.see_chat()
    expect(patient.lines).to_have_count(2)
    assert patient.words() == said
    patient.ask("What is a copay?")
    expect(patient.lines).to_have_count(4)
    assert patient.chat.locator("body").evaluate(STORAGE_OF_THE_FRAME) == NOTHING


def test_a_page_that_was_not_allowed_cannot_embed_the_chat(
    people: People, careline: CarelineProcess, clinic_site: ClinicSite
) -> None:
    patient = people.patient()
    # The same page under another name is another origin, which the server does not know.
    uninvited = clinic_site.embed(careline.address).address.replace("localhost", "127.0.0.1")
    patient.conduct.allow(uninvited)
    patient.conduct.expect("frame-ancestors")
    patient.visit(uninvited)
    with patient.page.expect_console_message(lambda said: "frame-ancestors" in said.text):
        patient.launcher.click()
    expect(patient.chat.locator("careline-chat")).to_have_count(0)
