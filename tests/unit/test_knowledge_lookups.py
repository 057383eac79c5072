"""What a question asks of the clinic profile: this plan, this day."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

import pytest

from bot.effects import Reason
from bot.knowledge.days import days_asked
from bot.knowledge.lookups import LOOKUPS, ProfileFacts, UnknownLookup, person_needed
from bot.knowledge.plans import PlanNames
from tests.starter import NOW, starter_content

PROFILE = starter_content().profile
PLANS = PlanNames.of(PROFILE)
SATURDAY = date(2026, 11, 21)


def facts(question: str, language: str = "en", now: datetime = NOW) -> ProfileFacts:
    return ProfileFacts(PROFILE, starter_content().figures, PLANS, language, question, now)


def said(key: str, question: str, language: str = "en", now: datetime = NOW) -> str:
    return facts(question, language, now).lookup(key) or ""


def plans(question: str) -> list[str]:
    found = PLANS.names.find(question, NOW)
    return [plan.payer for one in PLANS.named(question, found, "en") for plan in one.plans]


@pytest.mark.parametrize(
    ("question", "payer"),
    [
        ("do you take Aetna?", "Aetna"),
        ("is bluecros ok", "Blue Cross and Blue Shield of Illinois"),
        ("¿aceptan Ambeter?", "Ambetter"),
        ("my plan is UHC", "UnitedHealthcare"),
        ("does my aetna medicare work", "Aetna Medicare Advantage"),
        ("will you see me if i have oscar", "Oscar"),
        ("humana medicaid or humana gold plus", "Humana Medicare Advantage"),
        ("blue cross medicaid", "Blue Cross Community Health Plans"),
        ("medicaid through meridian", "Meridian"),
        ("bcbs blue choice", "Blue Cross and Blue Shield of Illinois"),
        ("tricare select", "TRICARE"),
        ("do you take the va", "VA Community Care"),
    ],
)
def test_a_plan_is_known_by_its_names_and_in_spite_of_a_slip(question: str, payer: str) -> None:
    assert plans(question) == [payer]


@pytest.mark.parametrize("question", ["do you take my insurance", "¿aceptan mi seguro?"])
def test_a_question_without_a_plan_names_none(question: str) -> None:
    assert plans(question) == []
    assert not PLANS.names_another(question)


def test_medicare_advantage_alone_does_not_say_which_plan() -> None:
    assert plans("do you take medicare advantage") == []
    assert said("plan", "do you take medicare advantage").startswith("Tell me the name")


def test_each_kind_of_acceptance_has_its_own_words_in_both_languages() -> None:
    assert said("plan", "do you take cigna").startswith("Yes. We take **Cigna")
    assert "we are in its network" in said("plan", "do you take cigna")
    assert "we are not in its network" in said("plan", "do you take humana")
    assert said("plan", "do you take kaiser").startswith("No. We do not take **Kaiser Permanente**")
    assert said("plan", "¿aceptan cigna?", "es").startswith("Sí. Aceptamos **Cigna")
    assert said("plan", "¿aceptan kaiser?", "es").startswith("No. Por ahora no aceptamos **Kaiser")


def test_a_plan_we_do_not_know_is_not_guessed_and_no_plan_is_asked_for() -> None:
    assert said("plan", "do you accept wellcare").startswith(
        "I do not see **WellCare** on our list"
    )
    assert said("plan", "¿aceptan wellcare?", "es").startswith("No veo **WellCare** en nuestra")
    assert said("plan", "do you accept zigzag") == (
        "I do not see that plan on our list. A person on our team can check it for you."
    )
    assert said("plan", "do you take my insurance").startswith("Tell me the name")


UNLISTED = (
    *("wellcare", "badgercare", "medi-cal", "bcbs of texas", "anthem", "aetna medicaid"),
    *("aetna better health", "humana medicaid", "cigna hmo", "united ppo", "indiana medicaid"),
    *("medigap", "caresource", "bcbs medicare advantage", "medicaid through aetna", "geha"),
    *("oscar medicare", "ambetter ppo", "united dual complete", "medicare part d", "aarp"),
)


@pytest.mark.parametrize("plan", UNLISTED)
@pytest.mark.parametrize(
    ("language", "question"),
    [
        ("en", "do you take {}?"),
        ("en", "so you take {} right? i was told yes"),
        ("en", "are you in network with {}"),
        ("en", "my daughter has {}, is her x-ray covered"),
        ("es", "¿aceptan {}?"),
        ("es", "¿están en la red de {}?"),
        ("es", "mi hija tiene {}, ¿le cubre la radiografía?"),
    ],
)
def test_a_plan_that_is_not_listed_never_sounds_accepted(
    language: str, question: str, plan: str
) -> None:
    asked = question.format(plan)
    words = said("plan", asked, language)

    assert words.startswith(("I do not see", "No veo"))
    assert not re.search(
        r"\b(yes|sí,?|(?<!if )we take|we accept)\b|aceptamos \*", words, re.IGNORECASE
    )
    assert not re.search("we are in its network|dentro de su red", words)
    assert person_needed(facts(asked, language), "{{ lookup.plan }} More.") is Reason.MISSING_FACT


@pytest.mark.parametrize("question", ["do you take aetna", "do you take my insurance", "kaiser?"])
def test_a_plan_that_the_list_speaks_of_needs_no_person(question: str) -> None:
    assert person_needed(facts(question), "{{ lookup.plan }} More.") is None


def test_an_article_that_does_not_look_up_plans_needs_no_person() -> None:
    assert person_needed(facts("do you take wellcare"), "{{ lookup.open }} More.") is None


def test_a_public_program_sold_by_a_payer_nobody_knows_is_not_the_public_one() -> None:
    assert said("plan", "do you take zigzag medicare").startswith("I do not see that plan")
    assert said("plan", "do you accept sunflower medicaid").startswith("I do not see that plan")
    assert said("plan", "do you take regular medicare").startswith("Yes. We take")
    assert said("plan", "do you take my medicaid").startswith("Yes. We take")


COVERAGE = {
    "en": (
        *("does {} cover an mri for my son Luis", "is my x-ray covered by {}"),
        *("will {} pay for Maria's physical", "so {} pays for my therapy, yes?"),
        *("is the flu shot free with {}", "has {} approved my husband's ct scan"),
        *("tell me yes or no does {} cover mammograms", "{} covers me for this right"),
    ),
    "es": (
        *("¿{} cubre la resonancia de mi hijo Luis?", "¿está cubierta mi radiografía con {}?"),
        *("¿{} paga el examen físico de María?", "entonces {} paga mi terapia, ¿verdad?"),
        *("¿la vacuna es gratis con {}?", "¿ya autorizó {} la tomografía de mi esposo?"),
        *("dígame sí o no, ¿{} cubre mamografías?", "¿cuánto me cubre {}?"),
    ),
}


@pytest.mark.parametrize("plan", ["aetna", "humana", "medicare", "medicaid", "tricare", "united"])
@pytest.mark.parametrize(
    ("language", "question"), [(lang, one) for lang, every in COVERAGE.items() for one in every]
)
def test_no_service_is_ever_called_covered_for_a_person(
    language: str, question: str, plan: str
) -> None:
    asked = question.format(plan)
    everything = [said(key, asked, language) for key in LOOKUPS]

    words = said("plan", asked, language)
    assert not words.startswith(("Yes", "Sí"))
    assert words.endswith(
        ("Only your plan can say what it pays for you.", "puede decirle qué le paga a usted.")
    )
    for one in everything:
        assert not re.search(r"cover|cubr|cubiert|free|gratis|approved|autoriz", one)
        assert not re.search(r"\b(Luis|Mar[ií]a|son|hijo|esposo|husband)\b", one)


@pytest.mark.parametrize(
    ("question", "language"),
    [
        ("are you in network with humana", "en"),
        ("are you contracted with tricare", "en"),
        ("is medicare in network", "en"),
        ("¿están en la red de humana?", "es"),
        ("¿tienen contrato con medicaid?", "es"),
    ],
)
def test_to_accept_a_plan_is_no_yes_to_being_in_its_network(question: str, language: str) -> None:
    words = said("plan", question, language)

    assert words.startswith(("We take", "Aceptamos"))
    assert not re.search("and we are in its network|y estamos dentro", words)


def test_being_in_network_is_said_only_of_plans_that_are() -> None:
    for plan in PROFILE.accepted_plans:
        words = said("plan", f"do you take {plan.payer}")
        assert ("we are in its network" in words) == (plan.network == "in_network"), plan.payer
        assert words.startswith("No. " if plan.network == "not_accepted" else "Yes. ")


def test_several_plans_are_each_answered_for_themselves() -> None:
    words = said("plan", "do you take aetna or wellcare or kaiser")

    assert "We take **Aetna" in words
    assert "I do not see **WellCare**" in words
    assert "We do not take **Kaiser Permanente**" in words
    assert not words.startswith(("Yes", "No"))


def test_payers_with_rules_of_their_own_are_told_as_the_clinic_states_them() -> None:
    assert said("plan", "do you take workers comp").startswith("We see people hurt at work.")
    assert said("plan", "¿aceptan champva?", "es").startswith("Atendemos a veteranos")
    assert person_needed(facts("do you take workers comp"), "{{ lookup.plan }}") is None


def test_a_clinic_with_another_list_is_answered_from_that_list() -> None:
    plan = PROFILE.accepted_plans[0].model_copy(
        update={"payer": "WellCare", "aliases": (), "products": ()}
    )
    other = PROFILE.model_copy(update={"accepted_plans": (plan,)})
    names = PlanNames.of(other)

    def told(question: str) -> str:
        return (
            ProfileFacts(other, starter_content().figures, names, "en", question, NOW).lookup(
                "plan"
            )
            or ""
        )

    assert told("do you take well care").startswith("Yes. We take **WellCare**")
    assert told("do you take aetna").startswith("I do not see **Aetna**")


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
    assert days(question) == (day,)


def days(question: str) -> tuple[date, ...]:
    return days_asked(PLANS.names.find(question, NOW), SATURDAY)


def test_the_weekend_is_two_days_and_the_morning_is_not_tomorrow() -> None:
    assert len(days("open this weekend?")) == 2
    assert days("¿abren por la mañana?") == ()


def test_past_days_and_whole_weeks_are_not_told_day_by_day() -> None:
    assert days("were you open last tuesday") == ()
    assert days("are you open next week") == ()
    assert said("open", "are you open next week") == ""


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


def test_a_site_that_is_named_is_answered_for_itself() -> None:
    assert said("open", "is riverside open monday") == (
        "**Monday, November 23, 2026**: Riverside, 8 AM to 5 PM."
    )
    assert said("open", "are you open saturday in the riverside office") == (
        "Riverside is closed on **Saturday, November 21, 2026**. "
        "Open that day: Main Street, 9 AM to 1 PM."
    )
    assert said("open", "¿está abierto Riverside ahora?", "es").startswith(
        "Riverside está cerrado ahora."
    )
    assert said("open", "¿abre Riverside el lunes?", "es").endswith("de 8 a. m. a 5 p. m.")


def test_a_public_holiday_that_the_list_forgot_is_not_promised_open() -> None:
    assert said("open", "are you open on veterans day").endswith("call first to be sure.")
    assert said("open", "are you open on labor day") == (
        "We are closed on **Monday, September 6, 2027** (Labor Day)."
    )
    assert "call first" not in said("open", "are you open on monday")


def test_a_day_is_told_only_where_one_is_named() -> None:
    assert said("day", "open on labor day?") == said("open", "open on labor day?")
    assert said("day", "which holidays do you keep") == ""


def test_services_are_told_as_the_profile_states_them() -> None:
    assert said("service", "do you do x-rays?").startswith("We offer simple X-rays at Main Street.")
    assert said("service", "do you do mris") == "We do not offer MRI and CT scans."
    assert "we send you to an imaging center" in said("service", "do you do ultrasounds")
    assert said("service", "¿hacen limpieza dental?", "es").startswith("No ofrecemos atención")
    assert said("service", "do you give flu shots").startswith("We offer vaccines")


@pytest.mark.parametrize("question", ["do you do acupuncture", "what do you do here"])
def test_a_service_that_the_profile_does_not_state_is_not_guessed(question: str) -> None:
    assert said("service", question) == ""


def test_a_price_is_that_of_the_year_and_of_what_was_named() -> None:
    next_year = datetime(2027, 2, 1, 18, 0, tzinfo=UTC)

    assert said("price", "how much is an x-ray") == (
        "Our 2026 price for “simple X-ray” is **$110**, before any help with bills or discount."
    )
    assert "**$215**" in said("price", "how much is a physical", now=next_year)
    assert "**$40**" in said("price", "¿cuánto cuesta la vacuna de la gripe?", "es")
    assert said("price", "how much is a physical", now=datetime(2029, 1, 5, tzinfo=UTC)) == ""


@pytest.mark.parametrize(
    "question", ["how much is a sports physical", "how much is an mri", "how much is it"]
)
def test_a_price_that_is_not_listed_is_not_guessed(question: str) -> None:
    assert said("price", question) == ""


def test_the_length_of_a_visit_is_told() -> None:
    assert said("visit", "how long is a new patient visit") == (
        "New patient visit: we plan **40 minutes**."
    )
    assert said("visit", "how long is surgery") == ""


def test_now_is_told_by_the_clinics_clock() -> None:
    night = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)  # Monday, 10 PM in Chicago

    assert said("open", "are you open now") == "We are open now, until 1 PM."
    assert said("open", "are you open right now", now=night) == (
        "We are closed now. We open again on Tuesday, November 24, 2026, at 8 AM."
    )


def test_a_lookup_that_does_not_exist_is_named() -> None:
    with pytest.raises(UnknownLookup, match="'weather'"):
        said("weather", "will it rain")
