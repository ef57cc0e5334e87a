"""The declarations of ledger kinds say what the ledgers' paper says."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from analytics.ingest.declare import Source
from analytics.ingest.parse.numbers import UNITS
from analytics.ingest.sources import sources
from analytics.store.schema import LEDGERS

PAPER = Path(__file__).parent / "ledgers.csv"


def paper() -> dict[str, list[dict[str, str]]]:
    kinds: dict[str, list[dict[str, str]]] = {}
    with PAPER.open(encoding="utf-8") as stream:
        for row in csv.DictReader(stream):
            kinds.setdefault(row["kind"], []).append(row)
    return kinds


def test_every_kind_of_the_paper_is_declared() -> None:
    assert set(sources()) == set(paper())


@pytest.mark.parametrize("kind", sorted(paper()))
def test_a_declaration_says_what_the_paper_says(kind: str) -> None:
    source = sources()[kind]
    assert source.name.zh == paper()[kind][0]["kind_zh"]
    declared = [
        (c.name, c.heading, "、".join(c.aliases), c.key, c.required, c.starter, c.type, "、".join(c.values))
        for c in source.columns
    ]
    said = [
        (
            r["column"],
            r["heading_zh"],
            r["aliases"],
            *(r[n] == "yes" for n in ("in_key", "required", "starter")),
            r["type"],
        )
        for r in paper()[kind]
    ]
    assert [row[:7] for row in declared] == said
    # A rating's five words are declared although the paper leaves them to its note.
    listed = [r["values"] for r in paper()[kind]]
    assert [row[7] if row[0] != "rating" else "" for row in declared] == [
        v if n != "rating" else "" for v, n in zip(listed, [r["column"] for r in paper()[kind]], strict=True)
    ]


@pytest.mark.parametrize("source", sources().values(), ids=lambda source: source.kind)
def test_what_is_declared_has_a_place_in_the_store(source: Source) -> None:
    stored = set(LEDGERS[source.kind].content) | {"lon", "lat", "datum"}
    for column in source.columns:
        assert column.stored in stored or column.name == "month", column.name
        assert not column.unit or column.unit in UNITS
    assert all(pair[0] != pair[1] for pair in source.order)
    assert {name for pair in source.order for name in pair} <= {column.name for column in source.columns}
