"""Readers and parsers hold against any text: they answer or say what is wrong, and soon."""

from __future__ import annotations

import csv
import io
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.core.settings import Settings
from analytics.ingest import heading_names, headings, secrets
from analytics.ingest.archive import RefusedError, inspect
from analytics.ingest.delimited import read_delimited
from analytics.ingest.merged import Merged
from analytics.ingest.parse import dates, names, numbers, words
from analytics.ingest.parse.cells import Bad
from analytics.ingest.read_batch import read_batch
from analytics.ingest.sheets import UnreadableError
from analytics.ingest.sources import sources
from analytics.ingest.targets import parse_measure
from tests.fuzz.targets import rows_add_up
from tests.ingest.conftest import STATIONS, TODAY
from tests.ingest.hostile.parts import CSV, HEAD, honest

PARSERS: dict[str, Callable[[str], object]] = {
    "moment": partial(dates.parse_moment, today=TODAY),
    "day": partial(dates.parse_day, today=TODAY),
    "month": partial(dates.parse_month, today=TODAY),
    "number": partial(numbers.parse_number, unit="days"),
    "whole": lambda text: numbers.as_whole(numbers.parse_number(text, unit="persons")),
    "service": names.parse_service,
    "area": partial(names.parse_area, also=("all", "outside")),
    "industry": names.parse_industry,
    "course": names.parse_course,
    "clause": names.parse_clause,
    "all": names.means_all,
    "bool": words.parse_bool,
    "rating": words.parse_rating,
    "code": words.parse_code,
    "text": words.parse_text,
    "choice": partial(words.parse_choice, values=("线上", "线下")),
    "list": partial(words.parse_list, values=("甲", "乙")),
    "codes": partial(words.parse_list, code_of=names.industry_or_service),
    "measure": parse_measure,
    "mark": secrets.is_marked,
    "heading": lambda text: [heading_names.named(text, source) for source in sources().values()],
}
FEW = settings(max_examples=60, derandomize=True)
# What the parsers look for, and what text may hold besides.
_PIECES = [
    "2026",
    "年",
    "3月",
    "日",
    "-",
    "/",
    ".",
    ":",
    "14",
    "下午",
    "半",
    "T",
    "Z",
    "+08:00",
    "１",
    "，",
    ",",
    "e9",
    "1e308",
    "%",
    "元",
    "万元",
    "小时",
    "B02",
    "海淀区",
    "、",
    "(",
    "）",
    "[",
]
_PIECES += [
    "密级:",
    "机密",
    "★",
    "无",
    "第",
    "序号",
    "\ue000",
    "\u200b",
    "ﷺ",
    "٠",
    "²",
    "½",
    "Ⅷ",
    "𝟘",
    "\n",
    " ",
    "\x00",
]
TEXTS = st.one_of(st.text(max_size=40), st.lists(st.sampled_from(_PIECES), max_size=12).map("".join))
# Made as long as cells get: times that grow with the square of the length show at once.
LONG = [
    "0",
    "9,",
    "1 ",
    " ",
    "(",
    "()",
    "密",
    "(密",
    "年",
    "、",
    "甲、",
    "B02 ",
    "*",
    "ﷺ",
    "．",
    "和",
    "2026-",
]


@pytest.mark.parametrize("parser", PARSERS)
@FEW
@given(text=TEXTS)
def test_no_text_makes_a_parser_fail(parser: str, text: str) -> None:
    found = PARSERS[parser](text)
    if isinstance(found, Bad):
        assert found.rule.message.format(column="c", value="v", **{"detail": "", "near": "", **found.fill}).zh


