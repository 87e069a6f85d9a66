"""One case for one matter: taken into another with every voice, and taken apart again with every voice.

A fixed number of statements however many people are behind a case. No voice is ever on two cases or on none; a machine
holds no duty to merge, so that it may suggest and nothing more.
"""

from collections.abc import Collection, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import F, Value
from django.db.models.functions import Coalesce

from liren.base.files import queries as files
from liren.base.ledger import actions as ledger
from liren.cases import clocks, events, queries
from liren.cases.actions.numbering import free_number
from liren.cases.actions.opening import index
from liren.cases.actions.settling import settle
from liren.cases.actions.stepping import moved, same_version, take
from liren.cases.models import Case, Merge, Question, Step, Voice
from liren.cases.rules import title_of
from liren.cases.states import OPEN, State
from liren.kernel.errors import IllegalMove, NotFound, Refused
from liren.kernel.ids import new_id
from liren.kernel.policy import Actor


def _hold(ids: Collection[int], by: Actor) -> dict[int, Case]:
    """These cases, held in the order of their ids, so that two merges crossing each other never wait in a ring."""
    return {one: queries.lock(one, by=by, duty="cases.merge") for one in sorted(set(ids))}


def _refuse(source: Case, target: Case) -> None:
    """What may never become one. A case before others' eyes must not swallow one that is kept from them, nor bring it."""
    if source.id == target.id:
        raise Refused("merge.itself", field="target")
    if source.sealed or target.sealed:
        raise Refused("merge.sealed", field="target")
    if source.barred or target.barred:
        raise Refused("merge.barred", field="target")
    if target.state == State.MERGED:
        raise Refused("merge.target_merged", field="target")
    if State(target.state) not in OPEN:
        raise Refused("merge.target_ended", field="target", state=target.state)
    if source.parts_open:
        raise Refused("merge.parts_open", parts=source.parts_open)


def _carry(ids: Sequence[int], source: Case, target: Case) -> None:
    """Move these voices with their open questions, photos and counts. The caller saves both cases.

    What somebody said of the one case's reply is no word on the other's: the verdict stays on the voice and in its
    ratings, but counts for no round of the new place, and whoever could not be reached is tried anew.
    """
    Voice.objects.filter(pk__in=ids).update(
        case=target,
        origin_case_id=Coalesce(F("origin_case_id"), Value(source.id)),
        verdict_round=0,
        attempts=0,
        first_attempt_at=None,
        last_attempt_at=None,
    )
    photos = asked = 0
    if source.files:
        photos = sum(len(kept) for kept in files.of_all(f"voice:{one}" for one in ids).values())
    if source.questions_open:
        asked = Question.objects.filter(voice_id__in=ids, answered_at=None).count()
        Question.objects.filter(voice_id__in=ids).update(case=target)
    source.voices, target.voices = source.voices - len(ids), target.voices + len(ids)
    source.files, target.files = max(0, source.files - photos), target.files + photos
    source.questions_open, target.questions_open = (
        max(0, source.questions_open - asked),
        target.questions_open + asked,
    )


