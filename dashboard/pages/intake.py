"""数据导入: is my ledger in, and what was wrong with it?"""

from analytics.core.text import Text
from dashboard.page import Page
from dashboard.parts import importing

PAGE = Page(
    slug="import",
    group="data",
    order=1,
    title=Text(zh="数据导入", en="Data import"),
    icon=":material/upload_file:",
    render=importing.draw,
    uses_selection=False,
    needs_data=False,
)
