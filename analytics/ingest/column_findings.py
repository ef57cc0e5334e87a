"""What a report says of a sheet's columns: which are kept out, stand twice, or could mean anything."""

from __future__ import annotations

from analytics.core.text import Text
from analytics.ingest.frame import Faults
from analytics.ingest.headings import Headings, with_unit
from analytics.ingest.rules import DOUBLED_COLUMN, EXTRA_COLUMNS, UNIT_UNCLEAR
from analytics.ingest.secrets import asks_for_mark

_EXTRA_NAMED = 100


def tell_of_columns(reading: Headings, faults: Faults, *, known: frozenset[str] = frozenset()) -> None:
    """Report the columns that are not read as their headings stand; of those ``known`` it was said before."""
    beside = [second for _, second in reading.doubled]
    told = {*known, *beside, *(heading for heading, _ in reading.unclear)}
    named = [reading.texts[index] for index in reading.extra if reading.texts[index] not in told]
    # What a column 是否涉密 says is read, though nothing of it is kept.
    extra = [heading for heading in named if not asks_for_mark(heading)]
    if extra:
        faults.add(EXTRA_COLUMNS, fill={"kind": reading.source.name, "detail": _some(extra)})
    for first, second in reading.doubled if not known else ():
        faults.add(DOUBLED_COLUMN, fill={"first": first, "second": second})
    for heading, column in reading.unclear:
        example = with_unit(column)
        faults.add(UNIT_UNCLEAR, value=heading, fill={"column": column.heading, "detail": example})


def _some(texts: list[str]) -> Text:
    """Return headings as a list that a reader can take in: of very many, or very long ones, the beginning."""
    listed = [text if len(text) <= 60 else text[:59] + "…" for text in texts[:_EXTRA_NAMED]]
    more = len(texts) - len(listed)
    zh, en = (f" 等 {len(texts)} 列", f" and {more} more") if more else ("", "")
    return Text("、".join(listed) + zh, "、".join(listed) + en)
