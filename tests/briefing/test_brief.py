"""Briefs say what the measures say, name where each figure comes from, and keep to two pages."""

from __future__ import annotations

import io
import re
from dataclasses import replace

import pytest
from docx import Document

from analytics.briefing import compose, fit
from analytics.briefing.compose import brief
from analytics.briefing.content import Problems
from analytics.briefing.document import document_of
from analytics.briefing.plotting import drawing, picture
from analytics.briefing.screen import article_of, page_of
from analytics.briefing.wording import change_of
from analytics.comparison.signals import KINDS, signals
from analytics.core.errors import UserError
from analytics.core.selection import CITY, Scope, Selection
from analytics.core.text import LANGUAGES, Text
from analytics.measures import evaluate, registry
from analytics.standard.clauses import clauses_by_number
from tests.commands import ipdash
from tests.dashboard.example_store import build

_MARK = re.compile(r"\[(\d+)\]")
_HAN = re.compile(r"[\u4e00-\u9fff]")


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    return build(tmp_path_factory.mktemp("brief") / "store", services=3000)


@pytest.fixture(scope="module")
def snapshot(store):
    return store.snapshot()


@pytest.fixture(scope="module")
def found(snapshot):
    return signals(snapshot, scope=CITY, month="2026-09")


@pytest.fixture(scope="module")
def city(snapshot, found):
    return brief(snapshot, scope=CITY, period="2026Q3", found=found)


@pytest.fixture(scope="module")
def haidian(snapshot, found):
    return brief(snapshot, scope=CITY, district="110108", period="2026Q3", found=found)


def words_of(made, language):
    laid = fit.laid_out(made, language)
    problems = [text for heading, sentences in laid.problems for text in (heading, *sentences)]
    return [*laid.state, laid.summary, *problems, laid.elsewhere, *laid.advice, laid.holds]


def test_every_indicator_is_what_the_measure_says(snapshot, city, haidian):
    for made, scope in ((city, CITY), (haidian, Scope("district", "110108"))):
        for line in made.indicators:
            rows = evaluate(
                snapshot, line.key, scope=scope, selection=Selection("2026Q3"), with_interval=True
            ).rows
            row = next(row for row in rows if row.get("quantile", 0.5) == 0.5)
            kind = registry.get(line.key).kind
            if row["value"] is None:
                assert line.value == "—"
            elif kind == "proportion":
                assert line.value == f"{row['value']:.1%}"
                assert line.base.zh == f"{row['numerator']:,} / {row['denominator']:,}"
                assert line.interval == f"{row['lower']:.1%}–{row['upper']:.1%}"
            elif kind in ("count", "distinct"):
                assert line.value == f"{row['value']:,}"
            else:
                assert line.value.startswith(f"{row['value']:.1f}"[:3])
                assert f"{row['denominator']:,}" in line.base.zh


def test_every_figure_leads_to_a_source_with_key_clause_and_months(city, haidian):
    for made in (city, haidian):
        numbers = [source.number for source in made.sources]
        assert numbers == list(range(1, len(numbers) + 1))
        for source in made.sources:
            assert source.keys
            assert all(registry.get(key) for key in source.keys)
            assert set(source.clauses) <= set(clauses_by_number())
            assert re.fullmatch(r"\d{4}-\d\d(\.\.\d{4}-\d\d)?", source.period)
        marked = {int(n) for text in words_of(made, "zh") for n in _MARK.findall(text)}
        marked |= {line.source for line in made.indicators}
        assert marked == set(numbers)
        for sentence in made.state:
            assert _MARK.search(sentence.zh)


def test_data_version_date_period_and_filters_are_said(haidian):
    for language in LANGUAGES:
        holds = fit.laid_out(haidian, language).holds
        assert all(
            part in holds for part in (haidian.data_version, "2026-10-31", "2026-07..2026-09", "110108")
        )


def test_problems_are_the_signals_of_the_periods_end_and_advice_is_their_action(found, haidian):
    own = [each for each in found if each.district == "110108" and each.state != "gone"]
    assert sum(part.count for part in haidian.problems) == len(own)
    assert {sentence.zh for part in haidian.problems for sentence in part.sentences} == {
        each.sentence.zh for each in own
    }
    advice = "".join(fit.laid_out(haidian, "zh").advice)
    assert own
    assert all(each.action.zh in advice for each in own)
    assert "核实" in advice


