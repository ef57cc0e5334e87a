"""One immutable state of the data, and what is known about it as a whole."""

from __future__ import annotations

from functools import cached_property

from sqlalchemy import Connection, Engine, select

from analytics.store.schema import ABOUT


class Snapshot:
    """A state of the store that never changes; safe to share between threads."""

    def __init__(self, version: str, engine: Engine) -> None:
        self.version = version
        self._engine = engine

    def connect(self) -> Connection:
        """Return a read-only connection; use it in a ``with`` block."""
        return self._engine.connect()

    @cached_property
    def about(self) -> dict[str, str]:
        """Facts about the whole: last day of data, last full month, whether sample data are in it, ..."""
        with self.connect() as connection:
            return {
                name: value or "" for name, value in connection.execute(select(ABOUT.c.name, ABOUT.c.value))
            }

    @property
    def is_sample(self) -> bool:
        """Whether any batch in force is sample data."""
        return self.about.get("sample_data") == "true"
