"""What must not be kept: rows with a classification mark."""

from __future__ import annotations

import re

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from analytics.ingest.frame import Mask
from analytics.ingest.heading_names import fold
from analytics.ingest.parse.cells import is_nothing, plain
from analytics.ingest.parse.words import parse_bool

_MARK = r"(?:涉密|秘密|机密|绝密)级?"
# How long it holds: 机密★10年, 秘密 长期, 绝密★启用前. Behind a star anything short is a term.
_TERM = r"(?:[★☆*][^★☆*,.;:!?，。；：！？]{0,12}|长期|\d{1,3}[年月天日个]*|[一二三四五六七八九十]+年)?"
_WHOLE = re.compile(rf"[★☆*]?{_MARK}(?:件|文件|事项|项目|信息)?{_TERM}")
_IN_BRACKETS = re.compile(
    rf"[(\[【〔{{「『<《][★☆*]?{_MARK}(?:件|文件|事项|项目|信息)?{_TERM}[)\]】〕}}」』>》]"
)
_LABELLED = re.compile(rf"(?:密级|保密等级|涉密等级)[::]{_MARK}{_TERM}")
_NAMED_IN_ANSWER = re.compile(rf"(?<![非不未无]){_MARK}")
_HEADINGS = frozenset({"涉密", "是否涉密", "密级", "涉密情况", "涉密等级", "保密等级"})
_REMARK = re.compile(r"[(\[【〔][^)\]】〕]*[)\]】〕]")


def asks_for_mark(heading: str) -> bool:
    """Say whether a column asks if its row is classified (是否涉密, 密级)."""
    whole = plain(heading)
    return fold(whole) in _HEADINGS or fold(_REMARK.sub("", whole)) in _HEADINGS


def is_marked(text: str) -> bool:
    """Say whether a cell bears a classification mark: as a whole, in brackets, or after 密级.

    Spaces within count for nothing (绝 密), nor do quotation marks around the whole cell.
    """
    if "密" not in text:
        return False
    cell = plain(text).replace(" ", "")
    bare = cell.strip("[](){}【】〔〕「」『』<>《》\"'“”‘’")
    return bool(_WHOLE.fullmatch(bare) or _IN_BRACKETS.search(cell) or _LABELLED.search(cell))


def marked_rows(table: pa.Table, headings: list[str]) -> Mask:
    """Return which rows bear a classification mark in any cell, or a yes where the heading asks."""
    marked = np.zeros(table.num_rows, dtype=bool)
    for index, cells in enumerate(table.columns):
        asks = index < len(headings) and asks_for_mark(headings[index])
        holds = pc.fill_null(pc.match_substring(cells, "密"), False)
        rows = np.flatnonzero(_mask(cells.is_valid() if asks else holds))
        for row, text in zip(rows, cells.take(pa.array(rows)).to_pylist(), strict=True):
            marked[row] |= is_marked(text) or (asks and _answers_yes(text))
    return marked


def _answers_yes(text: str) -> bool:
    """Say whether what stands under 是否涉密 or 密级 is a yes, or names a class in any wording."""
    if is_nothing(text):
        return False
    return parse_bool(text) is True or _NAMED_IN_ANSWER.search(plain(text).replace(" ", "")) is not None


def _mask(values: pa.Array | pa.ChunkedArray) -> Mask:
    return np.asarray(
        values.to_numpy() if isinstance(values, pa.ChunkedArray) else values.to_numpy(zero_copy_only=False),
        dtype=bool,
    )
