"""Places of the register in words: kinds, what hangs on one, who answers there, what was done to it. Words only."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from liren.base.ledger import queries as ledger
from liren.cases import queries as cases
from liren.kernel.errors import LirenError
from liren.kernel.policy import Actor
from liren.registers.duties import queries as duties
from liren.registers.people import queries as people
from liren.registers.places import queries as places

SHOWN = 12  # changes of the duty list told one by one; more are counted


def kind_titles() -> dict[str, str]:
    """The layers of the ground."""
    return {
        "district": _("区"),
        "street": _("街道"),
        "community": _("社区"),
        "grid": _("网格"),
        "courtyard": _("院落"),
        "building": _("楼栋"),
        "dwelling": _("户"),
        "cell": _("单元网格"),
    }


def inside_words(counts: Mapping[str, int]) -> str:
    """What lies in a place: 8 社区 · 60 网格; "" for nothing."""
    titles = kind_titles()
    return " · ".join(
        _("%(n)s 个%(kind)s") % {"n": count, "kind": titles[kind]}
        if kind != "dwelling"
        else _("%(n)s 户") % {"n": count}
        for kind, count in counts.items()
    )


def chain_words(path: str) -> str:
    """Where a place lies, the widest first."""
    return " › ".join(place.name for place in places.chain(path))


def touched(path: str, *, by: Actor, on: date) -> list[tuple[str, str]]:
    """What hangs on a place and all in it: title and figure."""
    hangs = people.standing(path, on)
    return [
        (_("里面的地点"), inside_words(places.inside(path)) or _("没有")),
        (_("还没办完的事"), _("%(n)s 件") % {"n": cases.open_on_ground(path, by=by)}),
        (_("登记的住户"), _("%(n)s 户") % {"n": hangs.homes}),
        (
            _("单位和岗位"),
            _("%(units)s 个单位，%(seats)s 个岗位") % {"units": hangs.units, "seats": hangs.seats},
        ),
        (_("责任清单"), _("%(n)s 行") % {"n": duties.rows_within(path, on)}),
    ]


@dataclass(frozen=True, slots=True)
class Answers:
    """Who answers on a piece of ground: where it lies, who watches it, which unit leads which class."""

    where: str
    watch: str
    committee: str
    leads: Mapping[str, str]


def answers(path: str, on: date) -> Answers:
    """Who answers at a path on a day."""
    watch = people.watching(path, on)
    return Answers(
        where=chain_words(path),
        watch="；".join(f"{one.holder or _('空缺')}（{one.unit} {one.title}）" for one in watch[:3]),
        committee="、".join(people.committees(path, on)),
        leads=duties.leads_under(duties.above(path), on),
    )


def differences(before: Answers, after: Answers, on: date) -> list[tuple[str, str, str]]:
    """What another place answers otherwise: title, before, after. Empty where nothing changes."""
    pairs = [
        (_("在哪里"), before.where, after.where),
        (_("网格员"), before.watch, after.watch),
        (_("居委会"), before.committee, after.committee),
    ]
    titles = class_titles(on)
    codes = sorted(before.leads.keys() | after.leads.keys())
    changed = [
        (
            _("%(title)s由谁办") % {"title": titles.get(code, code)},
            before.leads.get(code, ""),
            after.leads.get(code, ""),
        )
        for code in codes
        if before.leads.get(code) != after.leads.get(code)
    ]
    if len(changed) > SHOWN:
        more = _("另有 %(n)s 类") % {"n": len(changed) - SHOWN}
        changed = [*changed[:SHOWN], (more, "…", "…")]
    return [(title, old or "—", new or "—") for title, old, new in [*pairs, *changed] if old != new]


def class_titles(on: date) -> dict[str, str]:
    """Classes and groups by code."""
    groups = duties.groups(on)
    told = {group.code: str(group.titles) for group in groups}
    return told | {view.code: view.title for group in groups for view in group.classes}


def field_titles() -> dict[str, str]:
    """What may be said of a place."""
    return {
        "name": _("名称"),
        "name_en": _("英文名"),
        "code": _("编码"),
        "aliases": _("别名"),
        "population": _("人口"),
        "households": _("户数"),
        "counted_on": _("哪天数的"),
        "lat": _("纬度"),
        "lon": _("经度"),
        "valid_from": _("启用日期"),
        "sort": _("排序"),
    }


def history(place_id: int) -> list[dict[str, Any]]:
    """What was done to a place, newest first: when, what, who."""
    entries = ledger.history("place", place_id)[::-1]
    names = people.labels(entry.by for entry in entries)
    return [
        {"at": entry.at, "what": _what(entry.kind, entry.payload), "who": names.get(entry.by, "")}
        for entry in entries
    ]


def _what(kind: str, told: Mapping[str, Any]) -> str:
    if kind == "places.corrected":
        return _("更正：%(fields)s") % {"fields": fields_words(told.get("fields", ()))}
    if kind == "places.moved":
        old = places.chain(str(told.get("old_path", "")))[:-1]
        return _("移动，原来在%(where)s") % {"where": old[-1].name if old else _("最上面")}
    if kind == "places.closed":
        return _("撤销，自 %(day)s 起") % {"day": told.get("day", "")}
    if kind in {"places.imported", "people.imported"}:
        return _("导入表格：新增 %(created)s，更正 %(updated)s，没收下 %(refused)s") % told
    if kind == "places.drawn":
        return _("去掉边界") if told.get("empty") else _("画了边界")
    return {"places.opened": _("登记")}.get(kind, kind)


def fields_words(fields: Iterable[str]) -> str:
    """Names of fields in a row."""
    titles = field_titles()
    return "、".join(titles.get(name, name) for name in fields)


def full_name(place_id: int | None) -> str:
    """A place's full name, "" where there is none."""
    try:
        return places.full_name(place_id) if place_id is not None else ""
    except LirenError:
        return ""
