"""A wish to be left alone is understood in free words, and nothing else is taken for one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from bot.outreach.stop import Stop, understand

SET = Path(__file__).resolve().parents[1] / "evaluation" / "stop.jsonl"
EMAIL, PHONE = frozenset({"email"}), frozenset({"phone"})


def phrases() -> list[dict[str, Any]]:
    return [json.loads(line) for line in SET.read_text("utf-8").splitlines()]


@pytest.mark.parametrize(
    "text",
    [
        "stop texting me",
        "Please STOP sending me texts!!!",
        "take me off your list",
        "do not call me again",
        "unsubscribe",
        "stop",
        "ya no me manden mensajes",
        "quítenme de la lista",
        "dejen de llamarme",
        "denme de baja",
    ],
)
def test_free_words_in_both_languages_are_a_wish_to_be_left_alone(text: str) -> None:
    assert understand(text) is not None


@pytest.mark.parametrize(
    "text",
    [
        "how do I stop my Medicaid",
        "stop the bleeding",
        "my ex won't stop texting me",
        "why did you stop calling me",
        "take me off the waiting list",
        "stop sending my bill to the old address",
        "cómo detengo el sangrado",
        "nunca me llaman",
        "quítenme de la lista de espera",
        "para la llamada de mañana",
        "",
    ],
)
def test_what_only_sounds_alike_is_not(text: str) -> None:
    assert understand(text) is None


def test_a_wish_beside_other_words_is_found() -> None:
    assert understand("Thanks, I got my answer. Please stop emailing me, ok?") is not None


def test_a_question_beside_the_wish_is_still_a_question() -> None:
    alone = understand("ok, stop emailing me please")
    beside = understand("stop emailing me. do you take aetna medicaid?")
    assert alone and alone.only
    assert beside and not beside.only


def test_only_the_channel_that_is_named_is_meant() -> None:
    assert understand("stop emailing me") == Stop(EMAIL)
    assert understand("ya no me llamen a mi celular") == Stop(PHONE)


def test_every_channel_is_meant_where_none_is_named() -> None:
    assert understand("leave me alone") == Stop(EMAIL | PHONE)


def test_on_the_set_at_most_two_phrases_are_misread() -> None:
    rows = phrases()
    misread = [row["id"] for row in rows if (understand(row["text"]) is not None) != row["stop"]]
    assert len(rows) >= 60
    assert len(misread) <= 2, misread
    assert {row["language"] for row in rows if row["stop"]} == {"en", "es"}
