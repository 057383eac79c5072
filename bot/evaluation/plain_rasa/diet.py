"""Rasa's default pipeline, trained by `rasa train nlu` on any texts with numbered labels."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import yaml

from bot.errors import CarelineError
from bot.evaluation.plain_rasa.pipeline import CONFIG_HEAD
from bot.evaluation.plain_rasa.project import environment

# No more than that: the rest of the pipeline is for dialogues.
CONFIG = f"{CONFIG_HEAD}    random_seed: 11\n"
FIRST = 3
# Brackets mark entities in Rasa's training files.
UNMARKED = str.maketrans("[]{}", "    ")
Parse = Callable[[Sequence[str]], list[tuple[tuple[int, ...], float]]]


class DidNotTrain(CarelineError):
    """`rasa train nlu` wrote no model."""

    code = "did_not_train"


def train(examples: Sequence[tuple[str, int]], folder: Path) -> Path:
    """The archive of a model trained on these texts. Raises `DidNotTrain`."""
    (folder / "config.yml").write_text(CONFIG, "utf-8")
    texts: dict[str, list[str]] = {}
    for text, label in examples:
        texts.setdefault(f"label_{label}", []).append(clean(text))
    nlu = [
        {"intent": intent, "examples": "".join(f"- {text}\n" for text in own if text)}
        for intent, own in texts.items()
    ]
    content = yaml.safe_dump({"version": "3.1", "nlu": nlu}, allow_unicode=True, width=10_000)
    (folder / "nlu.yml").write_text(content, "utf-8")
    command = [sys.executable, "-m", "rasa", "train", "nlu", "--config", "config.yml"]
    command += ["--nlu", "nlu.yml", "--out", ".", "--fixed-model-name", "diet"]
    done = subprocess.run(  # noqa: S603 (our own interpreter and fixed words)
        command, cwd=folder, env=environment(), check=False, capture_output=True, text=True
    )
    archive = folder / "diet.tar.gz"
    if done.returncode or not archive.is_file():
        raise DidNotTrain("rasa train nlu failed", remedy=done.stderr[-500:])
    return archive


def clean(text: str) -> str:
    """One line without the marks of Rasa's own format."""
    return " ".join(text.translate(UNMARKED).split())


def parser(archive: Path) -> Parse:
    """Labels many texts: per text the likeliest labels, best first, and how sure the first is."""
    from rasa.core.agent import Agent

    agent = Agent.load(str(archive))

    async def every(texts: Sequence[str]) -> list[tuple[tuple[int, ...], float]]:
        return [_read(await agent.parse_message(clean(text))) for text in texts]

    return lambda texts: asyncio.run(every(texts))


def _read(parsed: dict[str, object]) -> tuple[tuple[int, ...], float]:
    ranking = parsed.get("intent_ranking")
    likely = ranking[:FIRST] if isinstance(ranking, list) else []
    labels = tuple(int(str(one["name"]).removeprefix("label_")) for one in likely)
    return labels or (0,), float(likely[0]["confidence"]) if likely else 0.0
