"""Dispatching many at once: first what would go where, then, when told so, each on its own, then what became of each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from liren.cases import actions as cases
from liren.cases import queries
from liren.faces.kit import typed
from liren.faces.kit import words as sentences
from liren.faces.kit.doors import FaceRequest, door
from liren.faces.staff import showing
from liren.faces.staff.views import choosing
from liren.kernel.clock import utc_now
from liren.kernel.errors import LirenError
from liren.registers.advice import actions as advice
from liren.registers.advice import queries as advised
from liren.registers.duties import queries as duties
from liren.registers.places import queries as places

MOST = 200
KEPT = "bulk_report"  # in the session, until it was shown once


@dataclass(slots=True)
class Proposal:
    """One picked case: where it would go and why, or why it cannot go by itself (`why`, a sentence)."""

    case: Any
    version: int
    code: str = ""
    class_title: str = ""
    place_id: int | None = None
    place: str = ""
    unit_id: int | None = None
    unit: str = ""
    basis: str = ""
    suggested: list[str] = field(default_factory=list)
    why: str = ""


@door("staff", "cases.dispatch", methods=("POST",))
def bulk(request: FaceRequest) -> HttpResponse:
    """Show what goes where; with `sure`, dispatch what is clear. A named clerk says so for every one of them."""
    offered = proposals(request, _picked(request))
    back = request.POST.get("back", "")
    query = back.partition("?")[2] if back.startswith("/desk/") else ""
    if not request.POST.get("sure"):
        clear = [one for one in offered if not one.why]
        shown = showing.frame(request, "desk", dead=False) | {
            "clear": clear,
            "unclear": [one for one in offered if one.why],
            "back": f"/desk/?{query}",
            "trail": urlencode({"from": query}),
        }
        return render(request, "staff/bulk.html", shown)
    for one in offered:
        if not one.why:
            _send(request, one)
    left = [one for one in offered if one.why]
    done = len(offered) - len(left)
    request.session[KEPT] = [[one.case.number, one.unit if not one.why else "", one.why] for one in offered]
    told_by = urlencode({"done": done, "left": len(left), "at": int(utc_now().timestamp())})
    return redirect("/desk/?" + "&".join(part for part in (query, told_by) if part))


def _picked(request: FaceRequest) -> dict[int, int]:
    """Version by case of what was picked; what is no pick is passed over."""
    found = {}
    for picked in request.POST.getlist("pick")[:MOST]:
        case_id, _sep, version = picked.partition(":")
        whole = case_id.isascii() and case_id.isdecimal() and version.isascii() and version.isdecimal()
        if whole and len(case_id) < 20 and len(version) < 10 and int(case_id) <= typed.LARGEST:
            found[int(case_id)] = int(version)
    return found


def proposals(request: FaceRequest, picked: Mapping[int, int]) -> list[Proposal]:
    """What the duty list and the advice say of each picked case: a fixed number of statements, and one per pair of
    class and place.
    """
    on = showing.today()
    rows = queries.picked(picked, by=request.actor, duty="cases.dispatch")
    given = advised.for_subjects("case", [case.id for case in rows])
    offered = [_read(case, picked[case.id], given.get(case.id, []), on) for case in rows]
    names = places.full_names({one.place_id for one in offered if one.place_id is not None})
    known: dict[tuple[str, str], list[Any]] = {}
    for one in offered:
        one.class_title = showing.class_title(one.code, on)
        one.place = names.get(one.place_id or 0, "") or one.case.place_text
        if one.why or one.place_id is None:
            continue
        key = one.code, places.get(one.place_id).path
        if key not in known:
            known[key] = _leads(*key, on)
        _settle(one, known[key])
    return offered


def _read(case: Any, version: int, given: Sequence[Any], on: Any) -> Proposal:
    best = {item.kind: item for item in given if item.confidence >= choosing.SURE}
    one = Proposal(case=case, version=version)
    one.code = choosing.holding(case.class_code, on)
    if not one.code and "class" in best:
        one.code = choosing.holding(best["class"].choice, on)
        one.suggested.append(_("类别是建议的，把握 %(n)s%%") % {"n": round(100 * best["class"].confidence)})
    one.place_id = case.place_id
    if one.place_id is None and "place" in best:
        one.place_id = int(best["place"].choice)
        one.suggested.append(_("地点是建议的，把握 %(n)s%%") % {"n": round(100 * best["place"].confidence)})
    if case.version != version:
        one.why = _("刚才有同事先动了它")
    elif case.state not in queries.SELECTABLE:
        one.why = _("它已经不在等派单")
    elif not one.code:
        one.why = _("还没有类别，建议的也不够有把握")
    elif one.place_id is None:
        one.why = _("还没有地点，建议的也不够有把握")
    return one


def _leads(code: str, path: str, on: Any) -> list[Any]:
    try:
        return [match for match in duties.lead(code, path, on) if not match.assist_only]
    except LirenError:
        return []


def _settle(one: Proposal, units: Sequence[Any]) -> None:
    if not units:
        one.why = _("责任清单上没有写归谁")
    elif len(units) > 1:
        names = "、".join(match.unit_name for match in units[:3])
        one.why = _("有几个单位都合适：%(names)s") % {"names": names}
    else:
        one.unit_id, one.unit, one.basis = units[0].unit_id, units[0].unit_name, units[0].basis


def _send(request: FaceRequest, one: Proposal) -> None:
    """Dispatch one; refused, it says why."""
    if one.unit_id is None or one.place_id is None:
        return
    try:
        cases.dispatch(
            one.case.id,
            one.unit_id,
            by=request.actor,
            version=one.version,
            now=utc_now(),
            class_code=one.code,
            place_id=one.place_id,
        )
        chosen = {"class": one.code, "place": str(one.place_id), "unit": str(one.unit_id)}
        settle_advice(request, one.case.id, chosen)
    except LirenError as error:
        one.why = sentences.sentence(error)


def told(request: FaceRequest) -> str:
    """How many went out, in a sentence; "" where nothing was dispatched just now."""
    done, left = typed.whole(request.GET, "done"), typed.whole(request.GET, "left")
    if done is None or left is None:
        return ""
    said = _("已派出 %(n)s 件。") % {"n": done}
    return said + (_("%(n)s 件没有派出，原因在下面，请逐件打开决定。") % {"n": left} if left else "")


def report(request: FaceRequest) -> dict[str, Any] | None:
    """What became of each case of the dispatch just made, once; what could not go first."""
    if "done" not in request.GET or KEPT not in request.session:
        return None
    rows = [tuple(row) for row in request.session.pop(KEPT)]
    titles = queries.titles_of([row[0] for row in rows], request.actor)
    lines = [
        {"number": number, "title": titles.get(number, ""), "unit": unit, "why": why}
        for number, unit, why in rows
    ]
    return {
        "left": [line for line in lines if line["why"]],
        "done": [line for line in lines if not line["why"]],
    }


def settle_advice(request: FaceRequest, case_id: int, chosen: dict[str, str]) -> None:
    """Note what became of each suggestion: what the clerk chose is what the adviser is scored by."""
    now = utc_now()
    for item in advised.for_subject("case", case_id):
        if item.taken_at is None and item.kind in chosen:
            advice.take(item.id, by=request.actor, choice=chosen[item.kind], now=now)
