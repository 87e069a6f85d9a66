"""Units and posts of the registers in words: kinds, roles, hours, what hangs on one, what was done to it. Words only."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from liren.base.access import queries as accounts
from liren.base.ledger import queries as ledger
from liren.cases import queries as cases
from liren.faces.staff import ground_words
from liren.kernel.errors import LirenError
from liren.kernel.policy import Actor
from liren.kernel.worktime import calendar_titles as known_titles
from liren.kernel.worktime import load_calendar
from liren.registers.duties import queries as duties
from liren.registers.people import queries as people

TOLD = 20


def kind_titles() -> dict[str, str]:
    """Who acts in a neighbourhood."""
    return {
        "party_org": _("党组织"),
        "residents_committee": _("居民委员会"),
        "owners_committee": _("业主委员会"),
        "property_company": _("物业服务企业"),
        "social_org": _("社会组织"),
        "department": _("部门"),
        "utility": _("公用事业单位"),
        "enterprise": _("企业"),
    }


def field_titles() -> dict[str, str]:
    """What may be said of a unit or a post."""
    return {
        "code": _("编码"),
        "name": _("名称"),
        "name_en": _("英文名"),
        "short": _("简称"),
        "uscc": _("统一社会信用代码"),
        "place": _("所在地"),
        "place_id": _("所在地"),
        "place_path": _("所在地"),
        "parent": _("上级"),
        "parent_id": _("上级"),
        "handles": _("可承办"),
        "calendar": _("工作日历"),
        "phone": _("电话"),
        "valid_from": _("启用日期"),
        "sort": _("排序"),
    }


def role_titles(on: date) -> dict[str, str]:
    """The roles a seat may bring, by key, in the language being spoken."""
    return {
        key: row.title.en if _english() else row.title.zh
        for key, row in accounts.roles().on(on).items()
        if accounts.role(key, on).staff
    }


def _english() -> bool:
    return (get_language() or "").startswith("en")


def calendar_titles() -> dict[str, str]:
    """Every calendar units may work by; those the office made itself go by the name it gave them."""
    told = {"office": _("机关工作时间"), "round_the_clock": _("全天候")}
    own = {name: title.en if _english() else title.zh for name, title in known_titles().items()}
    return {name: told.get(name, title) for name, title in own.items()}


def hours(calendar: str, on: date) -> str:
    """The working hours of a day by a calendar: 09:00–12:00、13:00–18:00."""
    try:
        spans = load_calendar(calendar).day(on).spans
    except LirenError:
        return ""
    said = "、".join(f"{_clock(begin)}–{_clock(end)}" for begin, end in spans)
    return said or _("今天不上班")


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


def touched(unit_id: int, *, by: Actor, on: date) -> list[tuple[str, str]]:
    """What hangs on a unit: title and figure. Figures of the unit, never of a person."""
    seats, vacant = people.seats_of_each(on).get(unit_id, (0, 0))
    in_hand = cases.at_work_at([unit_id], by=by).get(unit_id, 0)
    return [
        (_("手头的事"), _("%(n)s 件") % {"n": in_hand}),
        (_("岗位"), _("%(n)s 个，空着 %(vacant)s 个") % {"n": seats, "vacant": vacant}),
        (_("责任清单"), _("%(n)s 行") % {"n": len(duties.catalogue_rows(on, unit_id=unit_id))}),
    ]


def cover(seat: people.SeatRow, on: date) -> dict[str, str]:
    """How many people stand for what a seat is for, by what they do. Told before and after somebody comes or goes."""
    role = accounts.role(seat.role, on)
    of_unit = seat.body_id if role.needs == "unit" else None
    ground = None if role.needs == "unit" else seat.place_path
    held = accounts.holders(seat.role, on=on, unit_id=of_unit, place_path=ground)
    titles = role_titles(on)
    told = {titles.get(seat.role, seat.role): _("%(n)s 人") % {"n": len(held)}}
    if role.needs == "unit":
        able = accounts.who_may(["cases.sign"], on=on, unit_id=seat.body_id, place_path=seat.place_path)
        told[_("能为单位签收的")] = _("%(n)s 人") % {"n": len(able)}
    return told


def warning(seat: people.SeatRow, *, by: Actor, on: date) -> str:
    """What would go wrong as the registers stand now: asked in a rehearsal, after the act."""
    role = accounts.role(seat.role, on)
    if role.needs == "unit":
        if seat.role == "sealed_handler" and not accounts.holders(seat.role, on=on, unit_id=seat.body_id):
            return _("以后这个单位没有举报承办人：转来的举报没有人能看，也没有人能接。请尽快派人。")
        able = accounts.who_may(["cases.sign"], on=on, unit_id=seat.body_id, place_path=seat.place_path)
        in_hand = cases.at_work_at([seat.body_id], by=by).get(seat.body_id, 0)
        if not able and in_hand:
            return _("单位手头有 %(n)s 件事，以后没有人能签收和办理。请先派好接手的人。") % {"n": in_hand}
        return "" if able else _("以后这个单位没有人能签收和办理。")
    ground = seat.place_path if role.needs == "place" else None
    if not accounts.holders(seat.role, on=on, place_path=ground):
        title = role_titles(on).get(seat.role, seat.role)
        return _("以后没有人担任%(role)s了。") % {"role": title}
    return ""


def history(kind: str, subject_id: int) -> list[dict[str, Any]]:
    """What was done to a unit ("body") or a seat ("post"), newest first: when, what, who."""
    entries = ledger.history(kind, subject_id)[::-1]
    names = people.labels(entry.by for entry in entries[:TOLD])
    return [
        {"at": entry.at, "what": _what(entry.kind, entry.payload), "who": names.get(entry.by, "")}
        for entry in entries[:TOLD]
    ]


def _what(kind: str, told: Mapping[str, Any]) -> str:
    if kind == "people.body_corrected":
        titles = field_titles()
        names = dict.fromkeys(titles.get(name, name) for name in told.get("fields", ()))
        return _("更正：%(fields)s") % {"fields": "、".join(names)}
    if kind in {"people.body_closed", "people.post_ended"}:
        return _("结束，自 %(day)s 起") % {"day": told.get("day", "")}
    return {
        "people.body_opened": _("登记"),
        "people.post_opened": _("设岗"),
        "people.appointed": _("派人"),
    }.get(kind, kind)


def place_title(place_id: int | None) -> str:
    """A unit's or seat's ground."""
    return ground_words.full_name(place_id)
