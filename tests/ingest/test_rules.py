"""One small faulty ledger for each rule, and what becomes of its rows."""

from __future__ import annotations

import re

import pytest

from analytics.core.settings import Settings
from analytics.ingest.rules import RULES
from tests.ingest.conftest import Read, codes, column, data_rows, services

INSTITUTIONS = "机构编号,机构名称,机构层级,所属区域,设立日期,撤销日期,经度,纬度,坐标系\n"
CLIENTS = "服务对象编号,名称,类型,所属区域,经度,纬度\n"
MORE = "响应时间,服务人次,涉外,满意度评价,服务方式,所属产业,承诺时限"


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("R1,002,,2026-03-05", "E401"),
        (",002,B02,2026-03-05", "E401"),
        ("R1,002,B02,3/5/2026", "E402"),
        ("R1,002,B02,2027-01-05", "E403"),
        ("R1,002,咨询,2026-03-05", "E410"),
        ("R1,002,指导,2026-03-05", "E411"),
        ("R1,002,B01、B02,2026-03-05", "E412"),
        ("R1,002,B02,2026-03-05,13800138000", "E413"),
        ("R1,002,B02,2026-03-05,机密★", "E501"),
        ("R1,示例,B02,2026-03-05", "E507"),
        ("R1,002,B02,2026-03-05,C1,多", "E508"),
    ],
)
def test_a_row_that_cannot_be_loaded_is_rejected_with_its_code(read: Read, row: str, code: str) -> None:
    batch = read(services(row, "R2,002,B02,2026-03-05", more="服务对象编号"))
    assert [(p.code, p.source_row, p.severity) for p in batch.problems] == [(code, 2, "reject")]
    assert [r.reasons for r in batch.rejected] == [(code,)]
    assert column(batch, "record_id") == ["R2"]


@pytest.mark.parametrize(
    ("cell", "place", "code", "stored"),
    [
        ("昨天", 0, "E402", "responded_at"),
        ("2026-03-04", 0, "E502", "responded_at"),
        ("x", 1, "E404", ""),
        ("3天", 1, "E405", ""),
        ("-3", 1, "E406", ""),
        ("2.5", 1, "E407", ""),
        ("可能", 2, "E408", "is_overseas"),
        ("6", 3, "E414", "rating"),
        ("上门", 4, "E409", "channel"),
        ("养生", 5, "E416", "industry"),
        ("3人", 6, "E405", "promised_days"),
    ],
)
def test_a_bad_optional_value_is_left_out_and_found(
    read: Read, cell: str, place: int, code: str, stored: str
) -> None:
    cells = [""] * 7
    cells[place] = cell
    batch = read(services("R1,002,B02,2026-03-05," + ",".join(cells), more=MORE))
    assert [(p.code, p.severity) for p in batch.problems] == [(code, "finding")]
    assert data_rows(batch) == 1
    assert batch.rejected == []
    assert column(batch, stored or "persons_served") == [None if stored else 1]


def test_an_unknown_industry_keeps_its_words(read: Read) -> None:
    assert column(read(services("R1,002,B02,2026-03-05,养生", more="所属产业")), "industry_text") == ["养生"]


def test_all_problems_of_a_row_are_told_at_once(read: Read) -> None:
    batch = read(services(",002,,3/5/2026"))
    assert sorted(codes(batch)) == ["E401", "E401", "E402"]
    assert len(batch.rejected) == 1


def test_settings_can_make_a_finding_a_rejection(read: Read) -> None:
    strict = Settings(rule_severity={"E502": "reject"})
    batch = read(services("R1,002,B02,2026-03-05,2026-03-04", more="响应时间"), settings=strict)
    assert [r.reasons for r in batch.rejected] == [("E502",)]


def test_marked_rows_leave_no_content_behind(read: Read) -> None:
    batch = read(
        services("R1,002,B02,2026-03-05,要点,（机密）", "R2,002,B02,2026-03-05,x,是", more="备注,是否涉密")
    )
    assert [row.cells for row in batch.rejected] == [{}, {}]
    assert all(p.value is None for p in batch.problems if p.code == "E501")
    titled = read("2026年台账（秘密）,,,\n" + services("R1,002,B02,2026-03-05"))
    assert (codes(titled), [row.cells for row in titled.rejected]) == (["E206"], [{}])


