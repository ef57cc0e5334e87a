"""The ledger kinds, one module each; whatever module lies here is found and read."""

from __future__ import annotations

from functools import lru_cache
from importlib import import_module
from pkgutil import iter_modules

from analytics.ingest.declare import Source


@lru_cache(maxsize=1)
def sources() -> dict[str, Source]:
    """Return every ledger kind by its key."""
    found = (import_module(f"{__name__}.{module.name}").SOURCE for module in iter_modules(__path__))
    return {source.kind: source for source in found}
