"""Parsers of cells: each takes a cell's text and returns a value, ``None`` for nothing, or what is wrong."""
