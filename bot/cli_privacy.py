"""`careline redact`: what identifies a person, taken out of a text."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import IO, Any

import click

from bot.cli_parts import explained, say
from bot.privacy.redaction import Redactor
from bot.privacy.spans import Redacted
from bot.settings import Settings


@click.command()
@click.argument("file", type=click.File(encoding="utf-8"), default="-")
@click.option("--language", type=click.Choice(["en", "es"]), default="en", show_default=True)
@click.option("--json", "as_json", is_flag=True, help="One object a line: the text and its spans.")
@click.option(
    "--batch",
    type=click.File(encoding="utf-8"),
    help="Texts as JSON lines with `id`, `text` and perhaps `locale`; FILE is not read.",
)
@click.option(
    "--out", type=click.File("w", encoding="utf-8"), default="-", help="Where the batch's spans go."
)
@explained
def redact(
    file: IO[str], language: str, as_json: bool, batch: IO[str] | None, out: IO[str]
) -> None:
    """Replace what identifies a person in FILE, line by line. Without FILE, or with -, in what is
    piped in. Needs the entity model that `careline train` makes.
    """
    redactor = Redactor(Settings().model_dir).load()
    if batch:
        for row in _rows(batch):
            spoken = str(row.get("locale") or row.get("language") or language)
            found = redactor.redact(str(row["text"]), spoken)
            line = {"id": row["id"], "spans": _spans(found)}
            out.write(json.dumps(line, ensure_ascii=False) + "\n")
        return
    for text in file:
        found = redactor.redact(text.rstrip("\n"), language)
        if as_json:
            line = {"text": found.text, "spans": _spans(found)}
            say(json.dumps(line, ensure_ascii=False))
        else:
            say(found.text)


def _rows(batch: IO[str]) -> Iterator[dict[str, Any]]:
    for number, line in enumerate(batch, 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            known = isinstance(row, dict) and {"id", "text"} <= row.keys()
        except ValueError:
            known = False
        if not known:
            # Never the line itself: it holds a patient's words.
            raise click.UsageError(f"line {number} is no JSON object with `id` and `text`")
        yield row


def _spans(found: Redacted) -> list[dict[str, Any]]:
    return [
        {"start": span.start, "end": span.end, "type": span.kind.value.upper()}
        for span in found.spans
    ]
