"""SQLite behind asyncio: a connection ends, whoever ends it and however often."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.sqlite import OneTripConnection, connect

Ending = Callable[[OneTripConnection, "asyncio.Task[None]"], None]


def stop_then_cancel(connection: OneTripConnection, closing: asyncio.Task[None]) -> None:
    connection.stop()
    closing.cancel()


def cancel_then_stop(connection: OneTripConnection, closing: asyncio.Task[None]) -> None:
    closing.cancel()
    connection.stop()


@pytest.mark.parametrize("end", [stop_then_cancel, cancel_then_stop])
async def test_a_cancelled_close_ends_although_the_thread_was_stopped_beside_it(
    tmp_path: Path, end: Ending
) -> None:
    connection = connect(str(tmp_path / "careline.db"))
    await connection
    closing = asyncio.create_task(connection.close())
    await asyncio.sleep(0)  # it now waits for the thread
    end(connection, closing)
    ended, _ = await asyncio.wait({closing}, timeout=10)
    assert ended == {closing}


async def test_a_connection_is_closed_twice_without_harm(tmp_path: Path) -> None:
    connection = await connect(str(tmp_path / "careline.db"))
    await connection.close()
    await connection.close()
    with pytest.raises(ValueError, match="no active connection"):
        await connection.commit()
