"""A process is killed in a burst; nothing acknowledged is lost, doubled or mixed up."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.bursts import Burst, assert_all_there_once, burst, transcript
from tests.processes import CarelineProcess

PATIENTS = 20
EACH = 10
KILL_AFTER = 60


@pytest.fixture
def process(database_url: str, tmp_path: Path) -> Iterator[CarelineProcess]:
    made = CarelineProcess(tmp_path, database_url, lease_seconds=5)
    yield made
    made.stop()


async def test_every_acknowledged_message_is_there_once_and_answered_once_in_order(
    process: CarelineProcess,
) -> None:
    await process.started()
    patients = [Burst(number, EACH) for number in range(PATIENTS)]
    await burst({process: patients}, after=KILL_AFTER, happens=asyncio.to_thread(process.kill))
    before = {patient.number: dict(patient.acknowledged) for patient in patients}
    assert sum(len(found) for found in before.values()) >= KILL_AFTER
    await process.started()
    await burst({process: patients})
    for patient in patients:
        messages = await transcript(process, patient)
        assert_all_there_once(patient, messages, before[patient.number])
