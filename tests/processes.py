"""A real Careline process with the trained model, as `careline up` starts it."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

from bot.settings import ROOT

READY_SECONDS = 180.0


def free_port() -> int:
    """A port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class CarelineProcess:
    """`careline up` in a folder and on a database of its own."""

    def __init__(self, folder: Path, database_url: str, port: int | None = None, **settings: Any):
        self.folder = folder
        self.port = port or free_port()
        self.log = folder / "careline.log"
        self._settings = {
            "database_url": database_url,
            "var_dir": folder / "var",
            "port": self.port,
            "messages_per_minute": 100_000,
            "conversations_per_hour": 100_000,
            "sign_ins_per_minute": 1_000,
            **settings,
        }
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start it and wait until it is ready; its log is shown when it is not."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "bot", "up"],
                cwd=ROOT,
                env=self._environment(),
                stdout=log,
                stderr=log,
            )
        self._wait()

    def hire(self, name: str, display_name: str, *roles: str) -> dict[str, str]:
        """Add an account, as an operator does; returns its password by name."""
        password = f"a password for {name}"
        wanted = [part for role in roles for part in ("--role", role)]
        told = ["--display-name", display_name, "--password", password]
        subprocess.run(
            [sys.executable, "-m", "bot", "staff", "add", name, *told, *wanted],
            cwd=ROOT,
            env=self._environment(),
            check=True,
            capture_output=True,
            timeout=READY_SECONDS,
        )
        return {name: password}

    def _environment(self) -> dict[str, str]:
        inherited = {key: value for key, value in os.environ.items() if "CARELINE" not in key}
        own = {f"CARELINE_{name.upper()}": str(value) for name, value in self._settings.items()}
        return inherited | own

    def _wait(self) -> None:
        until = time.monotonic() + READY_SECONDS
        while time.monotonic() < until:
            if self.process is None or self.process.poll() is not None:
                break
            try:
                with urlopen(f"{self.address}/ready", timeout=2) as answer:
                    if answer.status == 200:
                        return
            except (URLError, OSError):
                time.sleep(0.1)
        raise AssertionError(f"Careline did not come up:\n{self.log.read_text()[-4000:]}")

    def kill(self) -> None:
        """As a power cut would: no clean-up of any kind."""
        self._end(signal.SIGKILL)

    def stop(self) -> int:
        """As an operator would; returns the exit status."""
        return self._end(signal.SIGTERM)

    def _end(self, number: signal.Signals) -> int:
        if self.process is None or self.process.poll() is not None:
            return 0
        self.process.send_signal(number)
        return self.process.wait(timeout=30)

    async def started(self) -> None:
        """`start` without blocking the loop."""
        await asyncio.to_thread(self.start)

    def demo_passwords(self) -> dict[str, str]:
        """The demo accounts' passwords by name."""
        lines = (self.folder / "var" / "demo_accounts").read_text("utf-8").splitlines()
        pairs = [line.split() for line in lines if line.strip() and not line.startswith("#")]
        return {pair[0]: pair[1] for pair in pairs}
