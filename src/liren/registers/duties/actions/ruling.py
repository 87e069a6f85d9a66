"""Publishing one rule of a pack from a day on: really loaded before it is kept, never by editing the one that holds."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

from django.db import IntegrityError, transaction

from liren.base.ledger import actions as ledger
from liren.kernel.clock import office_zone, to_office
from liren.kernel.errors import Conflict, Refused
from liren.kernel.policy import Actor, Facts, require
from liren.kernel.rulepacks import Pack
from liren.registers.duties import published
from liren.registers.duties.actions.publishing import DUTY
from liren.registers.duties.events import RulesPublished
from liren.registers.duties.models import RuleChange
from liren.registers.duties.naming import office_path
from liren.registers.duties.packs import pack as duties_pack

SOURCE_MAX = 200
CALENDAR = "calendar"
LIMITS = "duties.limits"


@dataclass(frozen=True, slots=True)
class RuleDraft:
    """A rule that is to hold from a day on; `seen` is how often its key was published when it was looked at."""

    pack: str
    key: str
    title: dict[str, str]
    value: Any
    valid_from: date
    source: str
    seen: int
    valid_to: date | None = None


def try_rule(draft: RuleDraft, *, by: Actor, now: datetime) -> Pack:
    """The pack as a draft would make it, if it could be published; keeps nothing. Raises what `publish_rule` raises."""
    return try_rules([draft], by=by, now=now)


def try_rules(drafts: Sequence[RuleDraft], *, by: Actor, now: datetime) -> Pack:
    """The pack as several drafts of it would make it, one after the other. Raises what `publish_rules` raises."""
    require(by, DUTY, Facts(place_path=office_path()))
    known = published.changes(drafts[0].pack)
    for draft in drafts:
        check_rule(draft, now=now)
        _fresh(draft, known)
        known.append(_next(draft))
    return published.tried(drafts[0].pack, known)


def publish_rule(draft: RuleDraft, *, by: Actor, now: datetime) -> int:
    """Publish a rule as the next version of its key; the version. The same draft again changes nothing.

    Raises Denied; Refused "rule.no_source", "rule.source_long", "rule.backdated" (begins before `earliest`),
    "rule.key_unknown", and "pack.*" or "calendar.*" where the pack would not hold together; Conflict
    "rule.changed" where somebody published the same key meanwhile.
    """
    return publish_rules([draft], by=by, now=now)[0]


def publish_rules(drafts: Sequence[RuleDraft], *, by: Actor, now: datetime) -> list[int]:
    """Publish several rules of one pack, one after the other, all or none; the versions. Raises as `publish_rule`."""
    require(by, DUTY, Facts(place_path=office_path()))
    try:
        return _publish(drafts, by, now)
    except IntegrityError as error:
        raise Conflict("rule.changed") from error


def earliest(pack: str, now: datetime) -> date:
    """The first day from which a rule may be published: tomorrow; of working time today, for a storm closes an office
    the same morning.
    """
    today = to_office(now, office_zone()).date()
    return today if pack == CALENDAR else today + timedelta(days=1)


def check_rule(draft: RuleDraft, *, now: datetime) -> None:
    """What can be said of a draft alone, without loading the pack. Raises Refused "rule.*"."""
    source = draft.source.strip()
    if not source:
        raise Refused("rule.no_source", field="source")
    if len(source) > SOURCE_MAX:
        raise Refused("rule.source_long", field="source", most=SOURCE_MAX)
    first = earliest(draft.pack, now)
    if draft.valid_from < first:
        raise Refused("rule.backdated", field="valid_from", first=first.isoformat())
    if draft.pack == LIMITS and not _known(draft):
        raise Refused("rule.key_unknown", field="key")


def _known(draft: RuleDraft) -> bool:
    """Whether there is such a class that day, or such a row of the procedure."""
    named = duties_pack("limits").find(draft.key, draft.valid_from)
    return named is not None or duties_pack("taxonomy").find(draft.key, draft.valid_from) is not None


def _fresh(draft: RuleDraft, known: list[published.Said]) -> None:
    if sum(one.key == draft.key for one in known) != draft.seen:
        raise Conflict("rule.changed")


def _next(draft: RuleDraft) -> published.Said:
    return published.Said(
        draft.key, draft.seen + 1, draft.valid_from, draft.valid_to, draft.title, draft.value, draft.source.strip()
    )  # fmt: skip


@transaction.atomic
def _publish(drafts: Sequence[RuleDraft], by: Actor, now: datetime) -> list[int]:
    pack = drafts[0].pack
    known = published.changes(pack)
    versions: list[int] = []
    fresh: list[published.Said] = []
    for draft in drafts:
        versions.append(draft.seen + 1)
        if any(one == _next(draft) for one in known):  # sent twice
            continue
        check_rule(draft, now=now)
        _fresh(draft, [*known, *fresh])
        fresh.append(_next(draft))
    if fresh:
        published.tried(pack, [*known, *fresh])
        for one in fresh:
            _keep(pack, one, by, now)
        # the worker writes it again should this process end here
        transaction.on_commit(partial(published.write, pack), robust=True)
    return versions


def _keep(pack: str, fresh: published.Said, by: Actor, now: datetime) -> None:
    change = RuleChange.objects.create(
        pack=pack,
        key=fresh.key,
        version=fresh.version,
        valid_from=fresh.valid_from,
        valid_to=fresh.valid_to,
        title=fresh.title,
        value=fresh.value,
        source=fresh.source,
        published_by=by.id,
        published_at=now,
    )
    ledger.record(
        RulesPublished(
            subject_id=change.id,
            by=by.id,
            at=now,
            pack=pack,
            key=fresh.key,
            version=fresh.version,
            begins=fresh.valid_from.isoformat(),
            row_hash=_digest(fresh),
        )
    )


def _digest(row: published.Said) -> str:
    said = {"title": row.title, "value": row.value, "source": row.source, "valid_to": str(row.valid_to)}
    return hashlib.sha256(json.dumps(said, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def write_published() -> int:
    """Bring the files of published rules to what the table says; how many differed. Run by a job."""
    return published.heal()
