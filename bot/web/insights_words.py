"""Numbers and codes of the insights in the words of a language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from bot import texts
from bot.insights.tables import UNKNOWN, Cell
from bot.insights.values import FEW, FEW_TIMES, Change, Count, Scores, Spans
from bot.intervals import Share
from bot.knowledge import topics
from bot.knowledge.profile import ClinicProfile
from bot.knowledge.wording import MONTHS


@dataclass(frozen=True, slots=True)
class Said:
    """A value in words: the number, what it rests on, and how a change is to be taken."""

    main: str
    detail: str = ""
    tone: str = ""


NOTHING = Said("\N{EN DASH}")


class Words:
    """Says values and codes. `names` are the agents'."""

    def __init__(self, language: str, names: Mapping[str, str], clinic: ClinicProfile):
        self.language = language
        self._names = names
        self._sites = {place.id: place.name for place in clinic.locations}

    def t(self, key: str, **values: str | int) -> str:
        """A text of this page, or of another area when `key` names one."""
        text_id = key if "." in key else f"insights.{key}"
        return texts.get(text_id, self.language, **{n: str(v) for n, v in values.items()}).text

    def said(self, cell: Cell) -> Said:
        """A cell of a table. Few cases are said as counts, with the interval behind."""
        match cell:
            case Count(count):
                return Said(
                    f"{count:,}" if self.language == "en" else f"{count:_}".replace("_", " ")
                )
            case Share():
                return self._share(cell)
            case Spans():
                return self._spans(cell)
            case Scores():
                return self._scores(cell)
            case Change():
                return self._change(cell)
            case _:
                return Said("")

    def label(self, rows_are: str, code: str) -> str:
        """What the code of a row stands for."""
        if code == UNKNOWN:
            return self.t("unknown")
        match rows_are:
            case "measure":
                return self.t(f"{code}_name")
            case "step":
                return self.day(date.fromisoformat(code))
            case "reason":
                return self.t(f"console.reason_{code}")
            case "site":
                return self._sites.get(code, code)
            case "language":
                return self.t(f"staff.language_{code}")
            case "agent":
                return self._names.get(code, code)
            case "outcome":
                return self.t(f"outcome_{code}")
            case "category":
                tier, category = code.split(".", 1)
                return self.t(f"tier_{tier}", category=self.topic(category))
            case _:
                return self.topic(code)

    def topic(self, code: str) -> str:
        """The name of a subject."""
        if code == UNKNOWN:
            return self.t("unknown")
        found = topics.standard().get(code)
        return found.title(self.language) if found else code

    def span(self, seconds: float) -> str:
        """`40 ms`, `45 s`, `12 min`, `3 h 5 min`, `2 d 4 h`; rounded down."""
        whole = int(seconds)
        if 0 < seconds < 2 and seconds != whole:
            return self.t("milliseconds", count=round(1000 * seconds))
        if whole < 90:
            return self.t("seconds", count=whole)
        if whole < 3600:
            return self.t("minutes", count=whole // 60)
        if whole < 48 * 3600:
            return self._parts("hours", whole // 3600, minutes=whole % 3600 // 60)
        return self._parts("days", whole // 86400, hours=whole % 86400 // 3600)

    def _parts(self, key: str, count: int, **rest: int) -> str:
        if not any(rest.values()):
            return self.t(f"{key}_only", count=count)
        return self.t(key, count=count, **rest)

    def day(self, day: date, *, year: bool = False) -> str:
        """`Nov 3` or `3 nov`."""
        month = MONTHS[self.language][day.month - 1][:3]
        if self.language == "es":
            return f"{day.day} {month} {day.year}" if year else f"{day.day} {month}"
        return f"{month} {day.day}, {day.year}" if year else f"{month} {day.day}"

    def _share(self, cell: Share) -> Said:
        if not cell.total:
            return NOTHING
        low, high = (round(100 * edge) for edge in cell.interval())
        if cell.total < FEW:
            main = self.t("count_of", count=cell.count, total=cell.total)
            return Said(main, self.t("few_detail", low=low, high=high))
        detail = self.t("percent_detail", count=cell.count, total=cell.total, low=low, high=high)
        return Said(self.t("percent", percent=round(100 * cell.value)), detail)

    def _spans(self, cell: Spans) -> Said:
        if cell.median is None:
            return NOTHING
        cases = self._many("times", len(cell.seconds))
        if len(cell.seconds) < FEW_TIMES:
            times = ", ".join(self.span(one) for one in cell.seconds)
            return Said(cases, self.t("few_times", times=times))
        if cell.p90 is None:
            return Said(self.span(cell.median), cases)
        return Said(self.span(cell.median), self.t("p90", time=self.span(cell.p90), count=cases))

    def _scores(self, cell: Scores) -> Said:
        if cell.mean is None:
            return NOTHING
        ratings = self._many("score", len(cell.scores))
        if len(cell.scores) < FEW_TIMES:
            return Said(ratings, ", ".join(map(str, cell.scores)))
        good = cell.good
        detail = self.t("score_detail", ratings=ratings, good=good.count)
        return Said(self.t("score", mean=self.decimal(cell.mean)), detail)

    def _change(self, cell: Change) -> Said:
        by, low, high = (_signed(100 * one) for one in (cell.by, cell.low, cell.high))
        sure = "sure" if cell.sure else "unsure"
        detail = f"{self.t('points_range', low=low, high=high)}; {self.t(sure)}"
        return Said(self.t("points", points=by), detail, sure)

    def decimal(self, number: float) -> str:
        """One place behind the point."""
        return f"{number:.1f}"

    def _many(self, key: str, count: int) -> str:
        return self.t(f"{key}_one") if count == 1 else self.t(f"{key}_many", count=count)


def _signed(number: float) -> str:
    whole = round(number)
    return f"{whole:+d}".replace("-", "\N{MINUS SIGN}") if whole else "0"
