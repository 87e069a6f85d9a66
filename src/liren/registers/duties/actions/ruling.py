"""Publishing one rule of a pack from a day on: really loaded before it is kept, never by editing the one that holds."""

import hashlib
import json
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Any

from django.db import IntegrityError, transaction

from liren.base.ledger import actions as ledger
from liren.kernel.clock import office_zone, to_office
from liren.kernel.errors import Conflict, Refused
from liren.kernel.policy import Actor, Facts, require
from liren.registers.duties import published
from liren.registers.duties.actions.publishing import DUTY, office_path
from liren.registers.duties.events import RulesPublished
from liren.registers.duties.models import RuleChange
from liren.registers.duties.packs import pack as duties_pack

SOURCE_MAX = 200


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


def try_rule(draft: RuleDraft, *, by: Actor, now: datetime) -> None:
    """Whether a draft could be published; keeps nothing. Raises what `publish_rule` raises."""
    require(by, DUTY, Facts(place_path=office_path()))
    known = published.changes(draft.pack)
    _check(draft, now)
    _fresh(draft, known)
    _load(draft, known)


def publish_rule(draft: RuleDraft, *, by: Actor, now: datetime) -> int:
    """Publish a rule as the next version of its key; the version. The same draft again changes nothing.

    Raises Denied; Refused "rule.no_source", "rule.source_long", "rule.backdated" (begins before tomorrow),
    "rule.key_unknown", and "pack.*" or "calendar.*" where the pack would not hold together; Conflict
    "rule.changed" where somebody published the same key meanwhile.
    """
    require(by, DUTY, Facts(place_path=office_path()))
    try:
        return _publish(draft, by, now)
    except IntegrityError as error:
        raise Conflict("rule.changed") from error


def _check(draft: RuleDraft, now: datetime) -> None:
    source = draft.source.strip()
    if not source:
        raise Refused("rule.no_source", field="source")
    if len(source) > SOURCE_MAX:
        raise Refused("rule.source_long", field="source", most=SOURCE_MAX)
    today = to_office(now, office_zone()).date()
    if draft.valid_from <= today:
        raise Refused("rule.backdated", field="valid_from", today=today.isoformat())
    of_a_class = draft.pack == "duties.limits" and draft.key != "default"
    if of_a_class and duties_pack("taxonomy").find(draft.key, draft.valid_from) is None:
        raise Refused("rule.key_unknown", field="key")


def _fresh(draft: RuleDraft, known: list[published.Said]) -> None:
    if sum(one.key == draft.key for one in known) != draft.seen:
        raise Conflict("rule.changed")


def _next(draft: RuleDraft) -> published.Said:
    return published.Said(
        draft.key, draft.seen + 1, draft.valid_from, draft.valid_to, draft.title, draft.value, draft.source.strip()
    )  # fmt: skip


def _load(draft: RuleDraft, known: list[published.Said]) -> None:
    published.tried(draft.pack, [*known, _next(draft)])


@transaction.atomic
def _publish(draft: RuleDraft, by: Actor, now: datetime) -> int:
    known = published.changes(draft.pack)
    same = [one for one in known if one.key == draft.key and one == _next(draft)]
    if same:  # sent twice
        return same[-1].version
    _check(draft, now)
    _fresh(draft, known)
    _load(draft, known)
    fresh = _next(draft)
    change = RuleChange.objects.create(
        pack=draft.pack,
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
            pack=draft.pack,
            key=fresh.key,
            version=fresh.version,
            begins=fresh.valid_from.isoformat(),
            row_hash=_digest(fresh),
        )
    )
    # the worker writes it again should this process end here
    transaction.on_commit(partial(published.write, draft.pack), robust=True)
    return fresh.version


def _digest(row: published.Said) -> str:
    said = {"title": row.title, "value": row.value, "source": row.source, "valid_to": str(row.valid_to)}
    return hashlib.sha256(json.dumps(said, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def write_published() -> int:
    """Bring the files of published rules to what the table says; how many differed. Run by a job."""
    return published.heal()
