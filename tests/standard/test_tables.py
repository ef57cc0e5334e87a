"""The packaged tables are whole, and a broken row says where it is."""

import csv
from pathlib import Path

import pytest

from analytics.core.text import Text
from analytics.standard import catalogues, clauses, courses, districts, industries, platforms, services
from analytics.standard.table import FOLDER, BrokenTableError

LOADERS = {
    "services": services.load_services,
    "districts": districts.load_districts,
    "district_industries": districts.load_priority_industries,
    "industries": industries.load_industries,
    "courses": courses.load_courses,
    "platforms": platforms.load_platforms,
    "clauses": clauses.load_clauses,
    "catalogues": catalogues.load_catalogues,
}


def _copy(tmp_path: Path, name: str, change) -> Path:
    with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as stream:
        table = list(csv.reader(stream))
    change(table)
    file = tmp_path / f"{name}.csv"
    with file.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows(table)
    return file


def _set(row: int, column: str, value: str):
    def change(table: list[list[str]]) -> None:
        table[row - 1][table[0].index(column)] = value

    return change


def _fault(tmp_path: Path, name: str, change) -> BrokenTableError:
    file = _copy(tmp_path, name, change)
    with pytest.raises(BrokenTableError) as caught:
        LOADERS[name](file)
    return caught.value


def test_every_table_has_as_many_rows_as_the_standard():
    assert [service.group for service in services.services()].count("basic") == 16
    assert [service.group for service in services.services()].count("special") == 4
    assert [service.code for service in services.sub_services()] == ["T03.1", "T03.2", "T03.3", "T03.4"]
    assert len(districts.districts()) == 17
    assert len(industries.industries()) == 30
    assert len(courses.courses()) == 13
    assert sum(len(course.items) for course in courses.courses()) == 41
    assert len(platforms.platforms()) == 17
    assert len(clauses.clauses()) == 243
    assert len(districts.priority_industries()) == 73


def test_the_twenty_services_stand_in_the_standards_order():
    assert [service.order for service in services.services()] == list(range(1, 21))
    assert services.counted_under("T03.4") == "T03"
    assert services.counted_under("B16") == "B16"


def test_areas_stand_in_the_order_of_appendix_d():
    assert "".join(district.short_name.zh[0] for district in districts.districts()) == (
        "东西朝海丰石门房通顺昌大怀平密延经"
    )
    assert [d.short_name.zh for d in districts.districts() if d.is_central] == [
        "东城", "西城", "朝阳", "海淀", "丰台", "石景山",
    ]  # fmt: skip


def test_every_area_has_priority_industries_and_every_industry_is_some_areas():
    keys = districts.priority_keys()
    assert all(keys.values())
    assert {key for found in keys.values() for key in found} == set(industries.industries_by_key())


def test_every_cited_clause_exists():
    cited = [service.clause.number for service in services.all_services()]
    cited += [courses.CLAUSE.number, platforms.CLAUSE.number]
    assert [number for number in cited if not clauses.is_clause(number)] == []
    assert clauses.is_clause("6.2.4")
    assert not clauses.is_clause("6.2.9")
    assert not clauses.is_clause("6.1.3.z")
    assert not clauses.is_clause("")


def test_levels_of_services_agree_with_their_clauses():
    by_number = clauses.clauses_by_number()
    for service in services.services():
        if service.clause.number in by_number:
            assert service.level == by_number[service.clause.number].level, service.code


def test_ways_of_working_count_the_items_below_a_services_clause():
    numbers = [clause.number for clause in clauses.clauses()]
    for service in services.services():
        below = [n for n in numbers if n.startswith(service.clause.number + ".") and n[-1].isalpha()]
        assert service.ways_of_working == len(below), service.code


def test_the_doubtful_points_of_the_text_are_kept():
    by_number = clauses.clauses_by_number()
    assert services.services_by_code()["B02"].level == "statement"
    assert services.services_by_code()["B02"].treated_as == "shall"
    assert "conflict" in by_number["7.1.2.1.d"].note
    assert "calendar days" in by_number["8.4.c"].note
    assert by_number["9.4"].threshold_basis == "none"
    assert by_number["7.3.3.2"].level == "should"
    platform = platforms.platforms()[11]
    assert (platform.is_url_as_printed, platform.url) == (False, "http://www.beijingip.cn")


