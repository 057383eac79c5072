"""`careline eval gaps`: how many true gaps are found in a seeded log."""

from __future__ import annotations

from pathlib import Path

import click
from rich.table import Table

from bot.cli_parts import explained, say, screen
from bot.settings import Settings

NAME_CHARS = 48


@click.command("gaps")
@click.option(
    "--log",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the log there too, as JSON lines.",
)
@explained
def gaps(log: Path | None) -> None:
    """Find the gaps in a log of 2,000 redacted questions, 40 gaps among them."""
    import json
    from dataclasses import asdict

    from bot import logs
    from bot.evaluation import gap_log
    from bot.evaluation import gaps as measuring
    from bot.gaps.likeness import load
    from bot.privacy.redaction import Redactor

    logs.configure("ERROR")
    settings = Settings()
    with screen.status("reading the log"):
        lines = gap_log.seeded(Redactor(settings.model_dir).load())
    if log:
        rows = (json.dumps(asdict(one), ensure_ascii=False) + "\n" for one in lines)
        log.write_text("".join(rows), "utf-8")
    with screen.status(f"grouping {len(lines)} questions"):
        found = measuring.measure(load(settings.model_dir, settings.data_dir), lines)
    table = Table("true gap", "asked", "in one cluster", "of that cluster", "found", "named")
    for one in found.gaps:
        shares = (f"{one.recall:.2f}", f"{one.precision:.2f}")
        mark = "whole" if one.whole else "yes" if one.single else "no"
        table.add_row(one.gap, str(one.size), *shares, mark, one.name[:NAME_CHARS])
    screen.print(table)
    for line in measuring.words(found):
        say(line)
