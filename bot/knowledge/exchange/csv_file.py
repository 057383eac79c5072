"""Questions and answers from a table: one row each, the first row names the columns."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterator

from bot.errors import Invalid
from bot.knowledge.exchange.entries import Entry, Found
from bot.knowledge.exchange.html_prose import any_text, lost_notes, plain_line
from bot.knowledge.plans import normal

MEGABYTES = 5
COLUMNS = {
    "question": ("question", "pregunta", "title", "titulo", "q"),
    "answer": ("answer", "respuesta", "text", "texto", "a"),
    "language": ("language", "lang", "idioma", "lengua"),
    "topics": ("topics", "topic", "temas", "tema"),
    "variants": ("variants", "variant", "variantes", "also asked as", "variations"),
    "source_title": ("source title", "source", "fuente", "titulo de la fuente"),
    "source_url": ("source url", "source link", "url", "link", "enlace", "url de la fuente"),
    "slug": ("slug", "id"),
    "domain": ("domain", "area"),
}
REQUIRED = ("question", "answer")
SEPARATORS = ",;\t|"
MOST_BROKEN = 200
_NAMES = {alias: column for column, aliases in COLUMNS.items() for alias in aliases}


def read(content: bytes, name: str) -> Found:
    """All rows of the table. Raises `Invalid` when it is no table this can read."""
    text = _decoded(content, name)
    separator = _separator(text)
    rows = _rows(text, separator)
    header_line, header = next(
        ((line, cells) for line, cells in rows if isinstance(cells, list) and any(cells)), (1, [])
    )
    columns = [_column(cell) for cell in header]
    if missing := [wanted for wanted in REQUIRED if wanted not in columns]:
        raise Invalid(
            f"{name}, line {header_line}: there is no column “{missing[0]}”",
            field=missing[0],
            remedy="Name the columns in the first row: " + ", ".join(COLUMNS) + ".",
        )
    if twice := [one for one, count in Counter(columns).items() if one and count > 1]:
        raise Invalid(
            f"{name}, line {header_line}: two columns are “{twice[0]}”",
            field=twice[0],
            remedy="Rename or remove one of them.",
        )
    found = Found()
    unknown = [cell for cell, column in zip(header, columns, strict=True) if cell and not column]
    if unknown:
        found.notes.append(f"columns not used: {', '.join(map(plain_line, unknown))}")
    lost: Counter[str] = Counter()
    for line, cells in rows:
        _row(found, f"line {line}", columns, cells, lost)
    found.notes += lost_notes(lost)
    return found


def _decoded(content: bytes, name: str) -> str:
    encoding = "utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise Invalid(
            f"{name}, line {line}: not UTF-8",
            remedy="Save the table again as “CSV UTF-8”.",
        ) from None
    if "\0" in text:
        line = text[: text.index("\0")].count("\n") + 1
        raise Invalid(
            f"{name}, line {line}: this is not a text file",
            remedy="Save the table as “CSV UTF-8”; a workbook (.xlsx) is not read.",
        )
    return re.sub(r"\r\n?|[\x0b\x0c\x1c-\x1e\x85\u2028\u2029]", "\n", text)


def _separator(text: str) -> str:
    """The separator under which the first line names most columns."""
    first = next((line for line in text.split("\n") if line.strip()), "")

    def known(separator: str) -> int:
        return sum(bool(_column(cell)) for cell in next(csv.reader([first], delimiter=separator)))

    return max(SEPARATORS, key=known)


def _column(cell: str) -> str:
    return _NAMES.get(" ".join(normal(cell.replace("_", " "))), "")


def _rows(text: str, separator: str) -> Iterator[tuple[int, list[str] | csv.Error]]:
    """Each record with the line it begins on; a broken one gives its error.

    Reading goes on at the line below the broken one's first, because a quote that nobody closed
    swallows rows that are good.
    """
    lines = text.splitlines(keepends=True)
    begins = 0
    for _ in range(MOST_BROKEN):
        reader = csv.reader(lines[begins:], delimiter=separator, strict=True)
        done = 0
        try:
            for cells in reader:
                yield begins + done + 1, cells
                done = reader.line_num
            return
        except csv.Error as error:
            yield begins + done + 1, error
            begins += done + 1
    raise Invalid(
        f"line {begins}: the quotes do not match in {MOST_BROKEN} rows",
        remedy="Save the table again as “CSV UTF-8”.",
    )


def _row(
    found: Found,
    where: str,
    columns: list[str],
    cells: list[str] | csv.Error,
    lost: Counter[str],
) -> None:
    if isinstance(cells, csv.Error):
        remedy = "Put the cell in quotes and double every quote inside it."
        found.refuse(where, f"the quotes do not match ({cells})", remedy)
        return
    if not any(cell.strip() for cell in cells):
        return
    if len(cells) > len(columns) and any(cell.strip() for cell in cells[len(columns) :]):
        message = f"{len(cells)} cells, but the first row names {len(columns)} columns"
        found.refuse(where, message, "Put a cell that holds the separator in quotes.")
        return
    values = {name: cell for name, cell in zip(columns, cells, strict=False) if name}
    kept = ("language", "source_title", "source_url", "slug", "domain")
    found.entries.append(
        Entry(
            where=where,
            question=plain_line(values.get("question", "")),
            answer=any_text(values.get("answer", ""), lost),
            **{name: plain_line(values.get(name, "")) for name in kept},
            topics=_listed(values.get("topics", ""), r"[|,;\s]"),
            variants=_listed(values.get("variants", ""), r"[|\n]"),
        )
    )


def _listed(cell: str, separator: str) -> tuple[str, ...]:
    return tuple(said for part in re.split(separator, cell) if (said := plain_line(part)))
