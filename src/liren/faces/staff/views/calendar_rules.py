"""One rule of the calendars: a week, a year of public holidays or special days, looked at before it is published."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from string import ascii_lowercase
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from liren.cases import queries as cases
from liren.faces.kit import words as sentences
from liren.faces.kit.doors import FaceRequest, door
from liren.faces.kit.middleware import status_of
from liren.faces.staff import (
    calendar_forms,
    calendar_rows,
    calendar_words,
    proposals,
    rule_words,
    showing,
    unit_words,
)
from liren.faces.staff.calendar_words import Field
from liren.faces.staff.views import proposing
from liren.kernel.clock import utc_now
from liren.kernel.errors import LirenError, Refused
from liren.kernel.rulepacks import Pack
from liren.kernel.worktime.loading import within
from liren.registers.duties import actions
from liren.registers.duties import queries as duties

DUTY = "duties.manage"
PACK = "calendar"
LONGEST = 1000

Form = Mapping[str, str]
Change = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class _Sheet:
    """One rule of the calendars to be set: the form as it stands, and what is made of what is typed into it."""

    key: str
    heading: str
    template: str
    action: str
    stored: Form
    draft: Callable[[Form], actions.RuleDraft]
    changes: Callable[[actions.RuleDraft], list[Change]]
    warnings: Callable[[actions.RuleDraft], list[str]]
    shown: Callable[[Form], Mapping[str, Any]]
    more: Mapping[str, Any] = field(default_factory=dict)


@door("staff", DUTY, methods=("GET", "POST"))
def hours(request: FaceRequest, name: str) -> HttpResponse:
    """The week of one calendar."""
    pack, on, key = duties.calendar_pack(), showing.today(), f"calendar.{name}"
    if key not in pack.rows:
        raise Http404
    row, title = calendar_rows.holding(pack, key, on), unit_words.calendar_titles()[name]

    def draft(form: Form) -> actions.RuleDraft:
        value = calendar_forms.week_value(form, row.value["holidays"])
        return _drafted(key, row.title.zh, row.title.en, value, proposals.day(form["valid_from"]), form)

    return _act(
        request,
        _Sheet(
            key=key,
            heading=title,
            template="staff/office_calendar_week.html",
            action=reverse("desk_calendar_hours", args=[name]),
            stored=calendar_forms.week_form(row.value)
            | {"valid_from": (on + timedelta(days=1)).isoformat(), "source": "", "seen": _seen(key)},
            draft=draft,
            changes=lambda made: calendar_words.week_changes(
                row.value, made.value, (row.source, made.source)
            ),
            warnings=lambda made: calendar_words.week_warnings(made.value),
            shown=_week_fields,
            more={
                "row": row,
                "now": calendar_words.week(row.value),
                "next_from": calendar_rows.next_from(pack, row, on),
            },
        ),
    )


@door("staff", DUTY, methods=("GET", "POST"))
def new_hours(request: FaceRequest) -> HttpResponse:
    """The week of a calendar there was none of: a service hall that opens on Saturdays."""
    pack, on = duties.calendar_pack(), showing.today()
    pattern = calendar_rows.holding(pack, "calendar.office", on).value

    def draft(form: Form) -> actions.RuleDraft:
        title = form["title"].strip()
        if not 0 < len(title) <= calendar_forms.TITLE_MAX:
            raise Refused("calendar.title", field="title", most=calendar_forms.TITLE_MAX)
        if not form["code"] and title in unit_words.calendar_titles().values():
            raise Refused("calendar.title_taken", field="title")
        key = f"calendar.{_own(pack, form['code'])}"
        value = calendar_forms.week_value(form, calendar_forms.REGION)
        return _drafted(key, title, title, value, proposals.day(form["valid_from"]), form)

    return _act(
        request,
        _Sheet(
            key="calendar.",
            heading=_("添一个日历"),
            template="staff/office_calendar_week.html",
            action=reverse("desk_calendar_hours_new"),
            stored=calendar_forms.week_form(pattern)
            | {"title": "", "code": "", "valid_from": on.isoformat(), "source": "", "seen": "0"},
            draft=draft,
            changes=lambda made: calendar_words.week_changes(None, made.value, ("—", made.source)),
            warnings=lambda made: calendar_words.week_warnings(made.value),
            shown=lambda form: (
                _week_fields(form)
                | {"title": Field("title", _("名称"), form["title"], _("比如：政务服务大厅"), most=60)}
            ),
        ),
    )


def _own(pack: Pack, wanted: str) -> str:
    """What a calendar of the office's own goes by: what the page before gave it, else the next that is free."""
    codes = [f"own{n}" for n in range(1, 100)]
    free = [code for code in codes if f"calendar.{code}" not in pack.rows]
    return wanted if wanted in codes else (free or codes)[0]


