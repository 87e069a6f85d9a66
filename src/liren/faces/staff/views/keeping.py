"""Keeping the filters of a list under a name, calling it otherwise, taking it away."""

from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render

from liren.cases import actions as cases
from liren.cases import queries
from liren.faces.kit import typed
from liren.faces.kit import words as sentences
from liren.faces.kit.doors import FaceRequest, door
from liren.faces.kit.middleware import status_of
from liren.faces.staff import showing
from liren.faces.staff.views import listing
from liren.kernel.clock import utc_now
from liren.kernel.errors import LirenError


@door("staff", "cases.read", methods=("GET", "POST"))
def views(request: FaceRequest) -> HttpResponse:
    """The lists this person kept: each with its filters as a link, to be renamed or taken away; a new one to keep."""
    problem: LirenError | None = None
    if request.method == "POST":
        try:
            return _do(request)
        except LirenError as error:
            problem = error
    query = typed.text(request.POST, "query") or typed.text(request.GET, "query")
    context = showing.frame(request, "desk", dead=False) | {
        "views": queries.kept_views(request.actor),
        "query": _clean(query) if query else "",
        "title": typed.text(request.POST, "title"),
        "at": typed.whole(request.POST, "id"),
        "problem": sentences.sentence(problem) if problem else "",
    }
    return render(request, "staff/views.html", context, status=status_of(problem) if problem else 200)


def _do(request: FaceRequest) -> HttpResponse:
    post, by, now = request.POST, request.actor, utc_now()
    title, view_id, act = typed.text(post, "title"), typed.whole(post, "id"), post.get("act", "")
    if view_id is None:
        query = _clean(typed.text(post, "query"))
        cases.keep_view(title, query, by=by, now=now)
        return redirect(f"/desk/?{query}")
    if act == "drop":
        cases.drop_view(view_id, by=by, now=now)
    else:
        cases.rename_view(view_id, title, by=by, now=now)
    return redirect("desk_views")


def _clean(query: str) -> str:
    """The query as the worklist itself would write it: what it does not read is not kept."""
    return listing.query_of(listing.read(QueryDict(query[:1000])))
