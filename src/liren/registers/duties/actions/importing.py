"""A duty list from a spreadsheet: every row told what became of it, all of it published or nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from liren.base.tables import queries as tables
from liren.kernel.errors import Refused
from liren.kernel.policy import Actor, Facts, require
from liren.registers.duties.actions.publishing import DUTY, faults, publish_catalogue
from liren.registers.duties.naming import Names, office_path
from liren.registers.duties.rules import DutyRow

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
    """What became of the file. `version` is None when nothing was published; `read` are the rows that were understood."""

    rows: tuple[RowReport, ...]
    version: int | None
    read: tuple[DutyRow, ...] = ()

    @property
    def refused(self) -> int:
        """How many rows must be put right first."""
        return sum(row.status == "refused" for row in self.rows)


def import_catalogue(
    data: bytes,
    *,
    valid_from: date,
    source: str,
    by: Actor,
    now: datetime,
    only_try: bool = False,
    seen: int | None = None,
) -> Report:
    """Read a duty list (CSV, XLSX, …) and publish it whole; with `only_try`, or any bad row, nothing is
    published.

    Columns: 诉求类别 (code or name of a class or group), 范围 (empty for everywhere, a name, code or path),
    主责单位, 协办单位 (several, separated), 只协助 (是), 法律依据, 来源. Raises Denied, Refused("table.*")
    and those of `publish_catalogue` that are not about rows.
    """
    require(by, DUTY, Facts(place_path=office_path()))
    lines = tables.read_table(data, COLUMNS)
    names = Names(valid_from)
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
        done = publish_catalogue(rows, valid_from=valid_from, source=source, by=by, now=now, seen=seen)
        version, status = done.version, "published" if done.changed else "unchanged"
    reports = (told.get(line.number) or RowReport(line.number, status) for line in lines)
    return Report(tuple(reports), version, tuple(rows))


def _row(cells: Mapping[str, str], names: Names) -> DutyRow:
    said = {column: cells.get(column, "").strip() for column in COLUMNS}
    code = names.classes.get(said["class"]) or names.classes.get(said["class"].lower())
    if code is None:
        raise Refused("duty.class_unknown", field="class")
    path = names.place(said["place"])
    unit = names.units.get(said["unit"])
    if unit is None:
        raise Refused("duty.unit_unknown", field="unit")
    known = names.helpers(said["co_units"])
    return DutyRow(
        code, unit, path, known, said["assist_only"].lower() in _YES, said["basis"], said["source"]
    )