@door("staff", DUTY, methods=("GET", "POST"))
def holidays(request: FaceRequest, year: str) -> HttpResponse:
    """The public holidays of this year or the next, as far as they are still to come."""
    pack, on, of = duties.calendar_pack(), showing.today(), int(year)
    if not on.year <= of <= calendar_rows.last_year(pack) + 1:
        raise Http404
    first, last = max(date(of, 1, 1), actions.earliest(PACK, utc_now())), date(of, 12, 31)
    row = pack.find(calendar_forms.REGION, last)
    known = within(row.value, first, last) if row else None
    zh, en = f"{of}年部分节假日安排", f"Public holidays of {of}"

    def draft(form: Form) -> actions.RuleDraft:
        value = calendar_forms.year_value(form, first)
        return _drafted(calendar_forms.REGION, zh, en, value, first, form, last)

    return _act(
        request,
        _Sheet(
            key=calendar_forms.REGION,
            heading=_("%(year)s 年的放假安排") % {"year": of},
            template="staff/office_calendar_year.html",
            action=reverse("desk_calendar_holidays", args=[of]),
            stored=calendar_forms.year_form(known or {"off": [], "make_up": []}, of)
            | {"source": "", "seen": _seen(calendar_forms.REGION)},
            draft=draft,
            changes=lambda made: calendar_words.year_changes(
                known, made.value, (row.source if row else "—", made.source)
            ),
            warnings=lambda made: calendar_words.year_warnings(made.value),
            shown=lambda form: {"lines": _year_lines(form)},
            more={"row": row, "first": first, "whole": first == date(of, 1, 1), "year": of},
        ),
    )


@door("staff", DUTY, methods=("GET", "POST"))
def new(request: FaceRequest) -> HttpResponse:
    """Days unlike their week that nobody spoke of yet."""
    pack, on = duties.calendar_pack(), showing.today()
    empty = {"calendars": ["office"], "hours": [], "holiday": False}
    action = reverse("desk_calendar_days_new")
    return _act(request, _special(pack, on, "", empty, [], action, _("特殊的日子")))


@door("staff", DUTY, methods=("GET", "POST"))
def days(request: FaceRequest, code: str) -> HttpResponse:
    """Days unlike their week, as far as they are still to come; what is over is only shown."""
    pack, on = duties.calendar_pack(), showing.today()
    rows = pack.rows.get(f"days.{code}", ())
    if not rows:
        raise Http404
    left = [day for row in rows for day in calendar_rows.days(row) if day >= on]
    action = reverse("desk_calendar_days", args=[code])
    sheet = _special(pack, on, code, rows[-1].value, left, action, calendar_words.title_of(rows[-1]))
    if rows[-1].last_day < on and request.method == "POST":
        raise Http404
    return _act(request, sheet)


def _special(
    pack: Pack, on: date, code: str, value: Mapping[str, Any], left: list[date], action: str, heading: str
) -> _Sheet:
    rows = pack.rows.get(f"days.{code}", ())
    titles = unit_words.calendar_titles()
    row = rows[-1] if rows else None
    before = None
    if row:
        told = {**value, "on": [day.isoformat() for day in left]}
        before = (calendar_words.title_of(row), told, row.source)

    def draft(form: Form) -> actions.RuleDraft:
        made = calendar_forms.special_value(form, on)
        chosen = code or _code(pack, form["code"], made["on"][0])
        _unspoken(pack, f"days.{chosen}", made)
        spoken = [date.fromisoformat(day) for day in made["on"]]
        # what was said of other days is taken back by saying it again without them
        spoken += [max(rows[0].valid_from, on), rows[-1].last_day] if rows else []
        title = form["title"].strip()
        en = row.title.en if row and row.title.zh == title else title
        last = max(spoken) if max(spoken) < date.max else None
        return _drafted(f"days.{chosen}", title, en, made, min(spoken), form, last)

    return _Sheet(
        key=f"days.{code}",
        heading=heading,
        template="staff/office_calendar_days.html",
        action=action,
        stored={f"for_{name}": "" for name in titles}
        | calendar_forms.special_form(value, row.title.zh if row else "", left)
        | {"drop": "", "code": code, "source": "", "seen": _seen(f"days.{code}")},
        draft=draft,
        changes=lambda made: calendar_words.special_changes(
            before, (made.title["zh"], made.value, made.source), titles
        ),
        warnings=lambda made: calendar_words.special_warnings(made.value, calendar_rows.built(pack)),
        shown=lambda form: _special_fields(form, titles),
        more={
            "code": code,
            "row": row,
            "over": row is not None and row.last_day < on,
            "hours_now": calendar_words.special_hours(value),
            "when": calendar_forms.say_days([day for one in rows for day in calendar_rows.days(one)]),
        },
    )


def _act(request: FaceRequest, sheet: _Sheet) -> HttpResponse:
    return proposing.act(
        request,
        proposing.Sheet(
            stored=sheet.stored,
            draft=sheet.draft,
            proposed=lambda draft, planned: _proposed(request, sheet, draft, planned),
            page=lambda form, problem: _page(request, sheet, form, problem),
            home=lambda draft: _home(draft.key, sheet.action),
            longest=LONGEST,
        ),
    )


