"""Ratings that nobody gave: silence is no praise."""

from __future__ import annotations

import numpy as np

from analytics.ingest.frame import Frame
from analytics.ingest.rules import DEFAULT_RATINGS


def count_default_ratings(frame: Frame) -> None:
    """Say once a sheet how many ratings were given by default; they are stored and count as not rated.

    Where the settings make this a rejection each such row is told by itself.
    """
    by_default = frame.equals("rating_source", "默认") & frame.has("rating") & ~frame.rejected
    if not by_default.any():
        return
    settings = frame.context.settings
    if DEFAULT_RATINGS.severity_in(settings.rule_severity) == "reject":
        for row in np.flatnonzero(by_default):
            frame.flag(DEFAULT_RATINGS, np.array([row]), "rating_source", fill={"detail": "1"})
    else:
        frame.faults.tally(DEFAULT_RATINGS, frame.source.column("rating_source"), int(by_default.sum()))
