"""督办: what is late by unit and place, who stands on which rung, whistles, replies to verify; and the acts on a case."""

from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from liren.cases import actions as cases
from liren.cases import queries
from liren.faces.kit import typed
from liren.faces.kit.doors import FaceRequest, door
from liren.faces.kit.uploads import keep_photos
from liren.faces.staff import showing, watch_words
from liren.faces.staff.views.case import Typed, page
from liren.kernel.clock import utc_now
from liren.kernel.errors import LirenError
from liren.registers.duties import queries as duties

SAMPLE_SHOWN = 8  # replies to verify that stand open; the rest are folded


@door("staff", "insight.read")
def watch(request: FaceRequest) -> HttpResponse:
    """The supervision page. Every figure opens its rows; none is anybody's own."""
    actor, now = request.actor, utc_now()
    words, drawn = watch_words.whistle_titles(), queries.sample(actor, now=now)
    context = showing.frame(request, "watch") | {
        "figures": _figures(actor, now),
        "ladder": _ladder(actor, now),
        "units": [_line(line, "unit") for line in queries.by_unit(actor, now=now)],
        "places": [_line(line, "place") for line in queries.by_place(actor, now=now)],
        "whistles": [
            {"view": one, "word": words[one.state][0], "shape": words[one.state][1], "units": _called(one)}
            for one in queries.whistles_running(actor, now=now)
        ],
        "refusals": queries.refusals(actor, now=now),
        "sample": drawn,
        "sample_first": drawn.left[:SAMPLE_SHOWN],
        "sample_rest": drawn.left[SAMPLE_SHOWN:],
        "sample_rule": duties.sample_rule(showing.today()),
    }
    return render(request, "staff/watch.html", context)


def _figures(actor: Any, now: datetime) -> list[dict[str, Any]]:
    counted = queries.counts(actor, now=now)
    titles: dict[queries.View, str] = {
        "late": _("超时"),
        "soon": _("快到期"),
        "returned": _("退回"),
        "again": _("重办"),
        "supervised": _("督办中"),
        "call_back": _("待回访"),
    }
    return [
        {
            "title": title,
            "count": counted.get(view, 0),
            "query": urlencode({"view": view}),
            "hot": view == "late",
        }
        for view, title in titles.items()
    ]


def _ladder(actor: Any, now: datetime) -> list[dict[str, Any]]:
    rules = {rule.level: rule for rule in duties.ladder(showing.today())}
    return [
        {
            "step": step,
            "title": rules[step.level].title,
            "when": _("；").join(watch_words.trigger_words(one) for one in rules[step.level].triggers),
            "who": str(rules[step.level].who),
            "time": watch_words.limit_words(rules[step.level].time) if rules[step.level].asks else "",
            "source": rules[step.level].source,
            "query": urlencode({"view": "supervised", "level": step.level}),
            "more": step.count - len(step.cases),
        }
        for step in queries.rungs(actor, now=now)
        if step.level in rules
    ]


def _line(line: queries.Line, kind: str) -> dict[str, Any]:
    """A row of a table, each figure with the list it counts."""

    def cell(count: int, **query: str) -> dict[str, Any]:
        return {"count": count, "query": urlencode({**query, kind: line.key})}

    return {
        "name": line.name,
        "cells": [
            cell(line.at_work, view="open", stage="unit"),
            cell(line.late, view="late", stage="unit"),
            cell(line.soon, view="soon", stage="unit"),
            cell(line.again, view="again", stage="unit"),
            *([cell(line.returned, view="returned")] if kind == "place" else []),
            cell(line.supervised, view="supervised", stage="unit"),
        ],
    }


def _called(view: queries.WhistleView) -> list[dict[str, Any]]:
    titles = watch_words.called_titles()
    return [
        {"view": unit, "word": titles[unit.state][0], "shape": titles[unit.state][1]} for unit in view.units
    ]


@door("staff", "cases.supervise", methods=("POST",))
def supervise(request: FaceRequest, number: str) -> HttpResponse:
    """Climb to a higher rung by hand, with words."""
    form = {name: typed.text(request.POST, name) for name in ("level", "text")}
    try:
        cases.supervise(
            queries.case_ref(number, request.actor).id,
            form["level"],
            by=request.actor,
            version=typed.whole(request.POST, "version"),
            text=form["text"],
            now=utc_now(),
        )
    except LirenError as error:
        return page(request, number, Typed(panel="supervise", form=form, problem=error))
    return redirect("desk_case", number)


@door("staff", "cases.answer_supervision", methods=("POST",))
def answer(request: FaceRequest, number: str) -> HttpResponse:
    """The unit answers the rung its case stands on."""
    form = {"text": typed.text(request.POST, "text")}
    try:
        cases.answer_supervision(
            queries.case_ref(number, request.actor).id,
            by=request.actor,
            version=typed.whole(request.POST, "version"),
            text=form["text"],
            now=utc_now(),
        )
    except LirenError as error:
        return page(request, number, Typed(panel="answer_supervision", form=form, problem=error))
    return redirect("desk_case", number)


@door("staff", "cases.verify", methods=("POST",))
def verify(request: FaceRequest, number: str) -> HttpResponse:
    """Write down what was found on the spot, with photos."""
    form = {name: typed.text(request.POST, name) for name in ("finding", "text")}
    try:
        case_id = queries.case_ref(number, request.actor).id
        photos = tuple(keep_photos(request))
        cases.verify(
            case_id,
            form["finding"],
            by=request.actor,
            version=typed.whole(request.POST, "version"),
            text=form["text"],
            now=utc_now(),
            file_ids=photos,
        )
    except LirenError as error:
        return page(request, number, Typed(panel="verify", form=form, problem=error))
    return redirect("desk_case", number)
