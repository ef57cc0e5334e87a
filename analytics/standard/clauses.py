"""The clauses of the standard: what each asks of whom, and what would show that it is met."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from analytics.core.text import Text
from analytics.standard.table import FOLDER, Row, check_unique, read_rows

LEVELS = ("shall", "should", "may", "statement", "definition", "informative", "normative")
BINDS = ("all", "city_centre", "district_centre", "workstation", "expert")
KINDS = ("indicator", "evidence", "definition")
THRESHOLD_BASES = ("text", "implied", "open", "none")
FREQUENCIES = ("month", "quarter", "year", "event", "recruitment", "set_up")
LEVEL_NAMES = {
    "shall": Text(zh="应", en="Shall"),
    "should": Text(zh="宜", en="Should"),
    "may": Text(zh="可", en="May"),
    "statement": Text(zh="陈述", en="Statement"),
    "definition": Text(zh="定义", en="Definition"),
    "informative": Text(zh="资料性", en="Informative"),
    "normative": Text(zh="规范性", en="Normative"),
}
BINDS_NAMES = {
    "all": Text(zh="各类机构", en="All institutions"),
    "city_centre": Text(zh="市级机构", en="City institutions"),
    "district_centre": Text(zh="区级机构", en="District institutions"),
    "workstation": Text(zh="工作站", en="Workstations"),
    "expert": Text(zh="志愿服务专家", en="Volunteer experts"),
}
_APPENDIX = "附录"
_COLUMNS = (
    "number", "title_zh", "title_en", "level", "binds", "kind", "summary_zh", "summary_en", "indicator_zh",
    "indicator_en", "formula", "fields", "threshold", "threshold_basis", "frequency", "note",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ClauseText:
    """What one clause says, in this project's own words.

    ``number`` is the clause's, its list item behind a dot (``6.1.3.c``), or ``附录A``. ``level`` is
    the modal verb as printed; ``threshold_basis`` says whether the text states the threshold
    (``text``), implies it, leaves it ``open`` for a local choice, or names ``none``. ``note``
    keeps what is doubtful in the printed text.
    """

    number: str
    title: Text
    level: str
    binds: str
    kind: str
    summary: Text
    indicator: Text | None
    formula: str
    fields: str
    threshold: str
    threshold_basis: str
    frequency: tuple[str, ...]
    note: str


def load_clauses(file: Path) -> tuple[ClauseText, ...]:
    """Read clauses from a CSV; raises ``BrokenTableError`` on the first broken row."""
    rows = read_rows(file, _COLUMNS)
    check_unique(rows, "number")
    return tuple(_clause(row) for row in rows)


@lru_cache(maxsize=1)
def clauses() -> tuple[ClauseText, ...]:
    """Return all clauses in the standard's order, appendices last."""
    return load_clauses(FOLDER / "clauses.csv")


@lru_cache(maxsize=1)
def clauses_by_number() -> dict[str, ClauseText]:
    """Return the clauses by number."""
    return {clause.number: clause for clause in clauses()}


def is_clause(number: str) -> bool:
    """Say whether the standard has a clause of that number, bare headings such as 6.2.4 included."""
    return number in clauses_by_number() or number in _headings()


def clause_label(number: str) -> Text:
    """Return how readers cite a clause: ``6.1.3 c)``, or its appendix."""
    if number.startswith(_APPENDIX):
        letter = number.removeprefix(_APPENDIX)
        return Text(zh=f"附录 {letter}", en=f"Appendix {letter}")
    stem, _, item = number.rpartition(".")
    label = f"{stem} {item})" if stem and item.isalpha() else number
    return Text(zh=label, en=label)


@lru_cache(maxsize=1)
def _headings() -> frozenset[str]:
    """Return numbers that only head other clauses and have no sentence of their own."""
    parts = (clause.number.split(".") for clause in clauses())
    return frozenset(".".join(p[:depth]) for p in parts for depth in range(1, len(p)))


def _clause(row: Row) -> ClauseText:
    kind = row.choice("kind", KINDS)
    indicator = row.optional_both("indicator_zh", "indicator_en")
    if kind == "indicator" and indicator is None:
        raise row.broken("indicator_zh", "an indicator needs a name")
    frequency = row.items("frequency", ";")
    if not set(frequency) <= set(FREQUENCIES):
        raise row.broken("frequency", "must be of " + ", ".join(FREQUENCIES))
    return ClauseText(
        number=row.text("number"),
        title=row.both("title_zh", "title_en"),
        level=row.choice("level", LEVELS),
        binds=row.choice("binds", BINDS),
        kind=kind,
        summary=row.both("summary_zh", "summary_en"),
        indicator=indicator,
        formula=row.optional("formula"),
        fields=row.optional("fields"),
        threshold=row.optional("threshold"),
        threshold_basis=row.choice("threshold_basis", THRESHOLD_BASES),
        frequency=frequency,
        note=row.optional("note"),
    )
