"""Rules an office sets, in words: limits, what they rest on, calendars, what a change would have meant. Words only."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from liren.cases import queries as cases
from liren.faces.staff import claim_words, proposals, unit_words
from liren.kernel.clock import office_zone, to_office
from liren.registers.duties import queries as duties
from liren.registers.people import queries as people


def basis_titles() -> dict[str, str]:
    """What a number rests on."""
    return {
        "law": _("法律法规"),
        "standard": _("标准"),
        "local_example": _("参照外地"),
        "office_choice": _("本街道定"),
    }


def limit_words(limit: Mapping[str, Any]) -> str:
    """A limit of a rule row: 2 小时, 5 个工作日."""
    unit = claim_words.unit_words()[str(limit["unit"])]
    return _("%(n)s %(unit)s") % {"n": limit["value"], "unit": unit}


def differences(
    before: Mapping[str, Any], after: Mapping[str, Any], source: tuple[str, str]
) -> list[tuple[str, str, str]]:
    """What a rule would say otherwise: which part, now, then."""
    bases, calendars = basis_titles(), unit_words.calendar_titles()

    def told(value: Mapping[str, Any], name: str) -> str:
        return f"{limit_words(value[name])}（{bases[value[name]['basis']]}）"

    old, new = str(before["calendar"]), str(after["calendar"])
    rows = [
        (_("联系时限"), told(before, "response"), told(after, "response")),
        (_("办理时限"), told(before, "handle"), told(after, "handle")),
        (_("怎么算"), calendars.get(old, old), calendars.get(new, new)),
        (_("依据"), *source),
    ]
    return [row for row in rows if row[1] != row[2]]


def effect_rows(effect: cases.Effect) -> list[tuple[str, str]]:
    """What a limit would have meant, one figure to a line."""
    figures = [
        (_("归这一条管的"), effect.touched),
        (_("会早到期的"), effect.earlier),
        (_("会晚到期的"), effect.later),
        (_("当时按时答复、会变成超期的"), effect.to_late),
        (_("当时超期、会变成按时的"), effect.to_in_time),
    ]
    return [(title, proposals.cases(figure)) for title, figure in figures]


def looked_through(seen: int, *, more: bool) -> str:
    """What a rule was tried on: of the cases dispatched of late all, or the latest."""
    if more:
        return _("看了这段时间里最近派出的 %(n)s 件，更早的没有看；密办的不算。") % {"n": seen}
    return _("看了这段时间派出的全部 %(n)s 件；密办的不算。") % {"n": seen}


def met(moved: Sequence[cases.Moved]) -> list[proposals.Met]:
    """The cases whose limit would end at another moment, in the office's time."""
    return [proposals.Met(one.number, one.title, _moment(one.before), _moment(one.after)) for one in moved]


def _moment(at: datetime) -> str:
    return f"{to_office(at, office_zone()):%Y-%m-%d %H:%M}"


def versions(found: Sequence[duties.RuleVersion]) -> list[dict[str, Any]]:
    """What was published of a rule, newest first, with who did it."""
    names = people.labels(one.by for one in found)
    return [{"one": one, "who": names.get(one.by, "")} for one in found]
