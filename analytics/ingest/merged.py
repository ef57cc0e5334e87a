"""The merged areas of a sheet: their value holds for every row and column they cover."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

_Corner = tuple[int, int]
Area = tuple[_Corner, _Corner]


class Merged:
    """The merged areas of a sheet, handed out as the rows they cover come by.

    ``areas`` are (top, left), (bottom, right), counted from 0; what lies outside the sheet's ``height``
    and ``width`` is cut off. ``overlap`` is true where areas cover more cells than the sheet has: no
    spreadsheet program writes that, and filling such areas would take time without measure.
    """

    def __init__(self, areas: Sequence[Area], height: int, width: int) -> None:
        cut = (
            (top, left, min(bottom, height - 1), min(right, width - 1))
            for (top, left), (bottom, right) in areas
        )
        self._waiting = sorted(
            (area for area in cut if area[0] <= area[2] and area[1] <= area[3]), reverse=True
        )
        covered = sum((a[2] - a[0] + 1) * (a[3] - a[1] + 1) for a in self._waiting)
        self.overlap = covered > height * width
        self._open: list[tuple[int, int, int, int, str | None]] = []

    def pop_until(self, first: int, rows: list[list[str | None]]) -> Iterator[tuple[int, int, str | None]]:
        """Yield (row in ``rows``, column, value) of covered cells; ``first`` numbers the first row."""
        end = first + len(rows)
        while self._waiting and self._waiting[-1][0] < end:
            top, left, bottom, right = self._waiting.pop()
            self._open.append((top, left, bottom, right, rows[top - first][left]))
        for top, left, bottom, right, value in self._open:
            if value is None:
                continue
            for row in range(max(top, first), min(bottom + 1, end)):
                for column in range(left, right + 1):
                    yield row - first, column, value
        self._open = [area for area in self._open if area[2] >= end]
