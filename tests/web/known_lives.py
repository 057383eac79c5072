"""Two weeks of a clinic, of which every number is known: computed by hand, beside each life."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from bot.handoff.history import Happened
from bot.insights.periods import Period
from tests.web.care_log import Log

ZONE = ZoneInfo("America/Chicago")
# From the night in which the clocks go back to a Saturday.
PERIOD = Period(date(2026, 11, 1), date(2026, 11, 14), ZONE)


def at(day: int, clock: str, month: int = 11) -> datetime:
    """A moment on the clinic's clock."""
    hour, minute = map(int, clock.split(":"))
    return datetime(2026, month, day, hour, minute, tzinfo=ZONE)


NOW = at(22, "12:00")


def known_lives() -> Log:
    """16 cases and 25 contacts in the period, and some just outside it."""
    log = Log()
    log.people = {"ana": "Ana", "ben": "=Ben"}
    _promises(log)
    _departures(log)
    _hands(log)
    _chats(log)
    return log


def _promises(log: Log) -> None:
    # Replied in 10 of 20 promised minutes: kept. Had for 25. Back two days later, answered by bot.
    kept = log.asks(at(2, "9:00"), topics="cov.eob", site="main").claimed(at(2, "9:05"), "ana")
    kept.replied(at(2, "9:10"), "ana").resolved(at(2, "9:30"), "ana")
    kept.rated(at(2, "9:31"), 5)
    kept.talk.says(at(4, "10:00")).turn(at(4, "10:01"))
    # In 25 of 20: broken, nobody warned. Had for 18.
    late = log.asks(at(2, "10:00"), reason="account").claimed(at(2, "10:22"), "ana")
    late.replied(at(2, "10:25"), "ana").resolved(at(2, "10:40"), "ana")
    # Moved before the time was over, replied in 30: renegotiated, warned. Had for 22.
    moved = log.asks(at(3, "9:00")).moved(at(3, "9:15"), at(3, "10:00"))
    moved.claimed(at(3, "9:28"), "ana").replied(at(3, "9:30"), "ana")
    moved.resolved(at(3, "9:50"), "ana")
    # Moved, and replied within the first time after all: renegotiated never counts. Had for 6.
    again = log.asks(at(3, "11:00")).moved(at(3, "11:10"), at(3, "12:00"))
    again.claimed(at(3, "11:14"), "ana").replied(at(3, "11:15"), "ana")
    again.resolved(at(3, "11:20"), "ana")
    # No time was promised; replied in 30. Had for 11.
    free = log.asks(at(6, "9:00"), None).claimed(at(6, "9:29"), "ana")
    free.replied(at(6, "9:30"), "ana").resolved(at(6, "9:40"), "ana")
    # Closed without a reply: broken. Had for 5.
    log.asks(at(6, "10:00")).claimed(at(6, "10:05"), "ana").resolved(at(6, "10:10"), "ana")
    # Over a weekend, within the promise: 44 h 40 min, kept. Had for 25. Too new to be reopened.
    monday = log.asks(at(14, "12:00"), at(16, "9:00")).claimed(at(16, "8:35"), "ana")
    monday.replied(at(16, "8:40"), "ana").resolved(at(16, "9:00"), "ana")
    # Still waits, and its time is not over.
    log.asks(at(14, "13:00"), at(23, "9:00"))


def _departures(log: Log) -> None:
    # Left after 10 minutes, before a reply and before the promised time.
    log.asks(at(3, "13:00")).left(at(3, "13:10"))
    # Left after the reply: not abandoned. Replied in 5, kept. Had for 26.
    after = log.asks(at(3, "14:00")).claimed(at(3, "14:04"), "ana")
    after.replied(at(3, "14:05"), "ana").left(at(3, "14:30"))
    # Left when the promised time was over: abandoned, and the promise is broken.
    log.asks(at(4, "9:00")).left(at(4, "9:40"))


def _hands(log: Log) -> None:
    # Nobody asked: a person stepped in. Had for 10.
    stepped = log.asks(at(4, "10:00"), None).claimed(at(4, "10:00"), "ana", Happened.TAKEN_OVER)
    stepped.replied(at(4, "10:01"), "ana").resolved(at(4, "10:10"), "ana")
    # Ben had it for 10 and gave it back, Ana for 15. Replied in 31: broken, but warned.
    two = log.asks(at(4, "11:00"), language="es", reason="account").claimed(at(4, "11:02"), "ben")
    two.released(at(4, "11:12"), "ben").warned(at(4, "11:19")).claimed(at(4, "11:30"), "ana")
    two.replied(at(4, "11:31"), "ana").resolved(at(4, "11:45"), "ana")
    # In 8, kept. Reopened after two days. Had for 15 and 10.
    back = log.asks(at(5, "9:00"), language="es", site="main").claimed(at(5, "9:05"), "ben")
    back.replied(at(5, "9:08"), "ben").resolved(at(5, "9:20"), "ben").rated(at(5, "9:21"), 4)
    back.reopened(at(7, "10:00"), "ben").resolved(at(7, "10:10"), "ben")
    # In 6, kept. Reopened after nine days: too late to count. Had for 10 and 20.
    late = log.asks(at(5, "10:00"), site="riverside").claimed(at(5, "10:05"), "ben")
    late.replied(at(5, "10:06"), "ben").resolved(at(5, "10:15"), "ben")
    late.reopened(at(14, "10:00"), "ben").resolved(at(14, "10:20"), "ben")
    # In 10, kept. Had for 51.
    friday = log.asks(at(13, "16:00")).claimed(at(13, "16:09"), "ana")
    friday.replied(at(13, "16:10"), "ana").resolved(at(13, "17:00"), "ana")


def _chats(log: Log) -> None:
    log.chat(at(2, "12:00")).says(at(5, "12:00")).turn(at(5, "12:01"))  # back after 3 days
    log.chat(at(2, "12:00")).says(at(10, "12:05")).turn(at(10, "12:06"))  # back after 8 days
    log.chat(at(3, "8:00")).cleared()
    log.chat(at(3, "8:00"), "es").rated(at(3, "8:40"), 2)
    log.chat(at(31, "8:00", month=10)).rated(at(31, "8:40", month=10), 1)  # not in the period
    log.chat(at(9, "8:00")).says(at(9, "8:20")).turn(at(9, "8:21"), "clarify")  # one contact
    # The last minutes of the last day; back after the period.
    log.chat(at(14, "23:55")).says(at(18, "9:00")).turn(at(18, "9:01"))
    # Ten minutes outside on both sides.
    log.chat(at(31, "23:50", month=10))
    log.chat(at(15, "0:10"))
