"""What the page 数据导入 asks of the importer: files in, history, effect of a withdrawal, templates."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import streamlit as st

from analytics.core.errors import UserError
from analytics.core.selection import Scope
from analytics.core.settings import settings
from analytics.core.text import Language, Text
from analytics.store.phases import COMMANDS, TITLES, Tell, running
from dashboard.context import reader_scope, store

Progress = Callable[[str, int, int], None]
# Reports of earlier batches kept at hand: they never change.
_REPORTS_KEPT = 8


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import did, as plain data, and the rejected rows as a workbook (empty when there are none)."""

    told: dict[str, Any]
    rejects: bytes


@dataclass(frozen=True, slots=True)
class Options:
    """How files are to be imported.

    Attributes
    ----------
    by : str
        Who brings them, as the reader gave it.
    language : str
        The language of the reader, in which rejected rows come back.
    check_only : bool
        Say what would become of each row and keep nothing.
    strict : bool
        Keep nothing when any row or file is rejected.
    """

    by: str = ""
    language: Language = "zh"
    check_only: bool = False
    strict: bool = False


def refuse_narrow_scope() -> None:
    """Raise ``UserError`` unless readers of this server may see the whole city.

    A file may hold ledgers of any district: who may see one of them may not change the others.
    """
    if reader_scope().kind != "city":
        raise UserError(
            Text(
                zh="本看板只显示一个区域或机构，不能在此导入或撤回。",
                en="This dashboard shows one area or institution: nothing is imported or withdrawn here.",
            ),
            Text(
                zh="请在全市范围的看板上操作，或请管理员用命令行导入。空白模板可照常下载。",
                en="Use the dashboard of the whole city or the command line. Templates can be had here.",
            ),
        )


def import_ledgers(
    names: Mapping[Path, str], progress: Progress, options: Options, tell: Tell | None = None
) -> ImportReport:
    """Import files as the command line does; ``names`` says what each is called where it comes from.

    ``tell`` is called with what the reader should know meanwhile.

    Raises
    ------
    UserError
        When nothing can be read, another command writes, or readers may not see the whole city.
    """
    from analytics.ingest import report
    from analytics.ingest.history import rejects_workbook
    from analytics.ingest.run import run_import

    refuse_narrow_scope()
    with running("import", progress, tell):
        done = run_import(
            store(),
            list(names),
            strict=options.strict,
            dry_run=options.check_only,
            imported_by=options.by,
            names=names,
            progress=progress,
        )
    told = report.as_json(done.batch, done.outcomes, done.batch_id)
    return ImportReport(told, rejects_workbook(done.batch, options.language))


def history() -> list[dict[str, Any]]:
    """Return the batches that readers of this server may see, the latest first."""
    if store().is_empty:
        return []
    return _history(store().current_version(), str(reader_scope()))


def earlier_report(batch_id: int) -> dict[str, Any]:
    """Return the report of an earlier batch."""
    return _report(store().current_version(), batch_id, str(reader_scope()))


def earlier_rejects(batch_id: int, language: Language) -> bytes | None:
    """Return the workbook of a batch's rejected rows; ``None`` when they are kept no longer."""
    from analytics.ingest.history import rejects_of

    return rejects_of(store(), batch_id, scope=reader_scope(), language=language)


def withdraw_effect(batch_id: int) -> dict[str, Any]:
    """Return what withdrawing a batch would do, without doing it."""
    from analytics.store.effect import withdraw_effect

    refuse_narrow_scope()
    return withdraw_effect(store(), batch_id, settings()).as_dict()


def withdraw(batch_id: int, progress: Progress, *, by: str = "", tell: Tell | None = None) -> None:
    """Take a batch out of every figure; raises ``UserError`` when it is not in force.

    ``by`` is who does it, as the reader gave it; ``tell`` is called with what the reader should know.
    """
    from analytics.store.load import withdraw_batch
    from analytics.store.told import keep_told

    refuse_narrow_scope()
    with running("withdraw", progress, tell), store().writing("withdraw", progress) as connection:
        withdraw_batch(connection, batch_id, settings())
        keep_told(connection, batch_id, withdrawn_by=by)


def phase_title(phase: str, language: Language) -> str:
    """Return what to call a phase of a command at work; empty where the name is none of a phase."""
    return TITLES[phase].get(language) if phase in TITLES else ""


def phase_share(command: str, phase: str) -> float:
    """Return how much of a command's phases lies before this one, from 0 to 1."""
    phases = COMMANDS[command]
    return phases.index(phase) / len(phases) if phase in phases else 0.0


def kinds() -> tuple[str, ...]:
    """Return the ledger kinds in the order readers know them."""
    from analytics.ingest.template import ledger_order

    return ledger_order()


@st.cache_data(show_spinner=False, max_entries=32)
def template(kinds: tuple[str, ...], language: Language) -> bytes:
    """Return the blank workbook of these kinds; the self-check comes with the clauses."""
    from analytics.ingest.self_check import blank_rows
    from analytics.ingest.template import template_bytes

    filled = {"evidence": blank_rows()} if "evidence" in kinds else {}
    return template_bytes(kinds, language, filled=filled)


def unknown_names(language: Language) -> bytes:
    """Return the sheet of synonyms with every industry's name that nobody knew, to be filled in."""
    from analytics.ingest.synonym_sheet import rows_for
    from analytics.ingest.template import template_bytes

    rows = [] if store().is_empty else rows_for(store().snapshot(), scope=reader_scope())
    return template_bytes(["industry_synonyms"], language, filled={"industry_synonyms": rows})


def self_check(institution_id: str, language: Language) -> bytes:
    """Return the self-check of one institution with what is known of it."""
    from analytics.ingest.self_check import rows_for
    from analytics.ingest.template import template_bytes

    rows = rows_for(store().snapshot(), institution_id, scope=reader_scope())
    return template_bytes(["evidence"], language, filled={"evidence": rows})


def ledger_name(kind: str | None, language: Language) -> str:
    """Return the reader's name of a ledger kind, empty for a sheet that was not recognised."""
    from analytics.ingest.sources import sources

    return sources()[kind].name.get(language) if kind else ""


def required_headings(kind: str) -> tuple[str, ...]:
    """Return the headings of a kind's required columns."""
    from analytics.ingest.sources import sources

    return tuple(column.heading for column in sources()[kind].required)


def starter_headings(kind: str) -> tuple[str, ...]:
    """Return the headings a station starts with; empty for kinds that need not be kept at first."""
    from analytics.ingest.sources import sources

    return tuple(column.heading for column in sources()[kind].columns if column.starter)


def rule_name(code: str) -> Text:
    """Return the name of a rule; an earlier report may name one that is no more."""
    from analytics.ingest.rules import RULES

    return RULES[code].name if code in RULES else Text(code, code)


@st.cache_data(show_spinner=False, max_entries=4)
def _history(version: str, scope: str) -> list[dict[str, Any]]:  # noqa: ARG001 - part of the cache's key
    from analytics.ingest.history import history

    return history(store().snapshot(), scope=Scope.parse(scope))


@st.cache_data(show_spinner=False, max_entries=_REPORTS_KEPT)
def _report(version: str, batch_id: int, scope: str) -> dict[str, Any]:  # noqa: ARG001 - as above
    from analytics.ingest.history import report_of

    return report_of(store().snapshot(), batch_id, scope=Scope.parse(scope))
