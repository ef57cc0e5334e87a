"""Every row of the standard is accounted for, and no rule cites what does not exist."""

from __future__ import annotations

from pathlib import Path

from analytics.compliance.document import WAYS, standard_markdown, way_of
from analytics.compliance.rules import rules
from analytics.compliance.statuses import measurable
from analytics.ingest.sources import sources
from analytics.standard.clauses import clauses, clauses_by_number

DOCUMENT = Path(__file__).parents[2] / "docs" / "standard.md"


def test_all_243_rows_are_accounted_for():
    assert len(clauses()) == 243
    assert {way_of(clause) for clause in clauses()} == set(WAYS)
    rows = [line for line in DOCUMENT.read_text(encoding="utf-8").splitlines() if line.startswith("| ")]
    assert len(rows) == 2 + 243


def test_the_document_is_what_the_declarations_make():
    assert DOCUMENT.read_text(encoding="utf-8") == standard_markdown()


def test_rules_cite_clauses_that_exist_and_have_a_status():
    known = {clause.number for clause in measurable()}
    assert not {number for number in rules() if number not in known}


def test_rules_name_ledger_columns_that_exist():
    columns = {f"{source.kind}.{column.name}" for source in sources().values() for column in source.columns}
    assert not {name for rule in rules().values() for name in rule.fields} - columns


def test_only_clauses_whose_text_sets_a_threshold_are_judged():
    judged = {number for number, rule in rules().items() if rule.at_least is not None}
    bases = {clauses_by_number()[number].threshold_basis for number in judged}
    assert bases <= {"text", "implied", "open"}
