"""What `careline train` makes, and when."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot import training
from bot.language import spanish
from bot.language.e5 import files
from bot.settings import Settings


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was made. Everything is due until it was made once."""
    found: list[str] = []
    monkeypatch.setattr(training, "model_is_due", lambda _: "assistant" not in found)
    monkeypatch.setattr(training, "ranker_is_due", lambda _: "ranker" not in found)
    monkeypatch.setattr(training, "entities_are_due", lambda *_: "entities" not in found)
    monkeypatch.setattr(files, "are_due", lambda _: "encoder" not in found)
    monkeypatch.setattr(training, "train_model", lambda *_: found.append("assistant"))
    monkeypatch.setattr(training, "train_ranker", lambda _: found.append("ranker"))
    monkeypatch.setattr(training, "train_entities", lambda *_: found.append("entities"))
    monkeypatch.setattr(training, "build_encoder", lambda _: found.append("encoder"))
    monkeypatch.setattr(spanish, "AVAILABLE", True)
    return found


@pytest.fixture
def models(tmp_path: Path) -> Settings:
    return Settings(_env_file=None, model_dir=tmp_path)


def test_the_spanish_encoder_is_built_before_the_ranker_that_needs_it(
    made: list[str], models: Settings
) -> None:
    said: list[str] = []
    training.train_what_is_due(models, said.append)

    assert made == ["encoder", "assistant", "ranker", "entities"]
    assert said[0] == "Building the Spanish encoder"
    assert said[1].startswith("  done in ")


def test_what_is_not_due_is_left_alone_unless_forced(made: list[str], models: Settings) -> None:
    training.train_what_is_due(models, lambda _: None)
    training.train_what_is_due(models, lambda _: None)
    assert len(made) == 4

    training.train_what_is_due(models, lambda _: None, force=True)
    assert made[4:] == ["encoder", "assistant", "ranker", "entities"]


def test_no_spanish_encoder_is_built_where_it_cannot_run(
    made: list[str], models: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spanish, "AVAILABLE", False)
    training.train_what_is_due(models, lambda _: None, force=True)

    assert made == ["assistant", "ranker", "entities"]
