"""Working time as people type it, into what the calendar pack keeps, and back."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from liren.kernel.errors import Refused

WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
RESTS = ("holiday", "weekend", "closed")
REGION = "holidays.cn"
# One line of the form each. In some years the first days of the next year's holiday lie in December.
HOLIDAYS = (
    "new_year", "spring_festival", "qingming", "labour_day", "dragon_boat", "mid_autumn", "national_day",
    "next_new_year", "other",
)  # fmt: skip
MOST_DAYS = 366
TITLE_MAX = 60

_BREAKS = re.compile(r"[\s,;、。]+")
_DASHES = re.compile(r"\s*[-—–−~至到]+\s*")
_SPAN = re.compile(r"(\d{1,2}):(\d{2})-(\d{1,2}):(\d{2})", re.ASCII)
_DAY = re.compile(r"(?:(\d{4})[-年/.])?(\d{1,2})[-月/.](\d{1,2})[日号]?", re.ASCII)
_DAY_ALONE = re.compile(r"(\d{1,2})[日号]?", re.ASCII)
_THROUGH = re.compile(r"[—–~至到]+")


def read_hours(text: str, field: str) -> list[str]:
    """Working hours of a day: "9:00—12:00，13:00至18:00" as ["09:00-12:00", "13:00-18:00"]; none where nothing is typed.

    Raises Refused, with the field: "calendar.hours_text" (not hours), "calendar.hours" (backwards, or overlapping).
    """
    said = _DASHES.sub("-", unicodedata.normalize("NFKC", text).strip())
    hours: list[str] = []
    last = 0
    for part in filter(None, _BREAKS.split(said)):
        met = _SPAN.fullmatch(part)
        if met is None:
            raise Refused("calendar.hours_text", field=field)
        from_hour, from_minute, to_hour, to_minute = map(int, met.groups())
        begin, end = from_hour * 60 + from_minute, to_hour * 60 + to_minute
        if from_minute > 59 or to_minute > 59 or from_hour > 23 or end > 24 * 60:
            raise Refused("calendar.hours_text", field=field)
        if end <= begin or begin < last:
            raise Refused("calendar.hours", field=field)
        hours.append(f"{from_hour:02}:{from_minute:02}-{to_hour:02}:{to_minute:02}")
        last = end
    return hours


def say_hours(hours: Iterable[str]) -> str:
    """Working hours as they are typed."""
    return " ".join(hours)


def read_days(text: str, field: str, *, today: date, year: int | None = None) -> list[date]:
    """Days as typed, in order, each once: "2027-01-15、1月18日至1月20日".

    Without a year a day is of `year`, else the next such day from today on. Raises Refused, with the field:
    "calendar.days_text", "calendar.many_days".
    """
    days: set[date] = set()
    # a notice says 10月10日（周六）
    said = re.sub(r"\([^)]*\)", "", unicodedata.normalize("NFKC", text).strip())
    said = re.sub(r"\s*([—–~至到]+)\s*", r"\1", said)
    for part in filter(None, _BREAKS.split(said)):
        first, last = _ends(part, field, today, year)
        if not timedelta(0) <= last - first < timedelta(days=MOST_DAYS):
            raise Refused("calendar.days_text", field=field)
        days.update(first + timedelta(days=n) for n in range((last - first).days + 1))
        if len(days) > MOST_DAYS:
            raise Refused("calendar.many_days", field=field, most=MOST_DAYS)
    return sorted(days)


def _ends(part: str, field: str, today: date, year: int | None) -> tuple[date, date]:
    said = _THROUGH.split(part)
    if len(said) > 2:
        raise Refused("calendar.days_text", field=field)
    first = _day(said[0], field, today, year)
    end = _DAY_ALONE.fullmatch(said[-1]) if len(said) == 2 else None
    return first, _day(f"{first.month}-{end[1]}" if end else said[-1], field, first, year)


def _day(said: str, field: str, since: date, year: int | None) -> date:
    met = _DAY.fullmatch(said)
    if met is None:
        raise Refused("calendar.days_text", field=field)
    told, month, day = met.groups()
    years = (int(told),) if told else (year,) if year else (since.year, since.year + 1)
    for one in years:
        try:
            found = date(one, int(month), int(day))
        except ValueError:
            continue
        if told or year or found >= since:
            return found
    raise Refused("calendar.days_text", field=field)


def say_days(days: Sequence[date], *, year: int | None = None) -> str:
    """Days as they are typed, what follows each other in one piece; short where the year is known."""
    pieces = []
    for first, last in runs(days):
        said = [f"{day:%m-%d}" if year else day.isoformat() for day in dict.fromkeys((first, last))]
        pieces.append("–".join(said))
    return "、".join(pieces)


def runs(days: Iterable[date]) -> list[tuple[date, date]]:
    """Days as spans of days that follow each other, first and last of each."""
    found: list[tuple[date, date]] = []
    for day in sorted(days):
        if found and day - found[-1][1] == timedelta(days=1):
            found[-1] = found[-1][0], day
        else:
            found.append((day, day))
    return found


def week_form(value: Mapping[str, Any]) -> dict[str, str]:
    """A calendar's week as the form has it."""
    form = {name: say_hours(value["week"][name]) for name in WEEK} | {"make_up": say_hours(value["make_up"])}
    form |= {f"rest_{name}": "1" if name in value["rests"] else "" for name in RESTS}
    return form | {"day_ends": str(value["day_ends"]), "holidays": "1" if value["holidays"] else ""}


