"""What the insights page shows: cards, tables, charts and the board, ready for a template."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from bot.insights.board import AT_RISK, Board, Line
from bot.insights.definitions import BY_ID, Group, Measure, group
from bot.insights.facts import Facts
from bot.insights.tables import Table
from bot.insights.values import Change, Spans
from bot.intervals import Share
from bot.web.charts import TALL, Chart, bars, columns, dots, line
from bot.web.insights_words import NOTHING, Said, Words

MOST_ROWS = 20
MOST_BARS = 8
EMPTY = {"topic": "empty_contacts", "outcome": "empty_turns", "safety": "empty_safety"}


@dataclass(frozen=True, slots=True)
class Card:
    """One measure: now, before, and those that stand beside it."""

    measure: Measure
    now: Said
    before: str
    change: Said | None
    beside: Sequence[Card] = ()


def cards(name: Group, now: Facts, before: Facts, words: Words) -> list[Card]:
    """The cards of a part of the page; companions stand inside the card they belong to."""
    measures = group(name)
    inside = {one for measure in measures for one in measure.beside}
    return [card(one, now, before, words) for one in measures if one.id not in inside]


def card(measure: Measure, now: Facts, before: Facts, words: Words) -> Card:
    """One measure as a card."""
    new, old = measure.compute(now), measure.compute(before)
    was = words.said(old)
    said = words.t("was_nothing") if was == NOTHING else words.t("was", value=was.main)
    change = Change.between(new, old)
    beside = [card(BY_ID[one], now, before, words) for one in measure.beside]
    return Card(measure, words.said(new), said, words.said(change) if change else None, beside)


def table_view(table: Table, words: Words, *, by_week: bool = False) -> dict[str, Any]:
    """A table in words: the first rows, and how many more the export has."""
    name = "week" if table.id == "step" and by_week else table.id
    shown = table.rows if table.rows_are in ("measure", "step") else table.rows[:MOST_ROWS]
    help_id = f"help_{name}"
    helped = table.id in ("step", "site", "language", "agent", "topic", "outcome")
    return {
        "id": table.id,
        "caption": words.t(f"table_{name}"),
        "help": words.t(help_id) if helped else "",
        "head": [words.t(f"rows_{table.rows_are}"), *(words.t(one) for one in table.columns)],
        "rows": [
            (words.label(table.rows_are, row.key), [words.said(cell) for cell in row.cells])
            for row in shown
        ],
        "more": len(table.rows) - len(shown),
        "empty": words.t(EMPTY.get(table.id, "empty")),
    }


def step_charts(table: Table, words: Words) -> list[Chart]:
    """What came day by day, and how soon a person replied."""
    labels = [words.day(date.fromisoformat(row.key)) for row in table.rows]
    came = _column(table, "insights.contacts_name")
    handed = _column(table, "insights.handoff_rate_name")
    spans = _column(table, "insights.first_response_name")
    totals = [cell.count for cell in came]
    people = [cell.count for cell in handed]
    alone = [total - person for total, person in zip(totals, people, strict=True)]
    medians = [cell.median for cell in spans if isinstance(cell, Spans)]
    charts = []
    if any(totals):
        desc = _described("chart_contacts_desc", totals, labels, words, str)
        chart = Chart("contacts", words.t("chart_contacts"), desc, TALL)
        chart.legend = (("one", words.t("legend_contained")), ("two", words.t("legend_person")))
        charts.append(columns(chart, labels, alone, people))
    if any(value is not None for value in medians):
        known = [value or 0.0 for value in medians]
        desc = _described("chart_response_desc", known, labels, words, words.span)
        chart = Chart("response", words.t("chart_response"), desc, TALL)
        charts.append(line(chart, labels, medians, words.span))
    return charts


def reason_charts(table: Table, words: Words) -> list[Chart]:
    """Why people were needed, and what became of the promises."""
    rows = table.rows[:MOST_BARS]
    if not rows:
        return []
    names = [words.label("reason", row.key) for row in rows]
    counts = [cell.count for cell in _column(table, "insights.cases_name")][: len(rows)]
    desc = words.t("chart_reason_desc", most=names[0], count=counts[0])
    first = Chart("reason", words.t("chart_reason"), desc, TALL)
    told = [(name, count, str(count)) for name, count in zip(names, counts, strict=True)]
    charts = [bars(first, told)]
    kept = _column(table, "insights.promise_kept_name")[: len(rows)]
    decided = [(n, one, words.said(one).main) for n, one in zip(names, kept, strict=True)]
    shown = [one for one in decided if isinstance(one[1], Share) and one[1].total]
    if shown:
        second = Chart("kept", words.t("chart_kept"), words.t("chart_kept_desc"), TALL)
        charts.append(dots(second, shown))
    return charts


def outcome_chart(table: Table, words: Words) -> list[Chart]:
    """How the assistant's turns ended."""
    rows = [
        (words.label("outcome", row.key), cell.count, words.said(row.cells[1]).main)
        for row, cell in zip(table.rows, _column(table, "insights.turns"), strict=True)
        if cell.count
    ]
    if not rows:
        return []
    most = max(rows, key=lambda one: one[1])
    desc = words.t("chart_reason_desc", most=most[0], count=most[1])
    chart = Chart("outcome", words.t("chart_outcome"), desc, TALL)
    return [bars(chart, rows)]


