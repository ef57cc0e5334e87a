"""What a brief holds, as plain data in both languages; how it is laid out is the writers' business."""

from __future__ import annotations

from dataclasses import dataclass

from analytics.core.periods import Period
from analytics.core.text import Text


@dataclass(frozen=True, slots=True)
class Indicator:
    """A line of the table of indicators, in words: every figure with what it rests on.

    ``year_before`` and ``period_before`` are the change, its 95 % interval and the verdict of the control
    chart. ``source`` is the number of its line among the sources.
    """

    key: str
    name: Text
    value: str
    interval: str
    base: Text
    year_before: Text
    period_before: Text
    source: int


@dataclass(frozen=True, slots=True)
class Chart:
    """A measure by month against its own past; values on the measure's scale, ``None`` for a gap.

    ``signals`` are the positions of months that a rule of the chart marks.
    """

    title: Text
    caption: Text
    months: tuple[str, ...]
    values: tuple[float | None, ...]
    centre: tuple[float | None, ...]
    lower: tuple[float | None, ...]
    upper: tuple[float | None, ...]
    signals: tuple[int, ...]
    is_share: bool


@dataclass(frozen=True, slots=True)
class Problems:
    """The signals of one kind: how many, how many of them new, what each says, and what to do."""

    kind: str
    title: Text
    count: int
    new: int
    sentences: tuple[Text, ...]
    places: tuple[Text, ...]
    action: Text
    source: int


@dataclass(frozen=True, slots=True)
class Source:
    """Where figures come from: measures' keys and clauses, months as ``--period`` takes them, the rest."""

    number: int
    name: Text
    keys: tuple[str, ...]
    clauses: tuple[str, ...]
    base: Text
    interval: Text
    period: str


@dataclass(frozen=True, slots=True)
class Brief:
    """A district's or the city's state in a period, ready to be written down.

    Attributes
    ----------
    subject, period_name : Text
        Whom it is about, and when, as readers say it.
    period : Period
        The whole months it counts.
    signals_month : str
        The month (``YYYY-MM``) at the end of which the problems stand.
    state : tuple of Text
        Sentences of 总体情况; ``[3]`` in a sentence points to source 3.
    gone : int
        How many of the month before's problems are no more.
    filters, data_until, data_version : Text, str, str
        What holds for every figure.
    """

    subject: Text
    period_name: Text
    period: Period
    signals_month: str
    state: tuple[Text, ...]
    indicators: tuple[Indicator, ...]
    charts: tuple[Chart, ...]
    problems: tuple[Problems, ...]
    gone: int
    sources: tuple[Source, ...]
    filters: Text
    notes: tuple[Text, ...]
    data_until: str
    data_version: str
    is_sample: bool

    @property
    def title(self) -> Text:
        """The brief's title."""
        return Text(
            zh=f"{self.subject.zh}知识产权公共服务情况专报",
            en=f"IP public services: {self.subject.en}",
        )
