"""A small store of made-up rows, and screens drawn from it without a browser."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from plotly.tools import return_figure_from_figure_or_data
from streamlit.testing.v1 import AppTest

from dashboard import context
from dashboard.parts import drawn
from dashboard.parts.figures import Figure
from tests.dashboard.example_store import build

Screen = Callable[..., AppTest]


def draw_screen(slug: str) -> None:
    """Draw one page in its frame: callable pages cannot be reached by ``AppTest.switch_page``."""
    from dashboard import app
    from dashboard.page import all_pages
    from dashboard.parts import address

    page = next(page for page in all_pages() if page.slug == slug)
    language = app.opened_address()
    ctx = app.frame(page, language)
    address.write()
    if ctx is not None:
        app.render(page, ctx)


@pytest.fixture(autouse=True)
def figures_are_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hold each figure that a screen draws against Plotly's own reader, which pages do without."""
    hand_over = drawn.drawn

    def checked(figure: Figure) -> Any:
        return_figure_from_figure_or_data(figure, validate_figure=True)
        return hand_over(figure)

    monkeypatch.setattr(drawn, "drawn", checked)


@pytest.fixture(scope="session")
def example_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("dashboard") / "store").folder


@pytest.fixture
def serve(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Path], None]]:
    """Give a function that makes the dashboard serve a store."""

    def use(folder: Path) -> None:
        monkeypatch.setenv("IPDASH_STORE", str(folder))
        context.store.cache_clear()
        st.cache_data.clear()

    yield use
    context.store.cache_clear()
    st.cache_data.clear()


@pytest.fixture
def screen(serve: Callable[[Path], None], example_folder: Path) -> Screen:
    """Give a function that draws a page for an address, and returns what is on it."""

    def draw(slug: str, *, folder: Path = example_folder, **address: str | list[str]) -> AppTest:
        serve(folder)
        test = AppTest.from_function(draw_screen, default_timeout=60, args=(slug,))
        for name, value in address.items():
            test.query_params[name] = value
        return test.run()

    return draw


def words_on(test: AppTest) -> str:
    """Return all HTML of a screen, header and filter chips included, the style sheet not."""
    bodies = (str(element.proto.body) for element in test.get("html"))
    return "\n".join(body for body in bodies if not body.startswith("<style>"))
