"""归档 and 保存期限: ended cases are archived, and what they hold is erased when its keeping time is over.

Words, contacts and photos go; numbers, dates, states, classes, places, units and ratings stay for the statistics. The
ledger holds salted hashes alone and is not touched: the salts go with the words. Periods: the pack duties.keeping.
"""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from django.db import transaction
from django.db.models import Model, Q, QuerySet

from liren.base.files import actions as files
from liren.base.ledger import actions as ledger
from liren.base.search import actions as search
from liren.base.vault import actions as vault
from liren.cases import events, queries
from liren.cases.actions.stepping import moved, take
from liren.cases.models import (
    Case,
    Deferral,
    Exclusion,
    Exit,
    Extension,
    Follow,
    Objection,
    Part,
    Question,
    Rating,
    Step,
    Supervision,
    Verification,
    Voice,
    Whistle,
    WhistleAct,
    WhistleUnit,
)
from liren.cases.rules import GONE
from liren.cases.states import State
from liren.kernel.clock import office_zone, to_office
from liren.kernel.errors import LirenError, NotFound
from liren.kernel.policy import SYSTEM
from liren.registers.channels import actions as channels
from liren.registers.duties import queries as duties
from liren.registers.places import queries as places

log = logging.getLogger(__name__)

ARCHIVABLE = (State.CLOSED, State.CLOSED_UNCONFIRMED, State.WITHDRAWN, State.LEFT)
HELD = "case.held"
CHUNK = 200
What = Literal["contacts", "photos", "words"]


def archive_due(*, now: datetime, limit: int = 2_000) -> int:
    """Archive ended cases nobody can open again; how many. Run by a job, each case in its own transaction."""
    on = to_office(now, office_zone()).date()
    before = now - duties.archive_after(on)
    reopen = duties.reopen_rule(on)
    rows = Case.objects.filter(state__in=ARCHIVABLE, closed_at__lte=before).order_by("closed_at", "id")
    count = 0
    for case_id, state, closed_at in rows.values_list("id", "state", "closed_at").iterator():
        if count >= limit:
            break
        reopenable = state in {State.CLOSED, State.CLOSED_UNCONFIRMED}
        if closed_at is None or (reopenable and reopen.until(closed_at) > now):
            continue
        count += _archive(case_id, before, now)
    return count


def _archive(case_id: int, before: datetime, now: datetime) -> bool:
    with transaction.atomic():
        case = queries.lock(case_id)
        if case.state not in ARCHIVABLE or case.closed_at is None or case.closed_at > before:
            return False  # it moved on meanwhile
        if case.state == State.LEFT and _may_come_back(case, now):
            return False
        case.ended_as, case.archived_at = case.state, now
        take(case, "archive", by=SYSTEM, now=now)
        moved(case, "archive", by=SYSTEM, now=now)
        return True


def _may_come_back(case: Case, now: datetime) -> bool:
    """Whether new facts still bring it back, or somebody still has to ask what became of it."""
    left = queries.left_by(case)
    return left is not None and (left.back_until > now or (left.follow_due is not None and not left.outcome))


@dataclass(frozen=True, slots=True)
class Due:
    """So many cases of a class of retention have something whose time is over."""

    retention_class: str
    title: str
    what: What
    cases: int


def retention_due(*, now: datetime) -> list[Due]:
    """What the next run would erase, by class and kind: the dry run. Nothing is written."""
    return [
        Due(rule.retention_class, rule.title_zh, what, rows.count()) for rule, what, rows in _overdue(now)
    ]


def erase_due(*, now: datetime, limit: int = 5_000) -> int:
    """Erase what is kept no longer; how many times something went from a case. Run by a job.

    Each case in its own transaction and only what is still there, so that it may be stopped and run again.
    """
    count, failed = 0, set[int]()
    for _, what, rows in _overdue(now):
        while count < limit:
            left = rows.exclude(pk__in=failed).order_by("archived_at", "id")
            ids = list(left.values_list("id", flat=True)[: min(CHUNK, limit - count)])
            if not ids:
                break
            for case_id in ids:
                try:
                    with transaction.atomic():
                        _erase(case_id, what, now)
                        count += 1
                except LirenError as error:
                    # one case that cannot be erased holds back no other; it is tried again the next night
                    log.error("the %s of case %s could not be erased: %s", what, case_id, error.code)
                    failed.add(case_id)
    return count


def _overdue(now: datetime) -> Iterator[tuple[duties.Keeping, What, QuerySet[Case]]]:
    """Archived cases by rule and kind that still hold what should be gone. Contacts and photos before words."""
    has_contact = Voice.objects.filter(~Q(contact=b"") | ~Q(phone_index="")).values("case_id")
    holding: dict[What, Q] = {
        "contacts": Q(pk__in=has_contact),
        "photos": Q(files__gt=0),
        "words": Q(words_gone_at=None),
    }
    for rule in duties.keepings(to_office(now, office_zone()).date()):
        spans = {"contacts": rule.contacts, "photos": rule.photos, "words": rule.words}
        for what, still in holding.items():
            span = spans[what]
            if span is None:
                continue
            archived = Case.objects.filter(
                state=State.ARCHIVED, archived_at__lte=now - span, retention_class=rule.retention_class
            )
            yield rule, what, archived.filter(still)


