"""产业同义词: what stations write for an industry, as the bureau reads it."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
import pyarrow as pa

from analytics.core.text import Text
from analytics.ingest.declare import Column, Source
from analytics.ingest.frame import Frame
from analytics.ingest.rules import SYNONYM_TAKEN, SYNONYM_TWICE
from analytics.standard.names import name_of
from analytics.standard.resolve import industries_with
from analytics.standard.spelling import letters_of

_STANDARD = industries_with(())


def tidy(frame: Frame) -> None:
    """Key spellings without width, case and spaces; refuse those that mean another industry already."""
    spellings, industries = (_column(frame, name) for name in ("spelling", "industry"))
    frame.values["spelling_key"] = frame.mapped(frame.values["spelling"], letters_of)
    meant: dict[str, set[str]] = defaultdict(set)
    taken: list[int] = []
    for row, (spelling, industry) in enumerate(zip(spellings, industries, strict=True)):
        if spelling and industry:
            known = _STANDARD.names.get(letters_of(spelling), frozenset())
            if known and industry not in known:
                frame.flag(SYNONYM_TAKEN, np.array([row]), "spelling", value=spelling, fill=_named(known))
            else:
                meant[letters_of(spelling)].add(industry)
                taken.append(row)
    for row in taken:
        spelling = spellings[row] or ""
        several = meant[letters_of(spelling)]
        if len(several) > 1:
            frame.flag(SYNONYM_TWICE, np.array([row]), "spelling", value=spelling, fill=_named(several))


def _column(frame: Frame, name: str) -> list[str | None]:
    texts: list[str | None] = frame.values.get(name, pa.nulls(len(frame), pa.string())).to_pylist()
    return texts


def _named(keys: set[str] | frozenset[str]) -> dict[str, str | Text]:
    listed = sorted(keys)
    zh, en = (", ".join(name_of("industry", key, language) for key in listed) for language in ("zh", "en"))
    return {"detail": Text(zh.replace(", ", "、"), en)}


SOURCE = Source(
    kind="industry_synonyms",
    name=Text("产业同义词", "Industry synonyms"),
    columns=(
        Column(
            "spelling",
            "写法",
            aliases=("台账写法", "同义词", "产业写法"),
            key=True,
            required=True,
            note=Text(
                "照台账原样写；全角半角、大小写、空格不论，后面的“产业”“行业”“领域”可省。",
                "As ledgers write it, whatever width, case and spaces; 产业, 行业, 领域 may be left out.",
            ),
        ),
        Column(
            "industry",
            "产业",
            aliases=("计入产业", "规范产业", "所属产业"),
            required=True,
            type="industry",
            note=Text(
                "计入哪个产业。留空的行不导入，可以以后再填。",
                "Which industry it counts under. Rows left empty are not loaded and may be filled in later.",
            ),
        ),
        Column("note", "备注"),
    ),
    tidy=tidy,
    prefilled=("spelling",),
)
