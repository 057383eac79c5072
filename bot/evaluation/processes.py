"""Processes under measurement: start-up time and resident memory, from the kernel's own books."""

from __future__ import annotations

import socket
import subprocess
import time
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from bot.errors import CarelineError

PATIENCE = 240.0


class DidNotStart(CarelineError):
    """A process under measurement ended, or never answered."""

    code = "did_not_start"


def free_port() -> int:
    """A port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Measured:
    """Some processes behind one address, timed from the first launch."""

    def __init__(self, address: str):
        self.address = address
        self.start_seconds = 0.0
        self._processes: list[subprocess.Popen[bytes]] = []
        self._launched = time.monotonic()

    def launch(self, command: list[str], folder: Path, environment: dict[str, str]) -> None:
        """Start one more process."""
        if not self._processes:
            self._launched = time.monotonic()
        self._processes.append(
            subprocess.Popen(  # noqa: S603
                command,
                cwd=folder,
                env=environment,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
        )

    def ready(self) -> None:
        """All of them answer: the start took until now."""
        self.start_seconds = time.monotonic() - self._launched

    def ended(self) -> bool:
        """Whether one of them has ended."""
        return any(process.poll() is not None for process in self._processes)

    def megabytes(self) -> float:
        """Memory of all of them, shared pages divided by their users (PSS)."""
        return sum(_pss(process.pid) for process in self._processes) / 1024

    def stop(self) -> None:
        """End all of them."""
        for process in self._processes:
            process.terminate()
        for process in self._processes:
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                process.kill()


def _pss(pid: int) -> int:
    """Kilobytes of a process (Linux)."""
    try:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text("ascii")
    except OSError:
        return 0
    return next(int(line.split()[1]) for line in text.splitlines() if line.startswith("Pss:"))


def wait_for(address: str, measured: Measured) -> None:
    """Wait until an address answers 200. Raises `DidNotStart`."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and not measured.ended():
        try:
            with urlopen(address, timeout=5) as answer:  # noqa: S310 (our own loopback address)
                if answer.status == 200:
                    return
        except (URLError, OSError):
            time.sleep(0.05)
    raise DidNotStart(f"{address} did not answer")
