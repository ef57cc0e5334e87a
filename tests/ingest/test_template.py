"""Templates: what they ask for is what the importer reads, filled in they load, blank they hold nothing."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from python_calamine import CalamineWorkbook

from analytics.core.errors import UserError
from analytics.core.selection import CITY, Scope
from analytics.core.settings import Settings
from analytics.ingest.declare import Column
from analytics.ingest.headings import AID_HEADINGS
from analytics.ingest.rules import DEFAULT_RATINGS, OUTSIDE_DISTRICT, UNKNOWN_ELEMENT
from analytics.ingest.self_check import blank_rows, rows_for
from analytics.ingest.sources import sources
from analytics.ingest.template import ledger_order, template_bytes, template_columns
from analytics.ingest.template_choices import choices, demanding_clauses
from analytics.ingest.template_notes import hint
from analytics.standard.services import all_services
from analytics.store import open_store
from analytics.store.load import load_batch
from tests.ingest.conftest import Read, codes, data_rows
from tests.store.rows import batch, institutions, sheet

KINDS = ledger_order()
# A place may lie outside the district that stands beside it here: not the template's fault.
PLACES = {OUTSIDE_DISTRICT.code}
_NS = {"m": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}
_PLAIN: dict[str, Any] = {
    "code": "001",
    "text": "示例",
    "area": "海淀区",
    "bool": "是",
    "clause": "6.1.3",
    "course": "1",
    "date": date(2026, 3, 5),
    "datetime": datetime(2026, 3, 5, 14, 30),
    "industry": "集成电路",
    "integer": 3,
    "list": "示例",
    "measure": "services",
    "month": "2026-03",
    "number": 3.5,
    "service": "B02",
}
_OWN = {
    "year": 2026,
    "list_year": 2026,
    "lon": 116.3,
    "lat": 39.96,
    "survey_satisfied": 2,
    "spelling": "脑机接口",
}


def saved(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def filled_row(kind: str) -> dict[str, Any]:
    """Return a row with something in every column of the kind."""
    row: dict[str, Any] = {}
    for column in sources()[kind].columns:
        offered = choices(column)
        row[column.name] = _OWN.get(column.name, offered.values[0] if offered else _PLAIN[column.type])
        if column.meaning == "institution":
            row[column.name] = "001"
    if kind == "institutions":
        row |= {"tier": "工作站", "datum": "WGS84", "closed_on": date(2026, 6, 1)}
    return row


def validations(content: bytes, number: int = 1) -> list[dict[str, Any]]:
    """Return the rules of a sheet's cells as the file holds them."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        tree = ElementTree.fromstring(archive.read(f"xl/worksheets/sheet{number}.xml"))
    return [
        {**rule.attrib, "formula": rule.findtext("m:formula1", "", _NS)}
        for rule in tree.iterfind(".//m:dataValidation", _NS)
    ]


def listed(content: bytes, formula: str) -> tuple[str, ...]:
    """Return the values that a cell's rule offers, in the cell's own rule or on the sheet of lists."""
    if formula.startswith('"'):
        return tuple(formula.strip('"').split(","))
    name, letter, first, last = re.fullmatch(r"'?(.+?)'?!\$([A-Z])\$(\d+):\$[A-Z]\$(\d+)", formula).groups()  # type: ignore[union-attr]  # an unexpected formula is to fail here
    rows = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_name(name).to_python()
    return tuple(str(rows[row][ord(letter) - ord("A")]) for row in range(int(first) - 1, int(last)))


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_blank_template_is_recognised_and_holds_no_data_and_no_fault(
    read: Read, tmp_path: Path, kind: str, language: str
) -> None:
    rows = {"evidence": blank_rows()}
    found = read(saved(tmp_path / "t.xlsx", template_bytes([kind], language, filled=rows)))  # type: ignore[arg-type]
    assert [sheet.kind for sheet in found.sheets if sheet.kind] == [kind]
    assert data_rows(found) == 0
    assert found.problems == []


