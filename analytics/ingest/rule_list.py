"""The rules of loading as a list: for ``ipdash rules``, for ``docs/rules.md``, and to check settings by."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import Any

from analytics.core.errors import UserError
from analytics.core.text import Text
from analytics.ingest.rules import RULES, Rule, Severity
from analytics.ingest.sources import sources

_LEVELS = {
    "1": Text("文件", "The file"),
    "2": Text("工作表", "The sheet"),
    "3": Text("表头", "The headings"),
    "4": Text("单元格", "A cell"),
    "5": Text("整行", "A row"),
    "6": Text("与其他台账对照", "Against other ledgers"),
}
_SEVERITIES = {
    "reject": Text("退回", "rejected"),
    "finding": Text("提示", "finding"),
    "by_column": Text(
        "主键列、必填列退回；选填列提示并留空",
        "rejected in a key or required column; elsewhere a finding, and the value is left out",
    ),
}
_CHANGEABLE = Text("设置文件可改", "settings may change it")
_FIXED = Text("固定", "fixed")
_EVERYWHERE = Text("所有台账", "all ledgers")
_HEAD = Text(
    zh="每条规则的代码、名称、处理方式、怎么办，以及用于哪些台账的哪些列。"
    "**退回**：该行没有导入，改好后再交；**提示**：该行已导入，有值得核对的地方。"
    "设置文件的 `rule_severity` 可以改变标有“设置文件可改”的规则，例如："
    '`E603 = "reject"`。与其他台账对照的规则（E6）改为退回后：'
    "矛盾还在时该行不计入统计，在带来该行的那次导入中计为退回；"
    "矛盾消除后自动计入，不用重交；同一编号的旧内容不会代替它。",
    en="The code, name, severity, what to do, ledgers and columns of each rule. **Rejected**: the row was "
    "not loaded; correct it and send it again. **Finding**: the row was loaded and something is worth "
    "checking. "
    "The setting `rule_severity` can change the rules that say so, for example "
    '`E603 = "reject"`. Rules against other ledgers (E6) that are made rejections: the row does not count '
    "while the contradiction lasts, and is counted as rejected by the command that brings it; once nothing "
    "speaks against it, it counts by itself. An older version of the same record does not take its place.",
)


def listed(changed: Mapping[str, Severity]) -> list[dict[str, Any]]:
    """Return every rule by its code as plain data, with the severity in force under the settings.

    ``columns`` holds the headings by ledger kind, none where a rule is about a row, sheet or file as a whole.
    """
    return [
        {
            "code": rule.code,
            "name": {"zh": rule.name.zh, "en": rule.name.en},
            "severity": rule.severity_in(changed) if rule.code in changed else rule.severity,
            "default": rule.severity,
            "changeable": rule.changeable,
            "message": {"zh": rule.message.zh, "en": rule.message.en},
            "kinds": list(kinds_of(rule)),
            "columns": columns_of(rule),
        }
        for _, rule in sorted(RULES.items())
    ]


def columns_of(rule: Rule) -> dict[str, list[str]]:
    """Return the headings of the columns that a rule is about, by ledger kind."""
    if rule.reach is None:
        return {}
    reached = {kind: [column.heading for column in rule.reach(source)] for kind, source in sources().items()}
    return {kind: headings for kind, headings in reached.items() if headings}


def kinds_of(rule: Rule) -> tuple[str, ...]:
    """Return the ledger kinds that a rule is about."""
    return tuple(sources() if rule.reach is None else columns_of(rule))


def check_severities(changed: Mapping[str, Severity]) -> None:
    """See that the settings name rules that exist and may be changed.

    Raises
    ------
    UserError
        Naming the code and, where it is unknown, the nearest that exists.
    """
    for code, severity in changed.items():
        rule = RULES.get(code)
        if rule is None:
            raise _unknown(code)
        if not rule.changeable and severity != rule.severity:
            raise _cannot_change(rule, severity)


def severity_of(rule: Rule) -> Text:
    """Return what becomes of a row that breaks a rule by default, and whether the settings may change it."""
    default, may = _SEVERITIES[rule.severity], _CHANGEABLE if rule.changeable else _FIXED
    return Text(f"{default.zh}（{may.zh}）", f"{default.en} ({may.en})")


def reach_of(rule: Rule) -> Text:
    """Return the ledgers and columns a rule is about, as words."""
    columns = columns_of(rule)
    if not columns:
        return _EVERYWHERE
    names = {kind: sources()[kind].name for kind in columns}
    return Text(
        "；".join(f"{names[kind].zh}：{'、'.join(headings)}" for kind, headings in columns.items()),
        "; ".join(f"{names[kind].en}: {', '.join(headings)}" for kind, headings in columns.items()),
    )


def markdown() -> str:
    """Return ``docs/rules.md``."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield "# 导入规则 · Rules of loading"
    yield ""
    yield "<!-- Written by `make docs` from analytics/ingest/rules: change the declarations there. -->"
    yield ""
    yield _HEAD.zh
    yield ""
    yield _HEAD.en
    level = ""
    for code, rule in sorted(RULES.items()):
        if code[1] != level:
            level = code[1]
            yield from ("", f"## E{level} {_LEVELS[level].zh} · {_LEVELS[level].en}")
        yield from _rule_lines(rule)


def _rule_lines(rule: Rule) -> Iterator[str]:
    severity, reach = severity_of(rule), reach_of(rule)
    yield from ("", f"### {rule.code} {rule.name.zh} · {rule.name.en}", "")
    yield f"- **处理 · Severity**：{severity.zh} · {severity.en}"
    yield f"- **怎么办**：{_shown(rule.message.zh)}"
    yield f"- **What to do**: {_shown(rule.message.en)}"
    yield f"- **台账与列 · Ledgers and columns**：{reach.zh if rule.reach else f'{reach.zh} · {reach.en}'}"


def _shown(message: str) -> str:
    """Return a message with what its places are filled with set apart as code."""
    return message.replace("{", "`{").replace("}", "}`")


def _unknown(code: str) -> UserError:
    near = get_close_matches(code.upper(), RULES, n=1, cutoff=0.0)[0]
    named = RULES[near].name
    return UserError(
        Text(
            zh=f"设置 rule_severity 里的“{code}”不是规则代码，最接近的是 {near}（{named.zh}）。",
            en=f"‘{code}’ in the setting rule_severity is no rule; the nearest is {near} ({named.en}).",
        ),
        Text(
            zh="请更正设置文件；全部规则见 ipdash rules。",
            en="Correct the settings file; ipdash rules lists all rules.",
        ),
    )


def _cannot_change(rule: Rule, severity: Severity) -> UserError:
    fixed, asked = _SEVERITIES[rule.severity], _SEVERITIES[severity]
    return UserError(
        Text(
            zh=f"规则 {rule.code}（{rule.name.zh}）的处理方式固定为“{fixed.zh}”，不能改为“{asked.zh}”。",
            en=f"Rule {rule.code} ({rule.name.en}) is always ‘{fixed.en}’ and cannot be made ‘{asked.en}’.",
        ),
        Text(
            zh="请从设置文件的 rule_severity 中删去该项；可改的规则见 ipdash rules。",
            en="Take it out of rule_severity in the settings file; ipdash rules says which may be changed.",
        ),
    )
