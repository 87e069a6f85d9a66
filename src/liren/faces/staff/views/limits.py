"""时限: the limits in force, one of them to be set anew, and what that would have meant before it is published."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from liren.cases import queries as cases
from liren.faces.kit import typed
from liren.faces.kit import words as sentences
from liren.faces.kit.doors import FaceRequest, door
from liren.faces.kit.middleware import status_of
from liren.faces.staff import claim_words, rule_words, showing, unit_words
from liren.kernel.clock import utc_now
from liren.kernel.errors import LirenError, Refused
from liren.kernel.worktime import Limit
from liren.registers.duties import actions
from liren.registers.duties import queries as duties

DUTY = "duties.manage"
PACK = "duties.limits"
PARTS = ("response", "handle")
FIELDS = (
    *(f"{part}_{name}" for part in PARTS for name in ("value", "unit", "basis")),
    "calendar",
    "valid_from",
    "source",
    "seen",
)


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
    return render(
        request, "staff/office_limits.html", showing.frame(request, "office", dead=False) | {"rows": rows}
    )


@door("staff", DUTY, methods=("GET", "POST"))
def limit(request: FaceRequest, key: str) -> HttpResponse:
    """One rule: set it anew, look at what that would have meant, publish it."""
    row = duties.limit_row(key, showing.today())
    if request.method != "POST":
        return _page(request, row, _said(row))
    form = {name: typed.text(request.POST, name)[:500] for name in FIELDS}
    if request.POST.get("back"):
        return _page(request, row, form)
    try:
        draft = _draft(row, form)
        if request.POST.get("sure"):
            actions.publish_rule(draft, by=request.actor, now=utc_now())
            return redirect(f"{reverse('desk_limit', args=[key])}#history")
        actions.try_rule(draft, by=request.actor, now=utc_now())
        return _preview(request, row, draft, form)
    except LirenError as problem:
        return _page(request, row, form, problem)


def _said(row: duties.LimitRow) -> dict[str, str]:
    """A rule as the form has it."""
    form = {
        f"{part}_{name}": str(row.value[part][name]) for part in PARTS for name in ("value", "unit", "basis")
    }
    tomorrow = showing.today() + timedelta(days=1)
    return form | {
        "calendar": str(row.value["calendar"]),
        "valid_from": tomorrow.isoformat(),
        "source": "",
        "seen": str(row.published),
    }


def _draft(row: duties.LimitRow, form: Mapping[str, str]) -> actions.RuleDraft:
    """What the form wants. Raises Refused: rule.number, rule.basis, rule.day, calendar.unknown, limit.*."""
    value: dict[str, Any] = {part: _part(part, form) for part in PARTS}
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
        valid_from=day(form["valid_from"]),
        source=form["source"],
        seen=int(form["seen"]) if form["seen"].isdecimal() and len(form["seen"]) < 9 else -1,
    )


def _part(part: str, form: Mapping[str, str]) -> dict[str, Any]:
    said, unit, basis = (form[f"{part}_{name}"].strip() for name in ("value", "unit", "basis"))
    if not (said.isascii() and said.isdecimal() and len(said) < 9 and int(said) > 0):
        raise Refused("rule.number", field=f"{part}_value")
    if unit not in claim_words.unit_words():
        raise Refused("limit.unit", field=f"{part}_unit")
    if basis not in rule_words.basis_titles():
        raise Refused("rule.basis", field=f"{part}_basis")
    try:
        Limit(int(said), unit)  # type: ignore[arg-type]  # one of the four, looked up above
    except Refused as problem:
        raise Refused(problem.code, field=f"{part}_value", **problem.params) from problem
    return {"value": int(said), "unit": unit, "basis": basis}


def day(said: str) -> date:
    """A day as a form has it. Raises Refused("rule.day")."""
    try:
        return date.fromisoformat(said.strip())
    except ValueError as error:
        raise Refused("rule.day", field="valid_from") from error


def _preview(
    request: FaceRequest, row: duties.LimitRow, draft: actions.RuleDraft, form: Mapping[str, str]
) -> HttpResponse:
    effect = cases.limit_effect(row.key, draft.value, by=request.actor, now=utc_now())
    context = showing.frame(request, "office", dead=False) | {
        "title": row.title,
        "rows": rule_words.differences(row.value, draft.value, (row.source, draft.source)),
        "from": draft.valid_from,
        "effect": rule_words.effect_rows(effect),
        "seen_cases": effect.seen,
        "more": effect.more,
        "days": cases.SIMULATED_DAYS,
        "hidden": form,
        "action": reverse("desk_limit", args=[row.key]),
    }
    return render(request, "staff/office_publish.html", context)


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
