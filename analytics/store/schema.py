"""Tables of the store.

Two tables a ledger kind. ``<kind>_rows`` holds every valid row ever loaded, a version a row,
with the batch it came in; nothing is ever updated there. ``<kind>`` holds the current rows, made
anew from the versions at each publish (:mod:`analytics.store.publish`), joined with what the
other ledgers say. Measures read only the second sort.

A ledger's point in time ``x`` becomes three columns: ``x`` (TIMESTAMP, Asia/Shanghai without zone),
``x_is_date`` (true when the ledger gave no time of day) and ``x_day`` (days since 1970-01-01, so that
deadlines are comparisons of integers in every dialect). A date ``x`` becomes ``x`` and ``x_day``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Double,
    Integer,
    MetaData,
    SmallInteger,
    Table,
    Text,
)
from sqlalchemy.types import TypeEngine

metadata = MetaData()

_Spec = tuple[str, TypeEngine[Any]]


def _texts(*names: str) -> list[_Spec]:
    return [(name, Text()) for name in names]


def _numbers(*names: str) -> list[_Spec]:
    return [(name, Double()) for name in names]


def _integers(*names: str) -> list[_Spec]:
    return [(name, Integer()) for name in names]


def _booleans(*names: str) -> list[_Spec]:
    return [(name, Boolean()) for name in names]


def _moments(*names: str) -> list[_Spec]:
    specs: list[_Spec] = []
    for name in names:
        specs += [(name, DateTime()), (f"{name}_is_date", Boolean()), (f"{name}_day", Integer())]
    return specs


def _days(*names: str) -> list[_Spec]:
    specs: list[_Spec] = []
    for name in names:
        specs += [(name, Date()), (f"{name}_day", Integer())]
    return specs


# Months and their coarser periods of a fact's one date, computed on loading: plain text groups and
# filters alike in every dialect, and needs no function of any of them.
PERIODS: list[_Spec] = _texts("month", "quarter", "year")

# Attributes of the institution that facts are cut by, joined at publish.
INSTITUTION_CUTS: list[_Spec] = _texts("district", "tier", "operator_type", "township")


@dataclass(frozen=True)
class Ledger:
    """A ledger kind in the store.

    Attributes
    ----------
    kind : str
        Name of the kind as in the import.
    content : tuple of str
        Columns an import fills, besides ``row_key`` and the source reference.
    institution_in_key : bool
        Whether the institution's number is part of a row's key; ``row_key`` holds the other parts.
    institution_ref : bool
        Whether a row refers to an institution and waits until that is on the list.
    rows, current : Table
        The versions and the current facts; the latter may lack columns that no measure reads.
    """

    kind: str
    content: tuple[str, ...]
    institution_in_key: bool
    institution_ref: bool
    rows: Table
    current: Table


LEDGERS: dict[str, Ledger] = {}


def _ledger(
    kind: str,
    content: list[_Spec],
    derived: list[_Spec] | None = None,
    *,
    institution_in_key: bool = False,
    only_in_rows: Callable[[str], bool] = lambda _: False,
) -> Ledger:
    names = tuple(name for name, _ in content)
    rows = Table(
        f"{kind}_rows",
        metadata,
        Column("version_id", BigInteger, nullable=False),
        Column("batch_id", Integer, nullable=False),
        Column("file_id", Integer, nullable=False),
        Column("sheet", Text, nullable=False),
        Column("source_row", Integer, nullable=False),
        Column("row_key", Text, nullable=False),
        *(Column(name, type_) for name, type_ in content),
    )
    current = Table(
        kind,
        metadata,
        Column("version_id", BigInteger, nullable=False),
        Column("batch_id", Integer, nullable=False),
        *(Column(name, type_) for name, type_ in content if not only_in_rows(name)),
        *(Column(name, type_) for name, type_ in derived or []),
    )
    refers = "institution_id" in names and kind != "institutions"
    made = Ledger(kind, names, institution_in_key, refers, rows, current)
    LEDGERS[kind] = made
    return made


INSTITUTIONS = _ledger(
    "institutions",
    [
        *_texts("institution_id", "name", "tier", "category", "district", "township"),
        *_texts("operator_name", "operator_type"),
        *_days("operator_founded_on"),
        *_booleans("operator_is_legal_person"),
        *_texts("co_builders"),
        *_days("opened_on", "closed_on"),
        *_texts("address"),
        *_numbers("lon_wgs84", "lat_wgs84"),
        *_texts("phone", "oversight_phone", "focus_industries"),
        *_booleans("head_is_operator_head"),
        *_integers("staff_full_time", "staff_part_time", "liaison_count"),
        *_integers("qualified_staff_count", "pre_post_trained_count"),
        *_booleans("has_search_database", "has_online_platform"),
        *_numbers("open_hours_per_week", "annual_capacity"),
    ],
)


def _only_in_service_rows(name: str) -> bool:
    """Say which columns no measure reads; a narrower fact table is written in half the time."""
    if name in {"received_at", "record_id"}:
        return False
    is_moment = name.removesuffix("_is_date").endswith("_at")
    return is_moment or name in {"note", "referred_to", "industry_text", "key_was_made"}


SERVICES = _ledger(
    "services",
    [
        *_texts("record_id", "institution_id", "service", "service_detail", "topic", "ip_type", "channel"),
        *_texts("client_id", "client_type", "industry", "industry_text", "client_district"),
        *_integers("persons_served"),
        *_moments("received_at", "responded_at"),
        *_numbers("promised_days"),
        *_moments("completed_at"),
        *_texts("expert_id", "outcome", "referred_to"),
        *_moments("referral_followed_up_at", "followed_up_at"),
        *_texts("result_kind"),
        *_numbers("result_amount_10k_yuan"),
        *_booleans("is_overseas"),
        *_numbers("fee_yuan"),
        *_texts("fee_basis"),
        ("rating", SmallInteger()),
        *_texts("rating_source"),
        *_moments("rated_at", "bad_rating_contacted_at", "bad_rating_resolved_at"),
        *_booleans("is_confidential"),
        *_texts("note"),
        *_booleans("key_was_made"),
        *_numbers("response_days"),
        *PERIODS,
    ],
    derived=[
        *INSTITUTION_CUTS,
        *_texts("service_group"),
        ("rated_level", SmallInteger()),
        *_integers("received_worked_until", "responded_next_worked", "completed_next_worked"),
        *_integers("bad_rating_day", "bad_rating_worked_until", "bad_rating_contacted_next_worked"),
        *_booleans("is_clients_first"),
    ],
    institution_in_key=True,
    only_in_rows=_only_in_service_rows,
)

MONTHLY = _ledger(
    "monthly",
    [
        *_texts("institution_id", "service", "service_detail", "channel"),
        *_integers("services", "persons_served", "clients", "rated"),
        *_integers("rating_5", "rating_4", "rating_3", "rating_2", "rating_1"),
        *PERIODS,
    ],
    derived=[
        *INSTITUTION_CUTS,
        *_texts("service_group"),
        # Which rows make up the whole without counting anything twice, by what a question cuts by.
        *_booleans("counts_plain", "counts_by_service", "counts_by_channel", "counts_by_both"),
    ],
    institution_in_key=True,
)

CLIENTS = _ledger(
    "clients",
    [
        *_texts("client_id", "name", "name_hash", "client_type", "industry", "industry_text", "district"),
        *_texts("township"),
        *_numbers("lon_wgs84", "lat_wgs84"),
        *_texts("key_tags"),
        *_integers("list_year"),
        *_days("registered_on"),
    ],
)

DEMAND = _ledger(
    "demand",
    [
        *_texts("area_id", "name", "district"),
        *_numbers("lon_wgs84", "lat_wgs84", "demand"),
        *_days("as_of"),
    ],
)

EXPERTS = _ledger(
    "experts",
    [
        *_texts("expert_id", "district", "employer_type", "licences"),
        *_numbers("experience_years"),
        *_texts("fields"),
        *_booleans("is_recommended"),
        *_days("registered_on", "left_on"),
        *_texts("leave_reason"),
    ],
)

ASSIGNMENTS = _ledger(
    "assignments",
    [
        *_texts("assignment_id", "expert_id", "institution_id", "form"),
        *_moments("notified_at", "responded_at"),
        *_days("served_on", "feedback_on"),
        *PERIODS,
    ],
    derived=[*INSTITUTION_CUTS, *_integers("notified_worked_until", "responded_next_worked")],
)

COMPLAINTS = _ledger(
    "complaints",
    [
        *_texts("complaint_id", "institution_id", "expert_id"),
        *_moments("received_at"),
        *_texts("category"),
        *_booleans("is_upheld"),
        *_moments("closed_at"),
        *_texts("improvement"),
        *_days("improved_on"),
        *PERIODS,
    ],
    derived=INSTITUTION_CUTS,
)

ACTIVITIES = _ledger(
    "activities",
    [
        *_texts("activity_id", "institution_id", "activity_kind"),
        *_days("held_on"),
        *_texts("course", "occasion", "mode"),
        *_integers("attendees", "survey_returned", "survey_satisfied"),
        *_texts("co_host"),
        *_booleans("is_reported"),
        *PERIODS,
    ],
    derived=INSTITUTION_CUTS,
)

PUBLICATIONS = _ledger(
    "publications",
    [
        # list_year: the year that the list is for; the periods are those of the day it was published.
        *_texts("institution_id", "list_kind"),
        *_integers("list_year"),
        *_days("published_on", "updated_on"),
        *_texts("elements"),
        # Elements the standard asks of this kind of list, and how many of them it holds.
        *_integers("elements_required", "elements_present", "items_planned", "items_done"),
        *_texts("channels"),
        *PERIODS,
    ],
    derived=INSTITUTION_CUTS,
    institution_in_key=True,
)

EVIDENCE = _ledger(
    "evidence",
    [
        *_texts("institution_id", "clause_id", "status", "evidence"),
        *_days("checked_on"),
        *_texts("checked_by"),
        *PERIODS,
    ],
    derived=INSTITUTION_CUTS,
    institution_in_key=True,
)

EVALUATIONS = _ledger(
    "evaluations",
    [
        *_texts("evaluation_id", "institution_id", "evaluation_kind"),
        *_days("evaluated_on"),
        *_numbers("score"),
        *_texts("findings"),
        *_days("improved_on"),
        *PERIODS,
    ],
    derived=INSTITUTION_CUTS,
)

TARGETS = _ledger(
    "targets",
    [
        # scope: city, district:110108 or institution:ID; the latter's ID stands in institution_id too.
        *_texts("measure", "scope", "institution_id"),
        *_integers("year"),
        *_numbers("target"),
    ],
)

# What the bureau adds to the standard's table of synonyms: a spelling of ledgers, the industry it means.
INDUSTRY_SYNONYMS = _ledger("industry_synonyms", _texts("spelling", "industry", "note"))

# Made at publish, beside the current facts.
INSTITUTION_MONTHS = Table(
    "institution_months",
    metadata,
    Column("institution_id", Text, nullable=False),
    *(Column(name, type_) for name, type_ in [*PERIODS, *INSTITUTION_CUTS]),
    Column("is_open", Boolean, nullable=False),
    Column("has_records", Boolean, nullable=False),
    Column("has_totals", Boolean, nullable=False),
)
CLIENT_TAGS = Table(
    "client_tags",
    metadata,
    Column("client_id", Text, nullable=False),
    Column("key_tag", Text, nullable=False),
)
CALENDAR = Table(
    "calendar",
    metadata,
    Column("day", Integer, nullable=False),
    Column("worked_until", Integer, nullable=False),
    Column("next_worked", Integer, nullable=False),
)
INSTITUTION_REFS = Table(
    "institution_refs",
    metadata,
    Column("ref", Text, nullable=False),
    Column("institution_id", Text, nullable=False),
)
# What no list knew when its row came, and what it means by the synonyms of today: ``meant`` is empty where
# that is still nothing. ``part`` is the column (``industry`` of records and clients, or a list's name).
INDUSTRY_REFS = Table(
    "industry_refs",
    metadata,
    Column("part", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("meant", Text),
)
# By what rules a kind's facts were made (a hash), and how many were replaced one by one since.
FACT_TABLES = Table(
    "fact_tables",
    metadata,
    Column("kind", Text, nullable=False),
    Column("made_by", Text, nullable=False),
    Column("replaced", BigInteger, nullable=False),
)
# Facts about the snapshot as a whole: data_until, last_full_month, last day of each ledger, ...
ABOUT = Table("about", metadata, Column("name", Text, nullable=False), Column("value", Text))

BATCHES = Table(
    "batches",
    metadata,
    Column("batch_id", Integer, nullable=False),
    Column("imported_at", DateTime, nullable=False),
    Column("imported_by", Text),
    Column("is_sample", Boolean, nullable=False),
    Column("withdrawn_at", DateTime),
    Column("data_rows", Integer, nullable=False),
    Column("loaded", Integer, nullable=False),
    Column("unchanged", Integer, nullable=False),
    Column("superseded", Integer, nullable=False),
    Column("waiting", Integer, nullable=False),
    Column("rejected", Integer, nullable=False),
    Column("not_data", Integer, nullable=False),
    Column("report", Text, nullable=False),
)
FILES = Table(
    "files",
    metadata,
    Column("file_id", Integer, nullable=False),
    Column("batch_id", Integer, nullable=False),
    Column("name", Text, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("size_bytes", BigInteger, nullable=False),
)
# How a file was read in which no row had a fault: what it held, beside its rows (analytics.store.known).
READINGS = Table(
    "readings",
    metadata,
    Column("file_id", Integer, nullable=False),
    Column("conditions", Text, nullable=False),
    Column("read_on", Date, nullable=False),
    Column("reading", Text, nullable=False),
)
# A row that was current already when a later batch brought it again: it stays when the first is withdrawn.
REPEATS = Table(
    "repeats",
    metadata,
    Column("kind", Text, nullable=False),
    Column("position", BigInteger, nullable=False),
    Column("version_id", BigInteger, nullable=False),
    Column("batch_id", Integer, nullable=False),
)
# Where the rejected rows of a batch are kept, apart from the snapshots (analytics.store.rejected).
REJECT_FILES = Table(
    "reject_files",
    metadata,
    Column("batch_id", Integer, nullable=False),
    Column("name", Text, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("rows", Integer, nullable=False),
)
# Stores of an earlier version kept rejected rows here; the next command that writes moves them out.
REJECTED = Table(
    "rejected_rows",
    metadata,
    Column("batch_id", Integer, nullable=False),
    Column("file_id", Integer, nullable=False),
    Column("sheet", Text, nullable=False),
    Column("source_row", Integer, nullable=False),
    Column("kind", Text),
    Column("cells", Text, nullable=False),
    Column("reasons", Text, nullable=False),
)
PROBLEMS = Table(
    "problems",
    metadata,
    Column("batch_id", Integer, nullable=False),
    Column("file_id", Integer, nullable=False),
    Column("sheet", Text, nullable=False),
    Column("source_row", Integer),
    Column("kind", Text),
    Column("column_name", Text),
    Column("value", Text),
    Column("code", Text, nullable=False),
    Column("severity", Text, nullable=False),
    Column("zh", Text, nullable=False),
    Column("en", Text, nullable=False),
)
# Clients who were erased, by a keyed hash of their number: later ledgers are stripped of them again.
ERASED_CLIENTS = Table(
    "erased_clients",
    metadata,
    Column("digest", Text, nullable=False),
    # Records until this day are stripped (days since 1970-01-01); empty: records of any day.
    Column("until_day", Integer),
)
# Versions, repeats and rows that erasure took out of a batch, so that its counts can still be checked.
ERASED_ROWS = Table(
    "erased_rows",
    metadata,
    Column("batch_id", Integer, nullable=False),
    Column("kind", Text, nullable=False),
    Column("versions", Integer, nullable=False),
    Column("repeats", Integer, nullable=False),
)
# What the current rows contradict in other ledgers, made anew with them (analytics.store.findings). A
# finding about a month's totals stands at the first row of that month.
OPEN_FINDINGS = Table(
    "open_findings",
    metadata,
    Column("kind", Text, nullable=False),
    Column("version_id", BigInteger, nullable=False),
    Column("code", Text, nullable=False),
    Column("value", Text, nullable=False),
    Column("detail", Text, nullable=False),
    Column("institution_id", Text),
    Column("month", Text),
)
# Current rows that the settings turn away for what they contradict: they do not count while they do.
TURNED_AWAY = Table(
    "turned_away",
    metadata,
    Column("kind", Text, nullable=False),
    Column("version_id", BigInteger, nullable=False),
)
# The last batch after which findings were looked for; empty in stores made before they were kept.
JUDGED = Table("judged", metadata, Column("batch_id", Integer, nullable=False))
