"""Time. Aware UTC everywhere; whoever needs another clock is given one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

Clock = Callable[[], datetime]


def _wall() -> datetime:
    return datetime.now(UTC)


_current: list[Clock] = [_wall]


def utc_now() -> datetime:
    """Now, in UTC: the wall clock, or the one that `running_on` put in its place."""
    return _current[-1]()


@contextmanager
def running_on(clock: Clock) -> Iterator[None]:
    """Within, the whole process lives by `clock`: for simulations and tests that move time."""
    _current.append(clock)
    try:
        yield
    finally:
        _current.remove(clock)
