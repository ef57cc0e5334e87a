"""Rules about points in time: which may not lie before which, days between them, months of facts."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from analytics.core.periods import quarter_of
from analytics.ingest.frame import Frame, Mask
from analytics.ingest.rules import TIMES_BACKWARDS

_SECONDS_A_DAY = 86400


def leave_out_backwards(frame: Frame, earlier: str, later: str) -> None:
    """Take out ``later`` where it lies before ``earlier``; by the day where either has no time of day."""
    if earlier not in frame.values or later not in frame.values:
        return
    both = frame.has(earlier) & frame.has(later)
    backwards = both & np.where(
        _by_day(frame, earlier, later), _days(frame, later) < _days(frame, earlier), False
    )
    if f"{earlier}_is_date" in frame.values and f"{later}_is_date" in frame.values:
        before = pc.less(frame.values[later], frame.values[earlier])
        exact = pc.fill_null(before, False).to_numpy(zero_copy_only=False)
        backwards |= both & ~_by_day(frame, earlier, later) & exact
    if not backwards.any():
        return
    frame.flag(TIMES_BACKWARDS, backwards, later, fill={"detail": frame.source.column(earlier).heading})
    for name in (later, f"{later}_is_date", f"{later}_day"):
        frame.put(name, backwards, None)


def response_days(frame: Frame, received: str, responded: str) -> None:
    """Add the days from ``received`` to ``responded``: whole days where either has no time of day."""
    if responded not in frame.values or received not in frame.values:
        return
    both = frame.has(received) & frame.has(responded)
    whole = (_days(frame, responded) - _days(frame, received)).astype(np.float64)
    elapsed = pc.subtract(frame.values[responded].cast(pa.int64()), frame.values[received].cast(pa.int64()))
    exact = pc.fill_null(elapsed, 0).to_numpy(zero_copy_only=False) / (_SECONDS_A_DAY * 1e6)
    days = np.where(_by_day(frame, received, responded), whole, exact)
    frame.values["response_days"] = pa.array(days, mask=~both)


def add_periods(frame: Frame, fact: str) -> None:
    """Add month, quarter and year of the fact's date."""
    if fact == "month":
        months = frame.values["month"]
    else:
        since_1970 = frame.values[fact].cast(pa.date32(), safe=False).to_numpy(zero_copy_only=False)
        months = pa.array(since_1970.astype("datetime64[M]").astype(object)).cast(pa.date32())
        months = frame.mapped(months.cast(pa.string()), lambda text: text[:7])
    frame.values["month"] = months
    frame.values["quarter"] = frame.mapped(months, quarter_of)
    frame.values["year"] = frame.mapped(months, lambda month: month[:4])


def _days(frame: Frame, name: str) -> npt.NDArray[np.int64]:
    days = pc.fill_null(frame.values[f"{name}_day"], 0).to_numpy(zero_copy_only=False)
    return np.asarray(days, dtype=np.int64)


def _by_day(frame: Frame, *names: str) -> Mask:
    """Return which rows are compared by the day: a column without times of day, or a date in one."""
    by_day = np.zeros(len(frame), dtype=bool)
    for name in names:
        if f"{name}_is_date" not in frame.values:
            return np.ones(len(frame), dtype=bool)
        by_day |= pc.fill_null(frame.values[f"{name}_is_date"], False).to_numpy(zero_copy_only=False)
    return by_day
