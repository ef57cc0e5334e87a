"""The page 一页专报: made when asked for, of the city or one district, with its files."""

from __future__ import annotations

import pytest

from tests.dashboard.conftest import Screen, words_on


@pytest.mark.parametrize(("language", "name"), [("zh", "海淀区知识产权公共服务情况专报"), ("en", "Haidian")])
def test_a_brief_is_made_when_asked_for_and_stands_on_the_screen_as_it_prints(
    screen: Screen, language: str, name: str
) -> None:
    test = screen("brief", lang=language, period="2026Q3", district="110108")
    assert "ip-brief" not in words_on(test)
    test.button(key="make-brief").click().run(timeout=120)
    assert not test.exception
    shown = words_on(test)
    assert 'class="ip-brief"' in shown
    assert name in shown
    assert "110108" in shown


def test_several_districts_are_no_brief_and_the_reader_is_told_what_to_choose(screen: Screen) -> None:
    test = screen("brief", period="2026Q3", district=["110108", "110105"])
    assert "只选一个区域" in words_on(test)
    assert not [button for button in test.button if button.key == "make-brief"]


def test_the_overview_leads_to_the_brief(screen: Screen) -> None:
    assert [button for button in screen("overview").button if button.key == "open-brief"]