def test_personal_numbers_are_masked_wherever_the_row_is_shown(read: Read) -> None:
    batch = read(
        services("R1,002,B02,2026-03-05,110101199003070011,110101199003070011", more="服务对象编号,备注")
    )
    told = repr(batch.problems) + repr(batch.rejected)
    assert "110101199003070011" not in told
    assert "110*************11" in told
    masked = read(services("R1,002,B02,2026-03-05,110*************11", more="服务对象编号"))
    assert codes(masked) == ["E413"]


def test_institutions_are_found_by_number_without_zeros_or_by_name(read: Read) -> None:
    batch = read(services("R1,2,B02,2026-03-05", "R2,示例海淀站,B02,2026-03-05", "R3,777,B02,2026-03-05"))
    assert column(batch, "institution_id") == ["002", "002", "777"]


def test_institutions_of_the_same_command_are_known(read: Read) -> None:
    listed = INSTITUTIONS + "0088,新示例站,工作站,海淀,2026-01-05,,,,\n"
    batch = read(services("R1,新示例站,B02,2026-03-05", "R2,88,B02,2026-03-05"), listed)
    assert next(r for r in batch.rows if r.kind == "services").table["institution_id"].to_pylist() == [
        "0088",
        "0088",
    ]


@pytest.mark.parametrize(
    ("row", "code", "severity"),
    [
        ("005,站,市级,海淀,2020-01-01,,,,", "E505", "finding"),
        ("005,站,工作站,全市,2020-01-01,,,,", "E506", "reject"),
        ("005,站,工作站,海淀,2020-01-01,2019-01-01,,,", "E502", "finding"),
        ("005,站,工作站,海淀,2020-01-01,,121.47,31.23,", "E503", "finding"),
        ("005,站,工作站,海淀,2020-01-01,,116.63,40.32,", "E504", "finding"),
        ("005,站,工作站,海淀,2020-01-01,,116.31,,", "E509", "finding"),
        ("005,站,站点,海淀,2020-01-01,,,,", "E409", "reject"),
    ],
)
def test_rules_of_the_institutions_list(read: Read, row: str, code: str, severity: str) -> None:
    batch = read(INSTITUTIONS + row + "\n")
    assert [(p.code, p.severity) for p in batch.problems] == [(code, severity)]
    assert len(batch.rejected) == (severity == "reject")


def test_city_tier_loads_as_the_whole_city(read: Read) -> None:
    assert column(read(INSTITUTIONS + "005,中心,市级,海淀,2020-01-01,,,,\n"), "district") == ["all"]


def test_datums_become_wgs84_and_bda_has_no_boundary(read: Read) -> None:
    batch = read(
        INSTITUTIONS
        + "005,甲,工作站,东城,2020-01-01,,116.404,39.915,WGS84\n"
        + "006,乙,工作站,东城,2020-01-01,,116.404,39.915,GCJ02\n"
        + "007,丙,工作站,亦庄,2020-01-01,,116.50,39.79,\n"
    )
    lon = column(batch, "lon_wgs84")
    assert lon[0] == 116.404
    assert 400 < (lon[0] - lon[1]) * 85_000 < 700
    assert codes(batch) == []


def test_clients_are_hashed_and_individuals_coarsened(read: Read) -> None:
    text = (
        CLIENTS
        + "C1,示例甲公司,小微企业,海淀,116.31234,39.96234\n"
        + "C2,某人,个人,海淀,116.31234,39.96234\n"
        + "C3,外,大型企业,河北省廊坊市,,\n"
    )
    batch = read(text)
    assert "name" not in batch.rows[0].table.column_names
    assert len(set(column(batch, "name_hash"))) == 3
    assert column(batch, "lon_wgs84") == [116.31234, 116.31, None]
    assert column(batch, "district") == ["110108", "110108", "outside"]
    assert column(read(text, settings=Settings(keep_client_names=True)), "name")[0] == "示例甲公司"


