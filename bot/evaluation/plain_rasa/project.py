"""Writes the plain project into a folder, trains it and starts its two servers."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml

from bot.evaluation.plain_rasa.pipeline import CONFIG_HEAD
from bot.evaluation.processes import Measured, free_port, wait_for
from bot.settings import ROOT

EXAMPLES = 12
CONFIG = f"""\
{CONFIG_HEAD}\
  - name: EntitySynonymMapper
  - name: ResponseSelector
    epochs: 100
    constrain_similarities: true
  - name: FallbackClassifier
    threshold: 0.3
    ambiguity_threshold: 0.1
policies:
  - name: MemoizationPolicy
  - name: RulePolicy
  - name: UnexpecTEDIntentPolicy
    max_history: 5
    epochs: 20
  - name: TEDPolicy
    max_history: 5
    epochs: 20
    constrain_similarities: true
"""
ACTION = """\
from rasa_sdk import Action


class ActionAnswer(Action):
    def name(self):
        return "action_answer"

    def run(self, dispatcher, tracker, domain):
        dispatcher.utter_message(text="Here is your answer.")
        return []
"""


def write(folder: Path) -> None:
    """The project's files. One intent's rule each leads to the one custom action."""
    examples = _examples()
    intents = sorted(examples)
    for name in ("data", "actions"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    (folder / "config.yml").write_text(CONFIG, "utf-8")
    (folder / "actions" / "__init__.py").write_text("", "utf-8")
    (folder / "actions" / "answer.py").write_text(ACTION, "utf-8")
    _dump(
        folder / "domain.yml", {"version": "3.1", "intents": intents, "actions": ["action_answer"]}
    )
    nlu = [
        {"intent": intent, "examples": "".join(f"- {text}\n" for text in examples[intent])}
        for intent in intents
    ]
    _dump(folder / "data" / "nlu.yml", {"version": "3.1", "nlu": nlu})
    rules = [_path("rule", f"answer {intent}", intent) for intent in (*intents, "nlu_fallback")]
    _dump(folder / "data" / "rules.yml", {"version": "3.1", "rules": rules})
    stories = [_path("story", f"story {intent}", intent) for intent in intents]
    _dump(folder / "data" / "stories.yml", {"version": "3.1", "stories": stories})
    (folder / "credentials.yml").write_text("rest:\n", "utf-8")


def _path(kind: str, name: str, intent: str) -> dict[str, Any]:
    return {kind: name, "steps": [{"intent": intent}, {"action": "action_answer"}]}


def _examples() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for path in sorted((ROOT / "data" / "nlu" / "en").glob("*.yml")):
        for entry in yaml.safe_load(path.read_text("utf-8")).get("nlu", []):
            if "intent" in entry:
                lines = [line[2:] for line in entry["examples"].splitlines() if line.strip()]
                found.setdefault(entry["intent"], []).extend(lines)
    return {intent: lines[:EXAMPLES] for intent, lines in found.items()}


def _dump(path: Path, content: dict[str, Any]) -> None:
    path.write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False), "utf-8")


def train(folder: Path) -> None:
    """Train once; a model that is there is kept."""
    if not list((folder / "models").glob("*.tar.gz")):
        subprocess.run(
            [sys.executable, "-m", "rasa", "train"],
            cwd=folder,
            env=environment(),
            check=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )


def environment() -> dict[str, str]:
    """What its processes run with: quiet, without telemetry, our modules in reach."""
    return {
        **os.environ,
        "RASA_TELEMETRY_ENABLED": "false",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "PYTHONPATH": str(ROOT),
    }


@contextmanager
def running(folder: Path) -> Iterator[Measured]:
    """Both servers, ready; they are stopped afterwards."""
    port, action_port = free_port(), free_port()
    database = folder / "tracker.db"
    database.unlink(missing_ok=True)
    endpoints = {
        "action_endpoint": {"url": f"http://127.0.0.1:{action_port}/webhook"},
        "tracker_store": {
            "type": "bot.evaluation.plain_rasa.store.PlainStore",
            "dialect": "sqlite",
            "db": str(database),
        },
    }
    _dump(folder / "endpoints.yml", endpoints)
    rasa = [sys.executable, "-m", "rasa", "run"]
    started = Measured(f"http://127.0.0.1:{port}")
    try:
        started.launch([*rasa, "actions", "--port", str(action_port)], folder, environment())
        started.launch([*rasa, "--port", str(port)], folder, environment())
        wait_for(f"{started.address}/", started)
        wait_for(f"http://127.0.0.1:{action_port}/health", started)
        started.ready()
        yield started
    finally:
        started.stop()
