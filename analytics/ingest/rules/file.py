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
    zh="读取该文件超出了限制（{detail}）。请把内容复制到新的工作簿、拆分文件，或另存为 CSV 后再导入。",
    en="Reading this file exceeds a limit ({detail}). Copy its content to a new workbook, split it, or save "
    "it as CSV.",
)
FILE_UNKNOWN = rule(
    "E105",
    "reject",
    name=("文件格式不支持", "Format not supported"),
    zh="内容不是支持的格式（.xlsx、.xls、.ods、.csv、.tsv），与文件名的后缀无关。"
    "请用 Excel 或 WPS 另存为 .xlsx 或 .csv 后再导入。",
    en="Its content, whatever its ending, is no supported format (.xlsx, .xls, .ods, .csv, .tsv). "
    "Save it as .xlsx or .csv and import it again.",
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
    zh="第 {detail} 行的文字既不是 UTF-8 也不是 GB18030 编码，可能是别的编码，也可能文件不完整。"
    "请另存为 UTF-8 编码的 CSV 后再导入。",
    en="Line {detail} is text neither in UTF-8 nor in GB18030: it may be another encoding, or cut short. "
    "Save the file as CSV in UTF-8 and import it again.",
)
FILE_BROKEN_QUOTES = rule(
    "E108",
    "reject",
    name=("引号不成对", "Unpaired quotation mark"),
    zh="第 {detail} 行起引号不成对，其后内容无法分行。请补上或删除该引号后再导入。",
    en="From row {detail} on a quotation mark has no partner. Add or remove it and import the file again.",
)
FILE_MIXED_ENCODINGS = rule(
    "E109",
    "reject",
    name=("一个文件里有两种编码", "Two encodings in one file"),
    zh="第 {detail} 行的文字编码与其他行不同（UTF-8 与 GBK 混在一起），读入会成乱码，因此没有读取。"
    "请用 Excel 打开核对后另存为 UTF-8 编码的 CSV。",
    en="Line {detail} is written in another encoding than the rest (UTF-8 and GBK mixed); to guess would "
    "garble it, so the file was not read. Check it in a spreadsheet program and save it as CSV in UTF-8.",
)
FILE_BINARY = rule(
    "E110",
    "reject",
    name=("文本中有空字节", "NUL bytes within text"),
    zh="第 {detail} 行含有空字节（NUL），文件可能已损坏。请重新导出后再导入。",
    en="Line {detail} holds NUL bytes; the file may be damaged. Export it again and import that.",
)
FILE_TOO_MANY_COLUMNS = rule(
    "E111",
    "reject",
    name=("列数过多", "Too many columns"),
    zh="第 {row} 行的列数超过 {limit} 列（设置 max_columns），可能是分隔符有误。请删去多余的列后再导入。",
    en="Row {row} has more than {limit} columns (setting max_columns); separators may be wrong. "
    "Delete what is too much and import it again.",
)
FILE_TOO_MANY_SHEETS = rule(
    "E112",
    "reject",
    name=("工作表过多", "Too many sheets"),
    zh="工作簿有 {detail} 张工作表，超过 {limit} 张（设置 max_sheets）。请拆成几个工作簿后再导入。",
    en="The workbook has {detail} sheets, more than {limit} (setting max_sheets). Split it.",
)
FILE_HUGE_CELL = rule(
    "E113",
    "reject",
    name=("单元格或行过长", "Cell or line too long"),
    zh="{detail}里有一格超过 {limit} 个字（设置 max_cell_chars），不像台账内容，可能缺少换行或引号。"
    "请检查该处后再导入。",
    en="A cell in {detail} has more than {limit} characters (setting max_cell_chars): no content of a "
    "ledger, perhaps line breaks or a quotation mark are missing. Check it and import the file again.",
)
FILE_UNSAFE = rule(
    "E114",
    "reject",
    name=("文件结构可疑", "Suspicious structure"),
    zh="文件的内部结构不是 Excel 或 WPS 写出的样子（{detail}），为安全起见没有打开。"
    "请把内容复制到新的工作簿后再导入。",
    en="The file is built as no spreadsheet program builds it ({detail}); for safety it was not opened. "
    "Copy its content to a new workbook and import that.",
)
FILE_PASSED_OVER = rule(
    "E115",
    "finding",
    name=("文件夹中跳过的内容", "Passed over in a folder"),
    zh="“{detail}”没有读取：{reason}。如其中有台账，请直接导入该文件。",
    en="‘{detail}’ was not read: {reason}. If it holds a ledger, import that file by itself.",
)