def _erase(case_id: int, what: What, now: datetime) -> None:
    case = queries.lock(case_id)
    if case.state != State.ARCHIVED or case.retention_class == HELD:
        return  # put on hold meanwhile
    photos = 0
    if what == "contacts":
        _contacts(case, now)
    elif what == "photos":
        photos = _photos(case, now)
    else:
        _contacts(case, now)
        photos = _photos(case, now)
        _words(case, now)
    ledger.record(
        events.KeepingEnded(
            subject_id=case.id,
            by=SYSTEM.id,
            at=now,
            place_path=queries.told_path(case),
            unit_ids=queries.unit_ids(case),
            version=case.version,
            what=what,
            files=photos,
        )
    )


def _contacts(case: Case, now: datetime) -> None:
    """Names and phones: the key first, so that every copy of them dies with it."""
    for voice in Voice.objects.filter(case=case):
        vault.erase(f"voice:{voice.id}", by=SYSTEM, now=now)
        channels.unlink(case.id, device_id=None, phone_index=voice.phone_index)
    Voice.objects.filter(case=case).update(
        contact=b"", phone_index="", last_four="", consent_call=False, consent_public=False
    )


def _photos(case: Case, now: datetime) -> int:
    cases = _with_merged(case)
    voices = Voice.objects.filter(case__in=cases).values_list("pk", flat=True)
    owners = [*(f"case:{pk}" for pk in cases), *(f"voice:{pk}" for pk in voices)]
    gone = sum(files.forget(owner, by=SYSTEM, now=now) for owner in owners)
    Case.objects.filter(pk__in=cases).update(files=0)
    return gone


def _with_merged(case: Case) -> list[int]:
    """The case and all that were merged into it, at any depth: one story."""
    cases, level = [case.pk], [case.pk]
    while level:
        level = list(Case.objects.filter(merged_into_id__in=level).values_list("pk", flat=True))
        cases += level
    return cases


# Every column of a case's rows in which somebody wrote.
_WRITTEN: tuple[tuple[type[Model], str, tuple[str, ...]], ...] = (
    (Step, "case", ("words",)),
    (Rating, "voice__case", ("words",)),
    (Question, "case", ("words", "answer")),
    (Part, "case", ("task", "result")),
    (Objection, "case", ("reason", "words")),
    (Extension, "case", ("reason", "words")),
    (Deferral, "case", ("words",)),
    (Exit, "case", ("channel", "reference", "reason", "reply", "outcome_words")),
    (Supervision, "case", ("words", "answer")),
    (Whistle, "case", ("matter",)),
    (WhistleUnit, "whistle__case", ("words", "score_words", "street_words")),
    (WhistleAct, "whistle__case", ("what", "done_words")),
    (Verification, "case", ("words",)),
    (Exclusion, "case", ("words",)),
)


def _words(case: Case, now: datetime) -> None:
    """Everything anybody wrote, of the case and of those merged into it; device and claim of whoever spoke too."""
    cases = _with_merged(case)
    for voice in Voice.objects.filter(case__in=cases, device_id__isnull=False).only("device_id"):
        channels.unlink(case.id, device_id=voice.device_id, phone_index="")
    Follow.objects.filter(case__in=cases).delete()
    for model, path, columns in _WRITTEN:
        for column in columns:
            rows = model._default_manager.filter(**{f"{path}__in": cases}).exclude(**{column: ""})
            rows.update(**{column: GONE})
    Step.objects.filter(case__in=cases).update(salt="")
    Voice.objects.filter(case__in=cases).update(
        words=GONE, salt="", device_id=None, claim_hash="", account_id=None
    )
    for one in Case.objects.select_for_update().filter(pk__in=cases):
        one.title, one.place_text = _title(one, now), ""
        one.latitude = one.longitude = None
        one.words_gone_at = now
        one.save(update_fields=["title", "place_text", "latitude", "longitude", "words_gone_at"])
        search.drop("case", one.pk)


def _title(case: Case, now: datetime) -> str:
    """What stands where the requester's own words stood: the kind of thing and the place."""
    kind, place = GONE, ""
    try:
        if case.class_code:
            kind = duties.class_view(case.class_code, to_office(now, office_zone()).date()).titles.zh
        if case.place_id is not None:
            place = places.full_names([case.place_id]).get(case.place_id, "")
    except LirenError:
        pass  # a class that is held no more
    return f"{place} {kind}".strip()[:120]


@transaction.atomic
def hold(number: str, *, held: bool, now: datetime) -> Case:
    """Put a case on hold so that nothing of it is erased, or let its keeping time run again. NotFound.

    For the command of whoever runs the house; the ledger keeps that it was done.
    """
    case = Case.objects.select_for_update().filter(number=number).first()
    if case is None:
        raise NotFound("case.not_found")
    case.retention_class = HELD if held else ("case.sealed" if case.sealed else "case.standard")
    case.save(update_fields=["retention_class"])
    ledger.record(
        events.HoldTurned(
            subject_id=case.id,
            by=SYSTEM.id,
            at=now,
            place_path=queries.told_path(case),
            version=case.version,
            held=held,
        )
    )
    return case
