"""The few things of these reads in which the two databases differ."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Float
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement


class seconds_of(FunctionElement[float]):
    """A moment as seconds since 1970."""

    type = Float()
    inherit_cache = True


@compiles(seconds_of, "sqlite")
def _sqlite(element: Any, compiler: Any, **kw: Any) -> str:
    return f"((julianday({compiler.process(element.clauses, **kw)}) - 2440587.5) * 86400.0)"


@compiles(seconds_of, "postgresql")
def _postgresql(element: Any, compiler: Any, **kw: Any) -> str:
    return f"extract(epoch from {compiler.process(element.clauses, **kw)})"


def seconds_between(earlier: ColumnElement[Any], later: ColumnElement[Any]) -> ColumnElement[float]:
    """How long after one moment the other is."""
    return seconds_of(later) - seconds_of(earlier)
