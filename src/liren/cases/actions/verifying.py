"""核查: somebody other than the handler looks whether the reply is true. It never says "solved"."""

from datetime import datetime

from django.db import transaction

from liren.base.files import actions as files
from liren.base.ledger import actions as ledger
from liren.cases import events, queries
from liren.cases.actions.settling import reopen
from liren.cases.actions.stepping import same_version, take, words_of
from liren.cases.models import Case, Verification
from liren.kernel.errors import Refused
from liren.kernel.policy import Actor

FINDINGS = ("as_replied", "not_as_replied", "unclear")


@transaction.atomic
def verify(
    case_id: int,
    finding: str,
    *,
    by: Actor,
    version: int | None,
    text: str,
    now: datetime,
    file_ids: tuple[int, ...] = (),
) -> Case:
    """Write down what was found on the spot; "not_as_replied" opens the case again, whatever was said on the phone.

    Raises NotFound, Denied (the handler's own reply), Conflict, IllegalMove (nothing replied yet),
    Refused("verify.finding" | "words.*").
    """
    case = queries.lock(case_id, by=by, duty="cases.verify")
    same_version(case, version)
    if finding not in FINDINGS:
        raise Refused("verify.finding", field="finding")
    words = words_of(text)
    if file_ids:
        files.attach(file_ids, owner=f"case:{case.id}", by=by, now=now)
        case.files += len(file_ids)
    facts = {"finding": finding, "round": case.round, "files": len(file_ids)}
    hashed = take(case, "verify", by=by, now=now, words=words, facts=facts)
    Verification(case=case, round=case.round, finding=finding, words=words, by=by.id, at=now).save(
        force_insert=True
    )
    ledger.record(
        events.Verified(
            subject_id=case.id,
            by=by.id,
            at=now,
            place_path=queries.told_path(case),
            unit_ids=queries.unit_ids(case),
            version=case.version,
            finding=finding,
            round=case.round,
            words_hash=hashed,
        )
    )
    if finding == "not_as_replied":
        reopen(case, now=now, cause=finding)
    return case
