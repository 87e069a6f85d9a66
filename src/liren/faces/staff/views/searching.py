"""Search: a number opens its case; words find cases, and the places, classes and units whose lists they name."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import redirect, render

from liren.cases import queries
from liren.faces.kit import typed
from liren.faces.kit.doors import FaceRequest, door
from liren.faces.staff import showing
from liren.faces.staff.views import listing
from liren.kernel.clock import utc_now
from liren.registers.duties import queries as duties
from liren.registers.people import queries as people
from liren.registers.places import queries as places

CASES = 20
LISTS = 6  # of each kind: more than that is not meant


@door("staff", "cases.read")
def search(request: FaceRequest) -> HttpResponse:
    """What was looked for, in one page of a fixed number of statements."""
    text = typed.text(request.GET, "text")[:200].strip()
    number, near = queries.by_number(request.actor, text)
    trail = listing.query_of(queries.Filters(view="all", text=text))
    if number:
        return redirect(f"/desk/case/{number}")
    found = queries.Worklist([], "")
    if text and not near:
        wanted = queries.Filters(view="all", text=text, size=CASES)
        found = queries.worklist(request.actor, wanted, now=utc_now())
    context = showing.frame(request, "search", dead=not text) | {
        "asked": text,
        "near": near,
        "rows": found.rows,
        "more": bool(found.after),
        "all_query": trail,
        "trail": urlencode({"from": trail}),
        "lists": _lists(text) if text and not near else [],
    }
    return render(request, "staff/search.html", context)


def _lists(text: str) -> list[dict[str, Any]]:
    """The lists that words name: everything under way in a place, of a class, before a unit."""
    said, on = text.casefold(), showing.today()
    cues = duties.cues(on)
    # a place that is all the text says, not one a whole sentence happens to mention
    spots = [spot for spot in places.read_address(text, limit=LISTS) if len(spot.matched) * 2 >= len(text)]
    classes = [
        one
        for one in duties.classes(on)
        if said in one.title.casefold() or any(said == cue.casefold() for cue in cues[one.code])
    ]
    units = [one for one in people.units() if said in one.name.casefold() or said in one.short.casefold()]
    return [
        *({"kind": "place", "title": one.name, "query": _query(place=one.path)} for one in spots),
        *(
            {"kind": "class", "title": one.title, "query": _query(**{"class": one.code})}
            for one in classes[:LISTS]
        ),
        *({"kind": "unit", "title": one.name, "query": _query(unit=one.id)} for one in units[:LISTS]),
    ]


def _query(**what: Any) -> str:
    return urlencode({"view": "open"} | what)
