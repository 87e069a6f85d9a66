"""What the desk and the units do with a case: place, class, dispatch, sign, contact, work, answer."""

from datetime import datetime

from django.db import transaction

from liren.base.files import actions as files
from liren.base.ledger import actions as ledger
from liren.cases import clocks, events, queries
from liren.cases.actions.opening import WHISTLEBLOW, index
from liren.cases.actions.parts import keep_inside
from liren.cases.actions.sealing import able_at, hide
from liren.cases.actions.stepping import moved, same_version, take, words_of
from liren.cases.actions.units import refuse_barred
from liren.cases.models import Case
from liren.cases.states import RUNNING
from liren.kernel.clock import office_zone, to_office
from liren.kernel.errors import IllegalMove, Refused
from liren.kernel.policy import Actor
from liren.registers.duties import queries as duties
from liren.registers.places import queries as places


@transaction.atomic
def place(case_id: int, place_id: int, *, by: Actor, version: int | None, now: datetime) -> Case:
    """Say where the case is. Raises NotFound (case, place), Conflict, IllegalMove."""
    case = queries.lock(case_id, by=by, duty="cases.place")
    same_version(case, version)
    found = places.get(place_id)
    case.place_id, case.place_path = found.id, found.path
    take(case, "place", by=by, now=now, facts={"place": found.id})
    index(case, queries.words_of_case(case.id))
    ledger.record(
        events.Placed(
            subject_id=case.id,
            by=by.id,
            at=now,
            place_path=queries.told_path(case),
            unit_ids=queries.unit_ids(case),
            version=case.version,
            place_id=found.id,
        )
    )
    return case


@transaction.atomic
def classify(
    case_id: int,
    class_code: str,
    *,
    by: Actor,
    version: int | None,
    now: datetime,
    demand_type: str | None = None,
) -> Case:
    """Say what the case is about; a retired class is refused with its successor named. A whistleblow is sealed by it.

    Where its limits run they are counted anew for the class, the old ones kept.

    Raises NotFound (case, class), Refused("class.retired", successor=…), Conflict, IllegalMove.
    """
    case = queries.lock(case_id, by=by, duty="cases.classify")
    same_version(case, version)
    before = case.class_code
    _set_class(case, class_code, now)
    if demand_type:
        if demand_type not in duties.DEMAND_TYPES:
            raise Refused("demand_type.unknown", field="demand_type")
        case.demand_type = demand_type
    # another class has other limits, counted from the same dispatch
    runs = case.state in RUNNING and case.unit_id is not None and case.class_code != before
    if runs and clocks.recount(case, now, by=by.id, why="class"):
        clocks.restart(case, now)
    take(case, "classify", by=by, now=now, facts={"class": case.class_code})
    ledger.record(
        events.Classified(
            subject_id=case.id,
            by=by.id,
            at=now,
            place_path=queries.told_path(case),
            unit_ids=queries.unit_ids(case),
            version=case.version,
            class_code=case.class_code,
        )
    )
    if case.demand_type == WHISTLEBLOW and not case.sealed:
        hide(case, by=by, now=now)
    return case


def _set_class(case: Case, class_code: str, now: datetime) -> None:
    view = duties.class_view(class_code, to_office(now, office_zone()).date())
    if view.code != class_code:
        raise Refused("class.retired", field="class_code", successor=view.code, title=view.title)
    case.class_code = view.code


def _refuse_outside_duty(case: Case, unit_id: int, class_code: str, *, by: Actor, now: datetime) -> None:
    """A dispatch outside a unit's duty list is refused, and the attempt is kept (条例 art. 17).

    A report of wrongdoing goes to whoever inspects, never to whose duty the matter is: there somebody must be who may
    handle what is sealed. Raises Refused("dispatch.outside_duty" | "dispatch.no_sealed_handler").
    """
    if case.sealed:
        if not able_at(case, "cases.reply", unit_id, now):
            raise Refused("dispatch.no_sealed_handler", field="unit_id")
        return
    permit = duties.permits(unit_id, class_code, case.place_path, to_office(now, office_zone()).date())
    if permit.allowed:
        return
    with transaction.atomic():
        ledger.record(
            events.DispatchRefused(
                subject_id=case.id,
                by=by.id,
                at=now,
                place_path=queries.told_path(case),
                unit_ids=queries.unit_ids(case),
                version=case.version,
                unit_id=unit_id,
                class_code=class_code,
                reason=permit.reason,
            )
        )
    raise Refused("dispatch.outside_duty", field="unit_id", reason=permit.reason, unit=unit_id)


