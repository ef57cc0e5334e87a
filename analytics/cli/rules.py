"""``ipdash rules``: what a ledger must obey, what becomes of rows that do not, and what to do."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from analytics.cli.speak import language, say
from analytics.core.settings import settings
from analytics.core.text import Text


def add_to(app: typer.Typer) -> None:
    """Add the command of this module."""
    app.command("rules")(list_rules)


def list_rules(
    as_json: Annotated[bool, typer.Option("--json", help="以 JSON 输出 | as JSON")] = False,
    as_markdown: Annotated[
        bool, typer.Option("--markdown", help="输出 docs/rules.md | as docs/rules.md, without the settings")
    ] = False,
) -> None:
    """导入规则及处理方式 | the rules of loading, with the severities in force."""
    from analytics.ingest import rule_list
    from analytics.ingest.rules import RULES

    if as_markdown:
        print(rule_list.markdown(), end="")
        return
    changed = settings().rule_severity
    rule_list.check_severities(changed)
    if as_json:
        print(json.dumps(rule_list.listed(changed), ensure_ascii=False, indent=1))
        return
    for code, rule in sorted(RULES.items()):
        note = ""
        if code in changed and changed[code] != rule.severity:
            note = say(Text(f"  设置：{changed[code]}", f"  set: {changed[code]}"))
        print(f"{code}  {say(rule.name)}  [{say(rule_list.severity_of(rule))}]{note}")
        print(f"      {rule.message.get(language())}")
        print(f"      {say(rule_list.reach_of(rule))}")
