"""Every row of the standard is accounted for, and no rule cites what does not exist."""

from __future__ import annotations

from pathlib import Path

from analytics.compliance.document import WAYS, standard_markdown, way_of
from analytics.compliance.missing import MISSING
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


def test_what_is_declared_alone_names_the_fields_that_no_ledger_holds():
    declared = {clause.number for clause in clauses() if way_of(clause) == "declared"}
    assert declared == set(MISSING)
    for missing in MISSING.values():
        assert missing.fields
        assert missing.words.zh
        assert missing.words.en


def test_levels_are_counted_as_printed():
    levels = [clause.level for clause in clauses()]
    assert (levels.count("shall"), levels.count("should")) == (87, 131)


def test_work_whose_text_sets_no_number_is_never_met_for_being_counted():
    """Whatever is counted: of clauses without a threshold no rule has one of its own."""
    counting = {number: rule for number, rule in rules().items() if rule.form.tallies}
    for number, rule in counting.items():
        if clauses_by_number()[number].threshold_basis == "none":
            assert rule.at_least is None, number
            assert not getattr(rule.form, "all_asked", False), number


def test_thresholds_left_open_have_a_default_to_be_seen_or_are_shown_alone():
    """Of those without, the text or its annex asks for no number: scale of clients, expert readings."""
    opened = {number for number, rule in rules().items() if rule.is_open and rule.at_least is None}
    assert opened == {"6.1.2.c", "7.1.1.2"}
