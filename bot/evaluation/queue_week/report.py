"""All weeks of the simulation side by side, on the screen and in docs/queue.md."""

from __future__ import annotations

import multiprocessing
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from rich.table import Table

from bot.cli_parts import run as run_until_done
from bot.errors import Invalid
from bot.evaluation.queue_week.measures import Figures
from bot.evaluation.queue_week.policies import WAYS
from bot.settings import Settings

LOADS = (0.6, 0.85, 1.1)
SWITCH_SECONDS = 0.0001
BEGIN, END = "<!-- figures: begin -->", "<!-- figures: end -->"
HEADINGS = (
    "offered load",
    "policy",
    "cases",
    "promise kept",
    "not kept: warned before",
    "first reply in the range",
    "width of the range, median",
    "promised within, median",
    "wait, median",
    "wait, p90",
    "left unanswered",
    "passed over",
)


def run(
    settings: Settings,
    loads: Sequence[float],
    seed: int,
    processes: int,
    say: Callable[[str], None],
) -> list[Figures]:
    """Every way to hand cases out under every load; `processes` weeks at a time."""
    weeks = [(settings, number, load, seed) for load in loads for number in range(len(WAYS))]
    # Not forked: a loop and its threads do not survive that.
    fresh = multiprocessing.get_context("spawn")
    found = []
    with ProcessPoolExecutor(processes, mp_context=fresh) as pool:
        for one in pool.map(_week, weeks):
            say(f"load {one.load}, {one.way}: done")
            found.append(one)
    return found


def _week(what: tuple[Settings, int, float, int]) -> Figures:
    from bot.evaluation.queue_week.simulating import simulate

    # The loop and SQLite's thread take turns at every statement.
    sys.setswitchinterval(SWITCH_SECONDS)
    settings, number, load, seed = what
    return run_until_done(simulate(settings, WAYS[number], load, seed))


def row(one: Figures) -> tuple[str, ...]:
    """One week in words."""
    return (
        f"{one.load:.2f}",
        one.way,
        f"{one.cases:,}",
        f"{one.kept:.1%}",
        f"{one.warned:.0%} of {one.not_kept}" if one.not_kept else "none",
        f"{one.inside:.1%}",
        f"{one.width:.0f} min",
        f"{one.promised:.0f} min",
        f"{one.wait_p50:.1f} min",
        f"{one.wait_p90:.1f} min",
        f"{one.left:.1%}",
        str(one.passed_over),
    )


def table(found: Sequence[Figures]) -> Table:
    """For the screen."""
    shown = Table(*HEADINGS)
    for one in found:
        shown.add_row(*row(one))
    return shown


def write(found: Sequence[Figures], page: Path) -> None:
    """Put the figures into their place on the page, which keeps its words."""
    text = page.read_text("utf-8")
    if BEGIN not in text or END not in text:
        raise Invalid(f"{page.name} has no place for figures", remedy=f"Add {BEGIN} and {END}.")
    before, after = text.split(BEGIN)[0], text.split(END)[1]
    rows = [HEADINGS, tuple("---" for _ in HEADINGS), *(row(one) for one in found)]
    lines = "\n".join(f"| {' | '.join(cells)} |" for cells in rows)
    page.write_text(f"{before}{BEGIN}\n{lines}\n{END}{after}", "utf-8")
