"""Errors a reader can act on; anything else is a fault of ours."""

from __future__ import annotations

from analytics.core.text import Text


class UserError(Exception):
    """Something the reader can put right: what is wrong, and what to do next."""

    def __init__(self, what: Text, next_step: Text) -> None:
        super().__init__(what.en)
        self.what = what
        self.next_step = next_step