def test_every_summary_is_one_sentence_in_each_language():
    summaries = [clause.summary for clause in clauses.clauses()]
    assert all(s.zh.endswith("。") and s.zh.count("。") == 1 for s in summaries)
    assert all(
        s.en.endswith(".") and not any("\u4e00" <= sign <= "\u9fff" for sign in s.en) for s in summaries
    )
    assert all(clause.title.zh and clause.title.en for clause in clauses.clauses())


def test_clauses_are_cited_as_readers_write_them():
    assert clauses.clause_label("6.1.3.c") == Text(zh="6.1.3 c)", en="6.1.3 c)")
    assert clauses.clause_label("4.1").en == "4.1"
    assert clauses.clause_label("9").en == "9"
    assert clauses.clause_label("附录B") == Text(zh="附录 B", en="Appendix B")
    assert set(clauses.LEVEL_NAMES) == set(clauses.LEVELS)
    assert set(clauses.BINDS_NAMES) == set(clauses.BINDS)


@pytest.mark.parametrize("name", LOADERS)
def test_a_missing_column_is_named(tmp_path, name):
    def change(table: list[list[str]]) -> None:
        for row in table:
            del row[0]

    fault = _fault(tmp_path, name, change)
    assert fault.file.name == f"{name}.csv"
    assert fault.row == 1
    assert "missing" in fault.reason


@pytest.mark.parametrize("name", LOADERS)
def test_a_row_that_stands_twice_is_named(tmp_path, name):
    fault = _fault(tmp_path, name, lambda table: table.append(table[-1]))
    assert "twice" in fault.reason


@pytest.mark.parametrize("name", LOADERS)
def test_a_strange_column_a_short_row_and_an_empty_table_are_named(tmp_path, name):
    assert "cells" in _fault(tmp_path, name, lambda table: table[2].pop()).reason
    assert "no rows" in _fault(tmp_path, name, lambda table: table.__delitem__(slice(1, None))).reason

    def widen(table: list[list[str]]) -> None:
        for row in table:
            row.append("x")

    assert "unknown column" in _fault(tmp_path, name, widen).reason


@pytest.mark.parametrize(
    ("name", "row", "column", "value"),
    [
        ("services", 3, "level", "must"),
        ("services", 21, "parent", "T09"),
        ("services", 4, "en", ""),
        ("services", 4, "order", "three"),
        ("districts", 2, "is_central", "maybe"),
        ("districts", 3, "kind", "county"),
        ("district_industries", 5, "industry", "gold"),
        ("district_industries", 5, "district", "110199"),
        ("industries", 4, "cluster", "other"),
        ("industries", 5, "synonyms", "大数据、人工智能"),
        ("industries", 5, "synonyms", "大数据、"),
        ("courses", 3, "service", "B99"),
        ("courses", 3, "item", "7"),
        ("platforms", 13, "is_url_as_printed", "yes"),
        ("platforms", 4, "url", "ftp:/x"),
        ("platforms", 13, "note_en", ""),
        ("clauses", 7, "level", "must"),
        ("clauses", 7, "binds", "everyone"),
        ("clauses", 7, "summary_zh", ""),
        ("clauses", 7, "indicator_en", ""),
        ("clauses", 7, "frequency", "daily"),
        ("clauses", 7, "threshold_basis", "guess"),
        ("catalogues", 4, "en", ""),
    ],
)
def test_a_broken_cell_is_named_with_file_row_column_and_value(tmp_path, name, row, column, value):
    fault = _fault(tmp_path, name, _set(row, column, value))
    assert (fault.file.name, fault.row, fault.column) == (
        f"{name}.csv",
        row if name != "courses" else fault.row,
        column,
    )
    for part in (f"{name}.csv", f"row {fault.row}", column, repr(fault.value)):
        assert part in str(fault)


def test_rows_of_one_course_must_agree(tmp_path):
    fault = _fault(tmp_path, "courses", _set(3, "zh", "另一门课程"))
    assert (fault.row, fault.column) == (3, "zh")


def test_an_indicator_without_a_name_is_broken(tmp_path):
    def change(table: list[list[str]]) -> None:
        _set(7, "indicator_zh", "")(table)
        _set(7, "indicator_en", "")(table)

    assert _fault(tmp_path, "clauses", change).column == "indicator_zh"
