"""Training, only when it is due: the Spanish encoder's files, the Rasa model, the ranker and the
entity model of the redactor, each with a fingerprint of its inputs.

The manifest `models/careline.json` names the archive the embedded assistant loads and its
checksum. Stock `rasa train` writes archives beside it, which Careline leaves alone.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path

from bot.assistant.archive import MANIFEST, sha256_of
from bot.errors import CarelineError
from bot.gaps import likeness
from bot.knowledge.training import ranker_is_due, train_ranker
from bot.language import spanish
from bot.language.e5 import files as spanish_files
from bot.privacy.entities import entities_are_due, train_entities
from bot.replacing import replacing
from bot.settings import ROOT, Settings

INPUTS = (
    "config.yml",
    "domain.yml",
    "data/nlu",
    "data/rules",
    "data/stories",
    "data/spacy",
    "bot/assistant/components",
    "bot/language",
)
Say = Callable[[str], None]


class TrainingFailed(CarelineError):
    """Rasa did not produce a model; its own words were printed above."""

    code = "training_failed"


def _files(root: Path) -> Iterator[Path]:
    for name in INPUTS:
        path = root / name
        found = sorted(path.rglob("*")) if path.is_dir() else [path]
        yield from (one for one in found if one.is_file() and "__pycache__" not in one.parts)


def fingerprint(root: Path = ROOT) -> str:
    """A hash of everything the Rasa model is made from."""
    digest = hashlib.sha256(version("rasa").encode())
    for path in _files(root):
        digest.update(path.relative_to(root).as_posix().encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def model_is_due(settings: Settings) -> bool:
    """Whether the Rasa model is missing, damaged, or older than its inputs."""
    try:
        manifest = json.loads((settings.model_dir / MANIFEST).read_text("utf-8"))
        archive = settings.model_dir / str(manifest["archive"])
        whole = archive.is_file() and sha256_of(archive) == manifest["sha256"]
        return not whole or manifest["fingerprint"] != fingerprint()
    except (OSError, ValueError, KeyError):
        return True


def train_model(settings: Settings, say: Say) -> Path:
    """Train with stock `rasa train` and record the archive. Raises `TrainingFailed`."""
    mark = fingerprint()
    name = f"careline-{mark[:12]}"
    settings.model_dir.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "rasa", "train", "--out", str(settings.model_dir)]
    command += ["--fixed-model-name", name]
    environment = {**os.environ, "RASA_TELEMETRY_ENABLED": "false", "TF_CPP_MIN_LOG_LEVEL": "3"}
    with subprocess.Popen(  # noqa: S603 (our own interpreter and fixed words)
        command,
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        log = [_shown(line, say) for line in process.stdout or ()]
    archive = settings.model_dir / f"{name}.tar.gz"
    if process.returncode or not archive.is_file():
        for line in log[-30:]:
            say(line)
        raise TrainingFailed("rasa train failed", remedy="See its output above.")
    _record(settings.model_dir, archive, mark)
    return archive


def train_what_is_due(settings: Settings, say: Say, *, force: bool = False) -> None:
    """Make each model that is missing or older than its inputs; the ranker needs the encoder."""
    if spanish.AVAILABLE and (force or spanish_files.are_due(settings.model_dir)):
        _timed("Building the Spanish encoder", lambda: build_encoder(settings), say)
    if force or model_is_due(settings):
        title = "Training the assistant (about a minute, once)"
        _timed(title, lambda: train_model(settings, say), say)
    if force or ranker_is_due(settings):
        _timed("Training the ranker (about three minutes)", lambda: train_ranker(settings), say)
    if force or entities_are_due(settings.model_dir, settings.data_dir):
        title = "Training the redactor to find names and addresses (about a minute)"
        _timed(title, lambda: train_entities(settings.model_dir, settings.data_dir), say)
    if force or likeness.is_due(settings.model_dir, settings.data_dir):
        title = "Learning which questions are alike (half a minute)"
        _timed(title, lambda: likeness.load(settings.model_dir, settings.data_dir), say)


def build_encoder(settings: Settings) -> None:
    """Put the Spanish encoder's files beside the models."""
    # Brings a library that nothing else needs.
    from bot.language.e5.building import build

    build(settings.model_dir)


def _timed(title: str, work: Callable[[], object], say: Say) -> None:
    started = time.monotonic()
    say(title)
    work()
    say(f"  done in {time.monotonic() - started:.0f} s")


def _shown(line: str, say: Say) -> str:
    line = line.rstrip()
    if "Starting to train component" in line:
        name = line.rsplit("component", 1)[-1].strip(" .'")
        say(f"  training {name}")
    return line


def _record(model_dir: Path, archive: Path, mark: str) -> None:
    manifest = {
        "archive": archive.name,
        "sha256": sha256_of(archive),
        "fingerprint": mark,
    }
    with replacing(model_dir / MANIFEST) as partial:
        partial.write_text(json.dumps(manifest, indent=2) + "\n", "utf-8")
