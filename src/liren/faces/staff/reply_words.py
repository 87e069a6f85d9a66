"""Words for a reply as whoever keeps them sees them: filled for a look, compared, tried. Words only."""

from collections.abc import Iterable, Mapping
from datetime import date

from django.utils.translation import gettext as _

from liren.cases import queries as cases
from liren.faces.staff import proposals
from liren.registers.duties import queries as duties

# How an open place reads once the case or the clerk has filled it: as long as it usually is.
_USUAL: Mapping[str, str] = {
    "matter": "楼道灯不亮",
    "place": "桂花社区第三网格",
    "unit": "城市管理科",
    "person": "田野",
    "phone": "028-87654321",
    "due": "5月20日18:00",
    "date": "5月20日",
    "number": "2605120001234",
    "next": "上门看一看，把要换的灯具定下来",
    "done": "换了两盏灯，试过都亮了",
    "reason": "要等电力公司停电检修",
    "channel": "区住建局",
}


def filled(text: str) -> str:
    """A template as the resident might get it."""
    return duties.fill(text, _USUAL)


def blanks() -> list[str]:
    """Every open place words may have, as it is written."""
    return [f"【{zh}】" for zh, _en in duties.PLACEHOLDERS.values()]


def differences(row: duties.TemplateRow, value: Mapping[str, str], source: str) -> list[tuple[str, str, str]]:
    """What would be said otherwise: which part, now, then."""
    rows = [
        (_("中文"), duties.with_blanks(row.texts.zh), duties.with_blanks(value["zh"])),
        (_("居民会读到（举例）"), filled(row.texts.zh), filled(value["zh"])),
        (
            _("英文"),
            duties.with_blanks(row.texts.en, english=True),
            duties.with_blanks(value["en"], english=True),
        ),
        (_("依据"), row.source, source),
    ]
    return [one for one in rows if one[1] != one[2]]


def looked(effect: cases.WordsEffect) -> str:
    """What the words were tried on."""
    if effect.read < effect.offered:
        return _("照着例子填好，对着最近 %(n)s 件诉求的原话各看了一遍；密办的不算。") % {"n": effect.read}
    return _("照着例子填好，对着这段时间的 %(n)s 件诉求的原话各看了一遍；密办的不算。") % {"n": effect.read}


def effect_rows(effect: cases.WordsEffect) -> list[tuple[str, str]]:
    """What the words would have met, one figure to a line."""
    before, after = effect.hinted
    told = _("现在 %(now)s 件，以后 %(then)s 件") % {"now": before, "then": after}
    return [(_("用得上这些话的"), proposals.cases(effect.offered)), (_("原样发出去会被提醒的"), told)]


def met(rows: Iterable[cases.Hinted]) -> list[proposals.Met]:
    """The cases for which the words would be asked to be looked at again for other reasons than now."""
    return [proposals.Met(one.number, one.title, _faults(one.before), _faults(one.after)) for one in rows]


def _faults(faults: Iterable[cases.Fault]) -> str:
    told: dict[cases.Fault, str] = {
        "short": _("可能没有都答到"),
        "copied": _("照抄原话"),
        "no_contact": _("没写找谁"),
        "no_date": _("没写日期"),
        "banned": _("有等于没说的话"),
        "brackets": _("还有空没填"),
    }
    return "、".join(dict.fromkeys(told[fault] for fault in faults)) or _("没有提醒")


def warnings(text: str, read: str, on: date) -> list[str]:
    """What to mind before the words are published: those that say nothing, and those nobody can answer to."""
    rule = duties.reply_checks(on)
    found = [
        _("“%(word)s”等于没说：%(instead)s。") % {"word": one.word, "instead": str(one.instead)}
        for one in rule.banned
        if one.word in text
    ]
    if len(read) < rule.least:
        found.append(_("太短了：写明做了什么、结果怎样。"))
    return found