def dispatch(
    case_id: int,
    unit_id: int,
    *,
    by: Actor,
    version: int | None,
    now: datetime,
    class_code: str | None = None,
    place_id: int | None = None,
    automatic: bool = False,
    words: str = "",
) -> Case:
    """Send a case to the unit whose duty it is and start its limits; class and place may be set in the same act.

    Raises NotFound, Conflict, IllegalMove, Refused("dispatch.no_class" | "dispatch.no_place" |
    "dispatch.outside_duty"): the last is recorded in the ledger before it is raised.
    """
    seen = queries.peek(case_id, by=by, duty="cases.dispatch")
    if place_id is not None:
        seen.place_path = places.get(place_id).path
    wanted = class_code or seen.class_code
    if not wanted:
        raise Refused("dispatch.no_class", field="class_code")
    if place_id is None and seen.place_id is None:
        raise Refused("dispatch.no_place", field="place_id")
    refuse_barred(seen, unit_id)
    _refuse_outside_duty(seen, unit_id, wanted, by=by, now=now)
    with transaction.atomic():
        case = queries.lock(case_id, by=by, duty="cases.dispatch")
        same_version(case, version)
        refuse_barred(case, unit_id)
        if place_id is not None and place_id != case.place_id:
            found = places.get(place_id)
            case.place_id, case.place_path = found.id, found.path
        if wanted != case.class_code:
            _set_class(case, wanted, now)
        case.unit_id, case.automatic = unit_id, automatic
        case.dispatched_at, case.signed_at = now, None
        case.first_unit_id = case.first_unit_id or unit_id
        clocks.set_handling_limits(case, now, by=by.id)
        keep_inside(case)
        kept = words_of(words) if words.strip() else ""
        take(
            case,
            "dispatch",
            by=by,
            now=now,
            words=kept,
            shown=True,
            facts={"unit": unit_id, "class": case.class_code, "place": case.place_id, "automatic": automatic},
        )
        index(case, queries.words_of_case(case.id))
        ledger.record(
            events.Dispatched(
                subject_id=case.id,
                by=by.id,
                at=now,
                place_path=queries.told_path(case),
                unit_ids=queries.unit_ids(case),
                version=case.version,
                unit_id=unit_id,
                class_code=case.class_code,
                due_at=case.handle_due or now,
                automatic=automatic,
            )
        )
        return case


@transaction.atomic
def undo_dispatch(case_id: int, *, by: Actor, version: int | None, now: datetime) -> Case:
    """Take back what the machine dispatched, in one tap. Raises IllegalMove where a person dispatched it."""
    case = queries.lock(case_id, by=by, duty="cases.dispatch")
    same_version(case, version)
    if not case.automatic:
        raise IllegalMove("move.not_open", state=case.state, move="undo_dispatch")
    return _give_back(case, by=by, now=now)


def _give_back(case: Case, *, by: Actor, now: datetime) -> Case:
    units = queries.unit_ids(case)
    facts = {"unit": case.unit_id}
    case.unit_id, case.automatic = None, False
    clocks.lift(case, now, by=by.id, why="returned")
    take(case, "return", by=by, now=now, facts=facts)
    index(case, queries.words_of_case(case.id))
    ledger.record(
        events.Moved(
            subject_id=case.id,
            by=by.id,
            at=now,
            place_path=queries.told_path(case),
            unit_ids=units,
            version=case.version,
            move="return",
            state=case.state,
        )
    )
    return case


@transaction.atomic
def sign(case_id: int, *, by: Actor, version: int | None, now: datetime) -> Case:
    """Sign for a case on behalf of the unit it was dispatched to (签收)."""
    case = queries.lock(case_id, by=by, duty="cases.sign")
    same_version(case, version)
    case.signed_at = now
    take(case, "sign", by=by, now=now, shown=True)
    moved(case, "sign", by=by, now=now)
    return case


def _attach(case: Case, file_ids: tuple[int, ...], *, by: Actor, now: datetime) -> None:
    """Photos of the work go to the case; the caller saves it."""
    if file_ids:
        files.attach(file_ids, owner=f"case:{case.id}", by=by, now=now)
        case.files += len(file_ids)


