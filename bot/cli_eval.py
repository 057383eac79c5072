"""`careline eval`: how well questions end, measured."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from bot.cli_gaps import gaps
from bot.cli_parts import explained, problems, run, say, screen
from bot.settings import ROOT, Settings

if TYPE_CHECKING:
    from bot.evaluation.coverage import Judged
    from bot.knowledge.topics import Topics

COVERAGE = ROOT / "tests" / "evaluation" / "coverage.jsonl"


@click.group("eval", invoke_without_command=True)
@click.option("--gate", is_flag=True, help="Leave with status 1 below a floor of floors.toml.")
@click.option(
    "--floors",
    "floors_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Another file of floors.",
)
@click.option(
    "--misses",
    is_flag=False,
    flag_value="all",
    metavar="[MEASURE]",
    help="List what speaks against a measure, or against all that have a floor.",
)
@click.option("--only", multiple=True, metavar="NAME", help="Only this set or measure.")
@click.option("--sample", type=click.IntRange(1), help="At most so many rows of each set.")
@click.option(
    "--json",
    "target",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write measures and every outcome there.",
)
@click.option(
    "--public",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Instead, the recipe on the public sets of this folder, beside Rasa's DIET and TF-IDF.",
)
@click.option("--without-diet", is_flag=True, help="With --public: leave out DIET, which is slow.")
@click.option("--limit", type=click.IntRange(1), help="With --public: at most so many texts.")
@click.option("--definitions", is_flag=True, help="Say what each measure counts, and end.")
@click.pass_context
@explained
def evaluate(
    context: click.Context,
    gate: bool,
    floors_file: Path | None,
    misses: str | None,
    only: tuple[str, ...],
    sample: int | None,
    target: Path | None,
    definitions: bool,
    public: Path | None,
    without_diet: bool,
    limit: int | None,
) -> None:
    """Measure the assistant on what nothing was fitted on: the sets in tests/evaluation."""
    if context.invoked_subcommand:
        return
    if definitions:
        _define()
    elif public:
        _compare(public, without_diet, limit)
    else:
        _measure_sets(gate, floors_file, misses, only, sample, target)


def _compare(folder: Path, without_diet: bool, limit: int | None) -> None:
    from functools import partial

    from bot import logs
    from bot.evaluation.public import compare, formats, recipe, rivals
    from bot.evaluation.public.tasks import Fit

    logs.configure("ERROR")
    tasks = [task.limited(limit) for task in formats.read(folder)]
    systems: dict[str, Fit] = {"Careline": partial(recipe.fitted, Settings())}
    systems["TF-IDF"] = rivals.tfidf
    if not without_diet:
        systems["Rasa DIET"] = rivals.diet
    _print(compare.table(list(compare.compare(tasks, systems, problems.print))))


def _define() -> None:
    from bot.evaluation.run import definitions

    for name, words in definitions().items():
        say(name)
        say("    " + words.replace("\n", "\n    "))


def _measure_sets(
    gate: bool,
    floors_file: Path | None,
    misses: str | None,
    only: tuple[str, ...],
    sample: int | None,
    target: Path | None,
) -> None:
    from bot import logs
    from bot.evaluation import floors, tables
    from bot.evaluation import run as running

    logs.configure("ERROR")
    settings, bounds = Settings(), floors.load(floors_file or floors.FLOORS)
    if misses not in (None, "all", *running.definitions()):
        raise click.UsageError(f"No such measure. There are: {', '.join(running.definitions())}.")
    rows = running.rows_of(settings, running.chosen_sets(only), sample)
    with Progress(console=problems, disable=not rows) as progress:
        task = progress.add_task("asking", total=len(rows))
        asked = running.measure(
            settings, rows, lambda done: progress.update(task, completed=done), only
        )
        found = run(asked)
    if target:
        target.write_text(json.dumps(found.as_json(), ensure_ascii=False, indent=1) + "\n", "utf-8")
    _print(tables.of_measures(found.measured, bounds))
    if any(one.row.set == "questions" for one in found.ended):
        _print(tables.of_kinds(found.ended))
    if found.known:
        listed = ", ".join(found.known)
        say(f"{len(found.known)} stand word for word among the training questions: {listed}")
    if misses:
        for line in tables.misses(found.ended, list(bounds) if misses == "all" else [misses]):
            say(line)
    if gate:
        reported = {one.name for one in found.measured}
        held = {name: floor for name, floor in bounds.items() if not only or name in reported}
        _hold(list(floors.fallen(found.measured, held)))


def _print(table: Table) -> None:
    from bot.evaluation.tables import WIDTH

    Console(width=max(screen.width, WIDTH)).print(table)


def _hold(fallen: Sequence[str]) -> None:
    for line in fallen:
        problems.print(line, style="bold red", markup=False, highlight=False)
    if fallen:
        raise SystemExit(1)
    say("every measure holds")


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


evaluate.add_command(gaps)
