"""The `careline` command. Thin: each command calls one thing and prints what came of it."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Callable, Coroutine
from functools import wraps
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import click
import uvloop
from rich.console import Console
from rich.table import Table

from bot.errors import CarelineError
from bot.settings import Settings

P = ParamSpec("P")
R = TypeVar("R")
screen = Console()
problems = Console(stderr=True)


def explained(command: Callable[P, R]) -> Callable[P, R]:
    """Print a refusal as words and leave with status 1, instead of a traceback."""

    @wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return command(*args, **kwargs)
        except CarelineError as error:
            problems.print(f"[bold red]{error.message}[/]", highlight=False)
            if error.remedy:
                problems.print(error.remedy, highlight=False)
            sys.exit(1)

    return run


def _run(work: Coroutine[Any, Any, R]) -> R:
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(work)


def _say(line: str) -> None:
    click.echo(line)


@click.group()
@click.version_option(package_name="careline")
def main() -> None:
    """Careline: an open-source front desk for clinics."""
    # Every matrix here is small: more threads of the linear algebra only wait for each other.
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(name, "1")


@main.command()
@explained
def up() -> None:
    """Migrate, load content, train if needed, and serve."""
    from bot.serve import serve

    _run(serve(Settings(), _say))


@main.command()
@click.option("--force", is_flag=True, help="Train even when the model is newer than its inputs.")
@explained
def train(force: bool) -> None:
    """Train the Rasa model and the ranker, where their inputs changed."""
    from bot.training import train_what_is_due

    train_what_is_due(Settings(), _say, force=force)


@main.command()
@click.argument("question", required=False)
@click.option("--batch", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print the batch format's line.")
@explained
def ask(question: str | None, batch: Path | None, out: Path | None, as_json: bool) -> None:
    """Ask the assistant in the terminal, one QUESTION or a --batch of them."""
    from bot import logs
    from bot.evaluation import ask as asking

    logs.configure("ERROR")
    if batch and out:
        count = _run(asking.ask_batch(Settings(), batch, out))
        _say(f"{count} questions answered in {out}")
    elif question and not batch:
        _run(_ask_one(question, as_json))
    else:
        raise click.UsageError("Give a question, or --batch FILE with --out FILE.")


async def _ask_one(text: str, as_json: bool) -> None:
    import json

    from bot.evaluation import ask as asking

    question = asking.Question("1", (text,))
    async with asking.desk(Settings()) as core:
        asked = await asking.ask(core, question)
    if as_json:
        click.echo(json.dumps(asking.report(question, asked), ensure_ascii=False, indent=2))
        return
    for message in asked.messages:
        _say(asking.spoken_text(message))
        if message.article_slug:
            _say(f"({message.article_slug}, version {message.version_id})")
        _say("")


@main.group()
def kb() -> None:
    """The knowledge base."""


@kb.command("import")
@click.option("--dir", "folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@explained
def kb_import(folder: Path | None) -> None:
    """Load articles, figures and clinic profile from files; never over an editor's version."""
    from bot.core import database_for
    from bot.knowledge.importer import import_directory

    settings = Settings()

    async def load() -> None:
        database = database_for(settings)
        try:
            report = await import_directory(database, folder or settings.data_dir)
        finally:
            await database.close()
        for line in report.lines():
            _say(line)

    _run(load())


@kb.command("check")
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON.")
@explained
def kb_check(as_json: bool) -> None:
    """Check the content for what patients must not meet. Leaves with 1 when something blocks."""
    from bot.knowledge.checks import check, print_findings

    settings = Settings()
    findings = check(settings.data_dir)
    print_findings(findings, screen, as_json=as_json)
    sys.exit(1 if any(finding.blocks for finding in findings) else 0)


@main.group()
def staff() -> None:
    """The people who sign in."""


@staff.command("add")
@click.argument("name")
@click.option("--display-name", prompt=True, help="The name patients and colleagues see.")
@click.option(
    "--role",
    "roles",
    multiple=True,
    required=True,
    type=click.Choice(["agent", "editor", "reviewer", "supervisor", "admin"]),
)
@click.password_option()
@explained
def staff_add(name: str, display_name: str, roles: tuple[str, ...], password: str) -> None:
    """Add an account NAME."""
    from bot.serve import add_staff

    _run(add_staff(Settings(), name, display_name, roles, password))
    _say(f"{name} can sign in now.")


@staff.command("list")
@explained
def staff_list() -> None:
    """Show the accounts."""
    from bot.serve import list_staff

    table = Table("name", "display name", "roles", "state")
    for account in _run(list_staff(Settings())):
        state = "disabled" if account.disabled_at else "active"
        table.add_row(account.name, account.display_name, account.roles.replace(",", ", "), state)
    screen.print(table)


@main.group()
def db() -> None:
    """The database."""


@db.command("upgrade")
@explained
def db_upgrade() -> None:
    """Bring the tables to this release."""
    from bot.serve import migrate

    _run(migrate(Settings(), _say))


@main.command()
@explained
def settings() -> None:
    """Show every setting, its value and what it means."""
    current = Settings()
    table = Table("setting", "value", "meaning")
    for name, field in Settings.model_fields.items():
        table.add_row(f"CARELINE_{name.upper()}", str(getattr(current, name)), field.description)
    screen.print(table)


@main.command()
@click.option("--seconds", default=8.0, help="How long each load is applied.")
@click.option("--skip-rasa", is_flag=True, help="Measure Careline only.")
@explained
def bench(seconds: float, skip_rasa: bool) -> None:
    """Measure latency, throughput, start-up and memory, beside a plain Rasa in the same run."""
    from bot.evaluation.bench import run

    run(Settings(), seconds, _say, skip_rasa=skip_rasa)


if __name__ == "__main__":
    main()
