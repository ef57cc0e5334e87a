"""Figures are plain dictionaries, exports hold no live formula, and the network counts what is open."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from plotly.tools import return_figure_from_figure_or_data

from analytics.core.periods import Period
from analytics.core.selection import Selection
from dashboard.context import Asked, Context, Data, current_data, reader_scope
from dashboard.parts import chart_data, figures, importing_job, tables
from dashboard.parts.filters import period_options
from dashboard.parts.network import network_on
from dashboard.parts.palette import DARK, LIGHT, Palette, variables

BARS = figures.Bars("n", ["甲", "乙"], [0.5, None], ["50%", "—"])


def contrast(one: str, two: str) -> float:
    """Return the contrast of two colours as WCAG 2 defines it."""

    def light(colour: str) -> float:
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    low, high = sorted((light(one), light(two)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
def test_text_and_marks_stand_out_enough(colours: Palette) -> None:
    for ground in (colours.ground, colours.card):
        assert contrast(colours.ink, ground) >= 4.5
        assert contrast(colours.quiet, ground) >= 4.5
    assert contrast(colours.mark, colours.mark_soft) >= 4.5
    for mark in (colours.data, colours.before, colours.plum, colours.teal):
        assert contrast(mark, colours.card) >= 3
    # Names stay legible on every shade of a map.
    assert min(contrast(colours.ink, colours.shade(step / 10)) for step in range(11)) >= 4.5


def figures_made(colours: Palette) -> list[dict[str, Any]]:
    line = figures.Line("n", ["2026-01", "2026-02"], [1, None], ["a", "b"])
    return [
        figures.lines(colours, [line, line], height=200, marks=[figures.Mark("2026-01", "年末")]),
        figures.lines(colours, [figures.Line("n", ["a"], [None], [""])], height=200, empty="没有数据"),
        figures.bars_across(colours, BARS, height=200, lower=[0.4, None], upper=[0.6, None]),
        figures.stacked(colours, [BARS, BARS], height=200, ticks=(["甲"], ["甲"])),
        figures.dots(
            colours, BARS, lower=[0.4, None], upper=[0.6, None], height=200, reference=(0.5, "全部")
        ),
        figures.matrix(
            colours,
            [[1, None]],
            rows=["r"],
            columns=["a", "b"],
            texts=[["1", ""]],
            hovers=[["x", ""]],
            height=99,
        ),
    ]


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
def test_figures_are_plain_and_plotly_accepts_them(colours: Palette) -> None:
    for figure in figures_made(colours):
        assert json.loads(json.dumps(figure)) == figure
        # The way Streamlit reads it.
        return_figure_from_figure_or_data(figure, validate_figure=True)
        assert figure["layout"]["font"]["color"] == colours.ink


def test_a_dark_screen_prints_in_the_colours_of_paper() -> None:
    on_paper = variables(DARK).split("@media print")[1]
    assert f"--ip-card:{LIGHT.card};" in on_paper
    assert f"--ip-ink:{LIGHT.ink};" in on_paper
    assert "@media print" not in variables(LIGHT)


def test_figures_share_one_layout_without_sharing_state() -> None:
    first, second = figures.layout(LIGHT, 100), figures.layout(LIGHT, 100)
    first["xaxis"]["visible"] = False
    assert "visible" not in second["xaxis"]


def test_an_interval_reaches_from_lower_to_upper() -> None:
    trace = figures.dots(LIGHT, BARS, lower=[0.4, None], upper=[0.65, None], height=99)["data"][0]
    assert trace["error_x"]["array"] == pytest.approx([0.15, 0])
    assert trace["error_x"]["arrayminus"] == pytest.approx([0.1, 0])


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1"])
def test_no_cell_of_an_export_is_a_live_formula(cell: str) -> None:
    made = tables.as_csv([("筛选", cell)], ["名称"], [[cell]]).decode("utf-8-sig")
    for row in csv.reader(io.StringIO(made)):
        assert not row[-1].startswith(("=", "+", "-", "@", "\t"))


def test_markup_in_data_stays_text() -> None:
    made = tables.markup([tables.Column("<b>")], [["<script>alert(1)</script>"]], "<i>")
    assert "<script>" not in made
    assert "&lt;script&gt;" in made


def institution(number: str, tier: str, opened: date | None, closed: date | None = None) -> dict[str, Any]:
    return {"institution_id": number, "tier": tier, "opened_on": opened, "closed_on": closed}


def test_the_network_counts_what_is_open_and_what_changed_in_a_year() -> None:
    rows = [
        institution("A", "市级", None),
        institution("B", "区级", date(2020, 1, 1)),
        institution("C", "工作站", date(2026, 3, 1)),
        institution("D", "工作站", date(2021, 1, 1), date(2026, 5, 31)),
        institution("E", "工作站", date(2027, 1, 1)),
    ]
    found = network_on(rows, date(2026, 10, 31))
    assert found.by_tier == {"市级": 1, "区级": 1, "工作站": 1}
    assert (found.opened, found.closed) == (1, 1)


def test_a_leap_day_has_a_day_a_year_before() -> None:
    assert network_on([institution("A", "市级", date(2023, 2, 28))], date(2024, 2, 29)).opened == 0


def test_periods_are_offered_latest_first() -> None:
    data = Data("v", "2026-02-10", "2025-11", "2026-02", "2026-01", False, None, None)
    assert period_options(data) == [
        "last12", "2026", "2025", "2026Q1", "2025Q4", "2026-02", "2026-01", "2025-12", "2025-11", "all",
    ]  # fmt: skip


def done_job(files: list[tuple[str, bytes]]) -> importing_job.Job:
    """Return an import of the files that is over, worked in this thread."""
    job = importing_job.Job("import", files=files)
    importing_job._at_work.append(job)
    importing_job._run(job, importing_job._import)
    return job


def test_an_import_saves_files_under_their_own_names_apart_from_each_other(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seen: list[tuple[str, bytes]] = []

    def take(paths: list[Any], progress: Any, *_: Any) -> Any:
        seen.extend((path.name, path.read_bytes()) for path in paths)
        progress("store", 1, 2)
        return SimpleNamespace(told={"batch": 1})

    monkeypatch.setattr(importing_job, "import_ledgers", take)
    job = done_job([("台账.csv", b"1"), ("../../台账.csv", b"2"), ("C:\\x\\台账.csv", b"3")])
    assert seen == [("台账.csv", b"1"), ("台账.csv", b"2"), ("台账.csv", b"3")]
    assert (job.is_over, job.done, job.total) == (True, 1, 2)


def test_a_fault_of_an_import_gets_a_number_instead_of_a_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any) -> Any:
        raise RuntimeError("boom")

    monkeypatch.setattr(importing_job, "import_ledgers", fail)
    job = done_job([("a.csv", b"")])
    assert job.is_over
    assert len(job.fault) == 8


def test_a_period_shifted_by_a_year_keeps_its_months() -> None:
    assert Period("2026-01", "2026-10").shifted(-12) == Period("2025-01", "2025-10")


def test_a_file_carries_figures_as_numbers_with_their_interval_and_base(
    serve: Callable[[Path], None], example_folder: Path
) -> None:
    serve(example_folder)
    data = current_data()
    assert data is not None
    ctx = Context("zh", reader_scope(), Selection("all", ()), data)
    (answer,) = ctx.measures([Asked("satisfaction_rate", by=("district",))])
    lines = csv.reader(io.StringIO(chart_data.file_of(ctx, answer, "满意率")().decode("utf-8-sig")))
    headings, *rows = [line for line in lines if not line[0].startswith("#")]
    assert headings[2:4] == ["95% 区间下限 (%)", "95% 区间上限 (%)"]
    assert len(rows) == len(answer.rows) > 0
    for cells, row in zip(rows, answer.rows, strict=True):
        if row["masked"]:
            assert not cells[2]
            assert not cells[3]
        else:
            assert float(cells[1]) == pytest.approx(100 * row["value"], abs=1e-5)
            assert float(cells[2]) < float(cells[1]) <= float(cells[3])
            assert [float(cells[4]), float(cells[5])] == [row["numerator"], row["denominator"]]
