"""E1: the file itself."""

from __future__ import annotations

from analytics.ingest.rules.declare import rule

FILE_DAMAGED = rule(
    "E101",
    "reject",
    name=("文件无法读取", "File cannot be read"),
    zh="文件无法读取，可能已损坏或没有传完整（{detail}）。请重新导出或另存为 .xlsx 后再导入。",
    en="The file cannot be read; it may be damaged or cut short ({detail}). Save it as .xlsx again.",
)
FILE_LOCKED = rule(
    "E102",
    "reject",
    name=("文件有密码", "File has a password"),
    zh="文件设有打开密码。请取消密码后再导入。",
    en="The file is protected by a password. Remove the password and import it again.",
)
FILE_TOO_WIDE = rule(
    "E103",
    "reject",
    name=("表格范围异常", "Sheet claims an impossible area"),
    zh="工作表“{detail}”占用的行列范围远大于实际内容。请把内容复制到新的工作簿后再导入。",
    en="Sheet ‘{detail}’ spans far more rows and columns than it fills. Copy its content to a new workbook.",
)
FILE_TOO_LARGE = rule(
    "E104",
    "reject",
    name=("文件过大", "File too large"),
    zh="读取该文件超出了内存或时间限制（{detail}）。请拆分文件，或另存为 CSV 后再导入。",
    en="Reading this file exceeds the limits of memory or time ({detail}). Split it, or save it as CSV.",
)
FILE_UNKNOWN = rule(
    "E105",
    "reject",
    name=("文件格式不支持", "Format not supported"),
    zh="内容不是支持的格式（.xlsx、.csv）。请用 Excel 或 WPS 另存为 .xlsx 或 .csv 后再导入。",
    en="Its content is no supported format (.xlsx, .csv). Save it as .xlsx or .csv and import it again.",
)
FILE_EMPTY = rule(
    "E106",
    "finding",
    name=("空文件", "Empty file"),
    zh="文件里没有任何内容。请检查是否选错了文件。",
    en="The file holds nothing. Check whether it is the right file.",
)
FILE_ENCODING = rule(
    "E107",
    "reject",
    name=("文字编码无法识别", "Encoding not understood"),
    zh="无法识别文件的文字编码。请另存为 UTF-8 编码的 CSV 后再导入。",
    en="The file's text encoding is not understood. Save it as CSV in UTF-8 and import it again.",
)
FILE_BROKEN_QUOTES = rule(
    "E108",
    "reject",
    name=("引号不成对", "Unpaired quotation mark"),
    zh="第 {detail} 行起引号不成对，其后内容无法分行。请补上或删除该引号后再导入。",
    en="From row {detail} on a quotation mark has no partner. Add or remove it and import the file again.",
)
