"""What a target's cells mean: the measure by key or name, whose target it is, shares as fractions."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from analytics.core.text import Text
from analytics.ingest.frame import Frame
from analytics.ingest.parse.cells import Bad, is_nothing, plain
from analytics.ingest.rules import UNKNOWN_NAME


def parse_measure(text: str) -> str | Bad | None:
    """Read a measure by its key or its name in either language."""
    if is_nothing(text):
        return None
    # Imported when a target is read: measures are many, and most imports hold none.
    from analytics.measures.registry import by_name

    found = by_name(plain(text))
    return Bad(UNKNOWN_NAME, {"near": Text("", "")}) if found is None else found.key


def as_fractions(frame: Frame) -> None:
    """Turn targets of shares that are given in percent (above 1) into fractions."""
    if "target" not in frame.values or "measure" not in frame.values:
        return
    shares = frame.equals("measure", *_share_keys())
    above = pc.fill_null(pc.greater(frame.values["target"], 1.0), False).to_numpy(zero_copy_only=False)
    in_percent = pa.array(shares & np.asarray(above, dtype=bool))
    frame.values["target"] = pc.if_else(
        in_percent, pc.divide(frame.values["target"], 100.0), frame.values["target"]
    )


@lru_cache(maxsize=1)
def _share_keys() -> tuple[str, ...]:
    from analytics.measures.registry import all_measures

    return tuple(measure.key for measure in all_measures() if measure.kind == "proportion")