def _column(table: Table, name: str) -> list[Any]:
    place = table.columns.index(name)
    return [row.cells[place] for row in table.rows]


def _described(
    text: str, values: Sequence[Any], labels: Sequence[str], words: Words, say: Callable[[Any], str]
) -> str:
    most = max(values)
    return words.t(text, most=say(most), when=labels[list(values).index(most)])


def board_view(board: Board, words: Words, clock: str) -> dict[str, Any]:
    """The board in words, for the template and for the script that draws it again."""
    t = words.t
    here = sum(one.presence == "online" for one in board.people)
    risk = int(AT_RISK.total_seconds() // 60)
    whole = board.all
    tiles = [
        _tile("waiting", t("board_waiting"), str(whole.waiting), ""),
        _tile("oldest", t("board_oldest"), _oldest(whole, words), ""),
        _tile("at_risk", t("board_at_risk", count=risk), str(whole.at_risk), "warn"),
        _tile("broken", t("board_broken"), str(whole.broken), "danger"),
        _tile("people", t("board_people"), str(here), ""),
    ]
    head = [t("board_waiting"), t("board_oldest"), t("board_at_risk", count=risk)]
    head.append(t("board_broken"))
    loads = [
        [one.name, t(f"presence_{one.presence}"), str(one.cases), str(one.unanswered)]
        for one in board.people
    ]
    people_head = [t(f"board_{one}") for one in ("person", "presence", "cases", "unanswered")]
    return {
        "updated": t("board_updated", time=clock),
        "lost": t("board_lost", time=clock),
        "tiles": tiles,
        "tables": [
            _lines("language", [t("language"), *head], board.by_language, words),
            _lines("reason", [t("reason"), *head], board.by_reason, words),
            {
                "id": "load",
                "caption": t("board_load"),
                "head": people_head,
                "rows": loads,
                "empty": t("board_nobody_here"),
            },
        ],
    }


def _lines(name: str, head: list[str], lines: Sequence[Line], words: Words) -> dict[str, Any]:
    rows = [
        [
            words.label(name, one.key),
            str(one.waiting),
            _oldest(one, words),
            str(one.at_risk),
            str(one.broken),
        ]
        for one in lines
        if one.waiting or one.at_risk or one.broken
    ]
    caption = words.t(f"board_{name}")
    empty = words.t("board_nobody_waits")
    return {"id": name, "caption": caption, "head": head, "rows": rows, "empty": empty}


def _oldest(found: Line, words: Words) -> str:
    if found.oldest is None:
        return words.t("none")
    return words.span(int(found.oldest.total_seconds()))


def _tile(name: str, label: str, value: str, tone: str) -> dict[str, str]:
    alarming = tone if value != "0" else ""
    return {"id": name, "label": label, "value": value, "tone": alarming}
