"""日历: what units work by, all of it on one page: weeks, years of public holidays, special days."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from liren.faces.kit.doors import FaceRequest, door
from liren.faces.staff import calendar_forms, calendar_rows, calendar_words, showing, unit_words
from liren.kernel.rulepacks import Pack
from liren.registers.duties import queries as duties
from liren.registers.people import queries as people

DUTY = "duties.manage"
NOTICE_MONTH = 11  # when the State Council has told next year's holidays of late


@door("staff", DUTY)
def calendars(request: FaceRequest) -> HttpResponse:
    """What units work by: weeks, years of holidays, special days."""
    pack, on = duties.calendar_pack(), showing.today()
    titles, units = unit_words.calendar_titles(), people.units_by_calendar(on)
    weeks = [
        {
            "name": name,
            "title": title,
            "row": row,
            "week": calendar_words.week(row.value),
            "units": units.get(name, 0),
            "next_from": calendar_rows.next_from(pack, row, on),
        }
        for name, title in titles.items()
        for row in [calendar_rows.holding(pack, f"calendar.{name}", on)]
    ]
    last = calendar_rows.last_year(pack)
    context = showing.frame(request, "office", dead=False) | {
        "weeks": weeks,
        "years": _years(pack, on, last),
        "missing": last + 1 if last <= on.year else 0,
        "due": on.month >= NOTICE_MONTH or last < on.year,
        "may_add": last + 1 if last + 1 >= on.year else 0,
        "specials": _specials(pack, titles, on),
    }
    return render(request, "staff/office_calendars.html", context)


def _years(pack: Pack, on: date, last: int) -> list[dict[str, Any]]:
    """The years whose holidays are known, the latest first, with whether they may still be changed."""
    built = next(
        one for one in calendar_rows.built(pack).values() if any(regime.holidays for regime in one.regimes)
    )
    rows = pack.rows[calendar_forms.REGION]
    return [
        {"open": year >= on.year, "year": calendar_words.year(built, year, source.source)}
        for year in range(last, rows[0].valid_from.year - 1, -1)
        for source in [pack.pick(calendar_forms.REGION, min(date(year, 12, 31), rows[-1].last_day))]
    ]


def _specials(pack: Pack, titles: Mapping[str, str], on: date) -> list[dict[str, Any]]:
    """Special days of this year and later, in order."""
    found = []
    for key, rows in pack.rows.items():
        spoken = [day for row in rows for day in calendar_rows.days(row)] if key.startswith("days.") else []
        if spoken and max(spoken).year >= on.year:
            value = rows[-1].value
            found.append(
                {
                    "code": key.removeprefix("days."),
                    "title": calendar_words.title_of(rows[-1]),
                    "first": min(spoken),
                    "on": calendar_forms.say_days(spoken),
                    "hours": calendar_words.special_hours(value),
                    "whose": "、".join(titles.get(name, name) for name in value["calendars"]),
                    "source": rows[-1].source,
                    "over": max(spoken) < on,
                }
            )
    return sorted(found, key=lambda one: (one["over"], one["first"]))
