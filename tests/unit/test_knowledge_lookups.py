"""What a question asks of the clinic profile: this plan, this day."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from bot.knowledge.days import days_asked
from bot.knowledge.lookups import ProfileFacts, UnknownLookup
from bot.knowledge.plans import PlanNames
from tests.starter import NOW, starter_content

PROFILE = starter_content().profile
PLANS = PlanNames.of(PROFILE)
SATURDAY = date(2026, 11, 21)


def said(key: str, question: str, language: str = "en", now: datetime = NOW) -> str:
    facts = ProfileFacts(PROFILE, starter_content().figures, PLANS, language, question, now)
    return facts.lookup(key) or ""


@pytest.mark.parametrize(
    ("question", "payer"),
    [
        ("do you take Aetna?", "Aetna"),
        ("is bluecros ok", "Blue Cross and Blue Shield of Illinois"),
        ("¿aceptan Ambeter?", "Ambetter"),
        ("my plan is UHC", "UnitedHealthcare"),
        ("does my aetna medicare work", "Aetna Medicare Advantage"),
        ("will you see me if i have oscar", "Oscar"),
    ],
)
def test_a_plan_is_known_by_its_names_and_in_spite_of_a_slip(question: str, payer: str) -> None:
    plan = PLANS.find(question)

    assert plan is not None
    assert plan.payer == payer


@pytest.mark.parametrize("question", ["do you take my insurance", "¿aceptan mi seguro?"])
def test_a_question_without_a_plan_names_none(question: str) -> None:
    assert PLANS.find(question) is None
    assert not PLANS.names_another(question)


def test_medicare_advantage_alone_does_not_say_which_plan() -> None:
    assert PLANS.find("do you take medicare advantage") is None


def test_each_kind_of_acceptance_has_its_own_words_in_both_languages() -> None:
    assert said("plan", "do you take cigna").startswith("Yes. We take **Cigna")
    assert "we are in its network" in said("plan", "do you take cigna")
    assert "we are not in its network" in said("plan", "do you take humana")
    assert said("plan", "do you take kaiser").startswith("No. We do not take **Kaiser Permanente**")
    assert said("plan", "¿aceptan cigna?", "es").startswith("Sí. Aceptamos **Cigna")
    assert said("plan", "¿aceptan kaiser?", "es").startswith("No. Por ahora no aceptamos **Kaiser")


def test_a_plan_we_do_not_know_is_not_guessed_and_no_plan_is_asked_for() -> None:
    assert "do not see that plan" in said("plan", "do you accept wellcare")
    assert said("plan", "do you take my insurance").startswith("Tell me the name")


@pytest.mark.parametrize(
    ("question", "day"),
    [
        ("are you open on monday", date(2026, 11, 23)),
        ("abren los sábados", SATURDAY),
        ("are you open tomorrow", date(2026, 11, 22)),
        ("¿abren pasado mañana?", date(2026, 11, 23)),
        ("open on christmas eve?", date(2026, 12, 24)),
        ("¿abren en navidad?", date(2026, 12, 25)),
        ("are you open dec 26", date(2026, 12, 26)),
        ("el 3 de enero", date(2027, 1, 3)),
        ("the day after thanksgiving", date(2026, 11, 27)),
        ("mlk: martin luther king day", date(2027, 1, 18)),
    ],
)
def test_a_day_is_known_by_weekday_date_or_holiday(question: str, day: date) -> None:
    assert days_asked(question, PROFILE, SATURDAY) == (day,)


def test_the_weekend_is_two_days_and_the_morning_is_not_tomorrow() -> None:
    assert len(days_asked("open this weekend?", PROFILE, SATURDAY)) == 2
    assert days_asked("¿abren por la mañana?", PROFILE, SATURDAY) == ()


def test_opening_hours_are_said_per_site_and_closed_days_with_their_reason() -> None:
    assert said("open", "are you open monday") == (
        "**Monday, November 23, 2026**: Main Street, 8 AM to 5 PM; Riverside, 8 AM to 5 PM."
    )
    assert said("open", "¿abren en navidad?", "es") == (
        "El **viernes 25 de diciembre de 2026** (Navidad) está cerrado."
    )
    assert said("open", "are you open sunday") == (
        "We are closed on **Sunday, November 22, 2026**."
    )


def test_now_is_told_by_the_clinics_clock() -> None:
    night = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)  # Monday, 10 PM in Chicago

    assert said("open", "are you open now") == "We are open now, until 1 PM."
    assert said("open", "are you open right now", now=night) == (
        "We are closed now. We open again on Tuesday, November 24, 2026, at 8 AM."
    )


def test_a_lookup_that_does_not_exist_is_named() -> None:
    with pytest.raises(UnknownLookup, match="'weather'"):
        said("weather", "will it rain")
