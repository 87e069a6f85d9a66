"""Places from a table: every row told what became of it, the same table twice changes nothing."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from django.db import transaction

from liren.base.ledger import actions as ledger
from liren.base.tables.queries import Line, read_table
from liren.kernel.errors import LirenError, Refused
from liren.kernel.ids import new_id
from liren.kernel.policy import Actor
from liren.registers.places import rules
from liren.registers.places.actions.placing import Details, check_parent, cleaned, manage, new_version
from liren.registers.places.events import PlacesImported
from liren.registers.places.models import ExternalCode, Place
from liren.registers.places.queries import tree
from liren.registers.places.queries.managing import OWN, numbered

Status = Literal["created", "updated", "unchanged", "refused"]
System = Literal["wgs84", "gcj02", "bd09"]

COLUMNS: dict[str, tuple[str, ...]] = {
    "kind": ("类型", "类别", "层级"),
    "name": ("名称",),
    "name_en": ("英文名",),
    "parent": ("上级", "上级编码", "所属编码", "parent code"),
    "code": ("编码", "代码", "编号"),
    "aliases": ("别名", "俗称"),
    "lat": ("纬度",),
    "lon": ("经度",),
    "population": ("人口", "人口数"),
    "households": ("户数",),
    "valid_from": ("启用日期", "生效日期"),
    "sort": ("排序",),
    "office": ("本单位",),
}
KINDS = {
    "区": "district", "县": "district", "街道": "street", "镇": "street", "乡": "street",
    "社区": "community", "村": "community", "网格": "grid", "院落": "courtyard", "小区": "courtyard",
    "楼栋": "building", "楼": "building", "栋": "building", "户": "dwelling", "房屋": "dwelling",
    "单元网格": "cell",
}  # fmt: skip
_FROM = {"gcj02": rules.from_gcj02, "bd09": rules.from_bd09}
_YES = frozenset({"1", "是", "yes", "true"})


@dataclass(frozen=True, slots=True)
class RowReport:
    """What became of one row: its line in the file, and where refused the code of the reason and the
    column at fault.
    """

    line: int
    status: Status
    reason: str = ""
    column: str = ""
    id: int | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """What became of a table. `dry_run`: nothing was kept. `gaps`: places whose outline the parts do not
    fill, in m².
    """

    rows: tuple[RowReport, ...]
    dry_run: bool
    gaps: tuple[tuple[int, int], ...] = ()

    def count(self, status: Status) -> int:
        """How many rows ended so."""
        return sum(row.status == status for row in self.rows)


class _Undone(Exception):
    """Leaves the transaction of a dry run."""


@dataclass(slots=True)
class _Register:
    """What is there, and what the table adds, looked up without a query per row."""

    places: dict[int, Place]
    by_code: dict[str, set[int]]
    by_scheme: dict[tuple[str, str], int]
    by_name: dict[tuple[int | None, str, str], int]
    new: dict[int, Place] = field(default_factory=dict)
    changed: dict[int, Place] = field(default_factory=dict)
    codes: list[ExternalCode] = field(default_factory=list)

    @classmethod
    def read(cls) -> "_Register":
        """Everything open, in two queries."""
        places = {place.id: place for place in Place.objects.filter(valid_to=None).defer("boundary")}
        register = cls(places, {}, {}, {})
        for place in places.values():
            register.by_name[place.parent_id, place.kind, place.name] = place.id
        for code in ExternalCode.objects.filter(
            place_id__in=Place.objects.filter(valid_to=None).values("id")
        ):
            register.put_code(code)
        return register

    def put_code(self, code: ExternalCode) -> None:
        """A code known from now on."""
        self.by_code.setdefault(code.value, set()).add(code.place_id)
        self.by_scheme[code.scheme, code.value] = code.place_id

    def parent(self, code: str) -> Place | None:
        """The place with a code. Raises Refused("place.parent_unknown")."""
        if not code:
            return None
        own = numbered(code)
        held = {own} & self.places.keys() if own is not None else self.by_code.get(code, set())
        if len(held) != 1:
            raise Refused("place.parent_unknown", field="parent")
        return self.places[next(iter(held))]


def import_places(
    table: bytes | Iterable[Mapping[str, str]],
    *,
    by: Actor,
    now: datetime,
    dry_run: bool = False,
    system: System = "wgs84",
) -> Report:
    """Open or correct places from a table: file bytes (CSV or workbook) or rows by column.

    Columns: kind, name, parent (a code), code, aliases (parted by ; or 、), lat, lon, population,
    households, valid_from, name_en, sort, office; Chinese headings too. A row is known again by its code,
    without one by parent, kind and name, or by the register's own number as `every_row` writes it ("#7"); an empty
    cell changes nothing. A bad row is refused by itself
    and tells why; its children are refused too. Raises Denied, Refused as `read_table`. `system` is that
    of lat and lon.
    """
    manage(by, "")
    lines = read_table(table, COLUMNS) if isinstance(table, bytes) else _lines(table)
    order = list(Place.Kind.values)
    ranked = sorted(
        lines, key=lambda line: (order.index(_kind(line)) if _kind(line) in order else 99, line.number)
    )
    report: list[RowReport] = []
    try:
        with transaction.atomic():
            register = _Register.read()
            for line in ranked:
                report.append(_take(register, line, system, now))
            _write(register)
            if dry_run:
                raise _Undone
            _tell(Report(tuple(report), dry_run), by, now)
    except _Undone:
        pass
    return Report(tuple(sorted(report, key=lambda row: row.line)), dry_run)


def _tell(report: Report, by: Actor, now: datetime) -> None:
    created, updated = report.count("created"), report.count("updated")
    if created or updated:
        new_version()
        ledger.record(
            PlacesImported(
                subject_id=tree.office_view().id or 0,
                by=by.id,
                at=now,
                what="table",
                created=created,
                updated=updated,
                refused=report.count("refused"),
            )
        )


def _lines(table: Iterable[Mapping[str, str]]) -> list[Line]:
    return [
        Line(number, {name: str(cell).strip() for name, cell in row.items()})
        for number, row in enumerate(table, 1)
    ]


def _kind(line: Line) -> str:
    said = line.cells.get("kind", "").lower()
    return KINDS.get(said, said)


def _take(register: _Register, line: Line, system: System, now: datetime) -> RowReport:
    try:
        return _taken(register, line, system, now)
    except LirenError as error:
        return RowReport(line.number, "refused", error.code, str(getattr(error, "field", None) or ""))


def _taken(register: _Register, line: Line, system: System, now: datetime) -> RowReport:
    kind, cells = _kind(line), line.cells
    parent = register.parent(cells.get("parent", ""))
    details = _details(cells, system)
    code = cells.get("code", "")
    if code.startswith(OWN):
        known_id, scheme = numbered(code), ""
        if known_id not in register.places:
            raise Refused("place.code_unknown", field="code")
    else:
        scheme = rules.scheme_of(code, kind) if code else ""
        known_id = register.by_scheme.get((scheme, code)) if code else None
    if known_id is None and not code and "name" in details:
        known_id = register.by_name.get((parent.id if parent else None, kind, details["name"]))
    if known_id is not None:
        return _corrected(register, line, known_id, kind, parent, details)
    check_parent(parent, kind)
    if "name" not in details:
        raise Refused("place.name", field="name")
    _check_division(register, parent, code, kind, scheme)
    place_id = new_id(now)
    while place_id in register.places:  # thousands of ids in one millisecond may clash
        place_id = new_id(now)
    office = cells.get("office", "").lower() in _YES
    if office and any(place.is_office for place in register.places.values()):
        raise Refused("place.office_known", field="office")
    details.setdefault("sort", line.number)  # the table's order is the office's
    path = rules.path_of(parent.path if parent else "", place_id)
    place = Place(id=place_id, kind=kind, parent=parent, path=path, is_office=office, **cleaned(details))
    register.places[place_id] = register.new[place_id] = place
    register.by_name[place.parent_id, kind, place.name] = place_id
    if code:
        row = ExternalCode(place=place, scheme=scheme, value=code)
        register.codes.append(row)
        register.put_code(row)
    return RowReport(line.number, "created", id=place_id)


def _corrected(
    register: _Register, line: Line, place_id: int, kind: str, parent: Place | None, details: Details
) -> RowReport:
    place = register.places[place_id]
    if place.kind != kind:
        raise Refused("place.kind", field="kind")
    if parent is not None and place.parent_id != parent.id:
        raise Refused("place.parent_moved", field="parent")
    changes = {name: value for name, value in cleaned(details).items() if getattr(place, name) != value}
    for name, value in changes.items():
        setattr(place, name, value)
    if not changes:
        return RowReport(line.number, "unchanged", id=place_id)
    if place_id not in register.new:
        register.changed[place_id] = place
    return RowReport(line.number, "updated", id=place_id)


def _check_division(register: _Register, parent: Place | None, code: str, kind: str, scheme: str) -> None:
    """A 区划 code tells its layer and where it lies: both must agree with the row."""
    if scheme != "division":
        return
    division = rules.division_code(code)
    if division.layer != kind:
        raise Refused("place.code_malformed", field="code")
    above = {
        value
        for (name, value), held in register.by_scheme.items()
        if name == scheme and parent and held == parent.id
    }
    if above and not any(division.parent == rules.division_code(value).code for value in above):
        raise Refused("place.code_not_in_parent", field="code")


def _details(cells: Mapping[str, str], system: System) -> Details:
    """Cells as details; an empty cell says nothing. Raises Refused: place.number, place.dates,
    place.point.
    """
    details: Details = {}
    if cells.get("name"):
        details["name"] = " ".join(cells["name"].split())
    if cells.get("name_en"):
        details["name_en"] = cells["name_en"]
    if cells.get("aliases"):
        parts = cells["aliases"].replace("；", ";").replace("、", ";").replace("|", ";").split(";")
        details["aliases"] = [part.strip() for part in parts if part.strip()]
    for name in ("population", "households", "sort"):
        if cells.get(name):
            details[name] = _whole(cells[name], name)
    if cells.get("valid_from"):
        details["valid_from"] = _day(cells["valid_from"])
    if cells.get("lat") or cells.get("lon"):
        lat, lon = _degrees(cells.get("lat", "")), _degrees(cells.get("lon", ""))
        details["lat"], details["lon"] = _FROM[system](lat, lon) if system in _FROM else (lat, lon)
    return details


def _whole(cell: str, name: str) -> int:
    try:
        return int(cell.replace(",", ""))
    except ValueError as error:
        raise Refused("place.number", field=name) from error


def _degrees(cell: str) -> float:
    try:
        return float(cell)
    except ValueError as error:
        raise Refused("place.point", field="lat") from error


def _day(cell: str) -> date:
    try:
        return date.fromisoformat(cell[:10].replace("/", "-").replace(".", "-"))
    except ValueError as error:
        raise Refused("place.dates", field="valid_from") from error


def _write(register: _Register) -> None:
    Place.objects.bulk_create(register.new.values(), batch_size=500)
    ExternalCode.objects.bulk_create(register.codes, batch_size=500)
    columns = [name for name in COLUMNS if name not in {"kind", "parent", "code", "office"}]
    Place.objects.bulk_update(register.changed.values(), columns, batch_size=200)
