"""Working time in words: weeks, years of holidays, special days, what would change, what looks odd. Words only."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from liren.cases import queries as cases
from liren.faces.staff import calendar_forms, proposals
from liren.kernel.rulepacks import Row
from liren.kernel.worktime import Calendar

LONGEST_WEEK = 44 * 60  # minutes; 劳动法 art. 36 (40 hours by the State Council's rule since 1995)
FEWEST_DAYS = 5
LONGEST_HOLIDAY = 9
SATURDAY = 5
SHOWN = 40  # characters of what a rule rested on


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a form: its name, what it is called, what stands in it."""

    name: str
    label: str
    value: str
    hint: str = ""
    kind: str = "text"
    most: int = 200


def weekdays() -> dict[str, str]:
    """The days of a week by the names the pack has."""
    said = (_("周一"), _("周二"), _("周三"), _("周四"), _("周五"), _("周六"), _("周日"))
    return dict(zip(calendar_forms.WEEK, said, strict=True))


def holiday_titles() -> dict[str, str]:
    """The holidays, one for each line of the form."""
    said = (
        _("元旦"), _("春节"), _("清明节"), _("劳动节"), _("端午节"), _("中秋节"), _("国庆节"),
        _("次年元旦（十二月里的几天）"), _("其他"),
    )  # fmt: skip
    return dict(zip(calendar_forms.HOLIDAYS, said, strict=True))


def rest_titles() -> dict[str, str]:
    """The days on which a limit may not end."""
    return {"holiday": _("法定节假日"), "weekend": _("周休息日"), "closed": _("临时不上班的日子")}


def end_titles() -> dict[str, str]:
    """When the last day of a limit in days ends."""
    return {"close": _("下班的时候"), "midnight": _("当天 24 点")}


def title_of(row: Row) -> str:
    """A rule's name in the language being spoken."""
    return row.title.en if (get_language() or "").startswith("en") else row.title.zh


def hours(said: Iterable[str]) -> str:
    """Working hours of a day: 09:00–12:00、13:00–18:00."""
    return "、".join(span.replace("-", "–") for span in said) or _("不上班")


def week(value: Mapping[str, Any]) -> list[str]:
    """A week in short, days of the same hours in one line: 周一至周五 09:00–12:00、13:00–18:00."""
    lines: list[tuple[list[str], str]] = []
    for day, title in weekdays().items():
        told = hours(value["week"][day])
        if lines and lines[-1][1] == told:
            lines[-1][0].append(title)
        else:
            lines.append(([title], told))
    return [f"{_through(days)} {told}" for days, told in lines]


def _through(days: Sequence[str]) -> str:
    if len(days) < 3:
        return "、".join(days)
    return _("%(first)s至%(last)s") % {"first": days[0], "last": days[-1]}


def span(first: date, last: date) -> str:
    """Days from the first to the last: 10-01–10-07."""
    return f"{first:%m-%d}" if first == last else f"{first:%m-%d}–{last:%m-%d}"


def day_words(day: date) -> str:
    """A day with its weekday: 10-10 周六."""
    return f"{day:%m-%d} {list(weekdays().values())[day.weekday()]}"


@dataclass(frozen=True, slots=True)
class Year:
    """A year's public holidays: which days are off, which are worked instead, on what it rests."""

    year: int
    off: Sequence[tuple[str, str, int]]
    days_off: int
    made_up: Sequence[str]
    source: str


def year(calendar: Calendar, of: int, source: str) -> Year:
    """The holidays of a year as a calendar has them."""
    days = {day: code for day, code in calendar.holidays.items() if day.year == of}
    titles, found = _codes(), list[tuple[str, str, int]]()
    for code in dict.fromkeys(days[day] for day in sorted(days)):
        for first, last in calendar_forms.runs(day for day, one in days.items() if one == code):
            found.append((titles.get(code, titles["other"]), span(first, last), (last - first).days + 1))
    made_up = [day_words(day) for day in sorted(calendar.make_up_days) if day.year == of]
    return Year(of, found, len(days), made_up, source)


def _codes() -> dict[str, str]:
    return holiday_titles() | {"mid_autumn_national_day": _("中秋节、国庆节")}


def week_changes(
    before: Mapping[str, Any] | None, after: Mapping[str, Any], source: tuple[str, str]
) -> list[tuple[str, str, str]]:
    """What a calendar would say otherwise: which part, now, then; `before` is None for a new one."""
    old, new = _week_parts(before) if before else {}, _week_parts(after)
    rows = [(part, old.get(part, "—"), said) for part, said in new.items()]
    return _changed([*rows, (_("依据"), _short(source[0]), source[1])])


def _week_parts(value: Mapping[str, Any]) -> dict[str, str]:
    return {title: hours(value["week"][day]) for day, title in weekdays().items()} | {
        _("补班的日子"): hours(value["make_up"]),
        _("按天算的时限到什么时候"): end_titles()[value["day_ends"]],
        _("最后一天顺延"): _rests(value),
        _("法定节假日"): _rested(value),
    }


def _short(source: str) -> str:
    """On what a rule rests, by its beginning: the whole is on the page before."""
    return source if len(source) <= SHOWN else f"{source[:SHOWN]}…"


def _rests(value: Mapping[str, Any]) -> str:
    titles = rest_titles()
    return "、".join(titles[name] for name in titles if name in value["rests"]) or _("不顺延")


def _rested(value: Mapping[str, Any]) -> str:
    return _("放假") if value["holidays"] else _("照常上班")


def _changed(rows: Iterable[tuple[str, str, str]]) -> list[tuple[str, str, str]]:
    return [row for row in rows if row[1] != row[2]]


