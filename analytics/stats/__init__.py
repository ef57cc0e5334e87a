"""Statistics over arrays: they know numbers, not ledgers."""
