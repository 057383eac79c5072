"""The facts of the clinic profile: every key resolves, none is guessed, wrong ones are refused."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from bot.knowledge import profile, profile_guide, render
from bot.knowledge.plans import PlanNames
from bot.knowledge.profile_parts import Sentence
from tests.unit.test_profile import SMALL, STARTER, read, refused

ROOT = STARTER.parents[1]
TODAY = date(2026, 11, 22)
NOON = datetime(2026, 11, 22, 18, tzinfo=UTC)
LANGUAGES = ("en", "es")
LONGEST_FACT = 34  # words
ALWAYS = {"name", "hours", "chat_hours", "addresses", "phone", "relay"}
FAMILIAR = re.compile(r"\b(?:tú|tu|tus|te|ti|contigo)\b", re.IGNORECASE)

PEOPLE = """
[providers]
last_verified = 2026-11-01
[[providers.people]]
id = "ortiz"
name = "Ines Ortiz"
role = { en = "family doctor", es = "médica de familia" }
kind = "doctor"
gender = "female"
sites = ["main"]
languages = ["en", "es"]
children = true
accepting_new = false
[[providers.people]]
id = "lund"
name = "Clara Lund"
role = { en = "counselor", es = "consejera" }
kind = "behavioral_health"
gender = "female"
sites = ["main"]
languages = ["en"]
children = false
accepting_new = true
[[providers.left]]
name = "Paul Hart"
role = { en = "family doctor", es = "médico de familia" }
left_on = 2026-06-30
patients_see = ["ortiz"]
"""

SERVICES = """
[[locations]]
id = "north"
name = "North"
address = "2 North Street"
[locations.hours]
mon = "08:00-17:00"

