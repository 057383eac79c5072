"""The words of reaching patients: both languages, all used, plain, and silent about health."""

from __future__ import annotations

import re

import pytest

from bot import texts
from bot.outreach import ledger, templates
from bot.settings import ROOT

STATIC = ROOT / "bot" / "web" / "static"
FORM = [STATIC / "widget" / "contact.js", STATIC / "widget" / "contact_form.js"]
HEALTH = re.compile(
    r"health|doctor|test result|appointment|insurance|bill|visit|salud|médic|cita|seguro|consulta",
    re.IGNORECASE,
)


def words(language: str) -> dict[str, str]:
    found = texts.catalogue(language)
    return {key: text for key, text in found.items() if key.startswith("outreach.")}


def test_both_languages_have_the_same_texts_with_the_same_places() -> None:
    english, spanish = words("en"), words("es")
    assert {key: texts.fields(text) for key, text in english.items()} == {
        key: texts.fields(text) for key, text in spanish.items()
    }


def test_every_text_that_the_form_asks_for_exists() -> None:
    source = "\n".join(path.read_text("utf-8") for path in FORM)
    asked = set(re.findall(r"""phrase\("(\w+)\"""", source))
    assert len(asked) > 10
    assert {f"outreach.form_{key}" for key in asked} <= words("en").keys()


@pytest.mark.parametrize("language", texts.LANGUAGES)
def test_no_email_names_a_matter_of_health(language: str) -> None:
    mails = {key: text for key, text in words(language).items() if ".mail_" in key}
    assert len(mails) > 10
    assert [key for key, text in mails.items() if HEALTH.search(text)] == []


@pytest.mark.parametrize("language", texts.LANGUAGES)
@pytest.mark.parametrize("name", sorted(templates.TEMPLATES))
def test_every_template_has_its_words(name: str, language: str) -> None:
    wanted = ["subject", "body"] + ["button"] * templates.TEMPLATES[name].link
    assert {f"outreach.mail_{name}_{part}" for part in wanted} <= words(language).keys()


def test_an_edited_consent_is_another_consent() -> None:
    english = ledger.wording("email", "en", "Clinic")
    assert english.hash == ledger.wording("email", "en", "Another").hash
    assert english.hash != ledger.wording("email", "es", "Clinic").hash
    assert "Clinic may e-mail me" in english.text