def week_value(form: Mapping[str, str], region: str | None) -> dict[str, Any]:
    """A calendar's week as the pack keeps it; `region` are the holidays it had. Raises what `read_hours` raises, and
    Refused "calendar.week_empty", "calendar.day_ends".
    """
    week = {name: read_hours(form[name], name) for name in WEEK}
    if not any(week.values()):
        raise Refused("calendar.week_empty", field="mon")
    if form["day_ends"] not in {"close", "midnight"}:
        raise Refused("calendar.day_ends", field="day_ends")
    return {
        "holidays": (region or REGION) if form["holidays"] else None,
        "week": week,
        "make_up": read_hours(form["make_up"], "make_up"),
        "day_ends": form["day_ends"],
        "rests": [name for name in RESTS if form[f"rest_{name}"]],
    }


def year_form(value: Mapping[str, Any], year: int) -> dict[str, str]:
    """A year's holidays as the form has them; what is on no line of its own is put on the last."""
    form = {f"{line}_{part}": "" for line in HOLIDAYS for part in ("from", "to", "make_up")}
    for off in value["off"]:
        line = _line(off["code"], date.fromisoformat(off["from"]))
        if form[f"{line}_from"]:
            line = "other"
        form |= {f"{line}_from": off["from"], f"{line}_to": off["to"]}
    for worked in value["make_up"]:
        line = _line(worked["code"], date(year, 1, 1))
        days = [date.fromisoformat(on) for on in worked["on"]]
        said = say_days(days, year=year)
        form[f"{line}_make_up"] = "、".join(filter(None, (form[f"{line}_make_up"], said)))
    return form


def _line(code: str, first: date) -> str:
    if code == "new_year" and first.month == 12:
        return "next_new_year"
    if code == "mid_autumn_national_day":  # one holiday in the years in which both fall together
        return "national_day"
    return code if code in HOLIDAYS else "other"


def year_value(form: Mapping[str, str], first: date) -> dict[str, Any]:
    """A year's holidays from `first` on as the pack keeps them.

    Raises Refused, with the field: "calendar.half", "calendar.backwards", "calendar.twice", "calendar.both",
    "calendar.other_year", "calendar.past_day", "calendar.year_empty" (nothing in a whole year), and what `read_days`
    raises.
    """
    off: dict[date, str] = {}
    value: dict[str, Any] = {"off": [], "make_up": []}
    worked: dict[date, str] = {}
    for line in HOLIDAYS:
        code = "new_year" if line == "next_new_year" else line
        days = _span(form, line, first)
        if any(day in off for day in days):
            raise Refused("calendar.twice", field=f"{line}_from")
        if days:
            off |= dict.fromkeys(days, line)
            value["off"].append({"code": code, "from": days[0].isoformat(), "to": days[-1].isoformat()})
        made_up = read_days(form[f"{line}_make_up"], f"{line}_make_up", today=first, year=first.year)
        for day in made_up:
            _in_year(day, f"{line}_make_up", first)
        worked |= dict.fromkeys(made_up, line)
        if made_up:
            value["make_up"].append({"code": code, "on": [day.isoformat() for day in made_up]})
    both = sorted(off.keys() & worked.keys())
    if both:
        raise Refused("calendar.both", field=f"{worked[both[0]]}_make_up", day=both[0].isoformat())
    if not off and first == date(first.year, 1, 1):
        raise Refused("calendar.year_empty", field=f"{HOLIDAYS[0]}_from")
    return value


def _span(form: Mapping[str, str], line: str, first: date) -> list[date]:
    names = f"{line}_from", f"{line}_to"
    if not any(form[name].strip() for name in names):
        return []
    begin, end = (_typed(form[name], name) for name in names)
    if end < begin:
        raise Refused("calendar.backwards", field=names[1])
    for day, name in zip((begin, end), names, strict=True):
        _in_year(day, name, first)
    return [begin + timedelta(days=n) for n in range((end - begin).days + 1)]


def _typed(said: str, field: str) -> date:
    try:
        return date.fromisoformat(said.strip())
    except ValueError as error:
        raise Refused("calendar.half", field=field) from error


def _in_year(day: date, field: str, first: date) -> None:
    if day.year != first.year:
        raise Refused("calendar.other_year", field=field, year=first.year)
    if day < first:
        raise Refused("calendar.past_day", field=field, first=first.isoformat())


def special_form(value: Mapping[str, Any], title: str, days: Sequence[date]) -> dict[str, str]:
    """Special days as the form has them, with those of the days that may still be changed."""
    form = {f"for_{name}": "1" for name in value["calendars"]}
    return form | {
        "title": title,
        "on": say_days(days),
        "hours": say_hours(value["hours"]),
        "holiday": "1" if value["holiday"] else "",
    }


def special_value(form: Mapping[str, str], today: date) -> dict[str, Any]:
    """Special days from today on as the pack keeps them; none of them where they are taken back ("drop").

    Raises Refused, with the field: "calendar.title", "calendar.no_days", "calendar.past_day", "calendar.no_calendars", and
    what `read_days` and `read_hours` raise.
    """
    if not 0 < len(form["title"].strip()) <= TITLE_MAX:
        raise Refused("calendar.title", field="title", most=TITLE_MAX)
    days = [] if form["drop"] else read_days(form["on"], "on", today=today)
    if not (days or form["drop"]):
        raise Refused("calendar.no_days", field="on")
    if days and days[0] < today:
        raise Refused("calendar.past_day", field="on", first=today.isoformat())
    hours = read_hours(form["hours"], "hours")
    names = [name.removeprefix("for_") for name, ticked in form.items() if name.startswith("for_") and ticked]
    if not names:
        raise Refused("calendar.no_calendars", field="calendars")
    return {
        "calendars": names,
        "on": [day.isoformat() for day in days],
        "hours": hours,
        # a day with hours is worked, whatever it is called
        "holiday": bool(form["holiday"]) and not hours,
    }
