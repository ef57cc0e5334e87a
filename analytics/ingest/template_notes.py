"""What a template says of each column and of the whole, in the reader's language."""

from __future__ import annotations

from analytics.core.text import Language, Text
from analytics.ingest.declare import Column
from analytics.ingest.template_choices import WHAT_TO_WRITE, choices

_UNITS = {
    "persons": Text("单位：人", "unit: persons"),
    "cases": Text("单位：件次或项", "unit: cases"),
    "cases_a_year": Text("单位：件次/年", "unit: cases a year"),
    "clients": Text("单位：家", "unit: clients"),
    "ratings": Text("单位：条", "unit: ratings"),
    "forms": Text("单位：份", "unit: forms"),
    "years": Text("单位：年", "unit: years"),
    "year": Text("四位年份", "a year of four digits"),
    "degrees": Text("单位：度", "unit: degrees"),
    "hours": Text("单位：小时", "unit: hours"),
    "days": Text("单位：天", "unit: days"),
    "yuan": Text("单位：元", "unit: yuan"),
    "10k_yuan": Text("单位：万元", "unit: 10,000 yuan"),
    "points": Text("单位：分", "unit: points"),
    "share": Text("比例可填 95% 或 0.95", "a share as 95% or 0.95"),
}
_MEANINGS = {
    "institution": Text("与机构名录中的机构编号一致", "as on the list of institutions"),
    "client": Text(
        "自编号，不要填身份证号、手机号或座机号",
        "your own number; no identity card or telephone number",
    ),
    "client_name": Text("系统只留加密摘要，不存名称", "kept as a hash only, never as a name"),
    "rating": Text("也可填 5 至 1，5 为非常满意", "5 to 1 will do, 5 is the best"),
    "target": Text(
        "按指标的单位填写；比例可填 95% 或 0.95", "in the unit of the measure; a share as 95% or 0.95"
    ),
    "scope": Text("全市、区域名称或机构编号", "全市 (the city), an area or an institution's number"),
}
_CHOOSE = Text("从下拉中选", "from the list")
_AREAS_ALSO = {
    "all": Text("市级机构填“全市”", "全市 for the city tier"),
    "outside": Text("北京以外填“京外”或省市名", "京外 or the province for places outside Beijing"),
}
REQUIRED, ADVISED, OPTIONAL = (
    Text("必填", "Required"),
    Text("建议填", "Advised"),
    Text("选填", "Optional"),
)
_MAY_BE_EMPTY = Text("列要保留；空着表示全部", "keep the column; empty means all")


def demand(column: Column) -> Text:
    """Return whether a column must, should or may be filled in."""
    if column.required:
        return REQUIRED
    return ADVISED if column.starter else OPTIONAL


def format_note(column: Column, language: Language) -> str:
    """Return how a column is to be filled in, as one line."""
    parts = [WHAT_TO_WRITE[column.type]]
    if column.type == "text" and choices(column):
        parts = [_CHOOSE]
    if column.unit in _UNITS:
        parts.append(_UNITS[column.unit])
    if column.maximum is not None and column.unit != "year":
        least = 0 if column.minimum is None else column.minimum
        parts.append(Text(f"{least:g} 至 {column.maximum:g}", f"{least:g} to {column.maximum:g}"))
    if column.meaning:
        parts.append(_MEANINGS[column.meaning])
    parts += [_AREAS_ALSO[code] for code in column.areas]
    if column.empty_means_all:
        parts.append(_MAY_BE_EMPTY)
    joint = "；" if language == "zh" else "; "
    return joint.join(part.get(language) for part in parts)


def hint(column: Column, language: Language) -> str:
    """Return what stands beside a chosen cell: whether it is needed, how to fill it in, what to mind."""
    text = (
        f"{demand(column).get(language)}{'：' if language == 'zh' else ': '}{format_note(column, language)}"
    )
    text += "。" if language == "zh" else ". "
    return text + (column.note.get(language) if column.note else "")


TITLE = Text("填写说明", "Notes")
LISTS = Text("选项", "Lists")
GUIDE: tuple[tuple[Text, tuple[Text, ...]], ...] = (
    (
        Text("一、怎么填", "1. Filling in"),
        (
            Text(
                "一张表是一种台账，一行记一件事。表头在第一行，请不要改动、合并或删除。",
                "One sheet is one ledger, one row one fact. Leave the headings in row 1 as they are.",
            ),
            Text(
                "深蓝表头为必填，浅蓝为建议填（起步只填这两种即可），灰色为选填；"
                "选填列没有就空着，也可以整列删去。",
                "Dark headings are required, light blue ones advised (enough to start with), grey ones "
                "optional: leave them empty or delete the column.",
            ),
            Text(
                "没有的内容空着，显示为“未采集”，不会当成 0。",
                "What is not known stays empty: it is shown as not recorded, never as 0.",
            ),
            Text(
                "有下拉的格子请从下拉中选；鼠标停在格子上可看到填法。",
                "Choose from the list where a cell has one; a hint stands beside each cell.",
            ),
            Text(
                "日期写成 2026-03-05，时间写成 2026-03-05 14:30；编号按文本填写。",
                "Dates as 2026-03-05, times as 2026-03-05 14:30; numbers of records are text.",
            ),
            Text(
                "合计、签名、备注行可以写在表下面，系统不当数据；不用的工作表可以删去。",
                "Totals, signatures and notes below the table are no data; sheets not needed may be deleted.",
            ),
        ),
    ),
    (
        Text("二、不要填的", "2. What stays out"),
        (
            Text(
                "本系统不处理国家秘密。带密级标记的行和表会被拒收，内容不留存。",
                "Not for state secrets: rows and sheets with a classification mark are refused, and "
                "nothing of them is kept.",
            ),
            Text(
                "服务对象编号用自编号，不要填身份证号、手机号或座机号。",
                "Clients bear numbers of your own: no identity card, mobile or landline numbers.",
            ),
        ),
    ),
    (
        Text("三、怎么交、怎么改", "3. Handing in and correcting"),
        (
            Text(
                "在“数据导入”页上传本文件；种类按表头识别，文件名和表名可以随意。",
                "Upload this file on the page 数据导入; headings tell the kind, names of files and sheets do "
                "not matter.",
            ),
            Text(
                "报告逐条写明问题在哪一行、怎么改；退回的行可下载为工作簿，改好后直接再上传，最后一列不用删。",
                "The report names every problem; rejected rows come as a workbook: correct them there and"
                " upload it as it is.",
            ),
            Text(
                "同一编号的行再交一次，以后交的为准；同样的内容再交一次不会重复计数。",
                "A row sent again under the same number replaces the earlier one; the same content again "
                "changes nothing.",
            ),
            Text(
                "整批交错的，在“数据导入”页撤回该批次，如同没有交过。",
                "A batch sent by mistake can be withdrawn on the same page, as if it had never come.",
            ),
        ),
    ),
)
SELF_CHECK: tuple[Text, ...] = (
    Text(
        "规范自查表已列出各条款和已知的自查结果：只需修改有变化的行，没有变化的不用动。",
        "The self-check comes with the clauses and what is known: change only the rows that have changed.",
    ),
    Text(
        "没有填写状态、日期等内容的行不算数据。状态有变化的，改状态并填新的检查日期。",
        "Rows without status, date and the like are no data. Where a status changed, give it with"
        " the new date.",
    ),
)
COLUMNS = (
    Text("台账", "Ledger"),
    Text("列", "Column"),
    Text("要求", "Demand"),
    Text("怎么填", "How to fill in"),
    Text("注意", "Mind"),
)
