"""The clinic profile: what is refused, and how facts are said in both languages."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from pathlib import Path

import pytest

from bot.errors import Invalid
from bot.knowledge import profile
from bot.knowledge.hours import Span

STARTER = Path(__file__).resolve().parents[2] / "data" / "clinic.toml"

SMALL = """\
name = "Small Clinic"
time_zone = "America/Chicago"

[contacts]
phone = "217-555-0100"
last_verified = 2026-11-01

[[locations]]
id = "main"
name = "Main"
address = "1 Main Street"
[locations.hours]
mon = "08:00-17:00"
tue = ["08:00-12:00", "13:00-17:00"]

[promise]
urgent = 5
high = 15
normal = 30
after_opening = 30
"""


def read(tmp_path: Path, text: str) -> profile.ClinicProfile:
    path = tmp_path / "clinic.toml"
    path.write_text(text, "utf-8")
    return profile.load(path)


def refused(tmp_path: Path, text: str) -> Invalid:
    with pytest.raises(Invalid) as caught:
        read(tmp_path, text)
    assert "clinic.toml" in caught.value.message
    assert caught.value.remedy
    return caught.value


def test_a_small_clinic_is_enough(tmp_path: Path) -> None:
    clinic = read(tmp_path, SMALL)
    assert clinic.display("phone", "en") == "217-555-0100"
    assert not clinic.demo


def test_a_fact_that_is_not_stated_is_none(tmp_path: Path) -> None:
    clinic = read(tmp_path, SMALL)
    for key in ("no_show_fee", "portal_url", "plans", "medicaid_plans", "holidays", "fax", "nope"):
        assert clinic.display(key, "en") is None


def test_a_missing_key_is_named(tmp_path: Path) -> None:
    error = refused(tmp_path, SMALL.replace('phone = "217-555-0100"\n', ""))
    assert error.field == "contacts.phone"
    assert error.remedy == "Add it."


def test_a_misspelled_key_is_named(tmp_path: Path) -> None:
    text = SMALL + "\n[no_show]\nfee = 30\nlast_verified = 2026-11-01\n"
    error = refused(tmp_path, text)
    assert error.field == "no_show.fee"
    assert "spelled" in (error.remedy or "")


@pytest.mark.parametrize("hours", ['"8-5"', '"17:00-08:00"', "8", '"08:00"'])
def test_hours_that_make_no_sense_are_refused(tmp_path: Path, hours: str) -> None:
    error = refused(tmp_path, SMALL.replace('mon = "08:00-17:00"', f"mon = {hours}"))
    assert error.field == "locations.0.hours.mon"


def test_an_unknown_time_zone_is_refused(tmp_path: Path) -> None:
    error = refused(tmp_path, SMALL.replace("America/Chicago", "Central"))
    assert error.field == "time_zone"
    assert "America/Chicago" in error.message


def test_a_holiday_of_an_unknown_location_is_refused(tmp_path: Path) -> None:
    text = SMALL + (
        "\n[[holidays]]\ndate = 2026-12-25\n"
        'name = { en = "Christmas", es = "Navidad" }\nlocations = ["north"]\n'
    )
    assert "north" in refused(tmp_path, text).message


def test_words_in_one_language_only_are_refused(tmp_path: Path) -> None:
    text = SMALL + '\n[pay]\nmethods = { en = "cash" }\nlast_verified = 2026-11-01\n'
    assert "es" in (refused(tmp_path, text).field or "")


def test_broken_toml_is_refused_with_its_line(tmp_path: Path) -> None:
    assert "line 1" in refused(tmp_path, "name = Clinic\n").message


def test_numbers_are_said_with_their_unit(tmp_path: Path) -> None:
    text = SMALL + (
        "\n[no_show]\nnotice_hours = 24\nfee_usd = 30\nlast_verified = 2026-11-01\n"
        "[refill]\nready_business_days = 1\nlast_verified = 2026-11-01\n"
        "[self_pay]\ndiscount_percent = 25\nlast_verified = 2026-11-01\n"
        "[payment_plan]\nminimum_usd = 1250.50\nlast_verified = 2026-11-01\n"
    )
    clinic = read(tmp_path, text)
    assert clinic.display("no_show_notice", "en") == "24 hours"
    assert clinic.display("no_show_notice", "es") == "24 horas"
    assert clinic.display("no_show_fee", "es") == "$30"
    assert clinic.display("refill_ready", "en") == "1 business day"
    assert clinic.display("refill_ready", "es") == "1 día hábil"
    assert clinic.display("self_pay_discount", "en") == "25%"
    assert clinic.display("payment_plan_minimum", "en") == "$1,250.50"


def test_hours_are_said_as_people_say_them(tmp_path: Path) -> None:
    clinic = read(tmp_path, SMALL)
    assert clinic.display("hours", "en") == (
        "- **Main**: Monday, 8 AM to 5 PM; Tuesday, 8 AM to noon and 1 PM to 5 PM; "
        "Wednesday to Sunday, closed"
    )
    assert clinic.display("hours", "es") == (
        "- **Main**: lunes, de 8 a. m. a 5 p. m.; "
        "martes, de 8 a. m. a 12 del mediodía y de 1 p. m. a 5 p. m.; "
        "miércoles a domingo, cerrado"
    )


def test_days_with_the_same_hours_are_named_together() -> None:
    hours = profile.load(STARTER).display("hours", "en") or ""
    assert "Tuesday and Thursday, 10 AM to 7 PM" in hours


def test_past_holidays_are_not_listed() -> None:
    clinic = profile.load(STARTER)
    before = clinic.display("holidays", "es", date(2026, 11, 26)) or ""
    after = clinic.display("holidays", "es", date(2026, 11, 28)) or ""
    assert "jueves 26 de noviembre de 2026 (Día de Acción de Gracias): cerrado" in before
    assert "Acción de Gracias" not in after
    assert "Riverside" in before
    assert len((clinic.display("next_holidays", "en", date(2026, 11, 26)) or "").split("\n")) == 3


def test_a_plan_that_is_not_accepted_is_never_listed() -> None:
    clinic = profile.load(STARTER)
    refused_plans = [p.payer for p in clinic.accepted_plans if p.network == "not_accepted"]
    assert refused_plans
    listed = "".join(
        clinic.display(key, "en") or "" for key in ("plans", "medicaid_plans", "medicare_plans")
    )
    assert not any(payer in listed for payer in refused_plans)


def test_accepted_is_never_said_as_in_network() -> None:
    listed = (profile.load(STARTER).display("plans", "en") or "").splitlines()
    humana = next(line for line in listed if line.startswith("- Humana (PPO)"))
    medicare = next(line for line in listed if "Original Medicare" in line)
    assert humana.endswith("we accept it, but we are not in its network")
    assert medicare.endswith("we accept it")


def test_no_alias_names_two_plans() -> None:
    clinic = profile.load(STARTER)
    names = [name.casefold() for plan in clinic.accepted_plans for name in plan.aliases]
    names += [plan.payer.casefold() for plan in clinic.accepted_plans]
    assert len(names) == len(set(names))


def test_the_clinic_is_open_when_any_site_is_and_a_site_when_it_is() -> None:
    clinic = profile.load(STARTER)
    tuesday_evening = datetime(2026, 11, 24, 18, 30, tzinfo=clinic.zone)
    assert clinic.hours().is_open(tuesday_evening)
    assert clinic.hours("riverside").is_open(tuesday_evening)
    assert not clinic.hours("main").is_open(tuesday_evening)
    with pytest.raises(Invalid):
        clinic.hours("north")


def test_a_holiday_of_one_site_leaves_the_other_open() -> None:
    clinic = profile.load(STARTER)
    friday = date(2026, 11, 27)
    assert clinic.hours("riverside").on(friday) == ()
    assert clinic.hours("main").on(friday) == (Span(time(8), time(17)),)
    assert clinic.hours().on(friday) == (Span(time(8), time(17)),)


def test_people_answer_the_chat_in_their_own_hours_but_not_on_holidays() -> None:
    clinic = profile.load(STARTER)
    agents = clinic.agent_hours()
    assert agents.is_open(datetime(2026, 11, 24, 15, tzinfo=UTC))
    assert not agents.is_open(datetime(2026, 11, 28, 16, tzinfo=UTC))
    assert not agents.is_open(datetime(2026, 11, 26, 16, tzinfo=UTC))


def test_people_leave_with_the_clinic_on_a_short_day() -> None:
    agents = profile.load(STARTER).agent_hours()
    christmas_eve = datetime(2026, 12, 24, 15, tzinfo=UTC)
    closes = agents.closes_at(christmas_eve)
    assert closes is not None
    assert closes.time() == time(12)


def test_people_answer_about_a_site_unless_it_is_closed_for_a_holiday() -> None:
    clinic = profile.load(STARTER)
    friday = datetime(2026, 11, 27, 16, tzinfo=UTC)
    assert clinic.agent_hours("main").is_open(friday)
    assert not clinic.agent_hours("riverside").is_open(friday)


def test_without_agent_hours_people_answer_when_the_clinic_is_open(tmp_path: Path) -> None:
    clinic = read(tmp_path, SMALL)
    assert clinic.agent_hours() == clinic.hours()
