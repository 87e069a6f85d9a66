"""时限: the limits in force, one of them to be set anew, and what that would have meant before it is published."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from liren.cases import queries as cases
from liren.faces.kit import words as sentences
from liren.faces.kit.doors import FaceRequest, door
from liren.faces.kit.middleware import status_of
from liren.faces.staff import claim_words, proposals, rule_words, showing, step_words, unit_words
from liren.faces.staff.views import proposing
from liren.kernel.clock import utc_now
from liren.kernel.errors import LirenError, Refused
from liren.kernel.worktime import Limit
from liren.registers.duties import actions
from liren.registers.duties import queries as duties

DUTY = "duties.manage"
PACK = "duties.limits"
PARTS = ("response", "handle")


@door("staff", DUTY)
def limits(request: FaceRequest) -> HttpResponse:
    """Every class and group with the limits of today."""
    on = showing.today()
    calendars = unit_words.calendar_titles()
    every = duties.limit_rows(on)
    titles = {row.key: row.title for row in every}
    rows = [
        {
            "row": row,
            "response": rule_words.limit_words(row.value["response"]),
            "handle": rule_words.limit_words(row.value["handle"]),
            "calendar": calendars.get(row.value["calendar"], row.value["calendar"]),
            "by": "" if row.own else titles.get(row.rule, row.rule),
        }
        for row in every
    ]
    steps = [(row, step_words.brief(row.value)) for row in duties.step_rows(on)]
    return render(
        request,
        "staff/office_limits.html",
        showing.frame(request, "office", dead=False) | {"rows": rows, "steps": steps},
    )


@door("staff", DUTY, methods=("GET", "POST"))
def limit(request: FaceRequest, key: str) -> HttpResponse:
    """One rule: set it anew, look at what that would have meant, publish it."""
    row = duties.limit_row(key, showing.today())
    return proposing.act(
        request,
        proposing.Sheet(
            stored=_said(row),
            draft=lambda form: _draft(row, form),
            proposed=lambda draft, _planned: _proposed(request, row, draft),
            page=lambda form, problem: _page(request, row, form, problem),
            home=lambda draft: reverse("desk_limit", args=[draft.key]),
        ),
    )


def _said(row: duties.LimitRow) -> dict[str, str]:
    """A rule as the form has it."""
    form = {
        f"{part}_{name}": str(row.value[part][name]) for part in PARTS for name in ("value", "unit", "basis")
    }
    tomorrow = actions.earliest(PACK, utc_now())
    return form | {
        "calendar": str(row.value["calendar"]),
        "valid_from": tomorrow.isoformat(),
        "source": "",
        "seen": str(row.published),
    }


def _draft(row: duties.LimitRow, form: Mapping[str, str]) -> actions.RuleDraft:
    """What the form wants. Raises Refused: rule.number, rule.basis, rule.day, calendar.unknown, limit.*."""
    value: dict[str, Any] = {part: read_part(part, form) for part in PARTS}
    if form["calendar"] not in unit_words.calendar_titles():
        raise Refused("calendar.unknown", field="calendar")
    value["calendar"] = form["calendar"]
    # what the class itself is stays: whether it is urgent, and what is to be done first
    value |= {name: row.value[name] for name in ("urgent", "note") if row.own and name in row.value}
    return actions.RuleDraft(
        pack=PACK,
        key=row.key,
        title={"zh": row.titles.zh, "en": row.titles.en},
        value=value,
        valid_from=proposals.day(form["valid_from"]),
        source=form["source"],
        seen=proposals.seen(form),
    )


def read_number(said: str, field: str) -> int:
    """A whole number above zero. Raises Refused("rule.number")."""
    said = said.strip()
    if not (said.isascii() and said.isdecimal() and len(said) < 9 and int(said) > 0):
        raise Refused("rule.number", field=field)
    return int(said)


def read_part(part: str, form: Mapping[str, str]) -> dict[str, Any]:
    """One limit of a form: number, unit and what it rests on. Raises Refused: rule.number, rule.basis, limit.*."""
    said, unit, basis = (form[f"{part}_{name}"].strip() for name in ("value", "unit", "basis"))
    value = read_number(said, f"{part}_value")
    if unit not in claim_words.unit_words():
        raise Refused("limit.unit", field=f"{part}_unit")
    if basis not in rule_words.basis_titles():
        raise Refused("rule.basis", field=f"{part}_basis")
    try:
        Limit(value, unit)  # type: ignore[arg-type]  # one of the four, looked up above
    except Refused as problem:
        raise Refused(problem.code, field=f"{part}_value", **problem.params) from problem
    return {"value": value, "unit": unit, "basis": basis}


def _proposed(request: FaceRequest, row: duties.LimitRow, draft: actions.RuleDraft) -> proposals.Proposed:
    effect = cases.limit_effect({row.key: draft.value}, by=request.actor, now=utc_now())
    return proposals.Proposed(
        heading=row.title,
        valid_from=draft.valid_from,
        promise=_("以前派出去的，仍按当时的规则。"),
        rows=rule_words.differences(row.value, draft.value, (row.source, draft.source)),
        asked=_("如果过去 %(days)s 天就这样定") % {"days": cases.SIMULATED_DAYS},
        looked=rule_words.looked_through(effect.seen, more=effect.more),
        effect=rule_words.effect_rows(effect),
        met=rule_words.met(effect.rows),
        action=reverse("desk_limit", args=[row.key]),
    )


def _page(
    request: FaceRequest, row: duties.LimitRow, form: Mapping[str, str], problem: LirenError | None = None
) -> HttpResponse:
    units, bases = claim_words.unit_words().items(), rule_words.basis_titles().items()
    context = showing.frame(request, "office", dead=False) | {
        "row": row,
        "parts": [_shown(part, form) for part in PARTS],
        "units": units,
        "bases": bases,
        "calendars": unit_words.calendar_titles().items(),
        "form": form,
        "now": [rule_words.limit_words(row.value[part]) for part in PARTS],
        "published": row.published,
        "versions": rule_words.versions(duties.rule_versions(PACK, row.key)),
        "problem": sentences.sentence(problem) if problem else "",
        "fault": getattr(problem, "field", None) or "",
    }
    return render(request, "staff/office_limit.html", context, status=status_of(problem) if problem else 200)


def _shown(part: str, form: Mapping[str, str]) -> dict[str, str]:
    return {"name": part} | {name: form[f"{part}_{name}"] for name in ("value", "unit", "basis")}