@pytest.mark.parametrize("parser", PARSERS)
def test_a_very_long_cell_is_parsed_within_seconds(parser: str) -> None:
    for piece in LONG:
        started = time.process_time()
        PARSERS[parser]("2026-03-05 (" + piece * (50_000 // len(piece)))
        assert time.process_time() - started < 1, piece


CELLS = st.one_of(TEXTS, st.sampled_from(["R1", "R2", "002", "999", "B02", "2026-03-05", "合计", "涉密"]))


@FEW
@given(rows=st.lists(st.lists(CELLS, max_size=6), max_size=8), separator=st.sampled_from(",;\t"))
def test_rows_of_any_csv_add_up(rows: list[list[str]], separator: str) -> None:
    sink = io.StringIO()
    writer = csv.writer(sink, delimiter=separator, lineterminator="\n")
    writer.writerows([HEAD, *rows])
    rows_add_up(sink.getvalue().replace("\x00", "").encode(errors="replace"))


@FEW
@given(content=st.one_of(st.binary(max_size=200), st.binary(max_size=80).map(lambda b: CSV.encode() + b)))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    rows_add_up(content)


@FEW
@given(
    lines=st.lists(
        st.sampled_from(
            ["a,b,c,d", "", "a,b", '"x\ny",b,c,d', "a,b,c,d,e", " ", ",,,", "\r", '"q""q",b,c,d']
        ),
        max_size=12,
    ),
    ending=st.sampled_from(["\n", "\r\n"]),
)
def test_fast_and_careful_reading_see_the_same_rows(lines: list[str], ending: str) -> None:
    """The second reading is Python's own."""
    text = ending.join([",".join(HEAD), *lines])
    with TemporaryDirectory() as folder:
        path = Path(folder) / "x.csv"
        path.write_bytes(text.encode())
        sheet = read_delimited(path, 0, Path(folder), Settings())
        assert sheet is not None
        read = [list(row.values()) for table in sheet.pieces(1) for row in table.to_pylist()]
    expected = [[cell or None for cell in row] for row in csv.reader(io.StringIO(text, newline=""))][1:]
    assert [_filled(row) for row in read] == [_filled(row) for row in expected]


def _filled(row: list[str | None]) -> list[str | None]:
    """Return a row without the empty cells at its end."""
    return row[: max((n for n, cell in enumerate(row, start=1) if cell), default=0)]


@FEW
@given(
    rows=st.lists(st.lists(st.sampled_from([None, *HEAD, "序号", "备注", "x(人)"]), max_size=6), max_size=5)
)
def test_headings_are_found_or_not_in_any_rows(rows: list[list[str | None]]) -> None:
    for reading in headings.find(rows, None):
        assert reading.own >= 2
        assert reading.row < len(rows)


@FEW
@given(
    areas=st.lists(
        st.tuples(
            st.tuples(st.integers(0, 9), st.integers(0, 5)), st.tuples(st.integers(0, 9), st.integers(0, 5))
        ),
        max_size=3,
    ),
    batch=st.integers(1, 8),
)
def test_merged_areas_fill_what_they_cover_however_rows_are_cut(
    areas: list[tuple[tuple[int, int], tuple[int, int]]], batch: int
) -> None:
    grid: list[list[str | None]] = [[f"{row}.{column}" for column in range(4)] for row in range(8)]
    apart = [area for n, area in enumerate(areas) if not any(_meet(area, other) for other in areas[:n])]
    merged = Merged(apart, 8, 4)
    assert not merged.overlap
    made: list[list[str | None]] = []
    for first in range(0, 8, batch):
        rows = [list(row) for row in grid[first : first + batch]]
        for row, column, value in merged.pop_until(first, rows):
            rows[row][column] = value
        made += rows
    for row in range(8):
        for column in range(4):
            covering = [a for a in apart if _meet(a, ((row, column), (row, column)))]
            top, left = covering[0][0] if covering else (row, column)
            assert made[row][column] == grid[top][left]


def _meet(one: tuple[tuple[int, int], tuple[int, int]], two: tuple[tuple[int, int], tuple[int, int]]) -> bool:
    return (
        one[0][0] <= two[1][0]
        and two[0][0] <= one[1][0]
        and one[0][1] <= two[1][1]
        and two[0][1] <= one[1][1]
    )


def test_no_reading_error_but_the_declared_one_leaves_a_csv(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes(b'a,b\n"' + b"x" * 5000)
    with pytest.raises(UnreadableError):
        read_delimited(path, 0, tmp_path, Settings(max_cell_chars=1000))
    batch = read_batch([path], settings=Settings(), salt=b"", today=TODAY, known_institutions=STATIONS)
    assert [problem.code for problem in batch.problems] == ["E108"]


@pytest.mark.parametrize("ending", ["xlsx", "ods"])
def test_an_archive_that_lost_its_first_bytes_is_refused_found_by_fuzzing(
    ending: str, tmp_path: Path
) -> None:
    path = tmp_path / "headless"
    for lost in (1, 5, 30, 60):
        path.write_bytes(honest(tmp_path)[ending].read_bytes()[lost:])
        with pytest.raises(RefusedError):
            inspect(path, 1 << 26)


@pytest.mark.parametrize("tail", ["\r", "\n\r", "\r\r\n", "\n\n\r\n"])
def test_blank_lines_of_every_kind_are_counted_found_by_fuzzing(tail: str) -> None:
    rows_add_up((CSV + tail).encode())


@pytest.mark.parametrize("encoding", ["utf-8", "gbk"])
def test_a_few_nul_bytes_do_not_make_text_utf_16_found_by_fuzzing(encoding: str, tmp_path: Path) -> None:
    path = tmp_path / "x.tsv"
    text = CSV.replace(",", "\t").encode(encoding)
    for first in (len(text) - 20, len(text) - 21):
        damaged = text[:first] + b",\0B\x000\0" + b"2\0" * 3 + text[first + 12 :]
        path.write_bytes(damaged)
        with pytest.raises(UnreadableError) as caught:
            read_delimited(path, 0, tmp_path, Settings())
        assert caught.value.code == "E110"
