"""The elements of a published list: told apart, counted, and those that are asked for named alike."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from analytics.ingest.frame import Frame
from analytics.ingest.rules import UNKNOWN_ELEMENT
from analytics.standard.elements import element_named, elements_of, means_all_elements


def count_elements(frame: Frame) -> None:
    """Add how many elements a list must hold and how many of these it holds.

    A list that says 齐全 holds all of its kind. What is no element asked for stays as written, with
    a finding, and is not counted. Where nothing is said the count of held elements is empty.
    """
    kinds = frame.values["list_kind"].to_pylist()
    written = frame.values["elements"].to_pylist() if "elements" in frame.values else [None] * len(kinds)
    asked = [elements_of(kind) if kind else () for kind in kinds]
    named = [_named(text, own) for text, own in zip(written, asked, strict=True)]
    for row, (entries, own) in enumerate(zip(named, asked, strict=True)):
        other = [entry for entry in entries or () if entry not in own]
        if own and other:
            frame.flag(UNKNOWN_ELEMENT, np.array([row]), "elements", fill={"detail": "、".join(other)})
    joined = [None if entries is None else "、".join(entries) for entries in named]
    frame.values["elements"] = pa.array(joined, pa.string())
    frame.values["elements_required"] = pa.array([len(own) or None for own in asked], pa.int32())
    frame.values["elements_present"] = pa.array(
        [
            None if entries is None or not own else len(set(own) & set(entries))
            for entries, own in zip(named, asked, strict=True)
        ],
        pa.int32(),
    )


def _named(text: str | None, asked: tuple[str, ...]) -> list[str] | None:
    """Return the entries of a list by their proper names, each once; ``None`` where nothing is said."""
    if text is None:
        return None
    found: dict[str, None] = {}
    for entry in text.split("、"):
        if asked and means_all_elements(entry):
            found |= dict.fromkeys(asked)
        else:
            found[element_named(entry) or entry] = None
    return list(found)
