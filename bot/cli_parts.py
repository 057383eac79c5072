"""What the commands share: a loop to run work in, lines on the screen, refusals in words."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Coroutine
from functools import wraps
from typing import Any, ParamSpec, TypeVar

import click
import uvloop
from rich.console import Console
from rich.text import Text

from bot.errors import CarelineError

P = ParamSpec("P")
R = TypeVar("R")
screen = Console()
problems = Console(stderr=True)


def explained(command: Callable[P, R]) -> Callable[P, R]:
    """Print a refusal as words and leave with status 1, instead of a traceback."""

    @wraps(command)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return command(*args, **kwargs)
        except CarelineError as error:
            # As plain text: a message may quote a file, and brackets there are no markup.
            problems.print(Text(error.message, style="bold red"))
            if error.remedy:
                problems.print(Text(error.remedy))
            sys.exit(1)

    return guarded


def run(work: Coroutine[Any, Any, R]) -> R:
    """Finish the work on a fresh event loop."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(work)


def say(line: str) -> None:
    """One line of plain text on the screen."""
    click.echo(line)
