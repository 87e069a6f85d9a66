"""职责清单: whose duty what is; one row or the whole of it anew, looked at on the last months before it is published."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from liren.cases import queries as cases
from liren.faces.kit import typed
from liren.faces.kit import words as sentences
from liren.faces.kit.doors import FaceRequest, door
from liren.faces.kit.middleware import status_of
from liren.faces.staff import duty_rows, duty_words, proposals, showing
from liren.faces.staff.views import proposing, tables
from liren.kernel.clock import utc_now
from liren.kernel.errors import LirenError, Refused
from liren.registers.duties import actions
from liren.registers.duties import queries as duties

DUTY = "duties.manage"


@door("staff", DUTY)
def duty_list(request: FaceRequest) -> HttpResponse:
    """The latest list, all of it or what one unit or one group of classes has in it."""
    latest, on = duties.latest_list(), showing.today()
    unit, group = typed.text(request.GET, "unit"), typed.text(request.GET, "group")
    # who only assists is many rows of little news: asked for, or where one unit's rows are looked at
    assists = bool(unit or request.GET.get("assists"))
    titles = duty_words.class_titles(on)
    found = [
        row
        for row in duties.in_words(latest.rows, on)
        if (not unit or str(row.unit_id) == unit) and (not group or row.class_code.split(".")[0] == group)
    ]
    rows = [
        {"row": row, "title": titles.get(row.class_code, row.class_code)}
        for row in found
        if assists or not row.assist_only
    ]
    context = showing.frame(request, "office", dead=False) | {
        "rows": rows,
        "folded": len(found) - len(rows),
        "assists": assists,
        "latest": latest,
        "ahead": latest.valid_from is not None and latest.valid_from > on,
        "units": duty_words.unit_titles().items(),
        "groups": [(one.code, one.title) for one in duties.groups(on)],
        "unit": unit,
        "group": group,
        "versions": duties.catalogues(),
    }
    return render(request, "staff/office_duties.html", context)


@door("staff", DUTY)
def duty_file(request: FaceRequest, form: str) -> HttpResponseBase:
    """The latest list as a table an import reads back unchanged."""
    on = showing.today()
    rows = duty_words.table_rows(duties.in_words(duties.latest_list().rows, on))
    return tables.as_file(rows, f"liren-duties-{on:%Y%m%d}", form, _("职责清单"))


@door("staff", DUTY, methods=("GET", "POST"))
def duty_row(request: FaceRequest, entry: str = "") -> HttpResponse:
    """One row, or a new one: put it right or take it out, see what that would have meant, publish the list with it."""
    entry_id = int(entry) if entry else None
    if request.method != "POST":
        return _row_page(request, entry_id, duty_rows.typed_of(duties.latest_list(), entry_id))
    form = {name: typed.text(request.POST, name)[:2000] for name in duty_rows.FIELDS}
    # what was typed changes the list that was looked at: sent twice it is the same list, and published once
    seen = duties.latest_list(version=typed.whole(request.POST, "seen"))
    remove = entry_id is not None and request.POST.get("do") == "remove"
    if request.POST.get("back"):
        return _row_page(request, entry_id, form)
    try:
        draft = duty_rows.draft(seen, entry_id, form, remove=remove)
        if request.POST.get("sure"):
            _publish(request, draft)
            return redirect("desk_duties")
        proposed = _proposed(request, seen, draft, request.path)
        return proposing.propose(request, proposed, form | {"do": "remove" if remove else "save"})
    except LirenError as problem:
        return _row_page(request, entry_id, form, problem)


def _publish(request: FaceRequest, draft: duty_rows.ListDraft) -> None:
    actions.publish_catalogue(
        draft.rows,
        valid_from=draft.valid_from,
        source=draft.source,
        by=request.actor,
        now=utc_now(),
        seen=draft.seen,
    )


def _proposed(
    request: FaceRequest, latest: duties.LatestList, draft: duty_rows.ListDraft, action: str
) -> proposals.Proposed:
    """What the list would be, tried on the last months."""
    on = draft.valid_from
    effect = cases.list_effect(
        duties.Leads(latest.rows.values(), on), duties.Leads(draft.rows, on), by=request.actor, now=utc_now()
    )
    return proposals.Proposed(
        heading=_("职责清单"),
        valid_from=on,
        promise=_("已经派出去的不动，以后的派单照它来。"),
        rows=duty_words.differences(latest.rows, draft.rows, on),
        asked=_("如果过去 %(days)s 天就这样定") % {"days": cases.SIMULATED_DAYS},
        looked=_("看了这段时间收到的全部 %(n)s 件；密办的、还没有分类的不算。") % {"n": effect.seen},
        effect=duty_words.effect_rows(effect),
        met=duty_words.met(effect.rows),
        action=action,
        warnings=duty_words.warnings(effect),
    )


def _row_page(
    request: FaceRequest,
    entry_id: int | None,
    form: Mapping[str, str],
    problem: LirenError | None = None,
) -> HttpResponse:
    on = showing.today()
    titles = duty_words.class_titles(on)
    context = showing.frame(request, "office", dead=False) | {
        "entry": entry_id,
        "title": titles.get(form["class_code"], "") if entry_id is not None else "",
        "form": form,
        "classes": [
            (group.code, group.title, [(one.code, one.title) for one in group.classes])
            for group in duties.groups(on)
        ],
        "units": [(str(number), name) for number, name in duty_words.unit_titles().items()],
        "problem": sentences.sentence(problem) if problem else "",
        "fault": getattr(problem, "field", None) or "",
    }
    return render(request, "staff/office_duty.html", context, status=status_of(problem) if problem else 200)


@door("staff", DUTY, methods=("GET", "POST"))
def duty_table(request: FaceRequest) -> HttpResponse:
    """The whole list by spreadsheet: tried row by row and on the last months, then published whole or not at all."""
    latest = duties.latest_list()
    form = duty_rows.typed_of(latest, None)
    form |= {
        name: typed.text(request.POST, name)[:2000]
        for name in ("valid_from", "source", "seen")
        if name in request.POST
    }
    if request.method != "POST" or request.POST.get("back"):
        return _table_page(request, form)
    sure = bool(request.POST.get("sure"))
    try:
        data = tables.unpacked(request.POST.get("packed", "")) if sure else tables.uploaded(request)
        carried = "" if sure else tables.packed(data)
        valid_from = duty_rows.day(form["valid_from"])
        if not form["source"].strip():
            raise Refused("duty.no_source", field="source")
        seen = proposals.seen(form)
        report = actions.import_catalogue(
            data, valid_from=valid_from, source=form["source"], by=request.actor, now=utc_now(), only_try=not sure,
            seen=seen,
        )  # fmt: skip
        if report.version is not None:
            return redirect("desk_duties")
        if report.refused:
            return _table_page(request, form, report=report)
        draft = duty_rows.ListDraft(list(report.read), valid_from, form["source"].strip(), seen)
        proposed = _proposed(request, latest, draft, reverse("desk_duty_table"))
        return proposing.propose(request, proposed, form | {"packed": carried})
    except LirenError as problem:
        return _table_page(request, form, problem=problem)


def _table_page(
    request: FaceRequest,
    form: Mapping[str, str],
    *,
    report: actions.Report | None = None,
    problem: LirenError | None = None,
) -> HttpResponse:
    columns = duty_words.column_titles()
    refused: list[dict[str, Any]] = [
        {
            "line": row.line,
            "column": columns.get(row.column, row.column),
            "reason": sentences.sentence(Refused(row.reason)),
        }
        for row in (report.rows if report else ())
        if row.status == "refused"
    ]
    context = showing.frame(request, "office", dead=False) | {
        "form": form,
        "heads": "、".join(duty_words.HEADS),
        "refused": refused[: tables.SHOWN],
        "more_refused": max(0, len(refused) - tables.SHOWN),
        "bad": len(refused),
        "problem": sentences.sentence(problem) if problem else "",
        "fault": getattr(problem, "field", None) or "",
    }
    status = status_of(problem) if problem else 422 if refused else 200
    return render(request, "staff/office_duty_table.html", context, status=status)
