"""`careline simulate`: what would happen, with the real code on a virtual clock."""

from __future__ import annotations

from pathlib import Path

import click

from bot.cli_parts import explained, say, screen
from bot.settings import Settings


@click.group()
def simulate() -> None:
    """Weeks that did not happen."""


@simulate.command()
@click.option("--load", "loads", type=float, multiple=True, help="Only this offered load.")
@click.option("--seed", default=1, show_default=True, help="Another week of the same clinic.")
@click.option("--processes", default=2, show_default=True, help="Weeks at a time.")
@click.option(
    "--write",
    "page",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Put the figures into this page, as docs/queue.md.",
)
@explained
def queue(loads: tuple[float, ...], seed: int, processes: int, page: Path | None) -> None:
    """A week of a clinic's queue: promises kept, ranges held, waits, by policy and load."""
    from bot.evaluation.queue_week import report

    found = report.run(Settings(), loads or report.LOADS, seed, processes, say)
    screen.print(report.table(found))
    if page:
        report.write(found, page)
