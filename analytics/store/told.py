"""What is kept of a batch beside its counts: its sheets, how many findings it settled, who withdrew it."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import Connection, select, update

from analytics.store.schema import BATCHES


def told_of(report: str | None) -> dict[str, Any]:
    """Return what the column ``report`` of a batch holds: ``sheets``, ``resolved``, ``withdrawn_by``.

    ``withdrawn_by`` is empty where nobody said who, ``resolved`` 0 where it was not counted yet: earlier
    programs kept the list of sheets alone.
    """
    found = json.loads(report) if report else []
    told = found if isinstance(found, dict) else {"sheets": found}
    return {"sheets": [], "resolved": 0, "withdrawn_by": "", **told}


def keep_told(connection: Connection, batch_id: int, **more: Any) -> None:
    """Keep ``resolved`` (how many earlier findings no longer held) or ``withdrawn_by`` with a batch."""
    own = BATCHES.c.batch_id == batch_id
    told = told_of(connection.execute(select(BATCHES.c.report).where(own)).scalar_one()) | more
    kept = json.dumps(told, ensure_ascii=False)
    connection.execute(update(BATCHES).where(own).values(report=kept))
