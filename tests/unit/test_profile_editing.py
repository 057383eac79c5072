"""The profile's forms, writing one part of its file, and telling what changed."""

from __future__ import annotations

import tomllib
from datetime import UTC, date, datetime
from typing import Any

import pytest

from bot import texts
from bot.errors import NotFound
from bot.knowledge import profile_form
from bot.knowledge.content import from_files, parse_profile
from bot.knowledge.profile_changes import changes, parsed
from bot.knowledge.profile_composed import COMPOSED
from bot.knowledge.profile_editing import BadProfile, with_part
from bot.knowledge.profile_preview import affected
from bot.knowledge.profile_toml import replace_part, written
from bot.settings import ROOT

BODY = (ROOT / "data" / "clinic.toml").read_text("utf-8")
DATA = tomllib.loads(BODY)
NOW = datetime(2026, 11, 23, 16, tzinfo=UTC)
PARTS = [name for name, value in DATA.items() if isinstance(value, dict | list)]


def changed_lines(before: str, after: str) -> tuple[set[str], set[str]]:
    """The lines that went, and those that came."""
    return (
        set(before.splitlines()) - set(after.splitlines()),
        set(after.splitlines()) - set(before.splitlines()),
    )


def part(section: str, /, **sent: Any) -> dict[str, Any]:
    """A part with some facts said as a form says them."""
    return {**DATA[section], **sent}


# --- forms


def test_every_part_and_field_has_a_name_in_both_languages() -> None:
    def names(path: str, fields: list[dict[str, Any]]) -> list[str]:
        found = []
        for field in fields:
            found.append(f"clinic_fields.f_{path}_{field['name']}")
            if field["kind"] == "rows":
                found += names(f"{path}_{field['name']}", field["fields"])
        return found

    for form in profile_form.forms():
        for text_id in (
            f"clinic_fields.part_{form['name']}",
            *names(form["name"], form["fields"]),
        ):
            for language in texts.LANGUAGES:
                assert texts.get(text_id, language).text


def test_every_option_and_unit_has_a_name_in_both_languages() -> None:
    def each(fields: list[dict[str, Any]]) -> list[str]:
        found = []
        for field in fields:
            if field["kind"] == "choice":
                found += [f"o_{field['name']}_{one}" for one in field["options"]]
            if "unit" in field:
                found.append(f"u_{field['unit']}")
            found += each(field.get("fields", []))
        return found

    wanted = [one for form in profile_form.forms() for one in each(form["fields"])]
    for name in wanted:
        for language in texts.LANGUAGES:
            assert texts.get(f"clinic_fields.{name}", language).text


def test_every_fact_that_an_article_can_name_has_a_place_in_a_form() -> None:
    assert profile_form.place_of("no_show_fee") == ("no_show", "fee_usd")
    assert profile_form.place_of("fax") == ("contacts", "fax")
    assert profile_form.place_of("service_x_ray") == ("services", "items")
    assert all(profile_form.place_of(key) for key in COMPOSED)
    assert profile_form.place_of("nothing_like_it") is None


def test_what_a_form_sends_becomes_what_the_file_holds() -> None:
    fields = (profile_form.form("no_show") or {})["fields"]
    sent = {
        "last_verified": "2026-11-20",
        "notice_hours": " 24 ",
        "fee_usd": "$1,030.50",
        "waived": {"en": "", "es": " "},
    }
    assert profile_form.typed(fields, sent) == {
        "last_verified": date(2026, 11, 20),
        "notice_hours": 24,
        "fee_usd": 1030.5,
    }


# --- the file


def test_a_whole_profile_is_written_and_read_again() -> None:
    assert tomllib.loads(written(DATA)) == DATA


@pytest.mark.parametrize("name", PARTS)
def test_a_part_that_says_the_same_leaves_every_other_line_as_it_was(name: str) -> None:
    made = replace_part(BODY, name, DATA[name], DATA[name])
    assert tomllib.loads(made) == DATA
    assert {line for line in BODY.splitlines() if line.startswith("#")} <= set(made.splitlines())


def test_a_changed_line_keeps_its_comment_and_the_others_stay() -> None:
    made = replace_part(BODY, "queue", part("queue", capacity=5), DATA["queue"])
    gone, came = changed_lines(BODY, made)
    assert gone == {"capacity = 4                      # cases of one person at once"}
    assert came == {"capacity = 5                      # cases of one person at once"}


def test_a_part_can_be_added_and_taken_out() -> None:
    without = replace_part(BODY, "auto", None, DATA["auto"])
    assert "auto" not in tomllib.loads(without)
    assert tomllib.loads(replace_part(without, "auto", DATA["auto"])) == DATA


