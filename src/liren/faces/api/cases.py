"""Cases over the API: filed once, followed by what changed, worked on by the systems of units."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any, cast

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Status
from pydantic import Field

from liren.cases import actions, queries
from liren.faces.api.door import ApiRequest, Scope, once
from liren.faces.api.shapes import CaseIn, CaseOut, CasePage, CaseWhole, Filed, Moved, MoveIn, Problem
from liren.kernel.clock import UTC, require_aware, utc_now
from liren.kernel.errors import NotFound, Refused
from liren.kernel.policy import Actor
from liren.registers.people import queries as people
from liren.registers.places import queries as places

router = Router(tags=["cases"])
REFUSED = {401: Problem, 403: Problem, 404: Problem, 409: Problem, 422: Problem, 429: Problem}
PAGE_MAX = 500
CURSOR = r"^\d{1,18}$"
Number = Annotated[str, Field(pattern=r"^\d{16}$")]
Move = Annotated[str, Field(pattern=r"^(sign|contact|start|note|reply)$")]


@router.post("", response={201: Filed, 200: Filed, **REFUSED}, auth=Scope("cases.open"))
def file_case(request: HttpRequest, response: HttpResponse, said: CaseIn) -> Status[dict[str, Any]]:
    """File a demand. Needs an Idempotency-Key; the same key and body again answer 200 with what they answered first."""

    def do(actor: Actor, key: str) -> dict[str, Any]:
        demand = actions.Demand(
            words=said.words,
            channel=said.channel,
            contact=actions.Contact(said.contact.name, said.contact.phone) if said.contact else None,
            on_behalf=said.on_behalf,
            language=said.language,
            demand_type=said.demand_type,
            place_id=_place(said.place_code),
            place_text=said.place_text,
            latitude=said.latitude,
            longitude=said.longitude,
            class_code=said.class_code,
        )
        done = actions.open_within(demand, by=actor, now=utc_now(), key=key)
        return {"number": done.number, "claim_code": done.claim_code}

    result, fresh = once(request, do)
    response.headers["Location"] = f"/api/v1/cases/{result['number']}"
    return Status(201 if fresh else 200, result)


def _place(code: str) -> int | None:
    if not code.strip():
        return None
    try:
        return places.by_code(code.strip()).id
    except NotFound as error:
        raise Refused("place.code_unknown", field="place_code") from error


@router.get("", response={200: CasePage, **REFUSED}, auth=Scope("cases.read"))
def changed_cases(
    request: HttpRequest,
    after: Annotated[str, Query(pattern=CURSOR)] = "0",
    updated_since: datetime | None = None,
    limit: Annotated[int, Query(ge=1, le=PAGE_MAX)] = 100,
) -> dict[str, Any]:
    """Cases this token may see, by change, oldest first; each once, as it stands now.

    `after` is the `next` of the page before; a program that keeps it misses nothing and reads nothing twice.
    """
    since = _utc(updated_since) if updated_since is not None else None
    rows = queries.changed_cases(
        cast(ApiRequest, request).actor, after=int(after), since=since, limit=limit + 1
    )
    shown = rows[:limit]
    last = str(shown[-1].change_seq) if shown else after
    return {"items": _told(shown), "next": last, "more": len(rows) > limit}


def _utc(said: datetime) -> datetime:
    """A moment in UTC: databases do not know every offset that can be written. Raises Refused."""
    try:
        return require_aware(said).astimezone(UTC)
    except OverflowError as error:
        raise Refused("request.malformed", field="updated_since") from error


@router.get("/{number}", response={200: CaseWhole, **REFUSED}, auth=Scope("cases.read"))
def one_case(request: HttpRequest, number: Number) -> dict[str, Any]:
    """One case with its story. What the token may not see is 404."""
    page = queries.case_page(number, cast(ApiRequest, request).actor)
    codes = _unit_codes([step.unit_id for step in page.steps])
    return _told([page.case])[0] | {
        "steps": [
            {
                "move": step.move,
                "state": step.state,
                "at": step.at,
                "unit_code": codes.get(step.unit_id or 0),
                "words": step.words if step.shown else "",
            }
            for step in reversed(page.steps)
        ],
        "moves": [move.name for move in page.moves if move.name in _MOVES],
    }


@router.post("/{number}/{move}", response={200: Moved, **REFUSED}, auth=Scope("cases.work"))
def work_on(request: HttpRequest, number: Number, move: Move, said: MoveIn) -> dict[str, Any]:
    """Sign for a case, note a contact, begin, add a note, reply. Needs an Idempotency-Key."""

    def do(actor: Actor, key: str) -> dict[str, Any]:
        case = queries.case_ref(number, actor)
        done = _MOVES[move](case.id, actor, said)
        return {"number": done.number, "state": done.state, "version": done.version}

    result, _fresh = once(request, do)
    return result


def _sign(case_id: int, by: Actor, said: MoveIn) -> Any:
    return actions.sign(case_id, by=by, version=said.version, now=utc_now())


def _contact(case_id: int, by: Actor, said: MoveIn) -> Any:
    return actions.contact(case_id, by=by, version=said.version, text=said.text, now=utc_now())


def _start(case_id: int, by: Actor, said: MoveIn) -> Any:
    return actions.start(case_id, by=by, version=said.version, text=said.text, now=utc_now())


def _note(case_id: int, by: Actor, said: MoveIn) -> Any:
    return actions.note(case_id, by=by, text=said.text, now=utc_now())


def _reply(case_id: int, by: Actor, said: MoveIn) -> Any:
    return actions.reply(case_id, by=by, version=said.version, text=said.text, now=utc_now())


_MOVES: dict[str, Callable[[int, Actor, MoveIn], Any]] = {
    "sign": _sign,
    "contact": _contact,
    "start": _start,
    "note": _note,
    "reply": _reply,
}


def _unit_codes(ids: list[int | None]) -> dict[int, str]:
    known = {one.id: one.code for one in people.units()}
    return {one: known[one] for one in ids if one is not None and one in known}


def _told(rows: list[Any]) -> list[dict[str, Any]]:
    """Cases as the wire has them: two statements however many."""
    units = _unit_codes([row.unit_id for row in rows])
    ids = {row.place_id for row in rows if row.place_id is not None}
    names, codes = places.full_names(ids), places.codes_of(ids)
    return [
        CaseOut(
            number=row.number,
            state=row.state,
            demand_type=row.demand_type,
            class_code=row.class_code,
            channel=row.channel,
            title=row.title,
            place=names.get(row.place_id or 0, "") or row.place_text,
            place_code=codes.get(row.place_id or 0, ""),
            unit_code=units.get(row.unit_id or 0),
            voices=row.voices,
            received_at=row.received_at,
            dispatched_at=row.dispatched_at,
            replied_at=row.replied_at,
            closed_at=row.closed_at,
            response_due=row.response_due,
            handle_due=row.handle_due,
            next_due=row.next_due,
            version=row.version,
            change_seq=row.change_seq,
        ).dict()
        for row in rows
    ]
