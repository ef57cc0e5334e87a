"""The habits of senders: each file takes the next ones in turn, so that every habit occurs."""

from __future__ import annotations

from sample_data.spelling import Style

CSV_STYLES = (
    Style(day="iso", clock="minute"),
    Style(day="slash", clock="minute", service="code", area="short", yes_no=("有", "无")),
    Style(day="zh", clock="zh", service="both", area="long", headings="alias"),
    Style(day="compact", clock="none", service="short", area="code", yes_no=("Y", "N"), rating="digits"),
    Style(day="dot", clock="none", area="code12", number="unit", industry="term"),
    Style(day="iso", clock="T", service="code", headings="english", industry="key", yes_no=("1", "0")),
    Style(day="stray", clock="minute", institution="lower", nothing="/"),
    Style(
        day="zh", clock="half", service="name", number="thousands", yes_no=("√", "×"), headings="other alias"
    ),
)
WORKBOOK_STYLES = (
    Style(day="excel", clock="minute"),
    Style(day="excel", clock="none", service="both", area="short", headings="broken", number="unit"),
    Style(day="zh", clock="minute", institution="name", area="long", industry="term"),
    Style(day="slash", clock="minute", service="code", yes_no=("√", "×"), headings="alias"),
    Style(day="excel", clock="minute", service="short", rating="digits", area="code", nothing="—"),
    Style(day="wide", clock="none", number="wide", headings="spaced", yes_no=("有", "无")),
    Style(day="serial", clock="minute", industry="key", yes_no=("Y", "N")),
    Style(day="dot", clock="none", headings="other alias", nothing="无", institution="lower"),
)
# 延庆 types its numbers into workbooks as numbers and loses their zeros.
ZERO_LOSER = Style(day="excel", clock="none", institution="number", service="short")
ENCODINGS = ("utf-8", "gb18030", "utf-8-sig", "utf-8", "utf-8-sig", "gb18030", "utf-8")
DELIMITERS = (",", ",", ",", ";", ",", "\t", ",", ",", ",")

_RARE = (
    "topic", "promised_days", "expert_id", "referred_to", "referral_followed_up_at", "followed_up_at",
    "is_overseas", "fee_yuan", "fee_basis", "rated_at", "bad_rating_contacted_at", "bad_rating_resolved_at",
    "is_confidential", "note",
)  # fmt: skip
_NOT_STARTER = (
    "ip_type", "channel", "client_id", "industry", "client_district", "persons_served", "responded_at",
    "completed_at", "outcome", "result_kind", "result_amount_10k_yuan", "rating_source",
)  # fmt: skip
# Columns that a sender of services leaves out, by how much it keeps.
LEFT_OUT = {"everything": (), "usual": _RARE, "starter": (*_RARE, *_NOT_STARTER)}


def keeps(area: str, number: int) -> str:
    """Return how much the sender of a services file keeps: rural centres began with the eleven columns."""
    if area in ("110109", "110119") and number % 2 == 0:
        return "starter"
    return "usual" if number % 5 == 3 else "everything"
