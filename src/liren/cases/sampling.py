"""Which replies are looked at on the spot: a sample anybody can draw again, each unit with its share. Pure."""

import hashlib
from collections.abc import Iterable

_WHOLE = 1 << 64


def draw(week: str, cases: Iterable[tuple[int, int]], *, percent: int, least: int) -> list[int]:
    """Of (unit id, case id) pairs, those to verify in `week` ("2026-W11"), in order of their case ids.

    A case is drawn by its own number and the week alone, so that more replies never undraw it; beside these each unit
    has at least `least` drawn, those with the smallest marks.
    """
    by_unit: dict[int, list[tuple[int, int]]] = {}
    for unit, case in cases:
        by_unit.setdefault(unit, []).append((_mark(week, case), case))
    drawn: set[int] = set()
    for marks in by_unit.values():
        marks.sort()
        share = [case for mark, case in marks if mark * 100 < percent * _WHOLE]
        drawn.update(share, (case for _, case in marks[:least]))
    return sorted(drawn)


def _mark(week: str, case: int) -> int:
    return int.from_bytes(hashlib.sha256(f"{week}:{case}".encode()).digest()[:8])
