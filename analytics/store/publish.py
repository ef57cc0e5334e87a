"""Make the current facts from the versions: what other ledgers say is judged again each time.

Either all facts of the kinds that changed, and of those that depend on them, are made anew; or, where a
batch touches few keys of many, only the facts that it touches (:mod:`analytics.store.refresh`).
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, delete, func, insert, select, true, union

from analytics.core.institutions import InstitutionIndex
from analytics.core.settings import Settings
from analytics.store.about import named_days, write_about, write_calendar
from analytics.store.current import Oddities
from analytics.store.facts import can_replace, rebuild, write_client_tags
from analytics.store.industry_refs import write_industry_refs
from analytics.store.months import write_institution_months
from analytics.store.refresh import BatchRefresh, brought_by
from analytics.store.schema import (
    CLIENT_TAGS,
    CLIENTS,
    INDUSTRY_SYNONYMS,
    INSTITUTION_REFS,
    INSTITUTIONS,
    LEDGERS,
)
from analytics.store.sharing import Shared

# What must be made again when a ledger changed.
_DEPENDENTS = {
    "institutions": tuple(kind for kind in LEDGERS if kind != "institutions"),
    "clients": ("services",),
    # A month's total counts only while the institution holds no record of that month.
    "services": ("monthly",),
}
# Lists that other facts are joined with come first; institutions and synonyms before all.
_FIRST = ("institutions", "industry_synonyms")
_ORDER = ("clients", *(kind for kind in LEDGERS if kind not in (*_FIRST, "clients")))
# Facts that hold ordinals of the working-day calendar.
_COUNTED_IN_WORKDAYS = ("services", "assignments")


def publish(connection: Connection, changed: Iterable[str], settings: Settings) -> None:
    """Make the facts of the ``changed`` kinds and of all that depend on them anew."""
    kinds = _with_dependents(changed)
    _renew_synonyms(connection, kinds)
    kinds |= _with_dependents(write_industry_refs(connection))
    if "institutions" in kinds:
        rebuild(connection, INSTITUTIONS, Oddities.of(connection))
    _write_refs(connection)
    odd = Oddities.of(connection)
    if write_calendar(connection, settings):
        kinds |= _with_dependents(_COUNTED_IN_WORKDAYS)
    for kind in _ORDER:
        if kind in kinds:
            _rebuild(connection, kind, odd)
    write_institution_months(connection)
    write_about(connection, settings)


def publish_batch(
    connection: Connection,
    batch_id: int,
    settings: Settings,
    *,
    withdrawn: bool = False,
    days: list[int] | None = None,
    shared: Shared | None = None,
) -> None:
    """Make the facts anew that a batch touches which came or, if ``withdrawn``, went.

    The outcome is that of :func:`publish` for all kinds.

    Parameters
    ----------
    days : list of int, optional
        What :func:`analytics.store.about.named_days` said before the batch came.
    shared : dict, optional
        By kind, what loading found: the versions among which are all that share a key with the batch.
    """
    touched = _touched_rows(connection, batch_id, withdrawn=withdrawn)
    if "institutions" in touched:
        publish(connection, touched, settings)
        return
    _renew_synonyms(connection, touched)
    meant_otherwise = write_industry_refs(connection, batch_id=batch_id)
    if "institutions" in meant_otherwise:
        publish(connection, {*touched, *meant_otherwise}, settings)
        return
    _write_refs(connection)
    odd = Oddities.of(connection)
    anew = _with_dependents(meant_otherwise)
    named = None if days is None else days + named_days(connection, batch_id)
    if write_calendar(connection, settings, named):
        anew |= _with_dependents(_COUNTED_IN_WORKDAYS)
    # Institutions given by name have only now been found: then other versions may share a key.
    among = shared if shared and not odd.refs else {}
    with BatchRefresh.of(connection, batch_id, odd, withdrawn=withdrawn, shared=among) as batch:
        for kind in _ORDER:
            if kind in anew or not batch.refresh(LEDGERS[kind], touched.get(kind, 0)):
                _rebuild(connection, kind, odd)
                anew |= _with_dependents([kind])
        if touched or anew:
            write_institution_months(connection, None if anew else batch.months)
    write_about(connection, settings)


def _renew_synonyms(connection: Connection, changed: Iterable[str]) -> None:
    """Make the synonyms' facts anew where they changed, or were made by rules of an earlier version."""
    kind = INDUSTRY_SYNONYMS.kind
    if kind in changed or not can_replace(connection, INDUSTRY_SYNONYMS, 0):
        rebuild(connection, INDUSTRY_SYNONYMS, Oddities.of(connection))


def _with_dependents(changed: Iterable[str]) -> set[str]:
    kinds = set(changed)
    for kind in ("institutions", "clients", "services"):
        if kind in kinds:
            kinds.update(_DEPENDENTS[kind])
    return kinds


def _rebuild(connection: Connection, kind: str, odd: Oddities) -> None:
    rebuild(connection, LEDGERS[kind], odd)
    if kind == CLIENTS.kind:
        connection.execute(delete(CLIENT_TAGS))
        write_client_tags(connection, true())


def _touched_rows(connection: Connection, batch_id: int, *, withdrawn: bool) -> dict[str, int]:
    """Count the versions of a batch by kind; of a withdrawn one also those it had repeated."""
    counts = {}
    for kind, ledger in LEDGERS.items():
        chosen = brought_by(ledger, batch_id, repeats=withdrawn).with_only_columns(func.count())
        counts[kind] = connection.execute(chosen).scalar_one()
    return {kind: count for kind, count in counts.items() if count}


def _write_refs(connection: Connection) -> None:
    """Resolve institution numbers that are on no list: names, and numbers that lost their zeros."""
    listed = INSTITUTIONS.current
    names = connection.execute(select(listed.c.institution_id, listed.c.name)).all()
    index = InstitutionIndex([(institution_id, name or "") for institution_id, name in names])
    refs = union(
        *(
            select(ledger.rows.c.institution_id).where(ledger.rows.c.institution_id.is_not(None))
            for ledger in LEDGERS.values()
            if ledger.institution_ref
        )
    ).subquery()
    unknown = select(refs.c.institution_id).where(
        refs.c.institution_id.not_in(select(listed.c.institution_id))
    )
    found = [(ref, index.match(ref).institution_id) for (ref,) in connection.execute(unknown)]
    connection.execute(delete(INSTITUTION_REFS))
    resolved = [{"ref": ref, "institution_id": meant} for ref, meant in found if meant]
    if resolved:
        connection.execute(insert(INSTITUTION_REFS), resolved)
