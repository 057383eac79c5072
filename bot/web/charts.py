"""Charts as plain shapes for SVG. Every chart has a title, a description and a table behind it;
no series is told apart by colour alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from math import ceil, floor, log10

from bot.intervals import Share

WIDTH = 760
TALL = 230
LEFT, RIGHT, TOP, BOTTOM = 64, 12, 12, 30
ROW = 30
NAMES = 250
MOST_LABELS = 10


@dataclass(frozen=True, slots=True)
class Shape:
    """One element: its tag, attributes and text."""

    tag: str
    attributes: dict[str, str | float]
    text: str = ""


@dataclass(slots=True)
class Chart:
    """What a template draws. `legend` pairs a class with its name."""

    id: str
    title: str
    desc: str
    height: float
    shapes: list[Shape] = field(default_factory=list)
    legend: Sequence[tuple[str, str]] = ()
    width: float = WIDTH

    def add(self, tag: str, text: str = "", **attributes: str | float) -> None:
        """Draw one element; a trailing underscore of a name goes, others become dashes."""
        named = {
            name.rstrip("_").replace("_", "-"): round(value, 1)
            if isinstance(value, float)
            else value
            for name, value in attributes.items()
        }
        self.shapes.append(Shape(tag, named, text))


def columns(
    chart: Chart, labels: Sequence[str], lower: Sequence[int], upper: Sequence[int]
) -> Chart:
    """Stacked bars in time: `upper` stands, striped, on `lower`."""
    top = ceiling(max((a + b for a, b in zip(lower, upper, strict=True)), default=0))
    y = _scale(chart, top, lambda value: f"{value:g}")
    step = _inner() / max(1, len(labels))
    wide = max(2.0, step * 0.7)
    for place, (below, above) in enumerate(zip(lower, upper, strict=True)):
        x = LEFT + place * step + (step - wide) / 2
        if below:
            chart.add("rect", x=x, y=y(below), width=wide, height=y(0) - y(below), class_="one")
        if above:
            height = y(below) - y(below + above)
            chart.add("rect", x=x, y=y(below + above), width=wide, height=height, class_="two")
            chart.add(
                "rect", x=x, y=y(below + above), width=wide, height=height, fill="url(#stripes)"
            )
    _time_labels(chart, labels, step)
    return chart


def line(
    chart: Chart,
    labels: Sequence[str],
    values: Sequence[float | None],
    say: Callable[[float], str],
) -> Chart:
    """A line in time with a point for each value; it has a gap where there is none."""
    top = nice_seconds(max((value for value in values if value is not None), default=0.0))
    y = _scale(chart, top, say)
    step = _inner() / max(1, len(labels))
    path: list[str] = []
    for place, value in enumerate(values):
        if value is None:
            path.append("")
            continue
        x = LEFT + (place + 0.5) * step
        path.append(f"{'L' if path and path[-1] else 'M'}{x:.1f} {y(value):.1f}")
    chart.add("path", d=" ".join(filter(None, path)), class_="line")
    for place, value in enumerate(values):
        if value is not None:
            chart.add("circle", cx=LEFT + (place + 0.5) * step, cy=y(value), r=3.5, class_="point")
    _time_labels(chart, labels, step)
    return chart


def bars(chart: Chart, rows: Sequence[tuple[str, int, str]]) -> Chart:
    """Horizontal bars: name, count, and the count in words beside the bar."""
    most = max((count for _, count, _ in rows), default=0) or 1
    room = WIDTH - NAMES - 110
    chart.height = 8 + ROW * len(rows)
    for place, (name, count, words) in enumerate(rows):
        y = 4 + place * ROW
        long = room * count / most
        chart.add("text", name, x=NAMES - 8, y=y + 19, class_="name", text_anchor="end")
        chart.add("rect", x=NAMES, y=y + 5, width=max(long, 1.0), height=ROW - 10, class_="one")
        chart.add("text", words, x=NAMES + long + 8, y=y + 19, class_="value")
    return chart


def dots(chart: Chart, rows: Sequence[tuple[str, Share, str]]) -> Chart:
    """Shares from 0 to 100 % with their intervals; `words` stands at the end of the line."""
    room = WIDTH - NAMES - 110
    chart.height = 30 + ROW * len(rows)
    for percent in (0, 25, 50, 75, 100):
        x = NAMES + room * percent / 100
        chart.add("line", x1=x, x2=x, y1=2, y2=chart.height - 22, class_="grid")
        chart.add(
            "text", f"{percent}%", x=x, y=chart.height - 6, class_="tick", text_anchor="middle"
        )
    for place, (name, share, words) in enumerate(rows):
        y = 4 + place * ROW + ROW / 2
        low, high = share.interval()
        chart.add("text", name, x=NAMES - 8, y=y + 4, class_="name", text_anchor="end")
        if share.total:
            chart.add(
                "line", x1=NAMES + room * low, x2=NAMES + room * high, y1=y, y2=y, class_="range"
            )
            chart.add("circle", cx=NAMES + room * share.value, cy=y, r=5, class_="point")
        chart.add("text", words, x=WIDTH - 98, y=y + 4, class_="value")
    return chart


def ceiling(most: float) -> float:
    """The end of an axis: 1, 2, 4, 5 or 10 times a power of ten, not below `most`."""
    if most <= 4:
        return 4
    power = 10.0 ** floor(log10(most))
    return next(step * power for step in (1, 2, 4, 5, 10) if step * power >= most)


def nice_seconds(most: float) -> float:
    """The end of an axis of time: four steps of whole minutes or hours."""
    for step in (15, 60, 300, 900, 1800, 3600, 3 * 3600, 6 * 3600, 86400):
        if 4 * step >= most:
            return 4 * step
    return 4 * 86400 * ceil(most / (4 * 86400))


def _inner() -> float:
    return float(WIDTH - LEFT - RIGHT)


def _scale(chart: Chart, top: float, say: Callable[[float], str]) -> Callable[[float], float]:
    """Draw the axis of values; returns where a value lies."""
    high = chart.height - TOP - BOTTOM

    def y(value: float) -> float:
        return float(TOP + high * (1 - value / top))

    for part in range(5):
        value = top * part / 4
        chart.add("line", x1=LEFT, x2=WIDTH - RIGHT, y1=y(value), y2=y(value), class_="grid")
        chart.add("text", say(value), x=LEFT - 8, y=y(value) + 4, class_="tick", text_anchor="end")
    return y


def _time_labels(chart: Chart, labels: Sequence[str], step: float) -> None:
    every = max(1, ceil(len(labels) / MOST_LABELS))
    for place in range(0, len(labels), every):
        x = LEFT + (place + 0.5) * step
        y = chart.height - 8
        chart.add("text", labels[place], x=x, y=y, class_="tick", text_anchor="middle")