def year_changes(
    before: Mapping[str, Any] | None, after: Mapping[str, Any], source: tuple[str, str]
) -> list[tuple[str, str, str]]:
    """What a year's holidays would say otherwise, one holiday to a row."""
    old, new, titles = _told(before), _told(after), _codes()
    rows = [
        (titles.get(code, titles["other"]), old.get(code, "—"), new.get(code, "—"))
        for code in dict.fromkeys((*new, *old))
    ]
    return _changed([*rows, (_("依据"), _short(source[0]), source[1])])


def _told(value: Mapping[str, Any] | None) -> dict[str, str]:
    told: dict[str, list[str]] = {}
    for off in (value or {}).get("off", ()):
        first, last = (date.fromisoformat(off[end]) for end in ("from", "to"))
        words = {"span": span(first, last), "n": (last - first).days + 1}
        told.setdefault(off["code"], []).append(_("%(span)s，%(n)s 天") % words)
    for worked in (value or {}).get("make_up", ()):
        days = "、".join(day_words(date.fromisoformat(on)) for on in worked["on"])
        told.setdefault(worked["code"], []).append(_("补班 %(days)s") % {"days": days})
    return {code: "\n".join(said) for code, said in told.items()}


def special_changes(
    before: tuple[str, Mapping[str, Any], str] | None,
    after: tuple[str, Mapping[str, Any], str],
    titles: Mapping[str, str],
) -> list[tuple[str, str, str]]:
    """What special days would say otherwise: name, value and source before and after."""

    def told(one: tuple[str, Mapping[str, Any], str] | None) -> tuple[str, ...]:
        if one is None:
            return ("—",) * 5
        name, value, source = one
        on = calendar_forms.say_days([date.fromisoformat(day) for day in value["on"]])
        whose = "、".join(titles.get(calendar, calendar) for calendar in value["calendars"])
        return name, on or _("取消：照平常上班"), special_hours(value), whose, _short(source)

    parts = (_("名称"), _("哪些天"), _("上班时间"), _("哪些日历"), _("依据"))
    return _changed(list(zip(parts, told(before), told(after), strict=True)))


def special_hours(value: Mapping[str, Any]) -> str:
    """The hours of special days."""
    return _("不上班，算放假") if value["holiday"] and not value["hours"] else hours(value["hours"])


def week_warnings(value: Mapping[str, Any]) -> list[str]:
    """What looks odd in a week. Round the clock is a unit's shifts, and nobody's week."""
    minutes = sum(map(_minutes, value["week"].values()))
    worked = sum(bool(said) for said in value["week"].values())
    found = []
    if minutes > LONGEST_WEEK and minutes != 7 * 24 * 60:
        found.append(_("一周要上班 %(n)s 小时，比通常的多。请核对。") % {"n": round(minutes / 60, 1)})
    if worked < FEWEST_DAYS:
        found.append(_("一周只上 %(n)s 天班：按工作日算的时限会拖长。请核对。") % {"n": worked})
    if value["holidays"] and not value["make_up"]:
        found.append(_("补班的日子没有写上班时间，补班那天就不算上班。请核对。"))
    return found


def _minutes(said: Iterable[str]) -> int:
    clocks = [[int(part) for part in end.split(":")] for one in said for end in one.split("-")]
    marks = [hour * 60 + minute for hour, minute in clocks]
    return sum(marks[1::2]) - sum(marks[::2])


def year_warnings(value: Mapping[str, Any]) -> list[str]:
    """What looks odd in a year's holidays."""
    found = []
    for off in value["off"]:
        first, last = (date.fromisoformat(off[end]) for end in ("from", "to"))
        days = (last - first).days + 1
        if days > LONGEST_HOLIDAY:
            told = {"span": span(first, last), "n": days}
            found.append(_("%(span)s 连放 %(n)s 天，比往年都长。请核对。") % told)
        if all((first + timedelta(days=n)).weekday() >= SATURDAY for n in range(days)):
            found.append(_("%(span)s 本来就是周末。请核对日期。") % {"span": span(first, last)})
    for worked in value["make_up"]:
        for day in map(date.fromisoformat, worked["on"]):
            if day.weekday() < SATURDAY:
                told = {"day": day_words(day)}
                found.append(_("%(day)s 本来就要上班，不用补班。请核对日期。") % told)
    return found


def special_warnings(value: Mapping[str, Any], calendars: Mapping[str, Calendar]) -> list[str]:
    """What looks odd in special days: a day on which nobody would have been at work is said to be off."""
    if value["hours"]:
        return []
    whose = [calendars[name] for name in value["calendars"] if name in calendars]

    def worked(on: date) -> bool:
        return any(calendar.day(on).spans for calendar in whose)

    # a weekend within a week that is closed is nothing odd
    found = []
    for first, last in calendar_forms.runs(map(date.fromisoformat, value["on"])):
        days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
        if not any(map(worked, days)):
            found.append(_("%(days)s 本来就不上班。请核对日期。") % {"days": calendar_forms.say_days(days)})
    return found


def effect_rows(effect: cases.CalendarEffect) -> list[tuple[str, str]]:
    """What other working time would mean for the limits that run, one figure to a line."""
    figures = [
        (_("正在走的"), effect.running),
        (_("会早到期的"), effect.earlier),
        (_("会晚到期的"), effect.later),
    ]
    return [(title, proposals.cases(figure)) for title, figure in figures]


def looked_through(effect: cases.CalendarEffect) -> str:
    """Which limits were counted anew."""
    if effect.more:
        return _("重新算了最近派出的 %(n)s 件，更早的没有算；密办的不算。") % {"n": effect.running}
    return _("重新算了正在走的全部 %(n)s 件；密办的不算。") % {"n": effect.running}
