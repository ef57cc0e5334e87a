"""Write a whole sample: ledgers, manifest of expected outcomes, and what was planted."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterator
from pathlib import Path

from sample_data.affairs import activities, complaints, targets
from sample_data.clients import client_pool
from sample_data.demand import demand_points
from sample_data.experts import assignments, experts
from sample_data.manifest import Ledger, Manifest
from sample_data.monthly import monthly_totals
from sample_data.network import institutions
from sample_data.parcels import Parcel, service_parcels
from sample_data.plan import Plan
from sample_data.registers import Registers
from sample_data.services import service_records
from sample_data.sheets import Book
from sample_data.standing import evaluations, evidence, publications
from sample_data.truth import write_truth
from sample_data.writers import write_book

MARK = ".ipdash-sample"
NOTICE = "示例数据.txt"
_NOTICE_TEXT = "本文件夹中的台账均为程序生成的示例数据，不涉及任何真实的机构、企业和个人。\n"

Progress = Callable[[int, int], None]


def write_sample(
    out: Path,
    *,
    rows: int = 300_000,
    seed: int = 1,
    until: str = "2026-10",
    stations: int = 190,
    progress: Progress | None = None,
) -> Manifest:
    """Write five years of invented ledgers into ``out`` and return what must come of importing them.

    Parameters
    ----------
    out : Path
        The folder, made when missing. Files of an earlier sample with the same names are replaced.
    rows : int
        Service records that are right; a few hundred faulty and repeated rows come on top.
    seed : int
        The same arguments give the same bytes.
    until : str
        The last month, ``YYYY-MM``; must not lie ahead, or its dates would be refused as future.
    stations : int
        Institutions, the city centre and the 17 district centres included.
    progress : callable, optional
        Called with the rows written so far and the rows to write.

    Raises
    ------
    ValueError
        When ``rows`` is below 1,000 or ``stations`` below 50.
    """
    plan = Plan(rows=rows, seed=seed, until=until, stations=stations)
    out.mkdir(parents=True, exist_ok=True)
    mark = {"sample_data": True, "seed": seed, "rows": rows, "until": until}
    (out / MARK).write_text(json.dumps(mark) + "\n", encoding="utf-8")
    (out / NOTICE).write_text(_NOTICE_TEXT, encoding="utf-8")
    parcels = sorted(_parcels(plan, out), key=lambda parcel: Path(parcel.path))
    ledger = Ledger(plan)
    done, total = 0, sum(parcel.rows for parcel in parcels)
    for parcel in parcels:
        book = parcel.build()
        write_book(book, out)
        ledger.add(book)
        done += parcel.rows
        if progress is not None:
            progress(done, total)
    manifest = ledger.finish()
    manifest.write(out)
    return manifest


def _parcels(plan: Plan, out: Path) -> Iterator[Parcel]:
    demand = demand_points(plan)
    network = institutions(plan, demand)
    write_truth(out, plan, network, demand)
    pool, starts = client_pool(plan, network)
    people = experts(plan)
    services = service_records(plan, network, pool, starts, people)
    registers = Registers(plan, network)
    yield from registers.institutions()
    yield from _with_a_copy(service_parcels(plan, services, network))
    yield from registers.monthly(monthly_totals(plan, network, services))
    yield from registers.clients(pool)
    yield from registers.demand(demand)
    yield from registers.experts(people, assignments(plan, network, people))
    yield from registers.complaints(complaints(plan, services, network))
    yield from registers.activities(activities(plan, network))
    yield from registers.targets(targets(plan, network, services))
    yield from registers.late_corrections(services)
    yield from registers.publications(publications(plan, network))
    yield from registers.evidence(evidence(plan, network))
    yield from registers.evaluations(evaluations(plan, network))


def _with_a_copy(parcels: Iterator[Parcel]) -> Iterator[Parcel]:
    """Pass parcels on, and one small file a second time under another name, as folders hold it."""
    for parcel in parcels:
        yield parcel
        if "2023/延庆区" in parcel.path:
            yield _copy(parcel)


def _copy(parcel: Parcel) -> Parcel:
    path = parcel.path.replace(".csv", " - 副本.csv")

    def build() -> Book:
        book = parcel.build()
        book.path = path
        return book

    return Parcel(path, parcel.rows, build)


def main() -> None:
    """Write a sample from the command line."""
    parser = argparse.ArgumentParser(prog="python -m sample_data.make", description=__doc__)
    parser.add_argument("--out", type=Path, required=True, help="folder to write into")
    parser.add_argument("--rows", type=int, default=300_000, help="service records")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--until", default="2026-10", help="last month, YYYY-MM")
    parser.add_argument("--stations", type=int, default=190, help="institutions, centres included")
    chosen = parser.parse_args()
    manifest = write_sample(
        chosen.out, rows=chosen.rows, seed=chosen.seed, until=chosen.until, stations=chosen.stations
    )
    print(json.dumps(manifest.totals))


if __name__ == "__main__":
    main()