@transaction.atomic
def merge(
    case_id: int,
    target_id: int,
    *,
    by: Actor,
    version: int | None,
    now: datetime,
    automatic: bool = False,
) -> Merge:
    """Take a case into another that is still open, with every voice; `split` undoes it exactly.

    Raises NotFound, Denied (either case), Conflict, IllegalMove, Refused("merge.itself" | "merge.sealed" |
    "merge.barred" | "merge.target_merged" | "merge.target_ended" | "merge.parts_open").
    """
    held = _hold({case_id, target_id}, by)
    source, target = held[case_id], held[target_id]
    same_version(source, version)
    _refuse(source, target)
    ids = list(Voice.objects.filter(case=source).order_by("said_at", "id").values_list("id", flat=True))
    row = Merge(
        source=source,
        target=target,
        voice_ids=ids,
        had_unit=source.unit_id is not None,
        automatic=automatic,
        by=by.id,
        at=now,
    )
    _carry(ids, source, target)
    source.merged_into = target
    facts = {"merge": row.id, "voices": len(ids)}
    take(source, "merge", by=by, now=now, shown=True, facts=facts | {"target": target.id})
    take(target, "take_in", by=by, now=now, facts=facts | {"source": source.id})
    row.save(force_insert=True)
    _index_both(source, target)
    ledger.record(
        events.Merged(
            subject_id=source.id,
            by=by.id,
            at=now,
            place_path=source.place_path,
            unit_ids=queries.unit_ids(source),
            version=source.version,
            merge_id=row.id,
            target_id=target.id,
            voices=len(ids),
            automatic=automatic,
        )
    )
    moved(target, "take_in", by=by, now=now)
    return row


def _index_both(one: Case, other: Case) -> None:
    """The words are found where the voices are now; a case that was merged is still found by title and number."""
    index(one, queries.words_of_case(one.id))
    index(other, queries.words_of_case(other.id))


def merge_many(case_ids: Sequence[int], *, by: Actor, now: datetime) -> Case:
    """Take several cases into the one of them that came first; all or none.

    Raises Refused("merge.too_few") for fewer than two, and what `merge` raises.
    """
    if len(set(case_ids)) < 2:
        raise Refused("merge.too_few")
    with transaction.atomic():
        held = sorted(_hold(case_ids, by).values(), key=lambda case: (case.received_at, case.id))
        for source in held[1:]:
            merge(source.id, held[0].id, by=by, version=None, now=now)
        return queries.lock(held[0].id)


@transaction.atomic
def split(case_id: int, *, by: Actor, version: int | None, now: datetime) -> Case:
    """Undo the merge of a case: it stands by itself again with the voices it had brought, before its unit if it had one.

    Who joined the other case later stays there, and so does a voice that was taken out for itself meanwhile.
    Raises NotFound, Denied, Conflict, IllegalMove, Refused("split.nothing_back" | "split.nothing_left").
    """
    seen = queries.peek(case_id, by=by, duty="cases.merge")
    where = queries.standing(seen).id
    held = _hold({case_id, where}, by)
    source, target = held[case_id], held[where]
    same_version(source, version)
    row = Merge.objects.filter(source=source, undone_at=None).order_by("-at", "-id").first()
    if source.state != State.MERGED or row is None or queries.standing(source).id != where:
        raise IllegalMove("move.not_open", state=source.state, move="split")
    brought = Voice.objects.filter(pk__in=row.voice_ids, case=target)
    ids = list(brought.order_by("said_at", "id").values_list("id", flat=True))
    if not ids:
        raise Refused("split.nothing_back")
    if target.voices <= len(ids):
        raise Refused("split.nothing_left")
    _carry(ids, target, source)
    Voice.objects.filter(pk__in=ids, origin_case_id=source.id).update(origin_case_id=None)
    _strike_above(row.target_id, target.id, ids)
    row.undone_by, row.undone_at = by.id, now
    row.save(update_fields=["undone_by", "undone_at"])
    source.merged_into = None
    facts = {"merge": row.id, "voices": len(ids)}
    back = "split_to_unit" if row.had_unit else "split"
    if row.had_unit:
        source.signed_at = None  # the unit signs for it again
        clocks.recount(source, now, by=by.id)  # what it waited for or was granted until it was merged counts
    take(source, back, by=by, now=now, shown=True, facts=facts | {"target": target.id})
    take(target, "give_out", by=by, now=now, facts=facts | {"source": source.id})
    _index_both(source, target)
    ledger.record(
        events.TakenApart(
            subject_id=source.id,
            by=by.id,
            at=now,
            place_path=source.place_path,
            unit_ids=queries.unit_ids(source),
            version=source.version,
            merge_id=row.id,
            target_id=target.id,
            voices=len(ids),
        )
    )
    moved(target, "give_out", by=by, now=now)
    _hear_the_rest(target, now)
    return source


