"""Everything here goes through the trained model."""

from __future__ import annotations

import warnings

import pytest

with warnings.catch_warnings():
    # Rasa's libraries warn of each other while they are imported, which is not ours to mend.
    warnings.simplefilter("ignore")
    import bot.assistant.processor  # noqa: F401


@pytest.fixture(autouse=True)
def needs_the_model(trained_model: None) -> None:
    """A missing or stale model fails every test here."""
