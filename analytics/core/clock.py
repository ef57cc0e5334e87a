"""The time of the city: days and moments of ledgers, batches and deadlines are those of Beijing."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

_BEIJING = ZoneInfo("Asia/Shanghai")


def now() -> datetime:
    """Return the moment in Beijing, without zone, as ledgers write moments."""
    return datetime.now(_BEIJING).replace(tzinfo=None)


def today() -> date:
    """Return the day in Beijing, wherever this machine stands."""
    return now().date()
