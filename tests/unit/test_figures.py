"""National figures: shown until they expire, refused when unknown or unsourced."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from bot.errors import Invalid
from bot.knowledge import facts

# A state that keeps its pages under .us, and two hotlines that the government pays for.
OFFICIAL = (
    "https://www.dhs.state.il.us/",
    "https://www.shiphelp.org/",
    "https://www.thehotline.org/",
)
STARTER = Path(__file__).resolve().parents[2] / "data" / "facts.toml"

TEXT = """\
[appeal_window]
statement = "Time to appeal"
value = "180 days"
es = "180 días"
effective = "ongoing"
verified_on = 2026-11-21
expires_on = 2026-12-31
source_title = "HealthCare.gov"
source_url = "https://www.healthcare.gov/"
"""


def read(tmp_path: Path, text: str) -> facts.Figures:
    path = tmp_path / "facts.toml"
    path.write_text(text, "utf-8")
    return facts.load(path)


def test_a_figure_is_said_in_the_language_asked_for(tmp_path: Path) -> None:
    figures = read(tmp_path, TEXT)
    assert figures.display("appeal_window", "en", date(2026, 12, 1)) == "180 days"
    assert figures.display("appeal_window", "es", date(2026, 12, 1)) == "180 días"


def test_a_figure_is_shown_on_its_last_day_and_not_after(tmp_path: Path) -> None:
    figures = read(tmp_path, TEXT)
    assert figures.display("appeal_window", "en", date(2026, 12, 31)) == "180 days"
    assert figures.display("appeal_window", "en", date(2027, 1, 1)) is None
    assert figures.expiring(date(2026, 12, 31)) == ()
    assert figures.expiring(date(2027, 1, 1)) == ("appeal_window",)


def test_an_unknown_figure_is_an_error_that_names_it(tmp_path: Path) -> None:
    with pytest.raises(facts.UnknownFigure) as caught:
        read(tmp_path, TEXT).display("appeal_windw", "en", date(2026, 12, 1))
    assert caught.value.field == "appeal_windw"


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ('source_url = "https://www.healthcare.gov/"\n', "", "appeal_window.source_url"),
        ("https://www", "http://www", "appeal_window.source_url"),
        ('value = "180 days"\n', "", "appeal_window.value"),
        ("expires_on = 2026-12-31", "expires_on = 2026-01-01", "appeal_window"),
    ],
)
def test_a_figure_without_source_value_or_end_is_refused(
    tmp_path: Path, old: str, new: str, field: str
) -> None:
    with pytest.raises(Invalid) as caught:
        read(tmp_path, TEXT.replace(old, new))
    assert caught.value.field == field


def test_starter_figures_are_money_days_or_phones_with_an_official_source() -> None:
    for name, figure in facts.load(STARTER).root.items():
        assert figure.source_url.startswith(OFFICIAL) or ".gov/" in figure.source_url, name
        assert any(sign.isdigit() for sign in figure.value), name
