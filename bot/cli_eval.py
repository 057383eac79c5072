"""`careline eval`: how well questions end, measured."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.table import Table

from bot.cli_parts import explained, run, say, screen
from bot.settings import ROOT, Settings

if TYPE_CHECKING:
    from bot.evaluation.coverage import Judged
    from bot.knowledge.topics import Topics

COVERAGE = ROOT / "tests" / "evaluation" / "coverage.jsonl"


@click.group("eval")
def evaluate() -> None:
    """Measure the assistant on questions that nothing was fitted on."""


@evaluate.command("coverage")
@click.argument(
    "file", type=click.Path(exists=True, dir_okay=False, path_type=Path), required=False
)
@click.option("--misses", is_flag=True, help="List every question that did not end well.")
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), help="Every outcome, as JSON lines."
)
@explained
def coverage(file: Path | None, misses: bool, out: Path | None) -> None:
    """Does every subject end as `data/topics.toml` says? FILE is a set of questions."""
    from bot import logs
    from bot.evaluation import coverage as measuring
    from bot.knowledge.content import from_files
    from bot.knowledge.topics import TOPICS_FILE, load
    from bot.knowledge.utterances import load as load_utterances

    logs.configure("ERROR")
    settings = Settings()
    topics = load(settings.data_dir / TOPICS_FILE)
    expected = list(measuring.read(file or COVERAGE, topics))
    with screen.status(f"asking {len(expected)} questions"):
        judged = run(measuring.measure(settings, expected, topics))
    if out:
        rows = (
            {"topic": one.expected.topic, "verdict": one.verdict, **one.report} for one in judged
        )
        out.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")
    _show(judged, topics)
    fresh = measuring.apart(
        judged, from_files(settings.data_dir), load_utterances(settings.data_dir)
    )
    rate, low, high = measuring.share(fresh, measuring.ENDED, measuring.OFFERED)
    say(
        f"without {len(judged) - len(fresh)} that are among the training questions word for word: "
        f"{rate:.3f} ({low:.3f} to {high:.3f})"
    )
    if misses:
        _show_misses(judged)


def _show(judged: Sequence[Judged], topics: Topics) -> None:
    from bot.evaluation.coverage import ENDED, MISSED, OFFERED, by_class, never_reached, share

    table = Table("subjects that end with", "language", "questions", ENDED, OFFERED, MISSED)
    for (name, language), counts in by_class(judged, topics).items():
        numbers = [counts.total(), counts[ENDED], counts[OFFERED], counts[MISSED]]
        table.add_row(name, language, *map(str, numbers))
    screen.print(table)
    for words, verdicts in (("ended", (ENDED,)), ("ended or offered", (ENDED, OFFERED))):
        rate, low, high = share(judged, *verdicts)
        say(f"{words}: {rate:.3f} (95 % interval {low:.3f} to {high:.3f})")
    unreached = never_reached(judged)
    say(f"subjects never reached: {len(unreached)}{': ' if unreached else ''}{' '.join(unreached)}")


def _show_misses(judged: Sequence[Judged]) -> None:
    from bot.evaluation.coverage import ENDED

    for one in judged:
        if one.verdict == ENDED:
            continue
        line, question = one.report, one.expected.question
        found = line["article"] or [", ".join(topics) for topics in line["options"]] or "-"
        say(f"{one.verdict}  {one.expected.topic}  {question.turns[-1]}")
        say(f"    {line['outcome']}  {found}")