def test_a_brief_of_a_district_is_the_same_whoever_finds_the_signals(snapshot, haidian):
    assert brief(snapshot, scope=CITY, district="110108", period="2026Q3") == haidian


def test_words_of_the_screen_hold_in_briefs_too(city, haidian):
    for made in (city, haidian):
        said = "".join(words_of(made, "zh"))
        assert not re.search(r"第 ?\d+ ?名|达标|漏斗|17 ?个?区|排名|盲区|办件", said)
        assert "待核实" in said


def test_english_briefs_hold_no_chinese_but_names_and_the_mark(city):
    said = "".join(words_of(city, "en"))
    assert not _HAN.search(re.sub(r"北京市知识产权公共服务示例\w+", "", said))


def crowded(made, sentences=40):
    """Return a brief with many long problems of every kind, at places with long names."""
    name = Text(zh="北京市某某某某区知识产权公共服务示例第一百二十三工作站（示例）", en="长名" * 12)
    long = Text(zh="例" * 110 + "（95.4%–96.8%，共 589 件次）", en="an example of many words " * 9)
    places = tuple(Text(zh=f"{name.zh}{n}", en=f"{name.en}{n}") for n in range(sentences))
    problems = tuple(
        Problems(kind, Text(zh="与自身以往相比变化较大", en="A marked change against the own past"),
                 sentences, 3, (long,) * sentences, places, Text(zh="核对" * 12, en="check it " * 9), 12 + n)
        for n, kind in enumerate(KINDS)
    )  # fmt: skip
    last = made.sources[-1]
    more = tuple(
        replace(last, number=12 + n, keys=("answered_in_time_rate", "satisfaction_rate", "response_days"))
        for n in range(len(KINDS))
    )
    return replace(made, problems=problems, sources=(*made.sources[:11], *more))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_brief_keeps_to_two_pages_however_many_problems_there_are(city, haidian, language):
    for made in (city, haidian, crowded(haidian)):
        laid = fit.laid_out(made, language)
        assert laid.height <= fit.room()
        shown = sum(len(sentences) for _, sentences in laid.problems)
        assert bool(laid.elsewhere) == (shown < sum(part.count for part in made.problems))
        assert len(laid.advice) == len(made.problems) + 1


def test_problems_that_are_not_spelt_out_are_counted(haidian):
    made = crowded(haidian, sentences=40)
    for (heading, sentences), part in zip(fit.laid_out(made, "zh").problems, made.problems, strict=True):
        assert f"{part.count} 项" in heading
        assert not sentences or f"列出 {len(sentences)} 项" in heading


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_word_document_is_a4_marked_on_every_page_and_its_lines_are_of_fixed_height(city, language):
    document = Document(io.BytesIO(document_of(city, language)))
    section = document.sections[0]
    assert (round(section.page_width.cm, 1), round(section.page_height.cm, 1)) == (21.0, 29.7)
    header = section.header.paragraphs[0].text
    assert "示例数据" in header
    assert ("内部资料" if language == "zh" else "Internal") in header
    assert city.data_version in section.footer.paragraphs[0].text
    cells = [cell for table in document.tables for row in table.rows for cell in row.cells]
    paragraphs = [*document.paragraphs, *(paragraph for cell in cells for paragraph in cell.paragraphs)]
    pictures = [each for each in paragraphs if each._p.xpath(".//pic:pic")]
    assert len(pictures) == 2
    assert all(each._p.xpath(".//wp:docPr")[0].get("descr") for each in pictures)
    drawn = {id(each) for each in pictures}
    assert all(each.paragraph_format.line_spacing is not None for each in paragraphs if id(each) not in drawn)
    fonts = {each.get(f"{{{document.element.nsmap['w']}}}eastAsia")
             for each in document.element.xpath("//w:r/w:rPr/w:rFonts")}  # fmt: skip
    assert fonts == {"黑体", "仿宋", "宋体"}
    text = "\n".join(each.text for each in paragraphs)
    assert all(line.value in text for line in city.indicators)


