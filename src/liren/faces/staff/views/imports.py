"""导入: tables of another system handed in, tried by the worker, said yes to, brought in, refused rows taken along."""

from typing import BinaryIO, cast

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render

from liren.bridges.imports import actions, queries
from liren.faces.kit import tabular, typed
from liren.faces.kit import words as sentences
from liren.faces.kit.doors import FaceRequest, door
from liren.faces.kit.middleware import status_of
from liren.faces.staff import import_words, showing
from liren.faces.staff.views.tables import uploaded
from liren.kernel.clock import utc_now
from liren.kernel.errors import LirenError, Refused

DUTY = queries.DUTY
LONGEST_MAPPING = 1_000_000


@door("staff", DUTY, methods=("GET", "POST"))
def imports(request: FaceRequest) -> HttpResponse:
    """The imports there were, and one more table handed in."""
    problem: LirenError | None = None
    if request.method == "POST":
        try:
            data, how = uploaded(request), _mapping(request)
            name = str(getattr(request.FILES.get("file"), "name", ""))
            import_id = actions.hand_in(data, name, actions.the_mapping(how), by=request.actor, now=utc_now())
            return redirect("desk_import", import_id)
        except LirenError as error:
            problem = error
    context = showing.frame(request, "office", dead=False) | {
        "rows": [import_words.row(one) for one in queries.past(by=request.actor)],
        "mappings": [(name, import_words.mapping_titles().get(name, name)) for name in queries.mappings()],
        "chosen": typed.text(request.POST, "mapping"),
        "problem": sentences.sentence(problem) if problem else "",
    }
    return render(
        request, "staff/office_imports.html", context, status=status_of(problem) if problem else 200
    )


@door("staff", DUTY)
def one(request: FaceRequest, import_id: str) -> HttpResponse:
    """One import: what the dry run said, how far it is, what became of its rows."""
    return _page(request, int(import_id))


@door("staff", DUTY, methods=("POST",))
def run(request: FaceRequest, import_id: str) -> HttpResponse:
    """Say yes to what was tried."""
    try:
        actions.say_yes(int(import_id), by=request.actor, now=utc_now())
    except Refused as problem:
        return _page(request, int(import_id), problem)
    return redirect("desk_import", import_id)


@door("staff", DUTY, methods=("POST",))
def drop(request: FaceRequest, import_id: str) -> HttpResponse:
    """Take a file back of which nothing was brought in."""
    try:
        actions.drop(int(import_id), by=request.actor, now=utc_now())
    except Refused as problem:
        return _page(request, int(import_id), problem)
    return redirect("desk_imports")


@door("staff", DUTY, methods=("POST",))
def refused(request: FaceRequest, import_id: str) -> HttpResponseBase:
    """The refused rows as a table to mend; that they were taken is kept."""
    try:
        rows = actions.give_refused(int(import_id), by=request.actor, now=utc_now())
    except LirenError as problem:
        return _page(request, int(import_id), problem)
    told = [
        row if at == 0 else [row[0], row[1], sentences.sentence(Refused(row[2])), *row[3:]]
        for at, row in enumerate(rows)
    ]
    return tabular.as_csv(told, f"liren-import-{import_id}-refused")


def _mapping(request: FaceRequest) -> str:
    """A name, or the text of a file handed in beside the table. Raises Refused("import.mapping")."""
    own = request.FILES.get("own")
    if own is None:
        return typed.text(request.POST, "mapping") or queries.mappings()[0]
    data = cast(BinaryIO, own).read(LONGEST_MAPPING + 1)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Refused("import.mapping", field="own", says="UTF-8") from error
    return text + "\n"


def _page(request: FaceRequest, import_id: int, problem: LirenError | None = None) -> HttpResponse:
    found = queries.one(import_id, by=request.actor)
    left = queries.left(import_id, by=request.actor, limit=import_words.SHOWN)
    told = import_words.page(found, queries.reasons(import_id, by=request.actor), left, showing.today())
    context = showing.frame(request, "office", dead=False) | told
    if problem is not None:
        context["problem"] = sentences.sentence(problem)
    return render(request, "staff/office_import.html", context, status=status_of(problem) if problem else 200)
