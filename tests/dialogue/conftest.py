"""Everything here goes through the trained model."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def needs_the_model(trained_model: None) -> None:
    """A missing or stale model fails every test here."""
