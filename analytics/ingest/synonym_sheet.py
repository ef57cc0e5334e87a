"""The rows that a sheet of synonyms begins with: every name that nobody knew, to be said what it means."""

from __future__ import annotations

from typing import Any

from analytics.core.selection import Scope
from analytics.measures.quality import unresolved_industries
from analytics.standard.names import name_of
from analytics.store.snapshot import Snapshot

_LEDGERS = {"services": "服务台账", "clients": "服务对象名录", "institutions": "机构名录"}


def rows_for(snapshot: Snapshot, *, scope: Scope) -> list[dict[str, Any]]:
    """Return a row for each unknown name, with where it stands and what is near; the industry is left open.

    Rows whose industry stays empty are no data when the sheet comes back.
    """
    seen: dict[str, list[str]] = {}
    for row in unresolved_industries(snapshot, scope=scope):
        aid = seen.setdefault(row["text"], [])
        if not aid and row["near"]:
            names = "、".join(name_of("industry", key, "zh") for key in row["near"][:3])
            aid.append(f"相近：{names}")
        aid.insert(0, f"{_LEDGERS[row['kind']]} {row['rows']} 行")
    return [{"spelling": text, "aid": "；".join(aid)} for text, aid in seen.items()]