def test_list_entries_that_are_not_allowed_are_named(read: Read) -> None:
    batch = read("服务对象编号,类型,所属区域,重点企业标签\nC1,个人,海淀,专精特新、独角兽\n")
    assert column(batch, "key_tags") == ["专精特新"]
    assert [(p.code, p.severity) for p in batch.problems] == [("E417", "finding")]


def test_months_of_totals_and_all_of_something(read: Read) -> None:
    head = "机构编号,月份,服务事项,服务方式,服务件次\n"
    batch = read(head + "002,2026年1月,,,12件\n002,2026.2,合计,,5\n002,2026-03,T03.1,线上,7\n002,1月,,,3\n")
    assert column(batch, "month") == ["2026-01", "2026-02", "2026-03"]
    assert column(batch, "service") == [None, None, "T03"]
    assert column(batch, "row_key") == ["2026-01\x1f\x1f", "2026-02\x1f\x1f", "2026-03\x1fT03.1\x1f线上"]
    assert codes(batch) == ["E415"]


def test_a_part_that_exceeds_its_whole_is_left_out(read: Read) -> None:
    trainings = "活动编号,机构编号,类别,日期,问卷回收数,满意数\n"
    batch = read(trainings + "H1,002,培训,2026-03-01,20,21\nH2,002,培训,2026-03-01,20,20\n")
    assert column(batch, "survey_satisfied") == [None, 20]
    assert [(p.source_row, p.code, p.severity, p.value) for p in batch.problems] == [
        (2, "E510", "finding", "21")
    ]


def test_ratings_of_an_earlier_months_services_count_in_monthly_totals(read: Read) -> None:
    months = "机构编号,月份,服务事项,服务方式,服务件次,评价数,非常满意数\n"
    batch = read(months + "002,2026-01,,,10,11,11\n")
    assert (column(batch, "rated"), column(batch, "rating_5")) == ([11], [11])
    assert codes(batch) == []


def test_targets_name_measure_scope_and_share(read: Read) -> None:
    head = "指标,范围,年度,目标值\n"
    batch = read(
        head
        + "满意率,全市,2026年,95%\nservices,海淀区,2026,1000\nservices,示例海淀站,2026,10\n"
        + "services,999,2026,1\n无此指标,全市,2026,1\n"
    )
    assert column(batch, "scope") == ["city", "district:110108", "institution:002", "institution:999"]
    assert column(batch, "institution_id") == [None, None, "002", "999"]
    assert column(batch, "measure") == ["satisfaction_rate", "services", "services", "services"]
    assert column(batch, "target") == [0.95, 1000, 10, 1]
    assert codes(batch) == ["E410"]


def test_equal_findings_are_listed_up_to_a_number_and_then_counted(read: Read) -> None:
    rows = [f"R{n},002,B02,2026-03-05,上门" for n in range(1200)]
    batch = read(services(*rows, more="服务方式"))
    assert codes(batch).count("E409") == 1000
    assert "200" in next(p.zh for p in batch.problems if p.code == "E207")


def test_days_to_the_answer_are_exact_with_times_and_whole_with_dates(read: Read) -> None:
    batch = read(
        services(
            "R1,002,B02,2026-03-05 08:00,2026-03-06 20:00",
            "R2,002,B02,2026-03-05,2026-03-06 20:00",
            more="响应时间",
        )
    )
    assert column(batch, "response_days") == [1.5, 1.0]
    assert column(batch, "received_at_is_date") == [False, True]
    assert column(batch, "quarter") == ["2026Q1", "2026Q1"]


@pytest.mark.parametrize("rule", RULES.values(), ids=list(RULES))
def test_every_rule_says_in_both_languages_what_is_wrong(rule: object) -> None:
    from analytics.ingest.rules import Rule

    assert isinstance(rule, Rule)
    assert re.fullmatch(r"E[1-6]\d\d", rule.code)
    assert rule.name.zh
    assert rule.name.en
    fields = [set(re.findall(r"{(\w+)}", text)) for text in (rule.message.zh, rule.message.en)]
    assert fields[1] <= fields[0] | {"column", "value", "detail"}
    assert rule.message.zh.endswith("。")
    assert rule.message.en.endswith(".")
