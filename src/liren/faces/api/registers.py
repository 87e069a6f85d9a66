"""What a program needs to know before it files: classes, places, units, and itself."""

from typing import Any, cast

from django.http import HttpRequest
from ninja import Router

from liren.faces.api.door import ApiRequest, Scope
from liren.faces.api.shapes import ClassOut, Me, PlaceOut, Problem, UnitOut
from liren.kernel.clock import office_day, utc_now
from liren.registers.duties import queries as duties
from liren.registers.people import queries as people
from liren.registers.places import queries as places

router = Router(tags=["registers"])
REFUSED = {401: Problem, 403: Problem, 429: Problem}


@router.get("/me", response={200: Me, **REFUSED}, auth=Scope(""))
def me(request: HttpRequest) -> dict[str, Any]:
    """Whom this token acts as, what it may do and until when."""
    token = cast(ApiRequest, request).token
    return {
        "name": token.name,
        "scopes": list(token.scopes),
        "expires_at": token.expires_at,
        "office": places.root().name,
        "today": office_day(utc_now()),
    }


@router.get("/classes", response={200: list[ClassOut], **REFUSED}, auth=Scope("registers.read"))
def classes(request: HttpRequest) -> list[dict[str, Any]]:
    """Every class of demands that holds today."""
    return [
        {"code": one.code, "group": one.group, "title": one.titles.zh, "title_en": one.titles.en}
        for one in duties.classes(office_day(utc_now()))
    ]


@router.get("/places", response={200: list[PlaceOut], **REFUSED}, auth=Scope("registers.read"))
def every_place(request: HttpRequest) -> list[dict[str, Any]]:
    """The places of the office down to the building, by the codes they are named by."""
    return [
        {"code": row.code, "kind": row.place.kind, "name": row.place.name, "parent_code": row.parent or None}
        for row in places.every_row("")
        if row.place.kind != "dwelling"
    ]


@router.get("/units", response={200: list[UnitOut], **REFUSED}, auth=Scope("registers.read"))
def units(request: HttpRequest) -> list[dict[str, Any]]:
    """The units cases are dispatched to."""
    return [
        {"code": one.code, "name": one.name, "short": one.short}
        for one in people.units(on=office_day(utc_now()))
    ]
