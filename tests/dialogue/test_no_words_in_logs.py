"""The whole path at DEBUG, and not one word of a patient in any log."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.processes import CarelineProcess

CANARY = "zanahoria7391"
MESSAGES = (
    f"what is a deductible {CANARY}",
    f"¿qué es un copago {CANARY}?",
    f"{CANARY} {CANARY} blue refrigerator",
    f"I want to talk to a person {CANARY}",
    f"I can't breathe {CANARY}",
    f"/restart {CANARY}",
)
BAD_FRAMES = (
    f"not json {CANARY}",
    f'{{"type": "{CANARY}"}}',
    f'{{"type": "message.send", "client_id": "{CANARY}!", "text": ["{CANARY}"]}}',
)


async def talk(process: CarelineProcess) -> int:
    """Send everything on two sockets; returns how many lines came back."""
    lines = 0
    async with aiohttp.ClientSession() as session:
        for messages in (MESSAGES[:3], MESSAGES[3:]):
            socket = await session.ws_connect(
                f"{process.address}/widget/ws", headers={"Origin": process.address}
            )
            await socket.send_json({"type": "conversation.open"})
            for bad in BAD_FRAMES:
                await socket.send_str(bad)
            for number, text in enumerate(messages):
                frame = {"type": "message.send", "client_id": f"canary-{number:02}", "text": text}
                await socket.send_json(frame)
            lines += await _answers(socket, len(messages))
    return lines


async def _answers(socket: Any, wanted: int) -> int:
    acknowledged = lines = 0
    while acknowledged < wanted or lines == 0:
        frame = await socket.receive_json(timeout=15)
        acknowledged += frame["type"] == "message.acknowledged"
        lines += frame["type"] == "message.posted"
    await socket.close()
    return lines


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
async def test_no_word_of_a_patient_is_in_any_log_at_debug(
    database_url: str, tmp_path: Path
) -> None:
    process = CarelineProcess(tmp_path, database_url, log_level="DEBUG")
    await process.started()
    try:
        assert await talk(process) >= 2
    finally:
        assert process.stop() == 0
    log = process.log.read_text("utf-8")
    assert "Careline serves" in log
    assert CANARY not in log
