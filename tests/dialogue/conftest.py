"""The trained model: `make test` trains it first, and these tests refuse a stale one."""

from __future__ import annotations

import pytest

from bot.settings import Settings
from bot.training import model_is_due


@pytest.fixture(scope="session", autouse=True)
def trained_model() -> None:
    """Fail loudly when the model is missing or older than its inputs."""
    if model_is_due(Settings(_env_file=None)):
        pytest.fail("the model is missing or stale: run `make train`", pytrace=False)
