"""Importing ledgers from the browser: upload, progress that can be left and found again, report."""

from __future__ import annotations

import logging
import secrets
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import streamlit as st

from analytics.core.errors import UserError
from dashboard.context import Context, ImportReport, import_ledgers, ledger_name
from dashboard.parts import arrange, html, messages, tables
from dashboard.words import formats

log = logging.getLogger("dashboard")

COUNTS = ("data_rows", "loaded", "unchanged", "superseded", "waiting", "rejected", "not_data")
STEPS = ("read", "check", "store")
PROBLEMS_SHOWN = 300
_JOB = "_import"
_ROUND = "_import_round"
_LOOK_EVERY_SECONDS = 0.7


@dataclass
class Job:
    """An import at work in a thread of its own, so that the reader may look at other pages meanwhile."""

    step: str = "read"
    done: int = 0
    total: int = 0
    report: ImportReport | None = None
    error: UserError | None = None
    fault: str = ""
    is_over: bool = False

    def progress(self, step: str, done: int, total: int) -> None:
        """Note how far the import is."""
        self.step, self.done, self.total = step, done, total

    @property
    def share(self) -> float:
        """How far the present step is, from 0 to 1."""
        return min(self.done / self.total, 1.0) if self.total else 0.0


def run(job: Job, files: Sequence[tuple[str, bytes]]) -> None:
    """Save the files apart from each other, import them in one command, and note the outcome."""
    try:
        with TemporaryDirectory() as folder:
            paths = []
            for number, (name, content) in enumerate(files):
                place = Path(folder) / str(number)
                place.mkdir()
                paths.append(place / (Path(name.replace("\\", "/")).name or "ledger"))
                paths[-1].write_bytes(content)
            job.report = import_ledgers(paths, job.progress)
    except UserError as error:
        job.error = error
    except Exception as error:
        job.fault = secrets.token_hex(4).upper()
        log.error("fault %s", job.fault, exc_info=error)
    finally:
        job.is_over = True


def draw(ctx: Context) -> None:
    """Draw the upload, the import at work, or its report."""
    job: Job | None = st.session_state.get(_JOB)
    if job is not None and not job.is_over:
        _watch(ctx, job)
        return
    _upload(ctx)
    if job is not None:
        _outcome(ctx, job)


def _upload(ctx: Context) -> None:
    with arrange.panel("upload"):
        st.html(html.heading(ctx.say("import.title")) + html.block(ctx.say("import.secrets"), "ip-warning"))
        files = st.file_uploader(
            ctx.say("import.choose"),
            type=["xlsx", "xls", "ods", "csv", "txt"],
            accept_multiple_files=True,
            key=f"upload-{st.session_state.get(_ROUND, 0)}",
            help=ctx.say("import.help"),
        )
        if st.button(ctx.say("import.start"), type="primary", disabled=not files, key="import-start"):
            _start([(file.name, file.getvalue()) for file in files])


def _start(files: list[tuple[str, bytes]]) -> None:
    job = Job()
    st.session_state[_JOB] = job
    # A new key empties the uploader, so that its files are not held in memory any longer.
    st.session_state[_ROUND] = st.session_state.get(_ROUND, 0) + 1
    threading.Thread(target=run, args=(job, files), name="import", daemon=True).start()
    st.rerun()


@st.fragment(run_every=_LOOK_EVERY_SECONDS)
def _watch(ctx: Context, job: Job) -> None:
    """Show how far the import is; once it is over, the whole page is drawn anew with the new data."""
    if job.is_over:
        st.rerun(scope="app")
    with arrange.panel("import-running"):
        st.html(html.heading(ctx.say("import.running")) + html.block(ctx.say("import.leave"), "quiet"))
        st.progress(job.share, text=_step(ctx, job))


def _step(ctx: Context, job: Job) -> str:
    """Say what is being done; while files are read, the step is the file's name."""
    if job.step in STEPS:
        return ctx.say(f"import.step_{job.step}")
    return ctx.say("import.step_file", file=job.step)


def _outcome(ctx: Context, job: Job) -> None:
    if job.error is not None:
        messages.reader_error(job.error, ctx.language)
    elif job.report is None:
        messages.fault(job.fault, ctx.language)
    else:
        _report(ctx, job.report)


def _report(ctx: Context, report: ImportReport) -> None:
    told = report.told
    with arrange.panel("import-report"):
        batch = told["batch"]
        title = ctx.say("import.done", batch=batch) if batch is not None else ctx.say("import.nothing_kept")
        st.html(
            html.heading(title) + html.div("".join(_count(ctx, told, name) for name in COUNTS), "ip-counts")
        )
        _sheets(ctx, told)
        if report.rejects:
            st.download_button(
                ctx.say("import.rejects"),
                data=report.rejects,
                file_name=f"rejects-{batch}.xlsx",
                mime="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
                key="rejects",
                on_click="ignore",
                icon=":material/download:",
            )
    _problems(ctx, told)


def _count(ctx: Context, told: dict[str, Any], name: str) -> str:
    figure = html.block(formats.number(told[name], ctx.language), "ip-value")
    return html.div(figure + html.block(ctx.say(f"import.{name}"), "quiet"))


def _sheets(ctx: Context, told: dict[str, Any]) -> None:
    columns = [tables.Column(ctx.say(f"import.{name}")) for name in ("file", "sheet", "kind")]
    columns += [tables.Column(ctx.say(f"import.{name}"), is_number=True) for name in COUNTS]
    rows = [
        [
            file["file"],
            sheet["sheet"],
            ledger_name(sheet["kind"], ctx.language) or ctx.say("import.unknown_kind"),
            *(formats.number(sheet[name], ctx.language) for name in COUNTS),
        ]
        for file in told["files"]
        for sheet in file["sheets"]
    ]
    tables.show(columns, rows, caption=ctx.say("import.by_sheet"), height=320)


def _problems(ctx: Context, told: dict[str, Any]) -> None:
    problems = told["problems"]
    with arrange.panel("import-problems"):
        if not problems:
            st.html(html.heading(ctx.say("import.no_problems")))
            return
        count = formats.number(len(problems), ctx.language)
        note = ctx.say("import.problems_note", shown=min(len(problems), PROBLEMS_SHOWN))
        st.html(html.heading(ctx.say("import.problems", count=count)) + html.block(note, "quiet"))
        names = ("file", "sheet", "row", "column", "value", "code", "severity", "said")
        columns = [tables.Column(ctx.say(f"import.{name}"), is_number=name == "row") for name in names]
        # What kept a row out comes first.
        ordered = sorted(problems, key=lambda problem: problem["severity"] != "reject")
        rows = [_problem(ctx, problem) for problem in ordered[:PROBLEMS_SHOWN]]
        tables.show(columns, rows, caption=ctx.say("import.problems", count=count), height=420)


def _problem(ctx: Context, problem: dict[str, Any]) -> list[str]:
    return [
        problem["file"],
        problem["sheet"] or "",
        "" if problem["row"] is None else str(problem["row"]),
        problem["column"] or "",
        problem["value"] or "",
        problem["code"],
        ctx.say(f"import.severity_{problem['severity']}"),
        problem[ctx.language],
    ]
