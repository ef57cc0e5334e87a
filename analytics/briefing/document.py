"""Write a brief as a Word document: two A4 pages, lines of fixed height, Chinese fonts by name."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from docx import Document
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor

from analytics.briefing import fit
from analytics.briefing.content import Brief
from analytics.briefing.fit import Laid, Style, laid_out
from analytics.briefing.plotting import picture
from analytics.briefing.wording import month_name
from analytics.core.text import Language, Text

# Named, not embedded: every office machine has them, and a reader's own fonts take their place elsewhere.
_HEAVY, _BODY, _TABLE = "黑体", "仿宋", "宋体"
_LATIN = "Times New Roman"
_MARK = re.compile(r"(\[\d+\])")
_SHADE, _RULE = "EAF1F8", "9AA5B1"

INTERNAL = Text(zh="内部资料", en="Internal")
SAMPLE = Text(
    zh="示例数据：数据为程序生成，不反映任何真实机构",
    en="示例数据 Sample data: invented, no real institution",
)
UNTIL = Text(
    zh="{period}　数据截至 {until}　问题截至 {month}　均待核实",
    en="{period} · data until {until} · problems at the end of {month}, to be confirmed",
)
VERSION = Text(zh="数据版本 {version}", en="Data version {version}")


def document_of(brief: Brief, language: Language) -> bytes:
    """Return a brief as the content of a ``.docx`` file."""
    laid = laid_out(brief, language)
    document = Document()
    _page(document, laid)
    _head(document, laid)
    _state(document, laid)
    _problems(document, laid)
    _sources(document, laid)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def subtitle_of(laid: Laid) -> str:
    """Return the line under the title: period, how far data reach, the month of the problems."""
    brief = laid.brief
    text = UNTIL.format(
        period=brief.period_name, until=brief.data_until, month=month_name(brief.signals_month)
    )
    return text.get(laid.language)


def marks_of(laid: Laid) -> str:
    """Return what every page is marked with."""
    marks = [INTERNAL, SAMPLE] if laid.brief.is_sample else [INTERNAL]
    return " · ".join(mark.get(laid.language) for mark in marks)


def _page(document: Any, laid: Laid) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Cm(fit.PAGE_CM[0]), Cm(fit.PAGE_CM[1])
    section.left_margin = section.right_margin = Cm(fit.MARGIN_CM[0])
    section.top_margin = section.bottom_margin = Cm(fit.MARGIN_CM[1])
    section.header_distance = section.footer_distance = Cm(0.7)
    properties = document.core_properties
    properties.title = f"{laid.brief.title.get(laid.language)} {laid.brief.period_name.get(laid.language)}"
    properties.author, properties.comments = "", marks_of(laid)
    properties.language = "zh-CN" if laid.language == "zh" else "en-GB"
    properties.created = properties.modified = datetime.fromisoformat(laid.brief.data_until)
    header, footer = section.header.paragraphs[0], section.footer.paragraphs[0]
    header.alignment, footer.alignment = WD_ALIGN_PARAGRAPH.RIGHT, WD_ALIGN_PARAGRAPH.CENTER
    _run(header, marks_of(laid), fit.CAPTION, _HEAVY)
    _run(
        footer, VERSION.format(version=laid.brief.data_version).get(laid.language) + "　", fit.CAPTION, _TABLE
    )
    _field(footer, "PAGE")
    _run(footer, " / ", fit.CAPTION, _TABLE)
    _field(footer, "NUMPAGES")


def _head(document: Any, laid: Laid) -> None:
    title = _paragraph(document, fit.TITLE)
    title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _run(title, laid.brief.title.get(laid.language), fit.TITLE, _HEAVY, bold=True)
    line = _paragraph(document, fit.SUBTITLE)
    line.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _run(line, subtitle_of(laid), fit.SUBTITLE, _BODY)


def _state(document: Any, laid: Laid) -> None:
    _heading(document, laid, "state")
    for sentence in laid.state:
        _indented(document, sentence)
    headings = fit.texts_of(fit.TABLE_HEADINGS, laid.language)
    _table(document, [headings, *laid.table], fit.COLUMNS_CM, fit.CELL)
    if laid.brief.charts:
        _charts(document, laid)


def _charts(document: Any, laid: Laid) -> None:
    _paragraph(document, Style(4, 6))
    table = document.add_table(rows=1, cols=2)
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    for cell, chart in zip(table.rows[0].cells, laid.brief.charts, strict=False):
        cell.width = Cm(fit.WIDTH_CM / 2)
        title = cell.paragraphs[0]
        _set(title, fit.CAPTION)
        _run(title, chart.title.get(laid.language), fit.CAPTION, _HEAVY, bold=True)
        place = cell.add_paragraph()
        place.paragraph_format.space_before = place.paragraph_format.space_after = Pt(0)
        width, height = fit.CHART_CM
        png = picture(chart, width_cm=width - 0.2, height_cm=height - 0.1)
        drawn = place.add_run().add_picture(io.BytesIO(png), width=Cm(width - 0.2))
        said = f"{chart.title.get(laid.language)}: {chart.caption.get(laid.language)}"
        drawn._inline.docPr.set("descr", said)
        caption = cell.add_paragraph()
        _set(caption, fit.CAPTION)
        _marked(caption, chart.caption.get(laid.language), fit.CAPTION, _TABLE)
    _paragraph(document, Style(1, 2))


def _problems(document: Any, laid: Laid) -> None:
    _heading(document, laid, "problems")
    _indented(document, laid.summary)
    for heading, sentences in laid.problems:
        paragraph = _paragraph(document, fit.KIND)
        paragraph.paragraph_format.keep_with_next = bool(sentences)
        _marked(paragraph, heading, fit.KIND, _HEAVY)
        for sentence in sentences:
            item = _paragraph(document, fit.ITEM)
            item.paragraph_format.left_indent = Pt(2 * fit.BODY.size)
            item.paragraph_format.first_line_indent = Pt(-fit.ITEM.size)
            _run(item, f"· {sentence}", fit.ITEM, _BODY)
    if laid.elsewhere:
        _run(_paragraph(document, fit.ITEM), laid.elsewhere, fit.ITEM, _BODY)
    _heading(document, laid, "advice")
    for number, sentence in enumerate(laid.advice, start=1):
        _indented(document, f"{number}. {sentence}")


def _sources(document: Any, laid: Laid) -> None:
    _heading(document, laid, "sources")
    _run(_paragraph(document, fit.SOURCE), laid.holds, fit.SOURCE, _TABLE)
    headings = fit.texts_of(fit.SOURCE_HEADINGS, laid.language)
    _table(document, [headings, *laid.sources], fit.SOURCES_CM, fit.SOURCE)
    # Word puts a paragraph behind a table that ends a document; a high one would begin a third page.
    _paragraph(document, Style(1, 1))


def _heading(document: Any, laid: Laid, section: str) -> None:
    paragraph = document.add_heading(level=1)
    _set(paragraph, fit.HEADING)
    paragraph.paragraph_format.keep_with_next = True
    _run(paragraph, laid.heading(section), fit.HEADING, _HEAVY, bold=True)


def _indented(document: Any, text: str) -> None:
    paragraph = _paragraph(document, fit.BODY)
    paragraph.paragraph_format.first_line_indent = Pt(2 * fit.BODY.size)
    _marked(paragraph, text, fit.BODY, _BODY)


def _paragraph(document: Any, style: Style) -> Any:
    paragraph = document.add_paragraph()
    _set(paragraph, style)
    return paragraph


def _set(paragraph: Any, style: Style) -> None:
    layout = paragraph.paragraph_format
    layout.space_before, layout.space_after = Pt(style.above), Pt(0)
    layout.line_spacing = Pt(style.line)  # a length makes it exact
    layout.widow_control = True


def _marked(paragraph: Any, text: str, style: Style, font: str) -> None:
    """Write a text whose numbers of sources stand above the line."""
    for part in _MARK.split(text):
        if part:
            run = _run(paragraph, part, style, font)
            run.font.superscript = bool(_MARK.fullmatch(part))


def _run(paragraph: Any, text: str, style: Style, font: str, *, bold: bool = False) -> Any:
    run = paragraph.add_run(text)
    run.font.size, run.bold = Pt(style.size), bold
    run.font.color.rgb = RGBColor(0x1B, 0x24, 0x30)
    run.font.name = _LATIN
    run._element.rPr.rFonts.set(qn("w:eastAsia"), font)
    return run


def _field(paragraph: Any, name: str) -> None:
    """Add a number that Word counts itself."""
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), name)
    field.append(_run(paragraph, "1", fit.CAPTION, _TABLE)._element)
    paragraph._p.append(field)


def _table(document: Any, rows: Sequence[Sequence[str]], widths_cm: Sequence[float], style: Style) -> None:
    """Write a table with rules between rows; the first row is repeated on the next page, no row is cut."""
    table = document.add_table(rows=len(rows), cols=len(widths_cm))
    table.autofit = False
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    _rules(table)
    for column, width in zip(table.columns, widths_cm, strict=True):
        column.width = Cm(width)
    for number, (row, words) in enumerate(zip(table.rows, rows, strict=True)):
        _keep(row, is_heading=number == 0)
        for cell, text, width in zip(row.cells, words, widths_cm, strict=True):
            cell.width = Cm(width)
            _set(cell.paragraphs[0], style)
            _run(cell.paragraphs[0], text, style, _HEAVY if number == 0 else _TABLE)
            if number == 0:
                _shade(cell)


def _rules(table: Any) -> None:
    properties = table._tbl.tblPr
    borders = OxmlElement("w:tblBorders")
    for side in ("top", "bottom", "insideH"):
        rule = OxmlElement(f"w:{side}")
        for name, value in (("val", "single"), ("sz", "4"), ("space", "0"), ("color", _RULE)):
            rule.set(qn(f"w:{name}"), value)
        borders.append(rule)
    properties.append(borders)
    margins = OxmlElement("w:tblCellMar")
    for side in ("left", "right"):
        margin = OxmlElement(f"w:{side}")
        margin.set(qn("w:w"), "45")  # twentieths of a point: .08 cm
        margin.set(qn("w:type"), "dxa")
        margins.append(margin)
    properties.append(margins)


def _keep(row: Any, *, is_heading: bool) -> None:
    properties = row._tr.get_or_add_trPr()
    properties.append(OxmlElement("w:cantSplit"))
    if is_heading:
        properties.append(OxmlElement("w:tblHeader"))


def _shade(cell: Any) -> None:
    shade = OxmlElement("w:shd")
    for name, value in (("val", "clear"), ("color", "auto"), ("fill", _SHADE)):
        shade.set(qn(f"w:{name}"), value)
    cell._tc.get_or_add_tcPr().append(shade)
