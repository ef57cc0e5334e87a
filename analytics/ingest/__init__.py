"""From the ledgers people keep to rows the store can hold, with a report of everything in between."""
