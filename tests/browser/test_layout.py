"""The finder of layout faults finds what is planted and nothing else."""

import pytest
from playwright.sync_api import BrowserContext

from tests.browser.layout import Fault, layout_faults

FRAME = """<!doctype html><meta charset="utf-8">
<style>
body {{ margin: 0; font: 14px/1.2 "Noto Sans CJK SC", sans-serif }}
p {{ margin: 0 }}
.at {{ position: absolute; white-space: nowrap }}
.narrow {{ width: 80px; overflow: hidden }}
.line {{ white-space: nowrap }}
</style>
<main style="padding:20px">{body}</main>"""
SVG = '<svg width="300" height="120" style="overflow:hidden" font-size="12">{texts}</svg>'


def faults(context: BrowserContext, body: str) -> list[Fault]:
    page = context.new_page()
    page.set_content(FRAME.format(body=body))
    return layout_faults(page, roots=("main",))


CLEAN = {
    "tight lines of a paragraph": '<p style="width:120px">知识产权公共服务机构本月服务件次有所增长</p>',
    "lines one below the other": "<p>满意率 85.0%</p><p>已评 120 / 服务 200 件次</p>",
    "marked words in a sentence": "<p>全市<b>服务</b>件次<sup>1</sup></p>",
    "what is scrolled away": (
        '<div style="height:40px;overflow:auto"><p style="height:100px">上</p><p>下</p></div><p>后文</p>'
    ),
    "text for screen readers": '<p>图</p><span class="at" style="width:1px;overflow:hidden">图的说明</span>',
    "what is not shown": '<p>甲</p><p style="display:none">乙</p><p style="visibility:hidden">丙</p>',
    "slanted tick labels whose boxes cross": SVG.format(
        texts="".join(
            f'<text transform="translate({x},20) rotate(60)">2026年{x}月</text>' for x in (40, 62, 84)
        )
    ),
    "a label drawn twice as its own outline": SVG.format(
        texts='<text x="50" y="50" stroke="#fff">海淀</text><text x="50" y="50">海淀</text>'
    ),
}


@pytest.mark.parametrize("body", CLEAN.values(), ids=CLEAN.keys())
def test_nothing_is_found_on_a_clean_page_with(context: BrowserContext, body: str) -> None:
    assert faults(context, body) == []


OVERLAPS = {
    "two labels": (
        '<p class="at" style="left:50px;top:50px">东城区</p>'
        '<p class="at" style="left:75px;top:54px">西城区</p>'
    ),
    "labels of a chart": SVG.format(
        texts='<text x="50" y="50">东城区</text><text x="70" y="53">西城区</text>'
    ),
    "spilled text": (
        '<div class="line" style="float:left">东城区</div>'
        '<div class="line" style="float:left;margin-left:-20px">西城区</div>'
    ),
}


@pytest.mark.parametrize("body", OVERLAPS.values(), ids=OVERLAPS.keys())
def test_an_overlap_is_found_between(context: BrowserContext, body: str) -> None:
    assert [(fault.kind, fault.text, fault.other) for fault in faults(context, body)] == [
        ("overlap", "东城区", "西城区")
    ]


def test_a_text_over_a_picture_is_found(context: BrowserContext) -> None:
    dot = "data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' width='60' height='30'/>"
    body = f'<img src="{dot}" alt="标志"><p class="at" style="left:40px;top:25px">件次</p>'
    assert [(fault.kind, {fault.text, fault.other}) for fault in faults(context, body)] == [
        ("overlap", {"件次", "picture 标志"})
    ]


CUTS = {
    "by an ellipsis": '<p class="narrow line" style="text-overflow:ellipsis">TEXT</p>',
    "by a hidden overflow": '<p class="narrow line">TEXT</p>',
    "by a box around its parent": '<div class="narrow"><p style="width:300px"><b>TEXT</b></p></div>',
    "in its height": '<p style="width:120px;height:9px;overflow:hidden">TEXT</p>',
    "by the edge of a chart": SVG.format(texts='<text x="240" y="50">TEXT</text>'),
    "in a field": '<input style="width:60px" value="TEXT">',
}


@pytest.mark.parametrize("body", CUTS.values(), ids=CUTS.keys())
def test_a_text_is_found_that_is_cut(context: BrowserContext, body: str) -> None:
    text = "知识产权公共服务工作站"
    found = faults(context, body.replace("TEXT", text))
    assert {(fault.kind, fault.text) for fault in found} == {("cut", text)}


def test_a_text_is_found_that_leaves_the_window(context: BrowserContext) -> None:
    found = faults(context, '<p class="at" style="left:1400px">年度目标完成情况</p>')
    assert [(fault.kind, fault.text) for fault in found] == [("outside", "年度目标完成情况")]