def test_charts_are_pictures_without_a_browser_and_drawings_without_a_font(city):
    (chart, shares) = city.charts
    assert picture(chart, width_cm=8, height_cm=4).startswith(b"\x89PNG")
    for each in (chart, shares):
        svg = drawing(each, width_cm=8, height_cm=4)
        assert svg.startswith("<svg ")
        assert "NaN" not in svg
    nothing = (None,) * len(chart.months)
    steady = (5.0,) * len(chart.months)
    flat = replace(chart, values=steady, lower=nothing, upper=nothing, centre=nothing, signals=())
    assert picture(flat, width_cm=8, height_cm=4).startswith(b"\x89PNG")


def test_html_escapes_what_ledgers_say_and_asks_for_nothing_elsewhere(haidian):
    bad = Text(zh="<script>alert(1)</script>", en="<script>alert(1)</script>")
    part = replace(haidian.problems[0], sentences=(bad,), places=(bad,), count=1)
    page = page_of(replace(haidian, problems=(part,)), "zh")
    assert "<script>" not in page
    assert "&lt;script&gt;" in page
    assert not re.search(r"https?://(?!www\.w3\.org)", page)
    assert "@page" in page
    assert "示例数据" in page
    assert article_of(haidian, "en").startswith("<article")


def test_readers_without_records_get_nothing_small(snapshot):
    made = brief(snapshot, scope=Scope("city", None, "public"), district="110108", period="2026-09")
    clients = next(line for line in made.indicators if line.key == "clients_served")
    assert clients.value == "—" or int(clients.value.replace(",", "")) % 10 == 0
    assert any("10" in note.zh for note in made.notes)


def test_a_month_that_is_not_over_is_left_out(snapshot, found):
    made = brief(snapshot, scope=CITY, period="2026-08..2026-12", found=found)
    assert made.period.last_month == snapshot.about["last_full_month"]
    assert "未结束的月份不计入" in fit.laid_out(made, "zh").holds
    assert compose.signals_month(snapshot, "2026Q3") == "2026-09"


@pytest.mark.parametrize(
    ("scope", "district", "period"),
    [
        ("city", "999999", "2026Q3"),
        ("city", "all", "2026Q3"),
        ("city", "city", "2030"),
        ("city", "city", "2019"),
        ("district:110105", "110108", "2026Q3"),
        ("district:110105", "city", "2026Q3"),
        ("institution:D01", "110101", "2026Q3"),
    ],
)
def test_what_cannot_be_written_is_told(snapshot, scope, district, period):
    with pytest.raises(UserError):
        brief(snapshot, scope=Scope.parse(scope), district=district, period=period)


def test_few_cases_are_told_as_numbers_and_no_verdict_goes_without_an_interval():
    usual = {"verdict": {"zh": "正常波动", "en": "usual variation"}}
    complaints, clients = registry.get("complaints"), registry.get("clients_served")
    few = {"value": 1, "change": 3.0, "interval": [0.2, 90.0], **usual}
    assert change_of(complaints, {"value": 3}, few).zh == "由 1 到 3\n正常波动"
    many = {"value": 400, "change": 1.1, "interval": None, **usual}
    assert change_of(clients, {"value": 440}, many).en == "+10.0%\nno interval, not judged"


def test_the_command_writes_word_and_html_in_both_languages(store, tmp_path):
    for language, ending, name in (("zh", "docx", "海淀区"), ("en", "html", "Haidian")):
        out = tmp_path / f"{language}.{ending}"
        words = ("--district", "海淀", "--period", "2026Q3", "--out", out)
        done = ipdash(store.folder, "brief", *words, language=language)
        assert done.returncode == 0, done
        text = Document(out).paragraphs[0].text if ending == "docx" else out.read_text(encoding="utf-8")
        assert name in text


@pytest.mark.parametrize(
    "words",
    [
        ("--out", "brief.pdf"),
        ("--out", "no/such/folder/brief.docx"),
        ("--out", "brief.docx", "--district", "上海"),
        ("--out", "brief.docx", "--language", "fr"),
        ("--out", "brief.docx", "--period", "soon"),
    ],
)
def test_the_command_tells_what_it_cannot_do(store, tmp_path, monkeypatch, words):
    monkeypatch.chdir(tmp_path)
    done = ipdash(store.folder, "brief", *words)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert not list(tmp_path.iterdir())
