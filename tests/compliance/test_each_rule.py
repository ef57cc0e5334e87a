"""Every computed rule has institutions made by hand on each side of what it asks, and judges them so."""

from __future__ import annotations

from datetime import date

import pytest

from analytics.compliance import clause_table
from analytics.compliance.rules import rules
from analytics.core.selection import CITY
from analytics.standard.districts import districts
from tests.compliance.each_rule import CASES
from tests.compliance.hand_made import Ledgers

AS_OF = date(2026, 4, 30)
_NUMBERED = {
    "服务台账": "记录编号", "活动台账": "活动编号", "专家派单": "派单编号", "投诉台账": "投诉编号",
    "评价档案": "评价编号", "志愿服务专家": "专家编号",
}  # fmt: skip
PLACES = [(clause, number) for clause, cases in CASES.items() for number in range(len(cases))]


def _name(clause: str, number: int) -> str:
    return f"{clause}-{number}".upper()


@pytest.fixture(scope="module")
def cells(tmp_path_factory):
    made = Ledgers(tmp_path_factory.mktemp("each_rule"))
    areas = iter(area.name.zh for area in districts() if area.code != "all")
    made.row("志愿服务专家", 专家编号="E1", 备案日期="2024-01-01")
    for client, tag in (("示例重点", "专精特新"), ("示例零", "“零”知识产权科技型企业")):
        made.row("服务对象名录", 服务对象编号=client, 类型="小微企业", 所属区域="海淀区", 重点企业标签=tag)
    # The ledger of assignments goes on to the day: what was due by then is judged.
    made.station("OTHER")
    made.assigned("OTHER", "2026-04-30 09:00", "2026-04-30 10:00")
    count = 0
    for clause, number in PLACES:
        one = CASES[clause][number]
        area = next(areas) if one.is_centre else "海淀区"
        made.station(_name(clause, number), 所属区域=area, **one.institution)
        for ledger, cells in one.rows:
            count += 1
            own = {} if ledger == "志愿服务专家" else {"机构编号": _name(clause, number)}
            if ledger == "志愿服务专家":
                own["所属区域"] = area
            if ledger == "服务台账":
                own["服务对象类型"] = "小微企业"
            if ledger in _NUMBERED:
                own[_NUMBERED[ledger]] = f"N{count}"
            made.row(ledger, **(own | cells))
    table = clause_table(made.imported(), scope=CITY, as_of=AS_OF, months=0)
    return {(cell.institution_id, cell.clause): cell for cell in table.cells}


def test_every_computed_rule_has_a_case_on_each_side():
    sides = {clause: {one.status for one in cases} for clause, cases in CASES.items()}
    assert set(rules()) == set(CASES)
    # Reports that are missing altogether belong to a month without a row: nothing to make by hand.
    one_sided = {clause for clause, statuses in sides.items() if len(statuses) < 2}
    assert one_sided <= {"7.4.3.4"}


def test_rules_that_judge_have_a_case_that_is_met_and_one_that_is_not():
    for clause, rule in rules().items():
        found = {one.status for one in CASES[clause]}
        if rule.at_least is not None:
            assert "met" in found, clause
            assert found & {"not_met", "partly_met", "no_evidence"}, clause


@pytest.mark.parametrize(("clause", "number"), PLACES, ids=[_name(*place) for place in PLACES])
def test_the_case_gets_the_status_that_a_reader_of_the_text_gives(cells, clause, number):
    wanted = CASES[clause][number]
    cell = cells[_name(clause, number), clause]
    assert cell.status == wanted.status
    assert cell.source == ("none" if wanted.status in ("no_evidence", "not_applicable") else "computed") or (
        wanted.status == "not_applicable"
    )
    if wanted.figure is not None:
        assert (cell.computed.numerator, cell.computed.denominator) == wanted.figure
