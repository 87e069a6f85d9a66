"""A duty list from a spreadsheet: every row told what became of it, all of it published or nothing."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from liren.kernel.errors import NotFound, Refused
from liren.kernel.policy import Actor, Facts, require
from liren.registers.duties.actions.publishing import DUTY, faults, office_path, publish_catalogue
from liren.registers.duties.packs import pack
from liren.registers.duties.rules import DutyRow
from liren.registers.people import queries as people
from liren.registers.places import queries as places

COLUMNS: dict[str, tuple[str, ...]] = {
    "class": ("诉求类别", "类别", "事项", "分类"),
    "place": ("范围", "地点", "地区", "社区"),
    "unit": ("主责单位", "主办单位", "承办单位", "单位"),
    "co_units": ("协办单位", "配合单位"),
    "assist_only": ("只协助", "协助事项"),
    "basis": ("法律依据", "依据"),
    "source": ("来源",),
}
_YES = frozenset({"1", "是", "yes", "true", "y"})
_WHOLE = frozenset({"", "全街道", "全镇", "全乡", "全域", "全部"})
_NAMED = ("community", "grid", "courtyard")
_BREAKS = re.compile(r"[、,,;;\s]+")


Status = Literal["ready", "published", "unchanged", "refused"]


@dataclass(frozen=True, slots=True)
class RowReport:
    """What became of one row: its line in the file; where refused, a reason code and the column at fault."""

    line: int
    status: Status
    reason: str = ""
    column: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """What became of the file. `version` is None when nothing was published."""

    rows: tuple[RowReport, ...]
    version: int | None

    @property
    def refused(self) -> int:
        """How many rows must be put right first."""
        return sum(row.status == "refused" for row in self.rows)


class _Names:
    """What a spreadsheet may call a class, unit or place, and what is meant; None where two answer to it."""

    def __init__(self, on: date) -> None:
        self.classes: dict[str, str | None] = {}
        for row in pack("taxonomy").on(on).values():
            for name in (row.key, row.title.zh, row.title.en.lower()):
                self.classes[name] = row.key if self.classes.get(name, row.key) == row.key else None
        self.units: dict[str, int | None] = {}
        for unit in people.units(on=on):
            for name in {unit.code, unit.name, unit.short} - {""}:
                self.units[name] = unit.id if self.units.get(name, unit.id) == unit.id else None
        self.root = office_path()
        self.places: dict[str, str | None] = dict.fromkeys(_WHOLE, "")
        for kind in _NAMED if self.root else ():
            for place in places.within(self.root, kind):
                for name in {place.name, *place.aliases}:
                    self.places.setdefault(name, place.path)

    def place(self, said: str) -> str | None:
        """The path of a place given as path, code or name."""
        if said in self.places:
            return self.places[said]
        for look_up in (places.by_path, places.by_code):
            try:
                return look_up(said).path
            except NotFound:
                continue
        return None


def import_catalogue(
    data: bytes, *, valid_from: date, source: str, by: Actor, now: datetime, only_try: bool = False
) -> Report:
    """Read a duty list (CSV, XLSX, …) and publish it whole; with `only_try`, or any bad row, nothing is
    published.

    Columns: 诉求类别 (code or name of a class or group), 范围 (empty for everywhere, a name, code or path),
    主责单位, 协办单位 (several, separated), 只协助 (是), 法律依据, 来源. Raises Denied, Refused("table.*")
    and those of `publish_catalogue` that are not about rows.
    """
    require(by, DUTY, Facts(place_path=office_path()))
    lines = places.read_table(data, COLUMNS)
    names = _Names(valid_from)
    rows: list[DutyRow] = []
    told: dict[int, RowReport] = {}
    at: list[int] = []
    for line in lines:
        try:
            rows.append(_row(line.cells, names))
            at.append(line.number)
        except Refused as error:
            told[line.number] = RowReport(line.number, "refused", error.code, error.field or "")
    for index, reason in faults(rows, valid_from).items():
        told[at[index]] = RowReport(at[index], "refused", reason)
    version: int | None = None
    status: Status = "ready"
    if rows and not told and not only_try:
        done = publish_catalogue(rows, valid_from=valid_from, source=source, by=by, now=now)
        version, status = done.version, "published" if done.changed else "unchanged"
    reports = (told.get(line.number) or RowReport(line.number, status) for line in lines)
    return Report(tuple(reports), version)


def _row(cells: Mapping[str, str], names: _Names) -> DutyRow:
    said = {column: cells.get(column, "").strip() for column in COLUMNS}
    code = names.classes.get(said["class"]) or names.classes.get(said["class"].lower())
    if code is None:
        raise Refused("duty.class_unknown", field="class")
    path = names.place(said["place"])
    if path is None:
        raise Refused("duty.place_unknown", field="place")
    unit = names.units.get(said["unit"])
    if unit is None:
        raise Refused("duty.unit_unknown", field="unit")
    helpers = [names.units.get(name) for name in _BREAKS.split(said["co_units"]) if name]
    known = tuple(helper for helper in helpers if helper is not None)
    if len(known) < len(helpers):
        raise Refused("duty.unit_unknown", field="co_units")
    return DutyRow(
        code, unit, path, known, said["assist_only"].lower() in _YES, said["basis"], said["source"]
    )
