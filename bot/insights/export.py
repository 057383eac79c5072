"""Tables as CSV for a spreadsheet: UTF-8 with a mark, and no cell that would run as a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Sequence

from bot.insights.tables import Cell, Table
from bot.insights.values import Change, Count, Scores, Spans
from bot.intervals import Share

MARK = "\ufeff"
# What a spreadsheet may take for a formula, also behind a tab or a line break.
DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n")
Say = Callable[[str], str]
Label = Callable[[str, str], str]


def safe(cell: str) -> str:
    """The cell as text: a leading apostrophe keeps a spreadsheet from running it."""
    return f"'{cell}" if cell.startswith(DANGEROUS) else cell


def as_csv(tables: Sequence[Table], t: Say, label: Label, *, titles: bool) -> str:
    """The tables below one another; `titles` puts a line with the name above each."""
    out = io.StringIO()
    out.write(MARK)
    writer = csv.writer(out, lineterminator="\r\n")
    for number, table in enumerate(tables):
        if titles:
            if number:
                writer.writerow([])
            writer.writerow([safe(t(f"insights.table_{table.id}"))])
        writer.writerows(_lines(table, t, label))
    return out.getvalue()


def _lines(table: Table, t: Say, label: Label) -> Iterator[list[str]]:
    kinds = [_kind(table, place) for place in range(len(table.columns))]
    head = [t(f"insights.rows_{table.rows_are}")]
    for name, parts in zip(table.columns, kinds, strict=True):
        head += [f"{t(name)}: {t(f'insights.csv_{part}')}" for part in parts]
    yield [safe(cell) for cell in head]
    for row in table.rows:
        line = [safe(label(table.rows_are, row.key))]
        for cell, parts in zip(row.cells, kinds, strict=True):
            numbers = numbers_of(cell)
            line += [numbers.get(part, "") for part in parts]
        yield line


def numbers_of(cell: Cell) -> dict[str, str]:
    """A cell's numbers by the name of their column. Seconds and percents are whole or one place."""
    match cell:
        case Count(count):
            return {"count": str(count)}
        case Share(count, total):
            low, high = cell.interval()
            percents = {"percent": cell.value, "low": low, "high": high} if total else {}
            said = {name: f"{100 * value:.1f}" for name, value in percents.items()}
            return {"count": str(count), "total": str(total), **said}
        case Spans():
            said = {"count": str(len(cell.seconds))}
            if cell.median is not None:
                said["median"] = f"{cell.median:.1f}"
            if cell.p90 is not None:
                said["p90"] = f"{cell.p90:.1f}"
            return said
        case Scores():
            mean = {"mean": f"{cell.mean:.2f}"} if cell.mean is not None else {}
            return {"count": str(len(cell.scores)), **mean}
        case Change(by, low, high):
            return {
                "points": f"{100 * by:.1f}",
                "low": f"{100 * low:.1f}",
                "high": f"{100 * high:.1f}",
            }
        case _:
            return {}


ORDER = ("count", "total", "percent", "median", "p90", "mean", "points", "low", "high")


def _kind(table: Table, place: int) -> list[str]:
    """The numbers that a column has in any of its rows, in one order."""
    found = {name for row in table.rows for name in numbers_of(row.cells[place])}
    return [name for name in ORDER if name in found]
