"""How a figure is held against its target, and how the results are kept."""

import json
import operator
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import yaml

HERE = Path(__file__).resolve().parent
TARGETS, RESULTS = HERE / "targets.yml", HERE / "results.json"
COMPARISONS = {"≤": operator.le, "≥": operator.ge}


@dataclass(frozen=True, slots=True)
class Target:
    """One figure that was asked for, with the words it was asked in."""

    name: str
    sentence: str
    comparison: str
    value: float
    unit: str

    def met(self, value: float) -> bool:
        """Whether a value is good enough."""
        return bool(COMPARISONS[self.comparison](value, self.value))


@dataclass(frozen=True, slots=True)
class Measured:
    """One figure as measured; `baseline` is the same figure of the plain thing run beside it."""

    name: str
    value: float
    unit: str
    baseline: float | None
    note: str


@dataclass(frozen=True, slots=True)
class Row:
    """A line of results.json. `target` and `ok` are None for a figure nobody set a target for."""

    name: str
    value: float
    unit: str
    baseline: float | None
    target: str | None
    ok: bool | None
    note: str


def targets() -> list[Target]:
    """Every target, in the order of the file."""
    return [Target(**row) for row in yaml.safe_load(TARGETS.read_text(encoding="utf-8"))]


def held(figures: Iterable[Measured], asked: Sequence[Target]) -> list[Row]:
    """Figures beside their targets. Raises ValueError where a figure's unit is not its target's."""
    by_name = {target.name: target for target in asked}
    rows = []
    for figure in figures:
        target = by_name.get(figure.name)
        if target is not None and target.unit != figure.unit:
            raise ValueError(f"{figure.name} is measured in {figure.unit}, asked for in {target.unit}")
        said = f"{target.comparison} {target.value:g}" if target else None
        met = target.met(figure.value) if target else None
        rows.append(Row(figure.name, figure.value, figure.unit, figure.baseline, said, met, figure.note))
    return rows


def missing(rows: Iterable[Row], asked: Iterable[Target]) -> list[str]:
    """Names of targets nobody measured."""
    measured = {row.name for row in rows}
    return [target.name for target in asked if target.name not in measured]


def keep(rows: Iterable[Row]) -> None:
    """Write results.json: an array of rows, one line each, so that a change reads well."""
    lines = ",\n".join(json.dumps(asdict(row), ensure_ascii=False) for row in rows)
    RESULTS.write_text(f"[\n{lines}\n]\n", encoding="utf-8")


def shown(rows: Iterable[Row]) -> str:
    """A table for the terminal."""
    told = []
    for row in rows:
        mark = {True: "met", False: "MISSED", None: ""}[row.ok]
        beside = "" if row.baseline is None else f"beside {row.baseline:g}"
        told.append(
            f"{mark:7}{row.name:52}{row.value:>10g} {row.unit:<12}{row.target or '':8}{beside}\n       {row.note}"
        )
    return "\n".join(told)
