"""The `careline` command. Thin: each command calls one thing and prints what came of it."""

from __future__ import annotations

import os
from pathlib import Path

import click
from rich.table import Table

from bot.cli_eval import evaluate
from bot.cli_kb import kb
from bot.cli_outreach import outreach
from bot.cli_parts import explained, run, say, screen
from bot.cli_privacy import redact
from bot.cli_simulate import simulate
from bot.cli_skills import skills
from bot.cli_staff_email import email
from bot.settings import Settings


@click.group()
@click.version_option(package_name="careline")
def main() -> None:
    """Careline: an open-source front desk for clinics."""
    # Every matrix here is small: more threads of the linear algebra only wait for each other.
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(name, "1")


main.add_command(kb)
main.add_command(evaluate)
main.add_command(redact)
main.add_command(simulate)
main.add_command(outreach)


@main.command()
@explained
def up() -> None:
    """Migrate, load content, train if needed, and serve."""
    from bot.serve import serve

    run(serve(Settings(), say))


@main.command()
@click.option("--force", is_flag=True, help="Train even when the model is newer than its inputs.")
@explained
def train(force: bool) -> None:
    """Train the Rasa model, the ranker and the redactor, where their inputs changed."""
    from bot.training import train_what_is_due

    train_what_is_due(Settings(), say, force=force)


@main.command()
@click.argument("question", required=False)
@click.option("--batch", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path))
@click.option(
    "--json", "as_json", is_flag=True, help="Print as JSON; alone: the batch format's line."
)
@click.option("--language", type=click.Choice(["en", "es"]), default="en", show_default=True)
@click.option("--why", is_flag=True, help="Show why it is answered so, with every number.")
@click.option("--article", metavar="SLUG", help="With --why: show why this article lost.")
@explained
def ask(
    question: str | None,
    batch: Path | None,
    out: Path | None,
    as_json: bool,
    language: str,
    why: bool,
    article: str | None,
) -> None:
    """Ask the assistant in the terminal, one QUESTION or a --batch of them."""
    from bot import logs
    from bot.evaluation import ask as asking

    logs.configure("ERROR")
    if article and not why:
        raise click.UsageError("--article goes with --why.")
    if batch and out and not why:
        count = run(asking.ask_batch(Settings(), batch, out))
        say(f"{count} questions answered in {out}")
    elif question and not batch and why:
        _explain(question, language, article, as_json)
    elif question and not batch:
        run(_ask_one(question, language, as_json))
    else:
        raise click.UsageError("Give a question, or --batch FILE with --out FILE.")


def _explain(question: str, language: str, article: str | None, as_json: bool) -> None:
    import json

    from bot.evaluation import explain, explain_tables

    found = run(explain.explain(Settings(), question, language, article))
    if as_json:
        click.echo(json.dumps(found.as_json(), ensure_ascii=False, indent=2))
        return
    for part in explain_tables.of(found):
        screen.print(part)


async def _ask_one(text: str, language: str, as_json: bool) -> None:
    import json

    from bot.evaluation import ask as asking

    question = asking.Question("1", (text,), language)
    async with asking.desk(Settings()) as core:
        asked = await asking.ask(core, question)
    if as_json:
        click.echo(json.dumps(asking.report(question, asked), ensure_ascii=False, indent=2))
        return
    for message in asked.messages:
        say(asking.spoken_text(message))
        if message.article_slug:
            say(f"({message.article_slug}, version {message.version_id})")
        say("")


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

    run(add_staff(Settings(), name, display_name, roles, password))
    say(f"{name} can sign in now.")


@staff.command("list")
@explained
def staff_list() -> None:
    """Show the accounts."""
    from bot.serve import list_staff

    table = Table("name", "display name", "roles", "state")
    for account in run(list_staff(Settings())):
        state = "disabled" if account.disabled_at else "active"
        table.add_row(account.name, account.display_name, account.roles.replace(",", ", "), state)
    screen.print(table)


staff.add_command(skills)
staff.add_command(email)


@main.group()
def db() -> None:
    """The database."""


@db.command("upgrade")
@explained
def db_upgrade() -> None:
    """Bring the tables to this release."""
    from bot.serve import migrate

    run(migrate(Settings(), say))


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
@click.option("--skip-search", is_flag=True, help="Leave out the large knowledge base.")
@click.option("--only-search", is_flag=True, help="Measure the search alone.")
@click.option("--only-queue", is_flag=True, help="Measure a long queue alone; 1 when missed.")
@click.option("--only-publish", is_flag=True, help="Measure publishing on a large base alone.")
@click.option(
    "--postgres", default="", help="With --only-queue or --only-publish: an empty database."
)
@explained
def bench(
    seconds: float,
    skip_rasa: bool,
    skip_search: bool,
    only_search: bool,
    only_queue: bool,
    only_publish: bool,
    postgres: str,
) -> None:
    """Measure latency, throughput, start-up and memory, beside a plain Rasa in the same run."""
    from bot.evaluation import bench as measuring

    if only_search:
        measuring.search(Settings(), say)
        return
    if only_queue:
        if not measuring.queue(Settings(), say, postgres):
            raise SystemExit(1)
        return
    if only_publish:
        measuring.publishing(Settings(), say, postgres)
        return
    measuring.run(Settings(), seconds, say, skip_rasa=skip_rasa, skip_search=skip_search)


if __name__ == "__main__":
    main()
