"""Write a brief as HTML: the print view of the dashboard and a file of its own, the same two A4 pages."""

from __future__ import annotations

import base64
import re
from collections.abc import Sequence
from html import escape

from analytics.briefing import fit
from analytics.briefing.content import Brief, Chart
from analytics.briefing.document import VERSION, marks_of, subtitle_of
from analytics.briefing.fit import Laid, Style, laid_out
from analytics.briefing.plotting import drawing
from analytics.core.text import Language

_MARK = re.compile(r"\[(\d+)\]")
_SERIF = '"Times New Roman","FangSong","STFangsong","Noto Serif CJK SC","Source Han Serif SC",serif'
_SANS = '"SimHei","Noto Sans CJK SC","Source Han Sans SC","PingFang SC","Microsoft YaHei",sans-serif'


def page_of(brief: Brief, language: Language) -> str:
    """Return a brief as a whole HTML page that needs nothing from elsewhere."""
    title = escape(f"{brief.title.get(language)} {brief.period_name.get(language)}")
    tag = "zh-CN" if language == "zh" else "en-GB"
    return (
        f'<!DOCTYPE html><html lang="{tag}"><head><meta charset="utf-8"><title>{title}</title>'
        f"<style>{style()}body{{margin:0}}@media screen{{body{{background:#F6F7F9;padding:1cm 0}}}}</style>"
        f"</head><body>{article_of(brief, language)}</body></html>"
    )


def article_of(brief: Brief, language: Language) -> str:
    """Return a brief as a piece of HTML, everything in it escaped; :func:`style` goes with it."""
    laid = laid_out(brief, language)
    mark = "zh-CN" if language == "zh" else "en-GB"
    parts = [
        f'<article class="ip-brief" lang="{mark}">',
        f'<p class="marks">{escape(marks_of(laid))}</p>',
        f'<h1 class="title">{escape(brief.title.get(language))}</h1>',
        f'<p class="subtitle">{escape(subtitle_of(laid))}</p>',
        _heading(laid, "state"),
        *(_paragraph(sentence) for sentence in laid.state),
        _table(fit.texts_of(fit.TABLE_HEADINGS, language), laid.table, fit.COLUMNS_CM, "cells"),
        _charts(laid),
        _heading(laid, "problems"),
        _paragraph(laid.summary),
        *(_problems(heading, sentences) for heading, sentences in laid.problems),
        f'<p class="item">{escape(laid.elsewhere)}</p>' if laid.elsewhere else "",
        _heading(laid, "advice"),
        *(_paragraph(f"{number}. {text}") for number, text in enumerate(laid.advice, start=1)),
        _heading(laid, "sources"),
        f'<p class="source">{escape(laid.holds)}</p>',
        _table(fit.texts_of(fit.SOURCE_HEADINGS, language), laid.sources, fit.SOURCES_CM, "source"),
        f'<p class="foot">{escape(VERSION.format(version=brief.data_version).get(language))}</p></article>',
    ]
    return "".join(parts)


def _heading(laid: Laid, section: str) -> str:
    return f"<h2>{escape(laid.heading(section))}</h2>"


def _paragraph(text: str) -> str:
    return f'<p class="body">{_marked(text)}</p>'


def _problems(heading: str, sentences: Sequence[str]) -> str:
    items = "".join(f"<li>{escape(sentence)}</li>" for sentence in sentences)
    return f"<h3>{_marked(heading)}</h3>" + (f"<ul>{items}</ul>" if items else "")


def _marked(text: str) -> str:
    return _MARK.sub(r"<sup>[\1]</sup>", escape(text))


def _charts(laid: Laid) -> str:
    figures = "".join(_figure(chart, laid.language) for chart in laid.brief.charts)
    return f'<div class="charts">{figures}</div>' if figures else ""