def test_the_workbook_of_all_kinds_is_recognised_sheet_by_sheet_and_holds_no_data(
    read: Read, tmp_path: Path
) -> None:
    found = read(saved(tmp_path / "all.xlsx", template_bytes(KINDS, filled={"evidence": blank_rows()})))
    assert [sheet.kind for sheet in found.sheets if sheet.kind] == list(KINDS)
    assert data_rows(found) == 0
    assert found.problems == []


@pytest.mark.parametrize("kind", KINDS)
def test_a_template_with_every_column_filled_in_loads_without_a_problem(
    read: Read, tmp_path: Path, kind: str
) -> None:
    content = template_bytes([kind], filled={kind: [filled_row(kind)]})
    found = read(saved(tmp_path / "t.xlsx", content))
    assert [p for p in found.problems if p.code not in PLACES] == []
    assert (data_rows(found), len(found.rejected)) == (1, 0)
    stored = found.rows[0].table.column_names
    assert set(stored) >= {c.stored for c in sources()[kind].columns if c.meaning != "client_name"} - {
        "lon",
        "lat",
        "datum",
    }


@pytest.mark.parametrize("kind", KINDS)
def test_every_value_that_a_list_offers_is_read(read: Read, tmp_path: Path, kind: str) -> None:
    offered = {c.name: _values(c) for c in sources()[kind].columns if choices(c) and c.name != "tier"}
    most = max(map(len, offered.values()), default=0)
    rows = [_chosen(kind, offered, number) for number in range(most)]
    found = read(saved(tmp_path / "t.xlsx", template_bytes([kind], filled={kind: rows})))
    # An element of one published list is none of another's.
    assert set(codes(found)) <= PLACES | {UNKNOWN_ELEMENT.code, DEFAULT_RATINGS.code}
    assert (data_rows(found), found.rejected) == (most, [])


def _chosen(kind: str, offered: dict[str, tuple[str, ...]], number: int) -> dict[str, Any]:
    """Return a row with the ``number``-th value of every list, over again where a list is shorter."""
    row = filled_row(kind) | {name: values[number % len(values)] for name, values in offered.items()}
    first = sources()[kind].columns[0]
    if first.type == "code" and first.meaning != "institution":
        row[first.name] = f"9{number:03}"
    if kind == "industry_synonyms":
        row["spelling"] = f"写法{number}"
    if kind == "institutions":
        row |= {"lon": None, "lat": None, "tier": "市级" if row["district"] == "全市" else "工作站"}
    return row


def _values(column: Column) -> tuple[str, ...]:
    offered = choices(column)
    return offered.values if offered else ()


def test_lists_in_the_file_equal_the_declarations_and_hints_stand_beside_every_column() -> None:
    content = template_bytes(KINDS)
    for number, kind in enumerate(KINDS, start=1):
        columns = template_columns(sources()[kind])
        aided = [*columns[: _aid_place(kind)], None, *columns[_aid_place(kind) :]]
        rules = {
            rule["sqref"].split(":")[0].rstrip("0123456789"): rule for rule in validations(content, number)
        }
        assert len(rules) == len(columns)
        for place, column in enumerate(aided if sources()[kind].prefilled else columns):
            if column is None:
                continue
            rule = rules[_letter(place)]
            assert rule["prompt"] == hint(column, "zh")
            if choices(column):
                assert rule["type"] == "list"
                assert listed(content, rule["formula"]) == _values(column)


def _aid_place(kind: str) -> int:
    prefilled = sources()[kind].prefilled
    names = [column.name for column in template_columns(sources()[kind])]
    return names.index(prefilled[-1]) + 1 if prefilled else 0


def _letter(place: int) -> str:
    return chr(65 + place) if place < 26 else f"{chr(64 + place // 26)}{chr(65 + place % 26)}"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_hints_fit_into_what_excel_shows(language: str) -> None:
    for source in sources().values():
        for column in source.columns:
            assert 0 < len(hint(column, language)) <= 255, (source.kind, column.name)  # type: ignore[arg-type]


