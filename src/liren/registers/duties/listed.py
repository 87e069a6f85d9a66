"""A duty list as one piece: the latest one row by row, and any list, published or not, asked whose duty a thing is."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from liren.kernel.errors import NotFound
from liren.registers.duties import rules
from liren.registers.duties.models import Catalogue, CatalogueEntry
from liren.registers.duties.naming import Names
from liren.registers.duties.packs import pack
from liren.registers.duties.rules import Duty, DutyRow
from liren.registers.duties.taxonomy import holding, nearby


@dataclass(frozen=True, slots=True)
class LatestList:
    """The duty list published last, in force or ahead: its version (0 before the first), first day, rows by number."""

    version: int
    valid_from: date | None
    rows: dict[int, DutyRow]


@dataclass(frozen=True, slots=True)
class SaidRow:
    """A row of the list in the words an import reads back."""

    entry_id: int
    class_code: str
    class_said: str
    place: str
    unit_id: int
    unit: str
    co_units: tuple[str, ...]
    assist_only: bool
    basis: str
    source: str


def latest_list(*, version: int | None = None) -> LatestList:
    """The duty list the next one will follow, or the one of a version where there is such. Two statements."""
    lists = Catalogue.objects.order_by("-version")
    last = (lists.filter(version=version).first() if version is not None else None) or lists.first()
    if last is None:
        return LatestList(0, None, {})
    entries = CatalogueEntry.objects.filter(catalogue=last).order_by(
        "class_code", "place_path", "assist_only", "id"
    )
    return LatestList(last.version, last.valid_from, {entry.id: _row(entry) for entry in entries})


def in_words(rows: dict[int, DutyRow], on: date) -> list[SaidRow]:
    """Rows in words, in the order of the taxonomy, the whole office before its parts."""
    names = Names(on)
    order = {key: at for at, key in enumerate(pack("taxonomy").on(on))}
    sorted_rows = sorted(
        rows.items(),
        key=lambda one: (
            order.get(one[1].class_code, len(order)),
            one[1].place_path,
            one[1].assist_only,
            one[0],
        ),
    )
    return [_said(entry_id, row, names) for entry_id, row in sorted_rows]


def _said(entry_id: int, row: DutyRow, names: Names) -> SaidRow:
    return SaidRow(
        entry_id=entry_id,
        class_code=row.class_code,
        class_said=names.class_said(row.class_code),
        place=names.place_said(row.place_path),
        unit_id=row.unit_id,
        unit=names.unit_said(row.unit_id),
        co_units=tuple(names.unit_said(helper) for helper in row.co_unit_ids),
        assist_only=row.assist_only,
        basis=row.basis,
        source=row.source,
    )


def _row(entry: CatalogueEntry) -> DutyRow:
    return DutyRow(
        entry.class_code,
        entry.unit_id,
        entry.place_path,
        tuple(entry.co_unit_ids),
        entry.assist_only,
        entry.basis,
        entry.source,
    )


class Leads:
    """A duty list to be asked who leads: the same answer `queries.lead` gives of a published one."""

    def __init__(self, rows: Iterable[DutyRow], on: date) -> None:
        self.on = on
        self._by_class: dict[str, list[Duty]] = {}
        for index, row in enumerate(rows):
            if not row.assist_only:
                duty = Duty(index, False, row.place_path, row.unit_id, row.co_unit_ids, False, row.basis)
                self._by_class.setdefault(row.class_code, []).append(duty)
        self._known: dict[tuple[str, str], tuple[int, ...]] = {}

    def of(self, class_code: str, place_path: str) -> tuple[int, ...]:
        """The units that lead a class in a place: one; none where the list is silent; several where it leaves the
        choice to a person. No SQL.
        """
        asked = class_code, place_path
        if asked not in self._known:
            self._known[asked] = self._find(*asked)
        return self._known[asked]

    def _find(self, class_code: str, place_path: str) -> tuple[int, ...]:
        inside = set(rules.prefixes(place_path))
        found = [
            Duty(duty.entry_id, exact, duty.place_path, duty.unit_id, duty.co_unit_ids, False, duty.basis)
            for code, exact in self._codes(class_code)
            for duty in self._by_class.get(code, ())
            if duty.place_path in inside
        ]
        return tuple(dict.fromkeys(duty.unit_id for duty in rules.strongest(found)))

    def _codes(self, class_code: str) -> list[tuple[str, bool]]:
        """A class and its group; a class the day no longer knows by its successor."""
        try:
            row = holding(class_code, self.on)
        except NotFound:
            return []
        return [(code, at == 0) for at, code in enumerate(nearby(row.key, self.on))]
