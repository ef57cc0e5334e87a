"""E2: a sheet."""

from __future__ import annotations

from analytics.ingest.rules.declare import rule

SHEET_HIDDEN = rule(
    "E201",
    "finding",
    name=("隐藏工作表", "Hidden sheet"),
    zh="工作表是隐藏的，没有读取（{detail} 行）。如需导入，请取消隐藏，或用 --hidden 一并读取。",
    en="The sheet is hidden and was not read ({detail} rows). To import it, unhide it or say --hidden.",
)
SHEET_NOTES = rule(
    "E202",
    "finding",
    name=("说明页", "Sheet of notes"),
    zh="没有找到表头，按说明页处理，没有导入。如这是台账，请补上表头。",
    en="No headings were found; taken for notes and not imported. If it is a ledger, add the headings.",
)
SHEET_UNKNOWN = rule(
    "E203",
    "reject",
    name=("无法识别台账种类", "Kind not recognised"),
    zh="表头与任何台账都不相符（最接近：{detail}）。请改用模板的表头，或用 --kind 指明种类。",
    en="The headings fit no ledger (nearest: {detail}). Use the template's headings, or say --kind.",
)
SHEET_INCOMPLETE = rule(
    "E204",
    "reject",
    name=("缺少必填列", "Required column missing"),
    zh="按“{kind}”读取时缺少必填列：{missing}。表中相近的表头：{near}。请补上该列后再导入。",
    en="Read as ‘{kind}’, required columns are missing: {missing}. Nearest headings: {near}. Add them.",
)
SHEET_AMBIGUOUS = rule(
    "E205",
    "reject",
    name=("种类不唯一", "More than one kind fits"),
    zh="表头同时符合几种台账：{detail}。请用 --kind 指明是哪一种。",
    en="The headings fit several ledgers: {detail}. Say which with --kind.",
)
SHEET_SECRET = rule(
    "E206",
    "reject",
    name=("涉密标记", "Classification mark"),
    zh="标题中有密级标记，整张表没有读取，内容未保留。本系统不处理涉密信息，请按保密规定处理。",
    en="Its title bears a classification mark: the sheet was not read and nothing of it was kept. Handle it "
    "by the rules on secrets.",
)
SHEET_TWO_TABLES = rule(
    "E209",
    "reject",
    name=("两张表并排", "Two tables side by side"),
    zh="同一张工作表里并排放了两张表（从“{detail}”起重复），不能确定各行归属。请把右侧的表移到另一张工作表后再导入。",
    en="Two tables stand side by side (repeated from ‘{detail}’ on), so that a row is two. Move the right "
    "one to a sheet of its own and import it again.",
)
MORE_LIKE_THIS = rule(
    "E207",
    "finding",
    name=("同类提示从略", "More of the same"),
    zh="{code} 类提示另有 {detail} 处，不再逐条列出。",
    en="{code}: {detail} more of the same are not listed one by one.",
)
KIND_MISMATCH = rule(
    "E208",
    "reject",
    name=("与指明的种类不符", "Not the kind that was named"),
    zh="指明的种类是“{kind}”，但表中缺少其必填列：{missing}。从表头看更像“{detail}”。请改正或去掉所指明的种类。",
    en="‘{kind}’ was named as the kind, but its required columns are missing: {missing}. "
    "The headings look like ‘{detail}’. Name the right kind, or none.",
)
