"""Tables, words, charts and files of the insights."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot import texts
from bot.insights import tables
from bot.insights.definitions import BY_ID, MEASURES
from bot.insights.export import MARK, as_csv, safe
from bot.insights.facts import Facts
from bot.insights.periods import Period
from bot.insights.tables import Row, Table
from bot.insights.turns import OUTCOMES
from bot.insights.values import Change, Count, Scores, Spans
from bot.intervals import Share
from bot.knowledge.profile import ClinicProfile, load
from bot.settings import ROOT
from bot.web.charts import TALL, Chart, bars, ceiling, columns, dots, line
from bot.web.insights_words import Said, Words

NOW = datetime(2026, 11, 22, tzinfo=UTC)
NOTHING = Facts(NOW)
PERIOD = Period(date(2026, 11, 1), date(2026, 11, 3), ZoneInfo("America/Chicago"))


@pytest.fixture(scope="module")
def clinic() -> ClinicProfile:
    return load(ROOT / "data" / "clinic.toml")


@pytest.fixture(params=texts.LANGUAGES)
def words(request: pytest.FixtureRequest, clinic: ClinicProfile) -> Words:
    return Words(request.param, {"ana": "Ana"}, clinic)


@pytest.fixture
def english(clinic: ClinicProfile) -> Words:
    return Words("en", {}, clinic)


@pytest.mark.parametrize("measure", MEASURES, ids=lambda one: one.id)
def test_a_measure_says_what_it_means_and_what_it_leaves_out(measure: object) -> None:
    for language in texts.LANGUAGES:
        found = texts.catalogue(language)
        for text_id in (measure.name, measure.means, measure.without):  # type: ignore[attr-defined]
            assert found[text_id]


def test_containment_is_never_shown_without_repeat_contact_and_rating() -> None:
    beside = {"contained_repeat", "rating_assistant"}
    shown = [table for table in tables.tables(NOTHING, NOTHING, PERIOD)]
    containing = 0
    for table in shown:
        ids = set(table.columns) | {BY_ID[row.key].name for row in table.rows if row.key in BY_ID}
        if BY_ID["containment"].name in ids:
            containing += 1
            assert {BY_ID[one].name for one in beside} <= ids, table.id
    assert containing >= 3


def test_tables_without_cases_are_empty_and_days_are_still_there() -> None:
    found = {one.id: one for one in tables.tables(NOTHING, NOTHING, PERIOD)}
    assert [len(found[name].rows) for name in ("reason", "topic", "outcome", "step")] == [
        0,
        0,
        0,
        3,
    ]


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@a", "\t=1", "\r=1", "\n=1"])
def test_a_cell_that_a_spreadsheet_would_run_is_kept_as_text(cell: str) -> None:
    assert safe(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["Ana", "1=1", "", "a@b"])
def test_any_other_cell_is_left_as_it_is(cell: str) -> None:
    assert safe(cell) == cell


def test_a_file_has_a_mark_and_numbers_and_no_formula(english: Words) -> None:
    rows = (Row("=ben", (Share(3, 4), Spans.of([60.0]))), Row("ana", (Share(0, 0), Spans(()))))
    names = ("insights.promise_kept_name", "insights.handling_name")
    text = as_csv([Table("agent", "agent", names, rows)], english.t, english.label, titles=False)
    assert text.startswith(MARK)
    head, ben, ana = csv.reader(io.StringIO(text.removeprefix(MARK)))
    assert head[1:4] == ["Promise kept: count", "Promise kept: of", "Promise kept: percent"]
    assert ben == ["'=ben", "3", "4", "75.0", "30.1", "95.4", "1", "60.0"]
    assert ana == ["ana", "0", "0", "", "", "", "0", ""]


def test_every_code_of_a_row_has_a_name(words: Words) -> None:
    for outcome in OUTCOMES:
        assert words.label("outcome", outcome)
    assert words.label("category", "full.saf.suicide") != "full.saf.suicide"
    assert words.label("agent", "ana") == "Ana"
    assert words.label("site", "main") == "Main Street"
    assert words.label("topic", "unknown") == words.t("unknown")


def test_few_cases_are_said_as_counts_and_many_as_a_share(english: Words) -> None:
    assert english.said(Share(3, 4)) == Said("3 of 4", "few: likely 30 to 95%")
    assert english.said(Share(42, 50)).main == "84%"
    assert english.said(Share(0, 0)).main == "–"
    assert english.said(Spans.of([60.0, 90.0])).main == "2 cases"
    assert english.said(Spans.of([120.0] * 5)).main == "2 min"


def test_few_ratings_are_listed_and_many_have_a_mean(english: Words) -> None:
    assert english.said(Scores((2, 5))) == Said("2 ratings", "2, 5")
    assert english.said(Scores((1, 4, 5, 5, 5))).main == "4.0 of 5"


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0.03, "30 ms"),
        (0, "0 s"),
        (45, "45 s"),
        (600, "10 min"),
        (3600, "1 h"),
        (11_100, "3 h 5 min"),
        (176_400, "2 d 1 h"),
    ],
)
def test_a_span_is_said_in_its_two_largest_units(seconds: float, said: str, english: Words) -> None:
    assert english.span(seconds) == said


def test_a_change_says_its_direction_and_whether_it_may_be_chance(english: Words) -> None:
    assert english.said(Change(-0.071, -0.12, -0.01)).main == "−7 points"
    assert english.said(Change(0.001, -0.02, 0.02)) == Said(
        "0 points",
        "−2 to +2; may be chance",
        "unsure",
    )
    assert english.said(Count(1200)).main == "1,200"


def test_stacked_columns_stand_on_each_other_and_inside_the_chart() -> None:
    chart = columns(Chart("c", "t", "d", TALL), ["a", "b"], [3, 0], [1, 0])
    lower, upper, _ = [one.attributes for one in chart.shapes if one.tag == "rect"]
    assert float(upper["y"]) + float(upper["height"]) == pytest.approx(float(lower["y"]), abs=0.2)
    assert 0 <= float(upper["y"]) < TALL


def test_a_line_breaks_where_nothing_is_known() -> None:
    chart = line(Chart("c", "t", "d", TALL), list("abcd"), [60.0, None, 120.0, 60.0], str)
    path = next(one.attributes["d"] for one in chart.shapes if one.tag == "path")
    assert (str(path).count("M"), str(path).count("L")) == (2, 1)
    assert sum(one.tag == "circle" for one in chart.shapes) == 3


def test_a_share_of_nothing_has_no_point_and_bars_of_nothing_do_no_harm() -> None:
    chart = dots(Chart("c", "t", "d", TALL), [("a", Share(0, 0), "–"), ("b", Share(1, 2), "1")])
    assert sum(one.tag == "circle" for one in chart.shapes) == 1
    assert bars(Chart("c", "t", "d", TALL), []).height < TALL


@pytest.mark.parametrize(("most", "end"), [(0, 4), (4, 4), (7, 10), (33, 40), (41, 50), (100, 100)])
def test_an_axis_ends_at_a_round_number(most: int, end: int) -> None:
    assert ceiling(most) == end


def test_the_insights_never_open_what_is_sealed() -> None:
    for path in (ROOT / "bot" / "insights").glob("*.py"):
        source = Path(path).read_text("utf-8")
        assert ".body" not in source and ".packet" not in source and "KeyRing" not in source, path
