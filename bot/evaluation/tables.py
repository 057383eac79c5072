"""What `careline eval` prints: the measures, the kinds of question, the misses."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.box import SIMPLE_HEAD
from rich.table import Table

from bot.evaluation import measures
from bot.evaluation.ends import Ended
from bot.evaluation.floors import Floor, Floors, holds
from bot.evaluation.results import Measured
from bot.evaluation.sets import LANGUAGES, ORDINARY
from bot.intervals import Share

WIDTH = 150  # columns a table needs; narrower screens wrap its lines


def of_measures(measured: Sequence[Measured], floors: Floors) -> Table:
    """One row a measure: value, 95 % interval, each language, and what it must reach."""
    table = _table("measure", "value", "95 % interval", *LANGUAGES, "floor", "aim", "now")
    for one in measured:
        floor = floors.get(one.name)
        if one.missing:
            cells = ("missing", f"needs {', '.join(one.missing)}", *("" for _ in LANGUAGES))
        else:
            low, high = one.interval
            cells = (_value(one), f"{low:.3f} to {high:.3f}", *_languages(one))
        bounds = _bounds(one, floor) if floor else ("", "", "")
        style = "red" if floor and floor.floor is not None and not holds(one, floor.floor) else ""
        table.add_row(one.title, *cells, *bounds, style=style)
    return table


def of_kinds(ended: Sequence[Ended]) -> Table:
    """The kinds of ordinary question that have an article, by language."""
    table = _table("questions", "language", "answered right", "or offered", "answered wrong")
    for kind in ORDINARY:
        for language in LANGUAGES:
            asked = [
                one
                for one in ended
                if (one.row.set, one.row.kind, one.row.language) == ("questions", kind, language)
                and one.has_article
            ]
            wrong = Share(sum(one.answered and not one.right for one in asked), len(asked))
            right, reached = (
                Share(sum(bool(judge(one)) for one in asked), len(asked))
                for judge in (measures.answered_right, measures.reached)
            )
            table.add_row(kind, language, *(_percent(one) for one in (right, reached, wrong)))
    return table


def misses(ended: Sequence[Ended], names: Sequence[str]) -> Iterator[str]:
    """Every message that speaks against one of these measures, and how it ended."""
    for measure in measures.MEASURES:
        against = measure.misses(ended) if measure.name in names else []
        if against:
            yield f"{measure.title} ({measure.name}): {len(against)}"
        for one in against:
            yield f"  {one.row.id}  {one.turn.text}"
            yield f"      {_end(one)}"


def _end(one: Ended) -> str:
    line = one.line
    parts = [line["outcome"]]
    if line["safety"]["tier"] != "none":
        parts.append(f"{line['safety']['tier']} {line['safety']['category']}")
    if line["article"]:
        parts.append(line["article"])
    if line["options"]:
        parts.append("offered " + " | ".join(" ".join(topics) for topics in line["options"]))
    if one.reason:
        parts.append(f"person: {one.reason}")
    wanted = one.turn.expect or one.row.reason or " ".join(one.turn.topics)
    return "; ".join(parts) + (f"; expected {wanted}" if wanted else "")


def _bounds(one: Measured, floor: Floor) -> tuple[str, ...]:
    sign = "<=" if one.at_most else ">="
    values = (floor.floor, floor.aim, floor.now)
    return tuple("" if value is None else f"{sign} {value:g}" for value in values)


def _languages(one: Measured) -> tuple[str, ...]:
    found = dict(one.languages)
    return tuple(_percent(found[name]) if name in found else "" for name in LANGUAGES)


def _table(*columns: str) -> Table:
    table = Table(*columns, box=SIMPLE_HEAD)
    for column in table.columns:
        column.no_wrap = True
    return table


def _value(one: Measured) -> str:
    if one.value is None:
        return "-"
    return _percent(one.share) if one.share else f"{one.value:.3f}"


def _percent(share: Share) -> str:
    return f"{share.value:.3f} ({share.count}/{share.total})" if share.total else "-"
