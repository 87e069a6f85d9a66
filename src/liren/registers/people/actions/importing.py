"""Bodies, posts and persons from tables: every row told what became of it, the same table twice changes
nothing.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Literal

from django.db import transaction

from liren.base.access import queries as accounts
from liren.base.ledger import actions as ledger
from liren.base.tables import queries as tables
from liren.base.vault import queries as sealed
from liren.kernel.clock import to_office
from liren.kernel.errors import LirenError, NotFound, Refused
from liren.kernel.policy import Actor
from liren.registers.people import rules
from liren.registers.people.actions import bodies, homes, persons, posts
from liren.registers.people.actions.bodies import BodyDetails, manage
from liren.registers.people.events import PeopleImported
from liren.registers.people.models import Body, Ownership, Person, Post, Residence
from liren.registers.places import queries as places
from liren.registers.places.actions import Report, RowReport

Table = bytes | Iterable[Mapping[str, str]]
Done = tuple[Literal["created", "updated", "unchanged"], int]

BODY_COLUMNS: dict[str, tuple[str, ...]] = {
    "code": ("编码", "代码"),
    "kind": ("类型", "类别"),
    "name": ("名称",),
    "name_en": ("英文名",),
    "short": ("简称",),
    "uscc": ("统一社会信用代码",),
    "place": ("所在地", "所在地编码", "地点编码"),
    "parent": ("上级", "上级编码"),
    "handles": ("承办单位", "可承办"),
    "calendar": ("工作日历",),
    "phone": ("电话", "联系电话"),
    "valid_from": ("启用日期",),
    "sort": ("排序",),
}
POST_COLUMNS: dict[str, tuple[str, ...]] = {
    "code": ("编码", "岗位编码"),
    "body": ("单位", "单位编码"),
    "title": ("岗位", "岗位名称", "职务"),
    "title_en": ("英文名",),
    "place": ("责任区", "责任区编码", "地点编码"),
    "role": ("角色",),
    "holder": ("姓名", "任职人"),
}
PERSON_COLUMNS: dict[str, tuple[str, ...]] = {
    "code": ("编码", "居民编码"),
    "name": ("姓名",),
    "phone": ("电话", "手机", "手机号"),
    "dwelling": ("房屋编码", "户编码"),
    "tenure": ("居住方式", "居住性质"),
    "share": ("份额", "产权份额"),
    "area": ("面积", "建筑面积"),
    "valid_from": ("起始日期", "入住日期"),
}
TENURES = {"自有": "owner", "家属": "family", "租住": "tenant", "其他": "other"}
KINDS = {
    "党组织": "party_org",
    "居民委员会": "residents_committee",
    "居委会": "residents_committee",
    "业主委员会": "owners_committee",
    "业委会": "owners_committee",
    "物业服务企业": "property_company",
    "物业": "property_company",
    "社会组织": "social_org",
    "部门": "department",
    "公用事业单位": "utility",
    "企业": "enterprise",
}
_YES = frozenset({"1", "是", "yes", "true"})


@dataclass(frozen=True, slots=True)
class _Import:
    """One kind of table: its columns and what a row does."""

    what: str
    columns: Mapping[str, Iterable[str]]
    take: Callable[[Mapping[str, str], Actor, datetime], Done]


class _Undone(Exception):
    """Leaves the transaction of a dry run."""


def import_bodies(table: Table, *, by: Actor, now: datetime, dry_run: bool = False) -> Report:
    """Open or correct bodies from a table (file bytes or rows by column), known again by `code`.

    Columns: code, kind, name, name_en, short, uscc, place (a place's code), parent (a body's code),
    handles, calendar, phone, valid_from, sort; Chinese headings too. An empty cell changes nothing.
    Raises Denied, Refused: table.*.
    """
    return _run(_Import("bodies", BODY_COLUMNS, _body), table, by, now, dry_run)


def import_posts(table: Table, *, by: Actor, now: datetime, dry_run: bool = False) -> Report:
    """Open vacant seats from a table, known again by `code` or by the register's number ("#7"); accounts come by `appoint`.

    Columns: code, body (a body's code), title, title_en, place (a place's code), role, holder. Raises as
    `import_bodies`.
    """
    return _run(_Import("posts", POST_COLUMNS, _post), table, by, now, dry_run)


def import_people(table: Table, *, by: Actor, now: datetime, dry_run: bool = False) -> Report:
    """Persons with their homes from a table, known again by `code`.

    Columns: code, name, phone, dwelling (a place's code), tenure, share and area (where they own it),
    valid_from. Raises as `import_bodies`.
    """
    return _run(_Import("persons", PERSON_COLUMNS, _person), table, by, now, dry_run)


def _run(kind: _Import, table: Table, by: Actor, now: datetime, dry_run: bool) -> Report:
    manage(by)
    rows = []
    try:
        with transaction.atomic():
            for line in _lines(table, kind.columns):
                rows.append(_row(kind, line, by, now))
            if dry_run:
                raise _Undone
            report = Report(tuple(rows), dry_run)
            created, updated = report.count("created"), report.count("updated")
            if created or updated:
                event = PeopleImported(
                    subject_id=places.office_view().id or 0,
                    by=by.id,
                    at=now,
                    what=kind.what,
                    created=created,
                    updated=updated,
                    refused=report.count("refused"),
                )
                ledger.record(event)
    except _Undone:
        pass
    return Report(tuple(rows), dry_run)


def _row(kind: _Import, line: tables.Line, by: Actor, now: datetime) -> RowReport:
    try:
        with transaction.atomic():
            status, row_id = kind.take(line.cells, by, now)
    except LirenError as error:
        return RowReport(line.number, "refused", error.code, str(getattr(error, "field", None) or ""))
    return RowReport(line.number, status, id=row_id)


def _lines(table: Table, columns: Mapping[str, Iterable[str]]) -> list[tables.Line]:
    if isinstance(table, bytes):
        return tables.read_table(table, columns)
    return [
        tables.Line(number, {name: str(cell).strip() for name, cell in row.items()})
        for number, row in enumerate(table, 1)
    ]


def _body(cells: Mapping[str, str], by: Actor, now: datetime) -> Done:
    code = bodies.check_code(cells.get("code", ""))
    said = cells.get("kind", "")
    details = _body_details(cells)
    known = Body.objects.filter(code=code).first()
    if known is None:
        return "created", bodies.open_body(code=code, kind=KINDS.get(said, said), by=by, now=now, **details)
    if said and KINDS.get(said, said) != known.kind:
        raise Refused("body.kind", field="kind")
    fields = bodies.cleaned(details)
    if all(getattr(known, name) == value for name, value in fields.items()):
        return "unchanged", known.id
    bodies.correct_body(known.id, by=by, now=now, **details)
    return "updated", known.id


def _body_details(cells: Mapping[str, str]) -> BodyDetails:
    details: BodyDetails = {}
    for name in ("name", "name_en", "short", "uscc", "calendar", "phone"):
        if cells.get(name):
            details[name] = cells[name]
    if cells.get("place"):
        details["place_id"] = _place(cells["place"])
    if cells.get("parent"):
        details["parent_id"] = _body_id(cells["parent"], "parent")
    if cells.get("handles"):
        details["handles"] = cells["handles"].lower() in _YES
    if cells.get("valid_from"):
        details["valid_from"] = _day(cells["valid_from"])
    if cells.get("sort"):
        details["sort"] = int(_number(cells["sort"], "sort"))
    return details


def _post(cells: Mapping[str, str], by: Actor, now: datetime) -> Done:
    code = bodies.check_code(cells.get("code", ""))
    place_id = _place(cells["place"]) if cells.get("place") else None
    body_id = _body_id(cells.get("body", ""), "body")
    role = _role(cells.get("role", ""), to_office(now).date())
    own = places.numbered(code)
    known = Post.objects.filter(code=code).first() if own is None else Post.objects.filter(id=own).first()
    if known is None and own is not None:
        raise Refused("post.unknown", field="code")
    if known is None:
        opened = posts.open_post(
            body_id=body_id,
            title=cells.get("title", ""),
            title_en=cells.get("title_en", ""),
            role=role,
            place_id=place_id,
            code=code,
            holder=cells.get("holder", ""),
            by=by,
            now=now,
        )
        return "created", opened
    # A seat's body, ground and role decide a grant: another seat, not a correction.
    same = (known.body_id, known.role) == (body_id, role or known.role)
    if not same or (place_id is not None and known.place_id != place_id):
        raise Refused("post.other_seat", field="code")
    title = cells.get("title", "") or known.title
    title_en = cells.get("title_en", "") or known.title_en
    if (title, title_en) == (known.title, known.title_en):
        return "unchanged", known.id
    known.title, known.title_en = title[:60], title_en[:100]
    known.save(update_fields=["title", "title_en"])
    return "updated", known.id


def _person(cells: Mapping[str, str], by: Actor, now: datetime) -> Done:
    code = bodies.check_code(cells.get("code", ""))
    known = Person.objects.filter(code=code).first()
    name, phone = cells.get("name", ""), cells.get("phone", "")
    if known is None:
        person_id = persons.open_person(name=name, phone=phone, code=code, by=by, now=now)
        _home(person_id, cells, by, now)
        return "created", person_id
    new_name = bool(name) and known.name_index != sealed.blind("person.name", rules.person_name(name))
    new_phone = bool(phone) and known.phone_index != sealed.blind("phone", rules.phone(phone))
    if new_name or new_phone:
        persons.correct_person(
            known.id, name=name if new_name else None, phone=phone if new_phone else None, by=by, now=now
        )
    moved = _home(known.id, cells, by, now)
    return ("updated" if new_name or new_phone or moved else "unchanged"), known.id


def _home(person_id: int, cells: Mapping[str, str], by: Actor, now: datetime) -> bool:
    """Where the row says the person lives or owns, if not known yet; whether anything was new."""
    if not cells.get("dwelling"):
        return False
    place_id = _place(cells["dwelling"])
    begin = _day(cells["valid_from"]) if cells.get("valid_from") else None
    new = False
    tenure = TENURES.get(cells.get("tenure", ""), cells.get("tenure", ""))
    lives = Residence.objects.filter(person_id=person_id, valid_to=None)
    if tenure and not lives.filter(household__dwelling__place_id=place_id).exists():
        homes.move_in(person_id=person_id, place_id=place_id, tenure=tenure, valid_from=begin, by=by, now=now)
        new = True
    owned = Ownership.objects.filter(person_id=person_id, dwelling__place_id=place_id, valid_to=None)
    if cells.get("area") and not owned.exists():
        share: Fraction = rules.share(cells.get("share", ""))
        area = _number(cells["area"], "area")
        homes.own(
            place_id=place_id, area=area, share=share, person_id=person_id, valid_from=begin, by=by, now=now
        )
        new = True
    return new


def _role(said: str, on: date) -> str:
    """A role's key, by its key or its title in either language; what is neither stays as it was said."""
    for key, row in accounts.roles().on(on).items():
        if said in {key, row.title.zh, row.title.en}:
            return key
    return said


def _place(code: str) -> int:
    own = places.numbered(code)
    try:
        if own is not None:
            return places.get(own).id
        return places.by_code(code).id
    except NotFound as error:
        raise Refused("place.code_unknown", field="place") from error


def _body_id(code: str, column: str) -> int:
    found = Body.objects.filter(code=code).values_list("id", flat=True).first()
    if found is None:
        raise Refused("body.code_unknown", field=column)
    return found


def _number(cell: str, column: str) -> Decimal:
    try:
        return Decimal(cell.replace(",", ""))
    except InvalidOperation as error:
        raise Refused("place.number", field=column) from error


def _day(cell: str) -> date:
    try:
        return date.fromisoformat(cell[:10].replace("/", "-").replace(".", "-"))
    except ValueError as error:
        raise Refused("place.dates", field="valid_from") from error