@pytest.mark.parametrize("text", ['a "quoted" word', "back\\slash", "línea ñ 🦷", "two\nlines"])
def test_any_words_come_back_as_they_were(text: str) -> None:
    value = part("portal", name=text)
    made = replace_part(BODY, "portal", value, DATA["portal"])
    assert tomllib.loads(made)["portal"]["name"] == text


# --- what is refused


@pytest.mark.parametrize(
    ("name", "sent", "path"),
    [
        ("contacts", {"phone": "12"}, ("contacts", "phone")),
        ("contacts", {"phone": ""}, ("contacts", "phone")),
        ("contacts", {"email": "nobody"}, ("contacts", "email")),
        ("booking", {"url": "http://x.example"}, ("booking", "url")),
        ("no_show", {"fee_usd": "a lot"}, ("no_show", "fee_usd")),
        ("no_show", {"notice_hours": "0"}, ("no_show", "notice_hours")),
        ("no_show", {"waived": {"en": "No stop", "es": "Punto."}}, ("no_show", "waived", "en")),
        ("no_show", {"waived": {"en": "One only.", "es": ""}}, ("no_show", "waived", "es")),
        ("queue", {"assignment": "guess"}, ("queue", "assignment")),
    ],
)
def test_a_fact_that_cannot_be_is_refused_at_its_field(
    name: str, sent: dict[str, Any], path: tuple[str, ...]
) -> None:
    with pytest.raises(BadProfile) as refused:
        with_part(BODY, name, part(name, **sent))
    assert path in [one.path for one in refused.value.problems]


def test_every_problem_is_told_at_once() -> None:
    with pytest.raises(BadProfile) as refused:
        with_part(BODY, "contacts", part("contacts", phone="12", fax="13", email="x"))
    assert len(refused.value.problems) == 3


def test_a_site_that_others_name_cannot_go() -> None:
    with pytest.raises(BadProfile) as refused:
        with_part(BODY, "locations", [DATA["locations"][0]])
    assert {one.kind for one in refused.value.problems} == {"reference"}


def test_facts_outside_every_section_are_a_part_too() -> None:
    with pytest.raises(BadProfile) as refused:
        with_part(BODY, "clinic", {"name": "X", "time_zone": "Mars"})
    assert refused.value.problems[0].path == ("clinic", "time_zone")
    made, profile = with_part(BODY, "clinic", {**parsed(BODY)["clinic"], "state": "Iowa"})
    assert profile.state == "Iowa"
    assert "# true: texts nobody qualified has reviewed" in made


def test_a_part_that_the_profile_does_not_have_is_refused() -> None:
    with pytest.raises(NotFound):
        with_part(BODY, "moon", {})


# --- what changed


def test_a_change_is_told_by_field_and_entry_not_by_place() -> None:
    plans = [dict(one) for one in DATA["accepted_plans"]]
    plans[1]["network"] = "accepted"
    body, _ = with_part(BODY, "accepted_plans", [plans[1], plans[0], *plans[2:]])
    (one,) = changes(parsed(BODY), parsed(body))
    assert one.path == (
        "accepted_plans",
        "Blue Cross and Blue Shield of Illinois · commercial",
        "network",
    )
    assert (one.before, one.after) == ("in_network", "accepted")


def test_an_entry_that_came_or_went_is_one_change() -> None:
    body, _ = with_part(BODY, "holidays", DATA["holidays"][1:])
    (one,) = changes(parsed(BODY), parsed(body))
    assert one.path == ("holidays", "2026-11-26")
    assert one.after is None


def test_equal_profiles_have_no_changes() -> None:
    assert changes(parsed(BODY), parsed(BODY)) == ()


# --- what patients will read


def test_the_answers_that_use_a_fact_are_shown_before_and_after_in_both_languages() -> None:
    content = from_files(ROOT / "data")
    body, profile = with_part(BODY, "no_show", part("no_show", fee_usd="45"))
    found = affected(content, profile, NOW)
    assert {one.language for one in found} == {"en", "es"}
    assert all("$30" in (one.before or "") for one in found)
    assert all("$45" in (one.after or "") for one in found)
    assert affected(content, parse_profile(BODY), NOW) == []
    assert body != BODY


def test_answers_that_would_be_lost_come_first() -> None:
    _, profile = with_part(BODY, "contacts", part("contacts", fax=""))
    found = affected(from_files(ROOT / "data"), profile, NOW)
    assert found[0].after is None
    assert found[0].before


def test_an_answer_that_depends_on_the_question_is_shown_with_one() -> None:
    plans = [dict(one) for one in DATA["accepted_plans"]]
    plans[0]["network"] = "not_accepted"
    _, profile = with_part(BODY, "accepted_plans", plans)
    found = affected(from_files(ROOT / "data"), profile, NOW)
    asked = [one for one in found if "aetna" in one.question.lower()]
    assert asked
    assert (asked[0].before or "").startswith("Yes.")
    assert (asked[0].after or "").startswith("No.")