[services]
last_verified = 2026-11-01
[[services.items]]
id = "imaging"
name = { en = "X-rays", es = "radiografías" }
offered = true
locations = ["north"]
note = { en = "No visit is needed.", es = "No hace falta una visita." }
[[services.items]]
id = "vaccines"
name = { en = "vaccines", es = "vacunas" }
offered = true
[[services.items]]
id = "dental"
name = { en = "dental care", es = "atención dental" }
offered = false
"""

PRICES = """
[prices]
last_verified = 2026-11-01
[[prices.items]]
name = { en = "regular visit", es = "visita regular" }
usd = 140
year = 2026
[[prices.items]]
name = { en = "regular visit", es = "visita regular" }
usd = 145.50
year = 2027
"""


def section(name: str, line: str) -> str:
    return f"{SMALL}\n[{name}]\n{line}\nlast_verified = 2026-11-01\n"


def article_places() -> Iterator[tuple[str, str]]:
    """Each clinic fact an article names, with the file."""
    for path in sorted((ROOT / "data" / "knowledge").glob("*/*.md")):
        for kind, key in render.placeholders(path.read_text("utf-8")):
            if kind == "clinic":
                yield key, path.name


def starter_keys() -> set[str]:
    services = profile.load(STARTER).services
    assert services
    return profile_guide.article_keys() | {f"service_{item.id}" for item in services.items}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_starter_states_every_fact_of_the_model(language: str) -> None:
    clinic = profile.load(STARTER)
    keys = starter_keys()
    assert len(keys) > 150
    assert not {key for key in keys if not clinic.display(key, language, TODAY)}


def test_articles_name_only_facts_that_a_profile_can_state() -> None:
    named = dict(article_places())
    assert named
    known = starter_keys()
    assert not {key: where for key, where in named.items() if key not in known}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_clinic_with_the_least_guesses_nothing(tmp_path: Path, language: str) -> None:
    clinic = read(tmp_path, SMALL)
    said = {key for key in starter_keys() if clinic.display(key, language, TODAY) is not None}
    assert said == ALWAYS


@pytest.mark.parametrize("language", LANGUAGES)
def test_facts_of_the_starter_are_short(language: str) -> None:
    for prefix, found in profile.load(STARTER).sections():
        for key, words in found.words(language).items():
            assert len(words.split()) <= LONGEST_FACT, prefix + key


def test_the_starter_says_usted() -> None:
    clinic = profile.load(STARTER)
    said = {key: clinic.display(key, "es", TODAY) or "" for key in starter_keys()}
    assert not {key: words for key, words in said.items() if FAMILIAR.search(words)}


def test_the_starter_names_nobody_real() -> None:
    text = STARTER.read_text("utf-8")
    assert not [n for n in re.findall(r"\b\d{3}-\d{3}-\d{4}\b", text) if n[:9] != "217-555-0"]
    assert all(".example" in url for url in re.findall(r"https?://[^\s\"]+", text))


def test_every_section_of_the_starter_says_when_it_was_verified() -> None:
    tables = tomllib.loads(STARTER.read_text("utf-8"))
    facts = [name for name, table in tables.items() if isinstance(table, dict)]
    missing = {name for name in facts if "last_verified" not in tables[name]}
    assert missing == {"agents", "promise", "queue"}


@pytest.mark.parametrize(
    ("name", "line", "key", "hint"),
    [
        ("booking", 'walk_in = { en = "By appointment", es = "Con cita." }', "en", "full stop"),
        ("visit", 'bring = { en = "an ID.", es = "una identificación" }', "en", "full stop"),
        ("booking", 'walk_in = "By appointment."', "walk_in", "Sentence"),
        ("portal", 'support_phone = "ask us"', "support_phone", "217-555-0100"),
        ("prices", 'url = "clinic.example/prices"', "url", "https://"),
        ("privacy", 'email = "privacy at clinic"', "email", "hello@clinic.example"),
        ("paperwork", 'fee_usd = "15 dollars"', "fee_usd", "decimal"),
        ("paperwork", "fee_usd = -15", "fee_usd", "0"),
        ("paperwork", "ready_business_days = 0", "ready_business_days", "0"),
        ("paperwork", 'ready_business_days = "7"', "ready_business_days", "integer"),
        ("paperwork", "ready_business_days = true", "ready_business_days", "integer"),
        ("self_pay", "discount_percent = 250", "discount_percent", "100"),
    ],
)
def test_a_fact_of_the_wrong_kind_is_refused(
    tmp_path: Path, name: str, line: str, key: str, hint: str
) -> None:
    error = refused(tmp_path, section(name, line))
    assert (error.field or "").startswith(f"{name}.")
    assert key in (error.field or "")
    assert hint in error.message


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("no_show", "notice_days = 1"),
        ("bills", "refund_business_days = 10"),
        ("paperwork", "fee = 15"),
        ("bills", "discount = 5"),
    ],
)
def test_a_number_with_another_unit_or_none_is_refused(
    tmp_path: Path, name: str, line: str
) -> None:
    error = refused(tmp_path, section(name, line))
    assert error.field == f"{name}.{line.split(' ')[0]}"
    assert "spelled" in (error.remedy or "")


def test_a_section_without_its_date_is_refused(tmp_path: Path) -> None:
    error = refused(tmp_path, f"{SMALL}\n[paperwork]\nfee_usd = 15\n")
    assert error.field == "paperwork.last_verified"
    assert error.remedy == "Add it."


@pytest.mark.parametrize(
    ("old", "new", "key", "hint"),
    [
        ('sites = ["main"]', 'sites = ["north"]', "providers.people.0.sites", "main"),
        ('id = "lund"', 'id = "ortiz"', "providers.people.1.id", "its own"),
        ('see = ["ortiz"]', 'see = ["otis"]', "providers.left.0.patients_see", "ortiz, lund"),
        ('["en", "es"]', '["en", "xx"]', "providers.people.0.languages", "xx"),
        ('kind = "doctor"', 'kind = "wizard"', "providers.people.0.kind", "nurse_practitioner"),
        ("children = true", 'children = "adults"', "providers.people.0.children", "boolean"),
    ],
)
def test_people_that_do_not_agree_are_refused(
    tmp_path: Path, old: str, new: str, key: str, hint: str
) -> None:
    error = refused(tmp_path, SMALL + PEOPLE.replace(old, new, 1))
    assert error.field == key
    assert hint in error.message


def test_a_service_at_an_unknown_site_is_refused(tmp_path: Path) -> None:
    text = SMALL + SERVICES.replace('locations = ["north"]', 'locations = ["south"]')
    error = refused(tmp_path, text)
    assert error.field == "services.items.0.locations"
    assert "main, north" in error.message


def test_two_services_with_one_id_are_refused(tmp_path: Path) -> None:
    error = refused(tmp_path, SMALL + SERVICES.replace('id = "dental"', 'id = "vaccines"'))
    assert error.field == "services.items.2.id"


def test_providers_are_said_with_role_site_and_languages(tmp_path: Path) -> None:
    clinic = read(tmp_path, SMALL + PEOPLE)
    english = (clinic.display("providers", "en") or "").splitlines()
    spanish = (clinic.display("providers", "es") or "").splitlines()
    assert english[0] == "- **Ines Ortiz**, family doctor: Main; English and Spanish"
    assert spanish[0] == "- **Ines Ortiz**, médica de familia: Main; inglés y español"


def test_a_counselor_is_not_a_woman_doctor(tmp_path: Path) -> None:
    clinic = read(tmp_path, SMALL + PEOPLE)
    assert clinic.display("providers_women", "en") == "Ines Ortiz"
    assert clinic.display("providers_new", "en") is None
    assert clinic.display("providers_men", "en") is None


def test_a_gender_that_is_not_stated_is_not_guessed(tmp_path: Path) -> None:
    clinic = read(tmp_path, SMALL + PEOPLE.replace('gender = "female"\n', ""))
    assert clinic.display("providers_women", "en") is None
    assert clinic.display("providers_spanish", "en") == "Ines Ortiz"


def test_who_left_is_said_with_who_sees_the_patients_now(tmp_path: Path) -> None:
    clinic = read(tmp_path, SMALL + PEOPLE)
    assert clinic.display("providers_left", "en") == (
        "- **Paul Hart**, family doctor: left on June 30, 2026. Patients now see Ines Ortiz."
    )
    assert clinic.display("providers_left", "es") == (
        "- **Paul Hart**, médico de familia: se fue el 30 de junio de 2026. "
        "Ahora sus pacientes van con Ines Ortiz."
    )


def test_a_service_says_whether_and_where_it_is_offered(tmp_path: Path) -> None:
    clinic = read(tmp_path, SMALL + SERVICES)
    assert clinic.display("service_imaging", "en") == (
        "We offer X-rays at North. No visit is needed."
    )
    assert clinic.display("service_imaging", "es") == (
        "Ofrecemos radiografías en North. No hace falta una visita."
    )
    assert clinic.display("service_vaccines", "es") == "Ofrecemos vacunas."
    assert clinic.display("service_dental", "en") == "We do not offer dental care."
    assert clinic.display("service_surgery", "en") is None


def test_what_is_not_offered_is_never_listed_as_offered(tmp_path: Path) -> None:
    clinic = read(tmp_path, SMALL + SERVICES)
    assert clinic.display("services", "en") == "- X-rays (North)\n- Vaccines"
    assert clinic.display("services_not_offered", "en") == "dental care"


def test_visit_types_say_their_length(tmp_path: Path) -> None:
    text = section("visit_types", "") + (
        '[[visit_types.items]]\nname = { en = "nurse visit", es = "visita con enfermería" }\n'
        'minutes = 15\npurpose = { en = "for a shot", es = "para una vacuna" }\n'
    )
    clinic = read(tmp_path, text)
    assert clinic.display("visit_types", "es") == (
        "- **Visita con enfermería**: 15 minutos, para una vacuna"
    )


def test_a_price_is_shown_in_its_own_year_only(tmp_path: Path) -> None:
    clinic = read(tmp_path, SMALL + PRICES)
    assert clinic.display("prices", "en", date(2026, 12, 31)) == (
        "- Regular visit: $140\n- These are our 2026 prices."
    )
    assert clinic.display("prices", "en", date(2027, 1, 1)) == (
        "- Regular visit: $145.50\n- These are our 2027 prices."
    )
    assert clinic.display("prices", "en", date(2028, 1, 1)) is None


def test_prices_say_that_the_discount_comes_off(tmp_path: Path) -> None:
    text = section("self_pay", "discount_percent = 25") + PRICES
    english = read(tmp_path, text).display("prices", "en", TODAY) or ""
    spanish = read(tmp_path, text).display("prices", "es", TODAY) or ""
    assert "2026 prices, before the 25% discount" in english
    assert "precios de 2026, antes del 25% de descuento" in spanish


def test_other_coverage_is_listed_among_all_plans_only() -> None:
    clinic = profile.load(STARTER)
    other = [plan for plan in clinic.accepted_plans if plan.line == "other"]
    assert {plan.network for plan in other} == {"in_network", "accepted", "not_accepted"}
    listed = clinic.display("plans", "en") or ""
    public = (clinic.display("medicare_plans", "en") or "") + (
        clinic.display("medicaid_plans", "en") or ""
    )
    for plan in other:
        assert (plan.label in listed) == (plan.network != "not_accepted")
        assert plan.label not in public


def test_a_plan_is_listed_under_its_name_in_the_readers_language() -> None:
    clinic = profile.load(STARTER)
    assert "- Original Medicare (Part B): we accept it" in (
        clinic.display("medicare_plans", "en") or ""
    )
    assert "- Medicare Original (Part B): lo aceptamos" in (
        clinic.display("medicare_plans", "es") or ""
    )


@pytest.mark.parametrize(
    ("question", "payer"),
    [
        ("do you take tricare", "TRICARE"),
        ("i have va community care", "VA Community Care"),
        ("aceptan seguro de viaje", "Travel insurance"),
        ("cuánto va a costar mi visita", None),
    ],
)
def test_other_coverage_is_found_in_a_question(question: str, payer: str | None) -> None:
    plans = PlanNames.of(profile.load(STARTER))
    named = plans.named(question, plans.names.find(question, NOON), "en")
    assert [plan.payer for one in named for plan in one.plans] == ([payer] if payer else [])


def test_the_page_about_the_profile_is_as_the_model_is() -> None:
    written = (ROOT / "docs" / "clinic-profile.md").read_text("utf-8")
    page = profile_guide.page(tomllib.loads(STARTER.read_text("utf-8")))
    assert written == page, "python -m bot.knowledge.profile_guide > docs/clinic-profile.md"


def test_the_page_names_every_key_and_says_what_it_means() -> None:
    page = profile_guide.page({})
    assert not {key for key in profile_guide.article_keys() if f"| `{key}` |" not in page}
    assert "|  |  |\n" not in page


def test_a_sentence_may_end_with_a_question_mark() -> None:
    assert Sentence(en="Ready?", es="¿Listo?")["es"] == "¿Listo?"
    with pytest.raises(ValueError, match="full stop"):
        Sentence(en="Ready", es="Listo")