def test_the_eleven_starter_columns_come_first_and_headings_stand_in_row_one() -> None:
    book = CalamineWorkbook.from_filelike(io.BytesIO(template_bytes(KINDS)))
    first = [book.get_sheet_by_index(n).to_python()[0] for n in range(2)]
    assert first[0][:5] == ["机构编号", "机构名称", "机构层级", "所属区域", "设立日期"]
    assert first[1][:6] == ["记录编号", "机构编号", "服务事项", "受理时间", "服务对象类型", "满意度评价"]
    for kind, number in zip(KINDS, range(len(KINDS)), strict=True):
        headings = [
            h for h in book.get_sheet_by_index(number).to_python()[0] if h not in AID_HEADINGS.values()
        ]
        assert sorted(headings) == sorted(column.heading for column in sources()[kind].columns)


def test_the_list_of_services_is_the_standards() -> None:
    assert _values(sources()["services"].column("service")) == tuple(s.name.zh for s in all_services())


def test_rows_of_a_form_without_its_reading_aid_are_data_however_little_they_say(read: Read) -> None:
    # Only the template's own form may stand half filled; in any other ledger such a row is a faulty one.
    text = "机构编号,条款号,状态,检查日期\n001,6.1.3 c),,\n001,6.1.3 d),符合,2026-03-05\n"
    found = read(text)
    assert (data_rows(found), len(found.rejected)) == (2, 1)


def test_a_self_check_knows_what_is_on_record_and_comes_back_unchanged(tmp_path: Path, read: Read) -> None:
    store = open_store(tmp_path / "store")
    known = [
        {"institution_id": "001", "clause_id": "4.2", "status": status, "checked_on": day, "evidence": "台账"}
        for status, day in (("不符合", date(2025, 3, 1)), ("符合", date(2026, 3, 1)))
    ]
    with store.writing() as connection:
        rows = sheet("evidence", known, fact_date="checked_on", key=("clause_id", "checked_on"))
        load_batch(connection, batch(institutions("001"), rows), Settings())
    made = rows_for(store.snapshot(), "001", scope=CITY)
    clauses = [c for c in demanding_clauses() if c.binds in ("all", "workstation")]
    assert len(made) == len(clauses)
    told = {row["clause_id"].split(" ")[0]: row for row in made}["4.2"]
    assert (told["status"], told["checked_on"]) == ("符合", date(2026, 3, 1))

    path = saved(tmp_path / "self.xlsx", template_bytes(["evidence"], filled={"evidence": made}))
    back = read(path)
    assert (data_rows(back), back.problems) == (1, [])
    table = back.rows[0].table
    assert table["clause_id"].to_pylist() == ["4.2"]
    assert table["checked_on"].to_pylist() == [date(2026, 3, 1)]


def test_a_self_check_of_an_institution_out_of_sight_is_refused(tmp_path: Path) -> None:
    store = open_store(tmp_path / "store")
    with store.writing() as connection:
        load_batch(connection, batch(institutions("001", district="110108")), Settings())
    with pytest.raises(UserError):
        rows_for(store.snapshot(), "001", scope=Scope("district", "110105"))


def test_an_unknown_kind_is_said(tmp_path: Path) -> None:
    with pytest.raises(UserError):
        template_bytes(["no-such-kind"])


def texts_of(content: bytes, name: str) -> Sequence[str]:
    rows = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_name(name).to_python()
    return [str(cell) for row in rows for cell in row if cell]


def test_notes_speak_of_secrets_corrections_and_every_column() -> None:
    said = "\n".join(texts_of(template_bytes(KINDS), "填写说明"))
    for word in ("国家秘密", "退回的行", "撤回", "深蓝", *(c.heading for c in sources()["services"].columns)):
        assert word in said