@transaction.atomic
def contact(
    case_id: int, *, by: Actor, version: int | None, text: str, now: datetime, file_ids: tuple[int, ...] = ()
) -> Case:
    """Write down a contact with the requester; the first one is what the response rate measures."""
    case = queries.lock(case_id, by=by, duty="cases.contact")
    same_version(case, version)
    if case.contacted_at is None:
        case.contacted_at = now
    _attach(case, file_ids, by=by, now=now)
    hashed = take(case, "contact", by=by, now=now, words=words_of(text))
    moved(case, "contact", by=by, now=now, words_hash=hashed)
    return case


@transaction.atomic
def start(
    case_id: int,
    *,
    by: Actor,
    version: int | None,
    now: datetime,
    text: str = "",
    file_ids: tuple[int, ...] = (),
) -> Case:
    """Begin the work itself."""
    case = queries.lock(case_id, by=by, duty="cases.start")
    same_version(case, version)
    _attach(case, file_ids, by=by, now=now)
    words = words_of(text) if text.strip() else ""
    hashed = take(case, "start", by=by, now=now, words=words, shown=True)
    moved(case, "start", by=by, now=now, words_hash=hashed)
    return case


@transaction.atomic
def note(
    case_id: int, *, by: Actor, text: str, now: datetime, shown: bool = False, file_ids: tuple[int, ...] = ()
) -> Case:
    """Add what was found or done on site, for colleagues or, with `shown`, for the people behind the case."""
    case = queries.lock(case_id, by=by, duty="cases.note")
    _attach(case, file_ids, by=by, now=now)
    hashed = take(case, "note", by=by, now=now, words=words_of(text), shown=shown)
    moved(case, "note", by=by, now=now, words_hash=hashed)
    return case


@transaction.atomic
def reply(
    case_id: int,
    *,
    by: Actor,
    version: int | None,
    text: str,
    now: datetime,
    key: str | None = None,
    file_ids: tuple[int, ...] = (),
    ahead: str = "",
) -> Case:
    """Answer the people behind a case and start the call-back clock. The same `key` again changes nothing.

    While helpers' parts are open, only with the reason why the answer goes `ahead` of them, which is kept for colleagues;
    else Refused("reply.parts_open", parts=…).
    """
    return _reply(
        "reply", case_id, by=by, version=version, text=text, now=now, key=key, file_ids=file_ids, ahead=ahead
    )


@transaction.atomic
def answer(
    case_id: int, *, by: Actor, version: int | None, text: str, now: datetime, key: str | None = None
) -> Case:
    """Answer a consultation at the desk, without dispatch (条例 art. 11)."""
    return _reply("answer", case_id, by=by, version=version, text=text, now=now, key=key)


def _reply(
    move: str,
    case_id: int,
    *,
    by: Actor,
    version: int | None,
    text: str,
    now: datetime,
    key: str | None,
    file_ids: tuple[int, ...] = (),
    ahead: str = "",
) -> Case:
    case = queries.lock(case_id, by=by, duty=f"cases.{move}")
    words = words_of(text)
    with ledger.once(key=key or f"{move}:{case_id}:{case.version}", by=by.id, fingerprint=words) as once:
        if once.done:
            return case
        same_version(case, version)
        if move == "reply":
            _go_ahead(case, ahead, by=by, now=now)
        case.replied_at, case.handler_id = now, by.id
        if case.contacted_at is None:
            case.contacted_at = now  # an answer is a contact
        _attach(case, file_ids, by=by, now=now)
        hashed = take(case, move, by=by, now=now, words=words, shown=True)
        ledger.record(
            events.Replied(
                subject_id=case.id,
                by=by.id,
                at=now,
                place_path=queries.told_path(case),
                unit_ids=queries.unit_ids(case),
                version=case.version,
                words_hash=hashed,
                callback_due=case.next_due or now,
            )
        )
        once.keep({"case_id": case.id})
        return case


def _go_ahead(case: Case, why: str, *, by: Actor, now: datetime) -> None:
    """答复先行: the lead may answer before its helpers are done, and says why."""
    if not case.parts_open:
        return
    if not why.strip():
        raise Refused("reply.parts_open", field="ahead", parts=case.parts_open)
    hashed = take(
        case,
        "note",
        by=by,
        now=now,
        words=words_of(why, field="ahead"),
        facts={"ahead_of_parts": case.parts_open},
    )
    moved(case, "note", by=by, now=now, words_hash=hashed)
