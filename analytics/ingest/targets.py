"""What a target's cells mean: the measure by key or name, whose target it is, shares as fractions."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pyarrow as pa

from analytics.core.text import Text
from analytics.ingest.declare import Column
from analytics.ingest.frame import Frame
from analytics.ingest.parse.cells import Bad, is_nothing, plain, shown
from analytics.ingest.parse.numbers import parse_number
from analytics.ingest.rules import BAD_UNIT, OUT_OF_RANGE, UNKNOWN_NAME

# Units that a target may be written in, by that of its measure (``Measure.unit.zh``).
_WRITTEN = {
    "万元": "10k_yuan",
    "人次": "persons",
    "件": "cases",
    "件次": "cases",
    "场": "events",
    "天": "days",
    "家": "clients",
    "次": "events",
    "项": "cases",
}


def parse_measure(text: str) -> str | Bad | None:
    """Read a measure by its key or its name in either language."""
    if is_nothing(text):
        return None
    # Imported when a target is read: measures are many, and most imports hold none.
    from analytics.measures.registry import by_name

    found = by_name(plain(text))
    return Bad(UNKNOWN_NAME, {"near": Text("", "")}) if found is None else found.key


def parse_targets(frame: Frame, column: Column, cells: pa.Array) -> None:
    """Read each target in the unit of its row's measure: 12000件 of services, 95% of a share.

    A share is held as a fraction; a bare number above 1 is percent (95 is .95). Where the measure is not
    known, the row is rejected for that, and its number is read without unit.
    """
    measures = frame.values.get("measure", pa.nulls(len(frame), pa.string())).to_pylist()
    texts = cells.to_pylist()
    made = np.full(len(frame), np.nan)
    bad: dict[tuple[Bad, str], list[int]] = {}
    for row, (measure, text) in enumerate(zip(measures, texts, strict=True)):
        found = None if text is None else _target(measure, text)
        if isinstance(found, Bad):
            bad.setdefault((found, shown(text)), []).append(row)
        elif found is not None:
            made[row] = found
    for (what, text), rows in bad.items():
        frame.flag(what.rule, np.array(rows), column.name, value=text, fill=what.fill)
    frame.values[column.stored] = pa.array(made, pa.float64(), from_pandas=True)


@lru_cache(maxsize=4096)
def _target(measure: str | None, text: str) -> float | Bad | None:
    own = _units().get(measure or "")
    if own is None:
        found = parse_number(text)
        return 0.0 if isinstance(found, Bad) and found.rule is BAD_UNIT else found
    unit, word = own
    found = parse_number(text if unit else text.removesuffix(word), unit=unit, minimum=0)
    if unit != "share" or found is None or isinstance(found, Bad):
        return found
    is_percent = found > 1 and not plain(text).endswith("%")
    share = float(f"{found / 100:.12g}") if is_percent else found
    return share if share <= 1 else Bad(OUT_OF_RANGE, {"detail": "0–100%"})


@lru_cache(maxsize=1)
def _units() -> dict[str, tuple[str, str]]:
    """Return each measure's unit by key: as :mod:`~analytics.ingest.parse.numbers` names it, and its word."""
    from analytics.measures.registry import all_measures

    return {
        m.key: ("share" if m.kind == "proportion" else _WRITTEN.get(m.unit.zh, ""), m.unit.zh)
        for m in all_measures()
    }
