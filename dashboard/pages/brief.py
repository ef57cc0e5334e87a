"""一页专报: a district's or the city's state on two A4 pages, to read, to print and for Word."""

from analytics.core.text import Text
from dashboard.page import Page
from dashboard.parts import brief_view

PAGE = Page(
    slug="brief",
    group="overview",
    order=9,
    title=Text(zh="一页专报", en="Brief"),
    icon=":material/description:",
    render=brief_view.draw,
)
