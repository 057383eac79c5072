"""`careline bench`: the same conversations through Careline and through a plain Rasa, in one run.

Besides, how long the search alone takes on a large knowledge base, beside the plainest search
there is. Machines are noisy, so read the ratios. Both run alone while they are measured; the
generator of the load shares their processors.
"""

from __future__ import annotations

import asyncio
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bot import safety
from bot.evaluation import load, publish_bench, queue_bench, search_bench
from bot.evaluation.load import Connect, Load
from bot.evaluation.plain_rasa import project
from bot.evaluation.processes import Measured, free_port, wait_for
from bot.knowledge.base import KnowledgeBase
from bot.knowledge.content import from_files
from bot.settings import ROOT, Settings

CONVERSATIONS = (1, 8, 32)
WARM_UP_SECONDS = 2.0
LONG_TURNS = 300
EDGE_TURNS = 30
GATE_TIMES = 20
GATE_CHARACTERS = 20_000
ORDINARY = (
    "I got a bill for 340 dollars but my card says 30 copay, and I called you twice already. "
)
Say = Callable[[str], None]


def run(
    settings: Settings, seconds: float, say: Say, *, skip_rasa: bool, skip_search: bool = False
) -> None:
    """Measure and print."""
    gate(say)
    if not skip_search:
        search(settings, say)
    queue(settings, say)
    say(f"Careline on SQLite, WAL, synchronous={settings.sqlite_synchronous}")
    with _careline(settings) as measured:
        ours = _measure(load.careline(measured.address), seconds)
        long = asyncio.run(load.long_conversation(load.careline(measured.address), LONG_TURNS))
        start, memory = measured.start_seconds, measured.megabytes()
    _say_long(long, say)
    plain: Sequence[Load] = ()
    plain_start = plain_memory = 0.0
    if not skip_rasa:
        folder = settings.var_dir / "bench" / "plain_rasa"
        say("Plain Rasa: default pipeline, SQL tracker store on SQLite, action server")
        project.write(folder)
        project.train(folder)
        with project.running(folder) as measured:
            plain = _measure(load.plain_rasa(measured.address), seconds)
            plain_start, plain_memory = measured.start_seconds, measured.megabytes()
    _print(ours, plain, (start, plain_start), (memory, plain_memory))


