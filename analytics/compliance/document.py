"""The table of docs/standard.md: how each of the standard's rows is accounted for."""

from __future__ import annotations

from collections import Counter

from analytics.compliance.missing import MISSING
from analytics.compliance.rules import rules
from analytics.core.text import Text
from analytics.standard.clauses import LEVEL_NAMES, THRESHOLD_BASES, ClauseText, clause_label, clauses

WAYS = {
    "computed": Text(zh="台账计算", en="computed"),
    "by_area": Text(zh="按片区计算", en="computed by area"),
    "declared": Text(zh="自查申报（缺字段）", en="declared (fields missing)"),
    "evidence": Text(zh="凭材料申报", en="evidence document, declared"),
    "definition": Text(zh="定义、说明", en="definition"),
}
_BASES = dict(
    zip(THRESHOLD_BASES, ("text 原文", "implied 隐含", "open 未定，可设置", "none 无"), strict=True)
)
_HEAD = "\n".join(
    (
        "# 规范条款如何落到数据 | How each clause is accounted for\n",
        "由 `make docs` 按声明生成，请勿手改。 Generated from the declarations by `make docs`: do not edit.\n",
        "- **台账计算 computed**：看近 12 个月的台账，优先于自查申报；两者矛盾时列为问题。没有门槛的条款只记“有记录”，不评判。",
        "  The ledgers decide, over twelve months and before declarations; a contradiction is a finding. Without a",
        '  threshold the work is "on record", never "met".',
        "- **按片区计算 computed by area**：是片区的事，不是某个机构的。 A matter of areas, not of an institution.",
        "- **自查申报 declared**：台账没有所需字段（列出），以规范自查为准。 Ledgers lack the fields named: 规范自查 decides.",
        "- **凭材料申报 evidence document**：只能凭材料，以规范自查为准。 Only a document can show it; declared.",
        "- **定义 definition**：不要求做什么，没有状态。 Asks nothing of anybody, has no status.\n",
    )
)
# Computed, but of an area and not of an institution.
_ELSEWHERE = {
    "4.4": Text(
        zh="按片区展示主体、供给、领域、人员（`ipdash clauses --unit area`），可达性见“覆盖短板”；机构状态以自查为准",
        en="operators, supply, services and staff by area (`ipdash clauses --unit area`), access under Coverage gaps; "
        "of an institution as declared",
    )
}


def way_of(clause: ClauseText) -> str:
    """Return how a clause is accounted for: a key of :data:`WAYS`."""
    if clause.number in rules():
        return "computed"
    if clause.number in _ELSEWHERE:
        return "by_area"
    return {"indicator": "declared"}.get(clause.kind, clause.kind)


def standard_markdown() -> str:
    """Return the document: a row for each clause of the standard."""
    ways = Counter(way_of(clause) for clause in clauses())
    sums = "；".join(f"{WAYS[way].zh} {WAYS[way].en}: {ways[way]}" for way in WAYS)
    lines = [
        _HEAD,
        f"共 {len(clauses())} 行 rows — {sums}\n",
        "| 条款 clause | 程度 level | 标题 title | 方式 way | 看什么或缺什么 what is looked at, or missing | 门槛 threshold |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    return "\n".join(lines + [_line(clause) for clause in clauses()]) + "\n"


def _line(clause: ClauseText) -> str:
    level, label = LEVEL_NAMES[clause.level], clause_label(clause.number)
    cells = (
        label.zh if label.zh == label.en else f"{label.zh} {label.en}",
        f"{level.zh} {level.en.lower()}",
        f"{clause.title.zh}<br>{clause.title.en}",
        f"{WAYS[way_of(clause)].zh} {WAYS[way_of(clause)].en}",
        _what(clause),
        _threshold(clause),
    )
    return "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"


def _what(clause: ClauseText) -> str:
    rule = rules().get(clause.number)
    if rule is not None:
        note = f"<br>{rule.note.zh} {rule.note.en}" if rule.note.zh else ""
        fields = ", ".join(f"`{name}`" for name in rule.fields)
        return f"{rule.asks.zh}<br>{rule.asks.en}<br>{fields}{note}"
    if clause.number in _ELSEWHERE:
        return f"{_ELSEWHERE[clause.number].zh}<br>{_ELSEWHERE[clause.number].en}"
    if clause.kind == "indicator":
        missing = MISSING[clause.number]
        fields = ", ".join(f"`{name}`" for name in missing.fields)
        return f"缺{missing.words.zh}<br>Missing: {missing.words.en}<br>{fields}"
    return "—"


def _threshold(clause: ClauseText) -> str:
    rule = rules().get(clause.number)
    if clause.kind == "definition" or rule is None:
        return "—"
    # The declared default: what an installation sets differs from place to place.
    default = "" if rule.at_least is None else f"{rule.at_least:g}"
    return f"{default}（{_BASES[clause.threshold_basis]}）" if default else _BASES[clause.threshold_basis]
