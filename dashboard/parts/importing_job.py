"""Work on the store in a thread of its own, so that the reader may look at other pages meanwhile."""

from __future__ import annotations

import logging
import secrets
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Literal

import streamlit as st

from analytics.core.errors import UserError
from analytics.core.scratch import scratch_folder
from analytics.core.text import Text
from dashboard.context import Context
from dashboard.ledgers import (
    ImportReport,
    Options,
    import_ledgers,
    phase_share,
    phase_title,
    withdraw,
)
from dashboard.parts import arrange, html

log = logging.getLogger("dashboard")

STEPS = ("save", "read", "check", "store")
_LOOK_EVERY_SECONDS = 0.7
_NAME_BYTES, _ENDING_BYTES = 200, 20
_JOB = "_import"
_BY = "_import_by"
# Whatever works on the store in this process, so that a reader who lost his session still sees it.
_at_work: list[Job] = []

Files = Sequence[tuple[str, bytes]]


@dataclass(eq=False)
class Job:
    """An import or a withdrawal at work, and its outcome once it is over."""

    task: Literal["import", "withdraw"]
    options: Options = field(default_factory=Options)
    files: Files = ()
    batch: int | None = None
    step: str = "save"
    phase: str = ""
    detail: str = ""
    done: int = 0
    total: int = 0
    report: ImportReport | None = None
    notes: list[Text] = field(default_factory=list)
    error: UserError | None = None
    fault: str = ""
    is_over: bool = False
    number: str = field(default_factory=lambda: secrets.token_hex(4))

    def progress(self, step: str, done: int, total: int) -> None:
        """Note how far the work is: a phase of the store, or the file that is read and then checked."""
        if phase_title(step, "en"):
            self.step, self.phase, self.detail = ("read" if step == "reading" else "store"), step, ""
        elif step:
            self.step, self.detail = ("read" if 2 * done < total else "check"), step
        self.done, self.total = done, total

    @property
    def share(self) -> float:
        """How far the whole is, from 0 to 1; files take the first half."""
        if self.step == "store":
            return phase_share(self.task, self.phase) if self.task == "withdraw" else self._stored_share
        return 0.5 * min(self.done / self.total, 1.0) if self.total else 0.02

    @property
    def _stored_share(self) -> float:
        return 0.5 + 0.5 * phase_share(self.task, self.phase)


def current() -> Job | None:
    """Return this reader's job, at work or over."""
    return st.session_state.get(_JOB)


def forget() -> None:
    """Let go of a job that is over, with its report."""
    st.session_state.pop(_JOB, None)


def at_work() -> Job | None:
    """Return a job that is at work: this reader's, else any of this server's."""
    own = current()
    if own is not None:
        return None if own.is_over else own
    return next((job for job in list(_at_work) if not job.is_over), None)


def start(job: Job) -> None:
    """Start the job and draw the page anew."""
    st.session_state[_JOB] = job
    _at_work.append(job)
    work = _import if job.task == "import" else _withdraw
    threading.Thread(target=_run, args=(job, work), name=job.task, daemon=True).start()
    st.rerun()


def asked_who(ctx: Context, label: str, key: str) -> str:
    """Ask who does the work, and return the name; one given before stands there already."""
    by: str | None = st.text_input(
        label,
        value=st.session_state.get(_BY, ""),
        key=f"{key}-{ctx.language}",
        max_chars=40,
        placeholder=ctx.say("import.by_hint"),
        width=210,
    )
    st.session_state[_BY] = name = (by or "").strip()
    return name


@st.fragment(run_every=_LOOK_EVERY_SECONDS)
def watch(ctx: Context, job: Job) -> None:
    """Show how far the work is; once it is over, the whole page is drawn anew with the new data."""
    if job.is_over:
        st.rerun(scope="app")
    with arrange.panel("import-running"):
        title = ctx.say("import.running") if job.task == "import" else _withdrawing(ctx, job)
        st.html(html.heading(title) + html.block(ctx.say("import.leave"), "quiet"))
        if job.task == "import":
            st.html(html.div("".join(_step(ctx, job, name) for name in STEPS), "ip-steps", role="list"))
        st.progress(job.share, text=_doing(ctx, job))
        notes(ctx, job)


def notes(ctx: Context, job: Job) -> None:
    """Show what the reader should know of the work: who is waited for, a clock set back, what was mended."""
    said = "".join(html.block(note.get(ctx.language), "ip-warning") for note in list(job.notes))
    if said:
        st.html(said)


def _withdrawing(ctx: Context, job: Job) -> str:
    return ctx.say("import.withdrawing", batch=job.batch)


def _doing(ctx: Context, job: Job) -> str:
    """Say what is being done: the file at hand, or the phase of the store."""
    # The thread at work may change one after the other between these lines.
    step, detail = job.step, job.detail
    if detail and step in ("read", "check"):
        return ctx.say(f"import.detail_{step}", file=detail)
    return phase_title(job.phase, ctx.language) or ctx.say("import.detail_save")


def _step(ctx: Context, job: Job, name: str) -> str:
    """Return a step with a sign beside its name: done, at work or to come."""
    place, now = STEPS.index(name), STEPS.index(job.step)
    state = "done" if place < now else "now" if place == now else "later"
    sign = {"done": "✓", "now": str(place + 1), "later": str(place + 1)}[state]
    return html.div(
        html.span(sign, "ip-step-sign") + html.span(ctx.say(f"import.step_{name}")),
        f"ip-step {state}",
        role="listitem",
    )


def _run(job: Job, work: Callable[[Job], None]) -> None:
    """Do the work and note its outcome; a fault of ours gets a number under which the log holds it."""
    try:
        work(job)
    except UserError as error:
        job.error = error
    except Exception as error:
        job.fault = secrets.token_hex(4).upper()
        log.error("fault %s", job.fault, exc_info=error)
    finally:
        # What was kept nothing of may be wanted again; else nobody needs the files any longer.
        if job.report is None or job.report.told["batch"] is not None:
            job.files = ()
        job.is_over = True
        _at_work.remove(job)


def _import(job: Job) -> None:
    """Save the files apart from each other and import them in one command."""
    with scratch_folder() as folder:
        names = {}
        for number, (name, content) in enumerate(job.files):
            own = PurePosixPath(name.replace("\\", "/")).name or "ledger"
            path = folder / str(number) / savable(own)
            path.parent.mkdir()
            path.write_bytes(content)
            names[path] = own
        job.report = import_ledgers(names, job.progress, job.options, job.notes.append)


def savable(name: str) -> str:
    """Return a name that any disk takes: no NUL, at most 200 bytes with its ending.

    Browsers send names of 255 characters, each of up to four bytes; Linux takes 255 bytes.
    """
    plain = name.replace("\0", "").encode(errors="replace").decode()
    if len(plain.encode()) <= _NAME_BYTES:
        return plain or "ledger"
    ending = PurePosixPath(plain).suffix
    ending = ending if len(ending.encode()) <= _ENDING_BYTES else ""
    return plain.encode()[: _NAME_BYTES - len(ending.encode())].decode(errors="ignore") + ending


def _withdraw(job: Job) -> None:
    assert job.batch is not None
    job.step = "store"
    withdraw(job.batch, job.progress, by=job.options.by, tell=job.notes.append)
