"""How much goes on two A4 pages: sizes of type, and how many problems are spelt out.

Lines have a fixed height, so the height of a text follows from how many characters go on a line. Widths are
counted a little too wide (:data:`_LATIN`, :data:`_FILLED`), so that other fonts do not run over a third page.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import ceil
from unicodedata import east_asian_width

from analytics.briefing.content import Brief, Indicator, Problems, Source
from analytics.briefing.problems import advice_of, heading_of, summary_of
from analytics.core.text import Language, Text

POINTS_A_CM = 72 / 2.54
PAGE_CM, MARGIN_CM = (21.0, 29.7), (1.7, 1.6)
WIDTH_CM = PAGE_CM[0] - 2 * MARGIN_CM[0]
PAGES = 2
PLACES_NAMED = 2
# What page breaks may leave empty: a row that is not cut, a heading that stays with its text.
_SLACK_CM = 0.5
_LATIN, _FILLED = 0.49, 0.97
# Set in the Latin font, whatever their class in Unicode.
_NARROW = "−–·"


@dataclass(frozen=True, slots=True)
class Style:
    """The size of type, the height of a line and the space above a paragraph, in points."""

    size: float
    line: float
    above: float = 0.0


TITLE, SUBTITLE, HEADING = Style(18, 26), Style(9.5, 14), Style(12.5, 18, 5)
BODY, KIND, ITEM = Style(10.5, 15.5), Style(10, 14.5, 2), Style(9.5, 13.5)
CELL, CAPTION, SOURCE = Style(8, 11), Style(7.5, 10), Style(7, 9.5)
CHART_CM = (8.6, 3.9)
# Of name, value, interval, base, change in a year, change against the period before, number of the source.
COLUMNS_CM = (3.3, 1.35, 2.4, 2.45, 3.65, 3.65, 0.8)
# Of number, name, keys, clauses, months, base, interval.
SOURCES_CM = (0.75, 2.9, 4.75, 2.45, 2.45, 2.2, 2.1)
_CELL_SIDES_CM, _RULE = 0.16, 0.7

_HEADINGS = {
    "state": Text(zh="一、总体情况", en="1. State"),
    "problems": Text(zh="二、主要问题", en="2. Main problems"),
    "advice": Text(zh="三、建议", en="3. Suggestions"),
    "sources": Text(zh="附：数据来源与口径", en="Annex: where the figures come from"),
}
TABLE_HEADINGS = (
    Text(zh="指标", en="Measure"),
    Text(zh="本期", en="Value"),
    Text(zh="95% 区间", en="95% interval"),
    Text(zh="统计基数", en="Rests on"),
    Text(zh="同比", en="Against a year before"),
    Text(zh="环比", en="Against the period before"),
    Text(zh="号", en="No."),
)
SOURCE_HEADINGS = (
    Text(zh="号", en="No."),
    Text(zh="名称", en="Name"),
    Text(zh="指标键（口径见“指标说明”）", en="Keys (see the catalogue of measures)"),
    Text(zh="依据条款", en="Clauses"),
    Text(zh="时段", en="Months"),
    Text(zh="统计基数", en="Rests on"),
    Text(zh="区间、判断", en="Interval, test"),
)
_SHOWN = Text(zh="{heading}，列出 {shown} 项", en="{heading}, {shown} shown")
_ELSEWHERE = Text(
    zh="未列出的见看板“重点关注事项”。",
    en="The others are on the dashboard, under 'For attention'.",
)
_HOLDS = Text(
    zh="各项除另注明外：{filters}；时段 {period}；数据截至 {until}；数据版本 {version}。{notes}"
    "同比、环比括号内为 95% 区间；单凭两期升降不作判断，控制图有信号才称“显著变化”。",
    en="Unless said otherwise: {filters}; months {period}; data until {until}; data version {version}. "
    "{notes}Brackets hold 95% intervals; a change is marked only where the control chart signals.",
)


@dataclass(frozen=True, slots=True)
class Laid:
    """A brief's words in one language, as many as go on two pages; ``height`` in points, as estimated.

    ``named`` is how many places each suggestion names.
    ``problems`` are headings, each with its sentences.
    """

    brief: Brief
    language: Language
    state: tuple[str, ...]
    summary: str
    problems: tuple[tuple[str, tuple[str, ...]], ...]
    elsewhere: str
    advice: tuple[str, ...]
    table: tuple[tuple[str, ...], ...]
    sources: tuple[tuple[str, ...], ...]
    holds: str
    named: int
    height: float

    def heading(self, section: str) -> str:
        """Return the heading of ``state``, ``problems``, ``advice`` or ``sources``."""
        return _HEADINGS[section].get(self.language)


def room() -> float:
    """Return how many points two pages hold, less what breaks may leave empty."""
    return (PAGES * (PAGE_CM[1] - 2 * MARGIN_CM[1]) - _SLACK_CM) * POINTS_A_CM


def laid_out(brief: Brief, language: Language) -> Laid:
    """Return a brief's words with as many problems spelt out as go on two pages, some of every kind."""
    shown = {part.kind: 0 for part in brief.problems}
    tries = (_laid(brief, language, shown, named=named) for named in range(PLACES_NAMED, -1, -1))
    # The last try names no place at all: there is room for that whatever the problems are.
    laid = next((tried for tried in tries if tried.height <= room()), _laid(brief, language, shown, named=0))
    while more := _one_more(brief, shown):
        taken = {**shown, more: shown[more] + 1}
        tried = _laid(brief, language, taken, named=laid.named)
        if tried.height > room():
            break
        shown, laid = taken, tried
    return laid


