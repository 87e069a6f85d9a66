"""时限 of the procedure itself: dispatch, signing, objections, call-back, closing, reopening; set like any other limit."""

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
from liren.faces.staff.views.limits import PACK, read_number, read_part
from liren.kernel.clock import utc_now
from liren.kernel.errors import LirenError, Refused
from liren.registers.duties import actions
from liren.registers.duties import queries as duties

DUTY = "duties.manage"


@door("staff", DUTY, methods=("GET", "POST"))
def step(request: FaceRequest, key: str) -> HttpResponse:
    """One limit of the procedure: set it anew, look at what that would mean for the cases in it now, publish it."""
    row = duties.step_row(key, showing.today())
    return proposing.act(
        request,
        proposing.Sheet(
            stored=_said(row),
            draft=lambda form: _draft(row, form),
            proposed=lambda draft, _planned: _proposed(request, row, draft),
            page=lambda form, problem: _page(request, row, form, problem),
            home=lambda draft: reverse("desk_limit_step", args=[draft.key]),
        ),
    )


def _said(row: duties.StepRow) -> dict[str, str]:
    """A row as the form has it: one field for a bare number, three for a limit."""
    form: dict[str, str] = {}
    for name, part in row.value.items():
        if isinstance(part, Mapping):
            form |= {f"{name}_{field}": str(part[field]) for field in ("value", "unit", "basis")}
        else:
            form[name] = str(part)
    tomorrow = actions.earliest(PACK, utc_now())
    return form | {"valid_from": tomorrow.isoformat(), "source": "", "seen": str(row.published)}


def _draft(row: duties.StepRow, form: Mapping[str, str]) -> actions.RuleDraft:
    """What the form wants. Raises Refused: rule.number, rule.basis, rule.day, calendar.unknown, limit.*."""
    value: dict[str, Any] = {}
    for name, part in row.value.items():
        if isinstance(part, Mapping):
            value[name] = read_part(name, form)
        elif name == "calendar":
            if form[name] not in unit_words.calendar_titles():
                raise Refused("calendar.unknown", field=name)
            value[name] = form[name]
        else:
            value[name] = read_number(form[name], name)
    return actions.RuleDraft(
        pack=PACK,
        key=row.key,
        title={"zh": row.titles.zh, "en": row.titles.en},
        value=value,
        valid_from=proposals.day(form["valid_from"]),
        source=form["source"],
        seen=proposals.seen(form),
    )


def _proposed(request: FaceRequest, row: duties.StepRow, draft: actions.RuleDraft) -> proposals.Proposed:
    effect = cases.step_effect(row.key, draft.value, by=request.actor, now=utc_now())
    return proposals.Proposed(
        heading=row.title,
        valid_from=draft.valid_from,
        promise=_("正在这一步的，仍按原来的时限。"),
        rows=step_words.differences(row, draft.value, draft.source),
        asked=_("如果现在就这样定"),
        looked=step_words.looked(effect),
        effect=step_words.effect_rows(effect),
        met=rule_words.met(effect.rows),
        action=reverse("desk_limit_step", args=[row.key]),
    )


def _page(
    request: FaceRequest, row: duties.StepRow, form: Mapping[str, str], problem: LirenError | None = None
) -> HttpResponse:
    titles = step_words.part_titles()
    parts = [
        {
            "name": name,
            "title": titles[name],
            "value": form[f"{name}_value"],
            "unit": form[f"{name}_unit"],
            "basis": form[f"{name}_basis"],
        }
        for name, part in row.value.items()
        if isinstance(part, Mapping)
    ]
    numbers = [
        {"name": name, "title": titles[name], "value": form[name]}
        for name, part in row.value.items()
        if isinstance(part, int)
    ]
    days_only = row.key == "rule.call_back"
    units = {unit: word for unit, word in claim_words.unit_words().items() if unit == "day" or not days_only}
    context = showing.frame(request, "office", dead=False) | {
        "row": row,
        "parts": parts,
        "numbers": numbers,
        "now": step_words.told(row.value),
        "units": units.items(),
        "bases": rule_words.basis_titles().items(),
        "calendars": unit_words.calendar_titles().items() if "calendar" in row.value else [],
        "form": form,
        "versions": rule_words.versions(duties.rule_versions(PACK, row.key)),
        "problem": sentences.sentence(problem) if problem else "",
        "fault": getattr(problem, "field", None) or "",
    }
    return render(request, "staff/office_step.html", context, status=status_of(problem) if problem else 200)