def _strike(rows: Sequence[Merge], voice_ids: Collection[int]) -> None:
    """Take voices out of merges, so that undoing one later does not carry off who has come back by another way."""
    gone = set(voice_ids)
    touched = [row for row in rows if not gone.isdisjoint(row.voice_ids)]
    for row in touched:
        row.voice_ids = [one for one in row.voice_ids if one not in gone]
    if touched:
        Merge.objects.bulk_update(touched, ["voice_ids"])


def _strike_above(case_id: int, top_id: int, voice_ids: Collection[int]) -> None:
    """Strike voices from the merges that carried `case_id`, and them with it, further up to `top_id`."""
    while case_id != top_id:
        row = Merge.objects.get(source_id=case_id, undone_at=None)
        _strike([row], voice_ids)
        case_id = row.target_id


def _strike_below(case_id: int, voice_ids: Collection[int]) -> None:
    """Strike voices from every merge that had brought them to a case, through cases merged in turn."""
    level = {case_id}
    while level:
        rows = list(Merge.objects.filter(target_id__in=level, undone_at=None))
        _strike(rows, voice_ids)
        level = {row.source_id for row in rows}


def _hear_the_rest(case: Case, now: datetime) -> None:
    """Those who stay may all have been heard already: then nobody is waited for any more."""
    if case.state == State.REPLIED:
        settle(case, now=now)


@transaction.atomic
def split_off(voice_id: int, *, by: Actor, version: int | None, now: datetime) -> Case:
    """Give a voice that speaks of another matter a case of its own, in the same place and without a class yet.

    It keeps its number, words and person. Raises NotFound, Denied, Conflict, IllegalMove once the case has ended,
    Refused("split_off.only_voice" | "merge.sealed").
    """
    asked = Voice.objects.filter(pk=voice_id).values_list("case_id", flat=True).first()
    if asked is None:
        raise NotFound("matter.not_found")
    old = queries.lock(asked, by=by, duty="cases.merge")
    same_version(old, version)
    voice = Voice.objects.get(pk=voice_id)
    if voice.case_id != old.id or State(old.state) not in OPEN:
        raise IllegalMove("move.not_open", state=old.state, move="give_out")
    if old.sealed or old.barred:
        raise Refused("merge.sealed")
    if old.voices < 2:
        raise Refused("split_off.only_voice")
    case = _own_case(old, voice, now)
    _carry([voice.id], old, case)
    _strike_below(old.id, [voice.id])
    case.save()
    facts = {"from": old.id, "voice": voice.id}
    Step(
        case=case, voice=voice, move="receive", state=case.state, at=now, by=by.id, shown=True, facts=facts
    ).save(force_insert=True)
    take(old, "give_out", by=by, now=now, facts={"source": case.id, "voices": 1})
    _index_both(case, old)
    ledger.record(
        events.SplitOff(
            subject_id=case.id,
            by=by.id,
            at=now,
            place_path=queries.told_path(case),
            version=case.version,
            from_id=old.id,
            voice_id=voice.id,
        )
    )
    moved(old, "give_out", by=by, now=now)
    _hear_the_rest(old, now)
    return case


def _own_case(old: Case, voice: Voice, now: datetime) -> Case:
    """A new case for one voice, saved without it: it is carried over next."""
    taken = Case.objects.filter(number=voice.number).exists()
    case = Case(
        id=new_id(now),
        number=free_number(now) if taken else voice.number,
        kind=old.kind,
        demand_type=old.demand_type,
        title=title_of(voice.words),
        channel=voice.channel,
        place_id=old.place_id,
        place_path=old.place_path,
        received_at=voice.said_at,
    )
    clocks.restart(case, now)
    case.save(force_insert=True)
    return case
