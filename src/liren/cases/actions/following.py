"""A neighbour follows a public matter without speaking for it: bound to the device, never counted as a voice."""

from datetime import datetime

from django.db import transaction

from liren.base.ledger import actions as ledger
from liren.cases import events, queries
from liren.cases.models import Case, Follow
from liren.kernel.errors import NotFound, Refused
from liren.kernel.ids import new_id
from liren.kernel.policy import Actor

MOST = 50  # matters one device follows


def _told(case: Case, *, by: Actor, now: datetime, ended: bool) -> None:
    ledger.record(
        events.Followed(
            subject_id=case.id,
            by=by.id,
            at=now,
            place_path=queries.told_path(case),
            unit_ids=queries.unit_ids(case),
            version=case.version,
            ended=ended,
        )
    )


@transaction.atomic
def follow(case_id: int, *, by: Actor, now: datetime) -> None:
    """Tell this device the news of a case that is listed for neighbours. Again changes nothing.

    Raises NotFound where it is not listed, Refused("device.missing" | "follow.too_many").
    """
    if by.device_id is None:
        raise Refused("device.missing")
    if not queries.is_in_hand(case_id):
        raise NotFound("follow.not_public")
    mine = Follow.objects.filter(device_id=by.device_id)
    if mine.filter(case_id=case_id).exists():
        return
    if mine.count() >= MOST:
        raise Refused("follow.too_many", most=MOST)
    row, made = Follow.objects.get_or_create(
        case_id=case_id, device_id=by.device_id, defaults={"id": new_id(now), "since": now}
    )
    if made:
        _told(row.case, by=by, now=now, ended=False)


@transaction.atomic
def unfollow(case_id: int, *, by: Actor, now: datetime) -> None:
    """Stop telling. What was never followed changes nothing."""
    if by.device_id is None:
        return
    row = Follow.objects.filter(case_id=case_id, device_id=by.device_id).select_related("case").first()
    if row is None:
        return
    row.delete()
    _told(row.case, by=by, now=now, ended=True)