def _one_more(brief: Brief, shown: dict[str, int]) -> str | None:
    """Return the kind with the fewest sentences among those that have more to say."""
    left = [part.kind for part in brief.problems if shown[part.kind] < len(part.sentences)]
    return min(left, key=lambda kind: shown[kind]) if left else None


def _laid(brief: Brief, language: Language, shown: dict[str, int], *, named: int) -> Laid:
    def words(text: Text) -> str:
        return text.get(language)

    problems = tuple(
        (_heading(part, shown[part.kind], language), tuple(map(words, part.sentences[: shown[part.kind]])))
        for part in brief.problems
    )
    is_whole = all(shown[part.kind] == part.count for part in brief.problems)
    laid = Laid(
        brief,
        language,
        state=tuple(map(words, brief.state)),
        summary=words(summary_of(brief.problems, month=brief.signals_month, gone=brief.gone)),
        problems=problems,
        elsewhere="" if is_whole else words(_ELSEWHERE),
        advice=tuple(map(words, advice_of(brief.problems, named=named))),
        table=tuple(_cells(line, language) for line in brief.indicators),
        sources=tuple(_source(line, language) for line in brief.sources),
        holds=words(_holds(brief)),
        named=named,
        height=0.0,
    )
    return replace(laid, height=_height(laid))


def _heading(part: Problems, shown: int, language: Language) -> str:
    heading = heading_of(part)
    if 0 < shown < part.count:
        heading = _SHOWN.format(heading=heading, shown=shown)
    return heading.get(language)


def _cells(line: Indicator, language: Language) -> tuple[str, ...]:
    texts = (line.base, line.year_before, line.period_before)
    said = (text.get(language) for text in texts)
    return (line.name.get(language), line.value, line.interval, *said, f"[{line.source}]")


def _source(line: Source, language: Language) -> tuple[str, ...]:
    return (
        f"[{line.number}]",
        line.name.get(language),
        ", ".join(line.keys),
        ", ".join(line.clauses) or "—",
        line.period,
        line.base.get(language),
        line.interval.get(language),
    )


def _holds(brief: Brief) -> Text:
    notes = Text(
        zh="".join(f"{note.zh}。" for note in brief.notes),
        en="".join(f"{note.en[0].upper()}{note.en[1:]}. " for note in brief.notes),
    )
    period = f"{brief.period.first_month}..{brief.period.last_month}"
    return _HOLDS.format(
        filters=brief.filters,
        period=period,
        until=brief.data_until,
        version=brief.data_version,
        notes=notes,
    )


def _height(laid: Laid) -> float:
    indent = 2 * BODY.size / POINTS_A_CM
    charts = CHART_CM[1] * POINTS_A_CM + 3 * CAPTION.line + CELL.line if laid.brief.charts else 0.0
    problems = sum(
        height(heading, KIND) + sum(height(each, ITEM, WIDTH_CM - indent) for each in sentences)
        for heading, sentences in laid.problems
    )
    return (
        TITLE.line
        + SUBTITLE.line
        + 4 * (HEADING.line + HEADING.above)
        + sum(height("　　" + text, BODY) for text in laid.state)
        + table_height([texts_of(TABLE_HEADINGS, laid.language), *laid.table], COLUMNS_CM, CELL)
        + charts
        + height("　　" + laid.summary, BODY)
        + problems
        + (height(laid.elsewhere, ITEM) if laid.elsewhere else 0.0)
        + sum(height(f"　　{n}. {text}", BODY) for n, text in enumerate(laid.advice, start=1))
        + height(laid.holds, SOURCE)
        + table_height([texts_of(SOURCE_HEADINGS, laid.language), *laid.sources], SOURCES_CM, SOURCE)
    )


def texts_of(texts: Sequence[Text], language: Language) -> tuple[str, ...]:
    """Return texts in one language."""
    return tuple(text.get(language) for text in texts)


def table_height(rows: Sequence[Sequence[str]], widths_cm: Sequence[float], style: Style) -> float:
    """Return the height of a table, in points: each row as high as its highest cell, and a rule."""
    return sum(
        max(height(cell, style, width - _CELL_SIDES_CM) for cell, width in zip(row, widths_cm, strict=True))
        + 1.5
        for row in rows
    )


def height(text: str, style: Style, width_cm: float = WIDTH_CM) -> float:
    """Return the height of a paragraph, in points."""
    return lines(text, style.size, width_cm) * style.line + style.above


def lines(text: str, size: float, width_cm: float) -> int:
    """Return how many lines a text takes: Chinese characters are as wide as high, others about half."""
    on_line = width_cm * POINTS_A_CM / size * _FILLED
    return sum(max(1, ceil(ems(part) / on_line)) for part in text.split("\n"))


def ems(text: str) -> float:
    """Return the width of a text in heights of its type."""
    return sum(_LATIN if each in _NARROW or east_asian_width(each) not in "WFA" else 1.0 for each in text)