def gate(say: Say) -> None:
    """Measure what the safety gate adds to every message, and print."""
    safety.load()
    took = []
    for text in (ORDINARY, ORDINARY * (GATE_CHARACTERS // len(ORDINARY))):
        safety.assess(text)
        took.append(statistics.median(_milliseconds(text) for _ in range(GATE_TIMES)))
    say(
        f"Safety gate, patterns: {took[0]:.2f} ms for an ordinary message, {took[1]:.0f} ms for "
        f"{GATE_CHARACTERS:,} characters of them"
    )


def _milliseconds(text: str) -> float:
    started = time.perf_counter()
    safety.assess(text)
    return (time.perf_counter() - started) * 1000


def search(settings: Settings, say: Say) -> None:
    """Measure retrieval and decision alone, on a large knowledge base, and print."""
    say(
        f"Search: {search_bench.ARTICLES:,} articles with {search_bench.VARIANTS} variants in two "
        "languages; every text is encoded first, many minutes the first time"
    )
    content = from_files(settings.data_dir)
    kept = settings.var_dir / "bench" / "made_up.npz"
    found = search_bench.measure(KnowledgeBase(settings), content, kept=kept)
    say(f"{found.texts:,} variants loaded in {found.build_seconds:.0f} s")
    table = Table("retrieval and decision", "Careline", "numpy, nearest vector", "ratio")
    for name, share in (("p50", 0.5), ("p95", 0.95)):
        mine, plain = found.ours.percentile(share), found.plain.percentile(share)
        table.add_row(f"{name} ms", f"{mine:.2f}", f"{plain:.2f}", f"{mine / plain:.2f}")
    Console().print(table)


def queue(settings: Settings, say: Say, postgres: str = "") -> bool:
    """Measure a long queue, print, and tell whether what is promised of it is held.

    `postgres` is the URL of an empty database.
    """
    found = queue_bench.measure(settings, postgres)
    say(f"Queue: {found.waiting:,} cases wait, {found.processes} process(es)")
    table = Table("milliseconds", "p50", "p95", "promised", "")
    for one in found.rows():
        p50, p95 = (f"{one.load.percentile(share):.0f}" for share in (0.5, 0.95))
        promised = f"< {one.limit:.0f}" if one.limit else "-"
        verdict = "" if one.limit is None else "held" if one.held else "missed"
        table.add_row(one.name, p50, p95, promised, verdict)
    Console().print(table)
    return all(one.held for one in found.rows())


def publishing(settings: Settings, say: Say, postgres: str = "") -> None:
    """Measure how soon patients read what is published, and print. `postgres` is the URL of an
    empty database."""
    say(
        f"Publishing: {publish_bench.ARTICLES:,} articles with {publish_bench.VARIANTS} variants "
        "in two languages, two processes; every text is encoded first, many minutes the first time"
    )
    found = publish_bench.measure(settings, postgres)
    table = Table("milliseconds", "times", "p50", "p95", "most")
    for name, one in found.rows():
        shown = (one.percentile(share) for share in (0.5, 0.95, 1.0))
        table.add_row(name, str(len(one.latencies)), *(f"{value:.0f}" for value in shown))
    Console().print(table)


@contextmanager
def _careline(settings: Settings) -> Iterator[Measured]:
    with tempfile.TemporaryDirectory(prefix="careline-bench-") as folder:
        port = free_port()
        environment = {
            **os.environ,
            "CARELINE_VAR_DIR": folder,
            "CARELINE_DATABASE_URL": f"sqlite:///{Path(folder) / 'careline.db'}",
            "CARELINE_PORT": str(port),
            "CARELINE_MODEL_DIR": str(settings.model_dir),
            "CARELINE_MESSAGES_PER_MINUTE": "1000000",
            "CARELINE_CONVERSATIONS_PER_HOUR": "1000000",
        }
        # The first start makes tables and loads content; the second is what a restart costs.
        for start in ("first", "second"):
            measured = Measured(f"http://127.0.0.1:{port}")
            measured.launch([sys.executable, "-m", "bot", "up"], ROOT, environment)
            try:
                wait_for(f"{measured.address}/ready", measured)
                measured.ready()
                if start == "second":
                    yield measured
            finally:
                measured.stop()


def _measure(connect: Connect, seconds: float) -> list[Load]:
    asyncio.run(load.apply(connect, 4, WARM_UP_SECONDS))
    return [asyncio.run(load.apply(connect, number, seconds)) for number in CONVERSATIONS]


def _say_long(latencies: Sequence[float], say: Say) -> None:
    first = statistics.median(latencies[1 : EDGE_TURNS + 1])
    last = statistics.median(latencies[-EDGE_TURNS:])
    say(
        f"One conversation of {len(latencies)} turns: median of the first {EDGE_TURNS} "
        f"{first:.1f} ms, of the last {last:.1f} ms, ratio {last / first:.2f}"
    )


def _print(
    ours: Sequence[Load],
    plain: Sequence[Load],
    starts: tuple[float, float],
    memory: tuple[float, float],
) -> None:
    table = Table("measure", "Careline", "plain Rasa", "ratio")
    for index, mine in enumerate(ours):
        theirs = plain[index] if plain else None
        for name, share in (("p50", 0.5), ("p95", 0.95), ("p99", 0.99)):
            value = mine.percentile(share)
            other = theirs.percentile(share) if theirs else 0.0
            _row(table, f"{mine.conversations} at once: {name} ms", value, other, other / value)
        other = theirs.per_second if theirs else 0.0
        ratio = mine.per_second / other if other else 0.0
        _row(table, f"{mine.conversations} at once: messages/s", mine.per_second, other, ratio)
    _row(table, "start to ready, s", *starts, starts[1] / starts[0])
    _row(table, "memory (PSS), MB", *memory, memory[1] / memory[0])
    Console().print(table)


def _row(table: Table, name: str, ours: float, plain: float, ratio: float) -> None:
    cells = (f"{plain:.1f}", f"{ratio:.1f}x") if plain else ("-", "-")
    table.add_row(name, f"{ours:.1f}", *cells)
