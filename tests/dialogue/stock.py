"""Stock Rasa commands on the project as it lies: no variable set, a home of its own."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from bot.settings import ROOT

RASA = str(Path(sys.executable).parent / "rasa")
# Rasa would tell its makers of every command; the home says no, as `rasa telemetry disable` does.
NO_TELEMETRY = "metrics:\n  enabled: false\n  rasa_user_id: none\n"
# What Rasa itself has to say about a project. The libraries it is made of deprecate one another at
# every start, which no project can change.
COMPLAINT = re.compile(
    r"^\S+ \S+ (WARNING|ERROR|CRITICAL) .*|^\S*/rasa/shared/utils/io\.py:\d+: \w*Warning.*", re.M
)


def clean_environment(home: Path) -> dict[str, str]:
    """What a new user's shell has."""
    settings = home / ".config" / "rasa" / "global.yml"
    settings.parent.mkdir(parents=True, exist_ok=True)
    settings.write_text(NO_TELEMETRY)
    return {"PATH": "/usr/bin:/bin", "HOME": str(home)}


def rasa(home: Path, *arguments: str) -> str:
    """Run a command in the project's folder to its end; its output. Fails when it fails."""
    done = subprocess.run(
        [RASA, *arguments],
        cwd=ROOT,
        env=clean_environment(home),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=300,
    )
    output = done.stdout + done.stderr
    assert done.returncode == 0, output[-4000:]
    return output


def complaints(output: str) -> list[str]:
    """The warnings and errors of Rasa in an output."""
    return [found.group(0) for found in COMPLAINT.finditer(output)]
