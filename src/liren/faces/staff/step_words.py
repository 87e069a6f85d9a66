"""Limits of the procedure in words: their parts, what a change is, what it would mean now. Words only."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from liren.cases import queries as cases
from liren.faces.staff import proposals, rule_words, unit_words
from liren.registers.duties import queries as duties


def part_titles() -> dict[str, str]:
    """What each part of such a limit is about."""
    return {
        "limit": _("多久以内"),
        "within": _("办结后多久以内，说没解决就重新办"),
        "attempts": _("最少打几次"),
        "over": _("这几次分在几天里打"),
        "silence": _("没留联系方式的，等几天"),
        "calendar": _("怎么算"),
    }


def told(value: Mapping[str, Any]) -> list[tuple[str, str]]:
    """A limit part by part."""
    return [(title, said) for title, said in _parts(value).values()]


def brief(value: Mapping[str, Any]) -> str:
    """A limit in one line; a part that is plain needs no name."""
    plain = {"limit", "within", "calendar"}
    return "，".join(
        said if name in plain else f"{title} {said}" for name, (title, said) in _parts(value).items()
    )


def _parts(value: Mapping[str, Any]) -> dict[str, tuple[str, str]]:
    titles, calendars, bases = part_titles(), unit_words.calendar_titles(), rule_words.basis_titles()
    found: dict[str, tuple[str, str]] = {}
    for name, part in value.items():
        if isinstance(part, Mapping):
            said = f"{rule_words.limit_words(part)}（{bases[part['basis']]}）"
        elif name == "calendar":
            said = calendars.get(part, part)
        else:
            said = _("%(n)s 次") % {"n": part}
        found[name] = titles[name], said
    return found


def differences(row: duties.StepRow, value: Mapping[str, Any], source: str) -> list[tuple[str, str, str]]:
    """What the rule would say otherwise: which part, now, then."""
    old, new = _parts(row.value), _parts(value)
    rows = [(old[name][0], old[name][1], new[name][1]) for name in old]
    return [one for one in [*rows, (_("依据"), row.source, source)] if one[1] != one[2]]


def looked(effect: cases.StepEffect) -> str:
    """What it was tried on."""
    if not effect.waiting:
        return _("现在没有事情停在这一步，或者这一条不管哪一步的钟。")
    return _("看了现在停在这一步的 %(n)s 件；密办的不算。") % {"n": effect.waiting}


def effect_rows(effect: cases.StepEffect) -> list[tuple[str, str]]:
    """What it would mean for the cases that wait in that stage."""
    before, after = effect.late
    return [
        (_("正在这一步的"), proposals.cases(effect.waiting)),
        (_("已经超期的"), _("现在 %(now)s 件，以后 %(then)s 件") % {"now": before, "then": after}),
    ]
