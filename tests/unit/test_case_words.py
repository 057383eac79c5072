"""What cases are found by, and which site words speak of."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.handoff.words import matches, plain
from bot.knowledge import profile
from bot.knowledge.sites import site_in
from bot.settings import ROOT

CLINIC = profile.load(Path(ROOT / "data" / "clinic.toml"))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("¿Cuánto cuesta?", "cuanto cuesta"),
        ("My BILL, please!", "my bill please"),
        ("I am [name], call [phone]", "i am call"),
        ("año", "ano"),
        ("", ""),
    ],
)
def test_words_are_kept_small_bare_and_without_what_redaction_put_in(text: str, words: str) -> None:
    assert plain(text) == words


def test_every_asked_word_must_begin_a_word() -> None:
    assert matches("my bill is wrong", "bil wro")
    assert not matches("my bill is wrong", "bil right")
    assert not matches("my mobile", "bil")
    assert matches("anything", "")


@pytest.mark.parametrize(
    ("text", "site"),
    [
        ("is Riverside open", "riverside"),
        ("not Riverside, the one on Main Street", "main"),
        ("¿abre la clínica Riverside?", "riverside"),
        ("48 River Road", "riverside"),
        ("how much is a visit", None),
    ],
)
def test_the_site_that_is_named_last_is_meant(text: str, site: str | None) -> None:
    assert site_in(text, CLINIC) == site


def test_a_clinic_with_one_site_is_always_meant() -> None:
    alone = CLINIC.model_copy(update={"locations": CLINIC.locations[:1]})
    assert site_in("how much is a visit", alone) == "main"
