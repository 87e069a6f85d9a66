"""How figures and cases are put into words for everybody. Words only; no rule is made here."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from liren.cases import queries
from liren.kernel.clock import office_zone, to_office, utc_now
from liren.kernel.errors import LirenError
from liren.registers.duties import queries as duties
from liren.registers.people import queries as people
from liren.registers.places import queries as places

_DIGITS = "零一二三四五六七八九"


def today() -> date:
    """The office's day."""
    return to_office(utc_now(), office_zone()).date()


def share_said(value: float) -> str:
    """A share as people say it: 九成二 in Chinese, 92% in English."""
    percent = round(value * 100)
    if (get_language() or "").startswith("en") or percent < 10:
        return f"{percent}%"
    if percent == 100:
        return _("全部")
    ten, one = divmod(percent, 10)
    return f"{_DIGITS[ten]}成{_DIGITS[one] if one else ''}"


def stand_titles() -> dict[str, str]:
    """Where a case stands, in plain words."""
    return {
        "doing": _("办理中"),
        "answered": _("已答复"),
        "solved": _("居民说解决了"),
        "closed": _("已办结"),
        "unconfirmed": _("已结束，居民没有回音"),
        "referred": _("已告诉居民去哪里办"),
    }


def stand_shapes() -> dict[str, str]:
    """The shape of each of them."""
    return {
        "doing": "doing",
        "answered": "doing",
        "solved": "done",
        "closed": "done",
        "unconfirmed": "off",
        "referred": "off",
    }


def set_titles() -> dict[str, str]:
    """What a list counts, as its heading says it."""
    return {
        "demands": _("收到的事"),
        "due": _("联系时限到了的"),
        "in_time": _("时限内联系上的"),
        "closed": _("答复并办结的"),
        "heard": _("有回音的"),
        "solved": _("居民说解决了的"),
        "rated": _("打了分的"),
        "satisfied": _("基本满意及以上的"),
    }


def ten_titles() -> dict[int, str]:
    """The three parts of a month: the day itself is not told."""
    return {1: _("上旬"), 2: _("中旬"), 3: _("下旬")}


def group_titles() -> dict[str, str]:
    """Groups of classes by code."""
    return {group.code: group.title for group in duties.groups(today())} | {queries.NONE: _("没有定类")}


def community_titles() -> dict[str, str]:
    """Communities by path."""
    known = places.within(places.root().path, "community")
    return {place.path: place.name for place in known} | {queries.NONE: _("别处或没有定位")}


def unit_titles() -> dict[str, str]:
    """Units by id."""
    return {str(unit.id): unit.short or unit.name for unit in people.units()}


def class_title(code: str, groups: Mapping[str, str]) -> str:
    """A class or, where it is not told, its group."""
    if code in groups:
        return groups[code]
    try:
        return duties.class_view(code, today()).title
    except LirenError:
        return code


def sentences(
    month: str, rates: Mapping[str, queries.Rate], total: int | None, top: tuple[str, int] | None
) -> list[str]:
    """The month in plain sentences, as much as there is to say; `rates` are those that may be told."""
    if total is None:
        return [_("%(month)s，居民说的事太少，不公布数字。") % {"month": month}]
    said = [_("%(month)s，居民说了 %(n)s 件事。") % {"month": month, "n": f"{total:,}"}]
    least = duties.rates_rule(today()).minimum
    for name, sentence in (
        ("response", _("该联系的，%(share)s在时限内联系上了。")),
        ("resolution", _("有回音的，%(share)s说解决了。")),
    ):
        rate = rates.get(name)
        if rate is not None and rate.enough(least):
            said.append(sentence % {"share": share_said(rate.value or 0.0)})
    if top is not None:
        said.append(_("说得最多的是%(name)s，%(n)s 件。") % {"name": top[0], "n": top[1]})
    return said


def query(**said: Any) -> str:
    """A query out of what is not empty."""
    return urlencode({name: value for name, value in said.items() if value not in {"", None}})
