"""What was wrong: the same fault said once with how often, then every single one with filters and pages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import streamlit as st

from dashboard.context import Context
from dashboard.ledgers import ledger_name, rule_name
from dashboard.parts import arrange, html, tables
from dashboard.words import formats

PAGE_ROWS = 50
GROUPS_SHOWN = 40
VALUES_SHOWN = 3
_ALL = ""
# Characters that columns keep, so that short words stay on one line beside long sentences.
_GROUP_WIDTHS = {"rule": 12, "severity": 4, "column": 7, "values": 9}
_WIDTHS = {"file": 9, "sheet": 5, "column": 7, "value": 8, "code": 4, "severity": 4}

Problem = dict[str, Any]


def draw(ctx: Context, problems: Sequence[Problem], *, name: str) -> None:
    """Draw the groups and, below, the list with its filters."""
    with arrange.panel(f"import-problems-{name}"):
        if not problems:
            st.html(html.heading(ctx.say("import.no_problems")))
            return
        count = formats.number(len(problems), ctx.language)
        st.html(html.heading(ctx.say("import.problems", count=count)))
        _groups(ctx, problems)
        _list(ctx, problems, name=name)


def download(ctx: Context, told: dict[str, Any], *, name: str) -> None:
    """Offer all problems as a CSV."""
    if told["problems"]:
        st.download_button(
            ctx.say("import.problems_csv"),
            data=lambda: as_csv(ctx, told),
            file_name=f"{ctx.say('import.problems_file')}-{told['batch'] or 0}.csv",
            mime="text/csv",
            key=f"problems-csv-{name}",
            on_click="ignore",
            icon=":material/table_view:",
        )


def as_csv(ctx: Context, told: dict[str, Any]) -> bytes:
    """Return all problems of a report as a table, marked as the page is."""
    notes = [(ctx.say("frame.internal"), "")]
    if told["sample_data"]:
        notes.append((ctx.say("frame.sample"), ctx.say("frame.sample_note")))
    names = ("file", "sheet", "row", "kind", "column", "value", "code", "rule", "severity", "said")
    headings = [ctx.say(f"import.{heading}") for heading in names]
    rows = [
        [
            problem["file"],
            problem["sheet"] or "",
            "" if problem["row"] is None else problem["row"],
            ledger_name(problem["kind"], ctx.language),
            problem["column"] or "",
            problem["value"] or "",
            problem["code"],
            ctx.text(rule_name(problem["code"])),
            ctx.say(f"import.severity_{problem['severity']}"),
            problem[ctx.language],
        ]
        for problem in ordered(problems=told["problems"])
    ]
    return tables.as_csv(notes, headings, rows)


def ordered(problems: Sequence[Problem]) -> list[Problem]:
    """Return the problems with what kept rows out before what was only noticed."""
    return sorted(problems, key=lambda problem: problem["severity"] != "reject")


def grouped(problems: Sequence[Problem]) -> list[list[Problem]]:
    """Return problems of one rule, outcome and column together: rejections, then the commonest, first."""
    groups: dict[tuple[str, str, str], list[Problem]] = {}
    for problem in problems:
        key = (problem["severity"], problem["code"], problem["column"] or "")
        groups.setdefault(key, []).append(problem)
    return sorted(groups.values(), key=lambda own: (own[0]["severity"] != "reject", -len(own)))


def chosen(
    problems: Sequence[Problem],
    *,
    file: str = _ALL,
    kind: str = _ALL,
    severity: str = _ALL,
    code: str = _ALL,
    text: str = "",
) -> list[Problem]:
    """Return the problems that fit every filter; ``text`` is sought in values, sentences and places."""
    wanted = text.strip().casefold()
    return [
        problem
        for problem in ordered(problems)
        if file in (_ALL, problem["file"])
        and kind in (_ALL, problem["kind"])
        and severity in (_ALL, problem["severity"])
        and code in (_ALL, problem["code"])
        and (not wanted or wanted in _words(problem))
    ]


def _words(problem: Problem) -> str:
    names = ("file", "sheet", "row", "column", "value", "code", "zh", "en")
    return "\n".join(str(problem[name] or "") for name in names).casefold()


def _groups(ctx: Context, problems: Sequence[Problem]) -> None:
    columns = [
        tables.Column(ctx.say("import.times"), is_number=True),
        *(tables.Column(ctx.say(f"import.{name}"), least=least) for name, least in _GROUP_WIDTHS.items()),
        tables.Column(ctx.say("import.what_to_do")),
    ]
    groups = grouped(problems)
    rows = [_group(ctx, own) for own in groups[:GROUPS_SHOWN]]
    st.html(html.block(ctx.say("import.groups_note", count=len(groups)), "quiet"))
    tables.show(columns, rows, caption=ctx.say("import.groups"), height=330)


def _group(ctx: Context, own: list[Problem]) -> list[str]:
    first = own[0]
    values = Counter(problem["value"] for problem in own if problem["value"])
    shown = [_times(value, count) for value, count in values.most_common(VALUES_SHOWN)]
    if len(values) > VALUES_SHOWN:
        shown.append(ctx.say("import.more_values", count=len(values) - VALUES_SHOWN))
    said = Counter(problem[ctx.language] for problem in own).most_common(1)[0][0]
    return [
        formats.number(len(own), ctx.language),
        f"{first['code']} {ctx.text(rule_name(first['code']))}",
        ctx.say(f"import.severity_{first['severity']}"),
        first["column"] or "",
        "\n".join(shown),
        said,
    ]


def _times(value: str, count: int) -> str:
    return value if count == 1 else f"{value} × {count}"


def _list(ctx: Context, problems: Sequence[Problem], *, name: str) -> None:
    st.html(html.heading(ctx.say("import.each"), level=4))
    with st.container(
        horizontal=True, vertical_alignment="bottom", gap="small", key=f"import-filters-{name}"
    ):
        file = _pick(ctx, "file", [p["file"] for p in problems], name=name)
        kind = _pick(ctx, "kind", [p["kind"] for p in problems if p["kind"]], name=name)
        severity = _pick(ctx, "severity", [p["severity"] for p in problems], name=name)
        code = _pick(ctx, "code", sorted(p["code"] for p in problems), name=name)
        text = st.text_input(
            ctx.say("import.search"),
            key=f"find-{name}-{ctx.language}",
            placeholder=ctx.say("import.search"),
            label_visibility="collapsed",
            icon=":material/search:",
            width=220,
        )
    found = chosen(problems, file=file, kind=kind, severity=severity, code=code, text=text or "")
    _page(ctx, found, name=name)


def _pick(ctx: Context, what: str, values: Sequence[str], *, name: str) -> str:
    """Draw a filter over the values there are; with a single one there is nothing to choose."""
    options = [_ALL, *dict.fromkeys(values)]
    if len(options) < 3:
        return _ALL

    def named(value: str) -> str:
        return _name(ctx, what, value) if value else ctx.say(f"import.all_{what}")

    picked: str = st.selectbox(
        ctx.say(f"import.{what}"),
        options,
        format_func=named,
        key=f"pick-{what}-{name}-{ctx.language}",
        label_visibility="collapsed",
        width=200,
    )
    return picked or _ALL


def _name(ctx: Context, what: str, value: str) -> str:
    if what == "kind":
        return ledger_name(value, ctx.language)
    if what == "severity":
        return ctx.say(f"import.severity_{value}")
    return f"{value} {ctx.text(rule_name(value))}" if what == "code" else value


def _page(ctx: Context, found: list[Problem], *, name: str) -> None:
    pages = max(1, -(-len(found) // PAGE_ROWS))
    place = st.container()
    number = 1
    if pages > 1:
        key = f"page-{name}-{len(found)}"
        number = min(st.pagination(pages, key=key), pages)
    first = (number - 1) * PAGE_ROWS
    shown = found[first : first + PAGE_ROWS]
    note = ctx.say(
        "import.shown",
        count=formats.number(len(found), ctx.language),
        first=formats.number(first + 1 if shown else 0, ctx.language),
        last=formats.number(first + len(shown), ctx.language),
    )
    with place:
        st.html(html.block(note, "quiet"))
        names = ("file", "sheet", "row", "column", "value", "code", "severity", "said")
        columns = [
            tables.Column(ctx.say(f"import.{n}"), is_number=n == "row", least=_WIDTHS.get(n, 0))
            for n in names
        ]
        rows = [_problem(ctx, problem) for problem in shown]
        tables.show(columns, rows, caption=ctx.say("import.each"), height=460)


def _problem(ctx: Context, problem: Problem) -> list[str]:
    file = problem["file"]
    if problem.get("batch"):
        file = f"{file}\n{ctx.say('import.of_batch', batch=problem['batch'])}"
    return [
        file,
        problem["sheet"] or "",
        "" if problem["row"] is None else str(problem["row"]),
        problem["column"] or "",
        problem["value"] or "",
        problem["code"],
        ctx.say(f"import.severity_{problem['severity']}"),
        problem[ctx.language],
    ]
