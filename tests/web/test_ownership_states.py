"""One owner, whatever happens in whatever order: patient, assistant, agents, timers and deaths.

Two processes work on one database through all that the product uses, under a clock that the
machine moves. After every step the tables are looked at. `CARELINE_OWNERSHIP_EXAMPLES` asks for a
longer search than every change gets.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck
from hypothesis import settings as searching
from hypothesis.stateful import run_state_machine_as_test
from pydantic import SecretStr

from bot.settings import Settings
from tests.web.ownership.machine import Ownership
from tests.web.ownership.world import World

EXAMPLES = int(os.environ.get("CARELINE_OWNERSHIP_EXAMPLES", "50"))
STEPS = 20


@pytest.fixture
def world(settings: Settings, texts: None) -> Iterator[World]:
    changed = {
        # The machine says when an answer comes too late and when a lease has run out.
        "answer_seconds": 3600.0,
        "lease_seconds": 7200.0,
        "smtp_url": SecretStr("smtp://127.0.0.1:1"),
        # Processes die here, machines do not.
        "sqlite_synchronous": "NORMAL",
    }
    opened = World(settings.model_copy(update=changed))
    yield opened
    opened.close()


def test_every_order_of_events_leaves_one_owner_and_loses_nothing(world: World) -> None:
    run_state_machine_as_test(
        lambda: Ownership(world),  # type: ignore[arg-type]  # any factory does
        settings=searching(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            suppress_health_check=list(HealthCheck),
        ),
    )
