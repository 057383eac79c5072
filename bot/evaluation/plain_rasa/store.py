"""Rasa's SQL tracker store on SQLAlchemy 2, which refuses the missing query of Rasa 3.6's URL."""

from __future__ import annotations

from typing import Any

from rasa.core.tracker_store import SQLTrackerStore
from sqlalchemy.engine import URL


class PlainStore(SQLTrackerStore):
    """Rasa's own store; only the URL is made in a way that SQLAlchemy 2 takes."""

    @staticmethod
    def get_db_url(
        dialect: str = "sqlite",
        host: str | None = None,
        port: int | None = None,
        db: str = "rasa.db",
        *_: Any,
    ) -> URL:
        """The URL of a SQLite file; the other arguments are for servers."""
        return URL.create(dialect, database=db)
