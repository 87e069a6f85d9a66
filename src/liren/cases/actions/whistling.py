"""吹哨报到: the street calls departments to a matter; they come, agree, act; both sides score at the end."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import transaction

from liren.base.ledger import actions as ledger
from liren.cases import clocks, events, queries, whistles
from liren.cases.actions.stepping import same_version, take, words_of
from liren.cases.actions.units import add_unit, drop_unit
from liren.cases.models import Case, Whistle, WhistleAct, WhistleUnit
from liren.cases.whistles import Called, Whistled
from liren.kernel.clock import office_zone, require_aware, to_office
from liren.kernel.errors import NotFound, Refused
from liren.kernel.policy import SYSTEM, Actor, require
from liren.registers.duties import queries as duties
from liren.registers.people import queries as people

STREET, UNIT = "cases.whistle", "cases.whistle_report"


@dataclass(frozen=True, slots=True)
class Call:
    """Whom the street calls, to what, and by when they must be there."""

    matter: str
    unit_ids: tuple[int, ...]
    needed_by: datetime


@dataclass(frozen=True, slots=True)
class Act:
    """One thing agreed on site: who does what by when."""

    unit_id: int
    what: str
    due_at: datetime


@transaction.atomic
def raise_whistle(case_id: int, call: Call, *, by: Actor, version: int | None, now: datetime) -> Whistle:
    """Call units to a case; from now on each of them sees it.

    Raises NotFound, Denied, Conflict, IllegalMove, Refused("whistle.running" | "whistle.no_units" |
    "whistle.unit_unknown" | "whistle.needed_by" | "unit.barred" | "words.*").
    """
    case = queries.lock(case_id, by=by, duty=STREET)
    same_version(case, version)
    matter = words_of(call.matter, field="matter")
    units = tuple(dict.fromkeys(call.unit_ids))
    if not units:
        raise Refused("whistle.no_units", field="units")
    if not {unit.id for unit in people.units()}.issuperset(units):
        raise Refused("whistle.unit_unknown", field="units")
    _ahead(call.needed_by, now, "needed_by")
    if Whistle.objects.filter(case=case, ended_at=None).exists():
        raise Refused("whistle.running")
    whistle = Whistle(
        case=case,
        matter=matter,
        place_path=case.place_path,
        raised_by=by.id,
        raised_at=now,
        needed_by=call.needed_by,
    )
    whistle.save(force_insert=True)
    for unit in units:
        WhistleUnit(whistle=whistle, unit_id=unit).save(force_insert=True)
        add_unit(case, unit)
    case.whistled = True
    _turn(case, whistle, "raised", move="whistle", by=by, now=now, words=matter)
    return whistle


@transaction.atomic
def answer_call(
    whistle_id: int, unit_id: int, turn: str, *, by: Actor, now: datetime, text: str = ""
) -> Whistle:
    """A called unit acknowledges, arrives, or refuses with a reason that goes to the district.

    Raises NotFound (no such call, or another unit's), Denied, IllegalMove, Refused("words.empty").
    """
    case, whistle = _locked(whistle_id, by=by, duty=UNIT)
    called = _called(whistle, unit_id)
    _for_unit(by, case, unit_id)
    if turn not in whistles.UNIT_MOVES:
        raise NotFound("whistle.not_found")
    words = words_of(text) if text.strip() or turn == "refuse" else ""
    called.state = whistles.unit_target(called.state, turn)
    match called.state:
        case Called.ACKNOWLEDGED:
            called.acknowledged_at = now
        case Called.ON_SITE:
            called.acknowledged_at, called.on_site_at = called.acknowledged_at or now, now
        case Called.REFUSED:
            called.refused_at = now
    called.words = words or called.words
    called.save()
    whistle.state = whistles.follow(whistle.state, whistle.unit_set.values_list("state", flat=True))
    if whistle.state == Whistled.REFUSED:
        _end(case, whistle, now)
    whistle.save()
    _turn(case, whistle, turn, move="whistle_report", by=by, now=now, words=words, unit_id=unit_id)
    return whistle


@transaction.atomic
def agree(whistle_id: int, acts: Sequence[Act], *, by: Actor, now: datetime) -> Whistle:
    """The street writes down what was agreed on site; more may be added later.

    Raises NotFound, Denied, IllegalMove (nobody is on site), Refused("whistle.no_acts" | "whistle.act_due" |
    "whistle.not_on_site" | "words.*").
    """
    case, whistle = _locked(whistle_id, by=by, duty=STREET)
    whistles.check(whistle.state, "agree")
    if not acts:
        raise Refused("whistle.no_acts", field="what")
    there = set(whistle.unit_set.filter(state=Called.ON_SITE).values_list("unit_id", flat=True))
    for act in acts:
        if act.unit_id not in there:
            raise Refused("whistle.not_on_site", field="unit_id")
        _ahead(act.due_at, now, "due_at", "whistle.act_due")
        row = WhistleAct(
            whistle=whistle, unit_id=act.unit_id, what=words_of(act.what, field="what"), due_at=act.due_at
        )
        row.save(force_insert=True)
    whistle.state = Whistled.AGREED
    whistle.save()
    told = "\n".join(words_of(act.what, field="what") for act in acts)
    _turn(case, whistle, "agree", move="whistle_score", by=by, now=now, words=told)
    return whistle


@transaction.atomic
def finish_act(act_id: int, *, by: Actor, now: datetime, text: str) -> Whistle:
    """The unit says that what it agreed to is done, and how. Raises NotFound, Denied, IllegalMove, Refused."""
    found = WhistleAct.objects.filter(pk=act_id).first()
    if found is None:
        raise NotFound("whistle.not_found")
    case, whistle = _locked(found.whistle_id, by=by, duty=UNIT)
    act = WhistleAct.objects.select_for_update().get(pk=act_id)
    _for_unit(by, case, act.unit_id)
    whistles.check(whistle.state, "act_done")
    if act.done_at is not None:
        raise Refused("whistle.act_done_already")
    act.done_at, act.done_words = now, words_of(text)
    act.save()
    _turn(
        case,
        whistle,
        "act_done",
        move="whistle_report",
        by=by,
        now=now,
        words=act.done_words,
        unit_id=act.unit_id,
    )
    return whistle


@transaction.atomic
def finish_whistle(whistle_id: int, *, by: Actor, now: datetime, text: str = "") -> Whistle:
    """The street says the whistle is done; now both sides score. Raises Refused("whistle.acts_open") before that."""
    case, whistle = _locked(whistle_id, by=by, duty=STREET)
    whistles.check(whistle.state, "finish")
    left = whistle.act_set.filter(done_at=None).count()
    if left:
        raise Refused("whistle.acts_open", left=left)
    words = words_of(text) if text.strip() else ""
    whistle.state, whistle.ended_at = Whistled.DONE, now
    whistle.save()
    for called in whistle.unit_set.exclude(state=Called.ON_SITE):
        drop_unit(case, called.unit_id)
    _turn(case, whistle, "finish", move="whistle_score", by=by, now=now, words=words)
    return whistle


@transaction.atomic
def call_off(whistle_id: int, *, by: Actor, now: datetime, reason: str) -> Whistle:
    """The street takes a whistle back before anybody came, with the reason. Raises NotFound, Denied, IllegalMove."""
    case, whistle = _locked(whistle_id, by=by, duty=STREET)
    whistles.check(whistle.state, "call_off")
    words = words_of(reason, field="reason")
    whistle.state = Whistled.CALLED_OFF
    _end(case, whistle, now)
    whistle.save()
    _turn(case, whistle, "call_off", move="whistle_score", by=by, now=now, words=words)
    return whistle


@transaction.atomic
def score(whistle_id: int, unit_id: int, stars: int, *, by: Actor, now: datetime, text: str = "") -> Whistle:
    """双考核 (art. 33): the street scores a unit that came, or that unit scores the street, 1 to 5.

    Which of the two is told by who scores. Once both sides scored for every unit, the whistle is scored and its units
    no longer see the case through it. Raises NotFound, Denied, IllegalMove, Refused("whistle.stars").
    """
    street = any(STREET in grant.duties for grant in by.grants)
    case, whistle = _locked(whistle_id, by=by, duty=STREET if street else UNIT)
    whistles.check(whistle.state, "score")
    called = _called(whistle, unit_id)
    if called.state != Called.ON_SITE:
        raise Refused("whistle.not_on_site", field="unit_id")
    if not 1 <= stars <= 5:
        raise Refused("whistle.stars", field="stars")
    words = words_of(text) if text.strip() else ""
    if street:
        called.score_of_unit, called.score_words = stars, words
    else:
        _for_unit(by, case, unit_id)
        called.score_of_street, called.street_words = stars, words
    called.save()
    came = whistle.unit_set.filter(state=Called.ON_SITE)
    if whistles.scored(came.values_list("score_of_unit", "score_of_street")):
        whistle.state = Whistled.SCORED
        whistle.save()
        _drop_all(case, whistle)
    side = "score_unit" if street else "score_street"
    _turn(
        case, whistle, side, move="whistle_score", by=by, now=now, words=words, unit_id=unit_id, stars=stars
    )
    return whistle


def lapse_whistles(*, now: datetime, limit: int = 200) -> int:
    """End the scoring of whistles whose time for it is over; their units no longer see the cases. Run by a job."""
    rule = duties.whistle_rule(to_office(now, office_zone()).date())
    count = 0
    rows = Whistle.objects.filter(state=Whistled.DONE, ended_at__lt=now).order_by("ended_at")
    for whistle_id, ended_at in list(rows.values_list("id", "ended_at")[:limit]):
        if ended_at is None or clocks.ends(rule.score, ended_at, rule.calendar) >= now:
            continue
        with transaction.atomic():
            case, whistle = _locked(whistle_id)
            if whistle.state != Whistled.DONE:
                continue
            whistle.state = Whistled.LAPSED
            whistle.save()
            _drop_all(case, whistle)
            _turn(case, whistle, "lapse", move="whistle_score", by=SYSTEM, now=now)
            count += 1
    return count


def _locked(whistle_id: int, *, by: Actor | None = None, duty: str = "") -> tuple[Case, Whistle]:
    found = Whistle.objects.filter(pk=whistle_id).first()
    if found is None:
        raise NotFound("whistle.not_found")
    case = queries.lock(found.case_id, by=by, duty=duty)
    return case, Whistle.objects.select_for_update().get(pk=whistle_id)


def _called(whistle: Whistle, unit_id: int) -> WhistleUnit:
    called = WhistleUnit.objects.select_for_update().filter(whistle=whistle, unit_id=unit_id).first()
    if called is None:
        raise NotFound("whistle.not_found")
    return called


def _for_unit(by: Actor, case: Case, unit_id: int) -> None:
    """Nobody answers for another unit, though both see the case. Raises Denied."""
    facts = queries.facts_of(case)
    require(by, UNIT, replace(facts, unit_ids=frozenset({unit_id})))


def _ahead(at: datetime, now: datetime, field: str, code: str = "whistle.needed_by") -> None:
    if require_aware(at) <= now:
        raise Refused(code, field=field)


def _end(case: Case, whistle: Whistle, now: datetime) -> None:
    whistle.ended_at = now
    whistle.save()
    _drop_all(case, whistle)


def _drop_all(case: Case, whistle: Whistle) -> None:
    for called in whistle.unit_set.all():
        drop_unit(case, called.unit_id)


def _turn(
    case: Case,
    whistle: Whistle,
    turn: str,
    *,
    move: str,
    by: Actor,
    now: datetime,
    words: str = "",
    unit_id: int | None = None,
    stars: int | None = None,
) -> None:
    """Each turn is a step of the case and a piece of news of its own."""
    facts = {"whistle": whistle.id, "turn": turn, "unit": unit_id, "score": stars}
    hashed = take(case, move, by=by, now=now, words=words, facts=facts)
    ledger.record(
        events.Whistled(
            subject_id=case.id,
            by=by.id,
            at=now,
            place_path=queries.told_path(case),
            unit_ids=queries.unit_ids(case),
            version=case.version,
            whistle_id=whistle.id,
            turn=turn,
            state=whistle.state,
            unit_id=unit_id,
            score=stars,
            words_hash=hashed,
        )
    )
