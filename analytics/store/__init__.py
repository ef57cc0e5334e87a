"""Where rows are kept: versions by batch, the current facts made from them, snapshots that readers open."""

from analytics.store.snapshot import Snapshot
from analytics.store.store import Store, open_store

__all__ = ["Snapshot", "Store", "open_store"]