def _figure(chart: Chart, language: Language) -> str:
    width, height = fit.CHART_CM
    svg = drawing(chart, width_cm=width - 0.2, height_cm=height - 0.1)
    source = "data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode()
    title, caption = chart.title.get(language), chart.caption.get(language)
    said = escape(f"{title}: {caption}", quote=True)
    return (
        f'<figure><b>{escape(title)}</b><img src="{source}" alt="{said}">'
        f"<figcaption>{_marked(caption)}</figcaption></figure>"
    )


def _table(
    headings: Sequence[str], rows: Sequence[Sequence[str]], widths_cm: Sequence[float], css: str
) -> str:
    columns = "".join(f'<col style="width:{width}cm">' for width in widths_cm)
    head = "".join(f"<th>{escape(text)}</th>" for text in headings)
    body = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    return (
        f'<table class="{css}"><colgroup>{columns}</colgroup>'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    )


def style() -> str:
    """Return the style sheet: the page, and the article in the sizes of :mod:`analytics.briefing.fit`."""
    width, height = fit.CHART_CM
    rules = {
        "": f"box-sizing:content-box;width:{fit.WIDTH_CM}cm;margin:0 auto;padding:{fit.MARGIN_CM[1]}cm "
        f"{fit.MARGIN_CM[0]}cm;background:#fff;color:#1B2430;font-family:{_SERIF};",
        " p, h1, h2, h3, ul, figure": "margin:0;padding:0;",
        " .marks": f"text-align:right;font-family:{_SANS};{_type(fit.CAPTION)}",
        " .title": f"text-align:center;font-family:{_SANS};font-weight:700;{_type(fit.TITLE)}",
        " .subtitle": f"text-align:center;{_type(fit.SUBTITLE)}",
        " h2": f"font-family:{_SANS};font-weight:700;break-after:avoid;{_type(fit.HEADING)}",
        " h3": f"font-family:{_SANS};font-weight:400;break-after:avoid;{_type(fit.KIND)}",
        " .body": f"text-indent:2em;{_type(fit.BODY)}",
        " .item": _type(fit.ITEM),
        " ul": f"list-style:none;{_type(fit.ITEM)}",
        " li": f"margin:0 0 0 {2 * fit.BODY.size}pt;padding:0;text-indent:-1em;{_type(fit.ITEM)}",
        " li::before": 'content:"· ";',
        " sup": "font-size:.7em;line-height:0;vertical-align:super;",
        " table": f"border-collapse:collapse;table-layout:fixed;width:{fit.WIDTH_CM}cm;margin:0;",
        " th, .ip-brief td": "border:0;border-top:.5pt solid #9AA5B1;border-bottom:.5pt solid #9AA5B1;"
        "padding:0 .08cm;text-align:left;vertical-align:top;white-space:pre-line;color:inherit;"
        "overflow-wrap:anywhere;",
        " th": f"background:#EAF1F8;font-weight:400;font-family:{_SANS};print-color-adjust:exact;",
        " tr": "break-inside:avoid;",
        " .cells td, .ip-brief .cells th": _type(fit.CELL),
        " .source, .ip-brief .source td, .ip-brief .source th": _type(fit.SOURCE),
        " .charts": "display:flex;justify-content:space-between;margin:6pt 0 2pt;break-inside:avoid;",
        " figure": f"width:{width}cm;",
        " figure b": f"display:block;font-family:{_SANS};{_type(fit.CAPTION)}",
        " figure img": f"display:block;width:{width - 0.2}cm;height:{height - 0.1}cm;",
        " figcaption": _type(fit.CAPTION),
        " .foot": f"text-align:right;{_type(fit.CAPTION)}",
    }
    sheet = "".join(f".ip-brief{name}{{{rule}}}" for name, rule in rules.items())
    page = f"@page{{size:A4;margin:{fit.MARGIN_CM[1]}cm {fit.MARGIN_CM[0]}cm}}"
    return page + sheet + "@media print{.ip-brief{padding:0}}"


def _type(style: Style) -> str:
    return f"font-size:{style.size}pt;line-height:{style.line}pt;padding-top:{style.above}pt;"