def _proposed(
    request: FaceRequest, sheet: _Sheet, draft: actions.RuleDraft, planned: Pack
) -> proposals.Proposed:
    effect = cases.calendar_effect(planned, by=request.actor, now=utc_now())
    return proposals.Proposed(
        heading=sheet.heading,
        valid_from=draft.valid_from,
        promise=_("正在走的时限一小时内按新的重新算，原来的到期时间留着可查。"),
        rows=sheet.changes(draft),
        asked=_("正在走的时限会怎样"),
        looked=calendar_words.looked_through(effect),
        effect=calendar_words.effect_rows(effect),
        met=rule_words.met(effect.rows),
        action=sheet.action,
        warnings=sheet.warnings(draft),
        # the code stays the same from here on, so that what is sent twice is one thing
        carry={"code": draft.key.partition(".")[2]} if "code" in sheet.stored else {},
    )


def _page(request: FaceRequest, sheet: _Sheet, form: Form, problem: LirenError | None = None) -> HttpResponse:
    context = showing.frame(request, "office", dead=False) | {
        "heading": sheet.heading,
        "form": form,
        **sheet.more,
        **sheet.shown(form),
        "source": Field("source", _("依据"), form["source"], _("哪份文件、哪次会议定的；居民也看得到")),
        "versions": rule_words.versions(duties.rule_versions(PACK, sheet.key)),
        "problem": sentences.sentence(problem) if problem else "",
        "fault": getattr(problem, "field", None) or "",
    }
    return render(request, sheet.template, context, status=status_of(problem) if problem else 200)


def _home(key: str, otherwise: str) -> str:
    """Where a rule that was just published is looked at."""
    sort, _dot, code = key.partition(".")
    if sort == "holidays":
        return otherwise
    return reverse("desk_calendar_days" if sort == "days" else "desk_calendar_hours", args=[code])


def _drafted(
    key: str, zh: str, en: str, value: Any, first: date, form: Form, last: date | None = None
) -> actions.RuleDraft:
    title = {"zh": zh, "en": en}
    return actions.RuleDraft(PACK, key, title, value, first, form["source"], proposals.seen(form), last)


def _seen(key: str) -> str:
    return str(duties.times_published(PACK, key))


def _code(pack: Pack, wanted: str, first: str) -> str:
    """What new special days go by: what the page before gave them, else their first day, with a letter if need be."""
    bare = f"d{first.replace('-', '')}"
    codes = [bare, *(f"{bare}{letter}" for letter in ascii_lowercase)]
    free = [code for code in codes if f"days.{code}" not in pack.rows]
    return wanted if wanted in codes else (free or codes)[0]


def _unspoken(pack: Pack, key: str, value: Mapping[str, Any]) -> None:
    """Refuse a day of which another rule speaks for the same calendar."""
    for row in pack:
        if not row.key.startswith("days.") or row.key == key:
            continue
        if set(row.value["calendars"]) & set(value["calendars"]):
            both = sorted({day.isoformat() for day in calendar_rows.days(row)} & set(value["on"]))
            if both:
                raise Refused("calendar.spoken_of", field="on", day=both[0])


def _week_fields(form: Form) -> dict[str, Any]:
    return {
        "week": [Field(day, title, form[day]) for day, title in calendar_words.weekdays().items()],
        "make_up": Field("make_up", _("补班的日子"), form["make_up"]),
        "rests": [
            (name, title, form[f"rest_{name}"]) for name, title in calendar_words.rest_titles().items()
        ],
        "ends": calendar_words.end_titles().items(),
        "valid_from": Field("valid_from", _("从哪天起（最早今天）"), form["valid_from"], kind="date"),
    }


def _year_lines(form: Form) -> list[tuple[str, list[Field]]]:
    return [
        (
            title,
            [
                Field(f"{line}_from", _("第一天"), form[f"{line}_from"], kind="date"),
                Field(f"{line}_to", _("最后一天"), form[f"{line}_to"], kind="date"),
                Field(f"{line}_make_up", _("补班哪几天"), form[f"{line}_make_up"]),
            ],
        )
        for line, title in calendar_words.holiday_titles().items()
    ]


def _special_fields(form: Form, titles: Mapping[str, str]) -> dict[str, Any]:
    names = [name.removeprefix("for_") for name in form if name.startswith("for_")]
    return {
        "title": Field("title", _("名称"), form["title"], _("比如：暴雨停工、街道搬迁"), most=60),
        "on": Field("on", _("哪些天"), form["on"], _("比如：2027-01-15、1月18日至1月20日"), most=LONGEST),
        "hours": Field("hours", _("上班时间"), form["hours"], _("比如：09:00-12:00；不上班就空着")),
        "calendars": [(name, titles.get(name, name), form[f"for_{name}"]) for name in names],
    }
