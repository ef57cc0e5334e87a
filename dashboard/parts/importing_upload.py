"""Handing in files: the form, the import at work, and what became of it."""

from __future__ import annotations

import streamlit as st

from dashboard.context import Context
from dashboard.ledgers import Options, refuse_narrow_scope
from dashboard.parts import arrange, html, importing_job, importing_report, messages
from dashboard.parts.importing_job import Files, Job

TYPES = ("xlsx", "xls", "ods", "csv", "tsv", "txt")
_ROUND = "_import_round"


def draw(ctx: Context) -> None:
    """Draw the form, the work at hand, or its report above the form for the next files."""
    # Said by the frame as an error that the reader can put right.
    refuse_narrow_scope()
    working = importing_job.at_work()
    if working is not None:
        importing_job.watch(ctx, working)
        return
    job = importing_job.current()
    if job is not None and job.task == "import":
        _outcome(ctx, job)
    _form(ctx, is_first=job is None or job.task != "import")


def _form(ctx: Context, *, is_first: bool) -> None:
    wide, narrow = arrange.columns(5, 3)
    with wide, arrange.panel("upload"):
        title = ctx.say("import.title" if is_first else "import.title_again")
        st.html(html.heading(title) + html.block(ctx.say("import.secrets"), "ip-warning"))
        files = st.file_uploader(
            ctx.say("import.choose"),
            type=list(TYPES),
            accept_multiple_files=True,
            key=f"upload-{st.session_state.get(_ROUND, 0)}",
            label_visibility="collapsed",
        )
        _options(ctx, [(file.name, file) for file in files or ()])
    with narrow, arrange.panel("import-how"):
        steps = "".join(f"<li>{html.span(ctx.say(f'import.how_{n}'))}</li>" for n in range(1, 5))
        st.html(html.heading(ctx.say("import.how")) + f'<ol class="ip-how">{steps}</ol>')


def _options(ctx: Context, files: list[tuple[str, st.runtime.uploaded_file_manager.UploadedFile]]) -> None:
    """Draw who brings the files and how they are to be taken, and the button."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium", key="import-options"):
        by = importing_job.asked_who(ctx, ctx.say("import.by"), "import-by")
        check = st.checkbox(
            ctx.say("import.check_only"), key="import-check-only", help=ctx.say("import.check_only_help")
        )
        strict = st.checkbox(
            ctx.say("import.strict"), key="import-strict", help=ctx.say("import.strict_help")
        )
        pressed = st.button(
            ctx.say("import.start_check" if check else "import.start"),
            type="primary",
            disabled=not files,
            key="import-start",
        )
    if pressed:
        start([(name, file.getvalue()) for name, file in files], Options(by, ctx.language, check, strict))


def start(files: Files, options: Options) -> None:
    """Start an import of these files."""
    # A new key empties the uploader, so that its files are not held in memory any longer.
    st.session_state[_ROUND] = st.session_state.get(_ROUND, 0) + 1
    importing_job.start(Job("import", options=options, files=files))


def _outcome(ctx: Context, job: Job) -> None:
    importing_job.notes(ctx, job)
    if job.error is not None:
        messages.reader_error(job.error, ctx.language)
    elif job.report is None:
        messages.fault(job.fault, ctx.language)
    else:
        told = job.report.told
        importing_report.summary(
            ctx, told, job.report.rejects, title=_title(ctx, job), name=job.number, checked=job.options
        )
        if told["batch"] is None and job.files:
            _once_more(ctx, job)
        importing_report.details(ctx, told, name=job.number)


def _once_more(ctx: Context, job: Job) -> None:
    """Offer to import what was only checked, or held back, without uploading it again."""
    with st.container(horizontal=True, key="import-once-more"):
        label = ctx.say("import.import_now" if job.options.check_only else "import.import_rest")
        if st.button(label, type="primary", key="import-now"):
            start(job.files, Options(by=job.options.by, language=ctx.language))


def _title(ctx: Context, job: Job) -> str:
    assert job.report is not None
    batch = job.report.told["batch"]
    if batch is not None:
        return ctx.say("import.done", batch=batch)
    if job.options.check_only:
        return ctx.say("import.checked")
    has_rejects = job.report.told["rejected"] or any(
        problem["severity"] == "reject" for problem in job.report.told["problems"]
    )
    if job.options.strict and has_rejects:
        return ctx.say("import.held_back")
    return ctx.say("import.nothing_kept")
