"""Who wakes whom. The one file that knows every room's news and who acts on it, and what runs by the clock."""

import os
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from liren.base.access import actions as access
from liren.base.backup import actions as backup
from liren.base.files import actions as files
from liren.base.jobs import actions as jobs
from liren.base.ledger import actions as ledger
from liren.base.search import actions as search
from liren.base.vault import actions as vault
from liren.base.vault.events import Erased
from liren.bridges.exchange import actions as exchange
from liren.bridges.imports import actions as imports
from liren.cases import actions as cases
from liren.cases import events, reactions
from liren.cases import queries as cases_queries
from liren.kernel.clock import utc_now
from liren.kernel.errors import LirenError, NotFound
from liren.kernel.events import Event
from liren.kernel.policy import SYSTEM
from liren.registers.channels import actions as channels
from liren.registers.duties import actions as duties_actions
from liren.registers.duties import reactions as duties
from liren.registers.duties.events import RulesPublished
from liren.registers.people import actions as people_actions
from liren.registers.people import reactions as people
from liren.registers.people.events import PersonErased
from liren.registers.places.events import PlaceMoved
from liren.rooms.forum import actions as forum
from liren.rooms.forum import reactions as forum_reactions
from liren.rooms.forum.events import ProposalMoved
from liren.rooms.intake import actions as intake
from liren.rooms.intake import reactions as intake_reactions
from liren.site.database import plan_again

CASE_NEWS: tuple[type[Event], ...] = (
    events.Received,
    events.Joined,
    events.Placed,
    events.Classified,
    events.Dispatched,
    events.Moved,
    events.Replied,
    events.Objected,
    events.Extended,
    events.Deferred,
    events.Attempted,
    events.Rated,
    events.Settled,
    events.Left,
    events.ExitFollowed,
    events.Merged,
    events.TakenApart,
    events.SplitOff,
    events.PartAsked,
    events.PartEnded,
    events.Asked,
    events.Supervised,
    events.SupervisionAnswered,
    events.Verified,
    events.Whistled,
)


def connect() -> None:
    """Subscribe every reaction to the news it acts on, and name what runs by the clock. Called once, at start."""
    _news()
    _clockwork()
    _backups()
    _imports()
    access.set_code_sender(_send_code)


def _send_code(phone: str, code: str) -> None:
    channels.send_code(phone, code)


def _news() -> None:
    wake: Any = ledger.subscribe
    # in the same transaction: grants and duty lists must never lag behind the ground they stand on
    wake("people.follow_move", [PlaceMoved], people.follow_move, when="now")
    wake("cases.follow_move", [PlaceMoved], reactions.follow_move, when="now")
    wake("duties.follow_move", [PlaceMoved], duties.place_moved, when="now")
    wake("forum.follow_move", [PlaceMoved], forum_reactions.follow_move, when="now")
    # later, at least once: what reaches people is not sent again for the past
    wake("intake.take_in", [events.Received], intake_reactions.take_in, when="later", replay=False)
    wake("cases.tell_one", [events.Received, events.Joined], reactions.tell_one, when="later", replay=False)
    wake(
        "cases.tell_all",
        [
            events.Dispatched,
            events.Extended,
            events.Deferred,
            events.Replied,
            events.Settled,
            events.Left,
            events.ExitFollowed,
        ],
        reactions.tell_all,
        when="later",
        replay=False,
    )
    joining = [events.Merged, events.TakenApart, events.SplitOff]
    wake("cases.tell_joining", joining, reactions.tell_joining, when="later", replay=False)
    wake("cases.tell_asked", [events.Asked], reactions.tell_asked, when="later", replay=False)
    wake("intake.take_in_apart", [events.SplitOff], intake_reactions.read_again, when="later", replay=False)
    news = [events.Dispatched, events.Replied, events.Settled, events.Left]
    wake("cases.tell_followers", news, reactions.tell_followers, when="later", replay=False)
    wake("forum.tell_author", [ProposalMoved], forum_reactions.tell_author, when="later", replay=False)
    # in the same transaction: words that are erased leave no copy behind
    wake("intake.forget_words", [events.VoiceErased], intake_reactions.forget_words, when="now")
    wake("cases.score_advice", [events.Settled], reactions.score_advice, when="later")
    wake("duties.rules_published", [RulesPublished], _rules_published, when="later", replay=False)
    # what was imported is numbered like all the rest; nobody is told of what happened elsewhere long ago
    wake("cases.stamp", [*CASE_NEWS, events.Imported], reactions.stamp, when="later")
    wake("exchange.note_change", CASE_NEWS, _note_change, when="later", replay=False)


def _note_change(event: events.CaseEvent) -> None:
    """Who asked to be told is told at once, not when the clock comes round."""
    if exchange.note_change(event, now=utc_now()):
        jobs.enqueue("exchange.deliver", key="now")


def _rules_published(event: RulesPublished) -> None:
    """What was published is in its file, then running limits are counted again, both by the worker and at once."""
    duties_actions.write_published()
    # every process has looked at the files again by then
    jobs.enqueue("cases.recount", key="rules", run_at=utc_now() + timedelta(seconds=5))


def _backups() -> None:
    """Copies and drills by the clock where the office named a folder for them; what is erased is listed beside them."""
    backup.set_probe(cases_queries.newest_contact)
    backup.set_eraser(Erased.kind, lambda key, now: vault.erase_again([key], by=SYSTEM, now=now) > 0)
    backup.set_eraser(events.VoiceErased.kind, lambda voice, now: cases.erase_voice_again(voice, now=now))
    backup.set_eraser(PersonErased.kind, _erase_person_again)
    wiped = [Erased, events.VoiceErased, PersonErased]
    ledger.subscribe("backup.remember", wiped, _remember, when="later")
    if not os.environ.get("LIREN_BACKUPS"):
        return
    # PostgreSQL's database is in its archived log within the minute, and so should be what lies beside it
    often = "1m" if connection.vendor == "postgresql" else "10m"
    for name, when, work in (
        ("backup.copy", often, lambda: backup.copy(now=utc_now())),
        ("backup.drill", "40 4 * * 0", lambda: backup.drill(now=utc_now())),
    ):
        jobs.register(name, lease=timedelta(hours=2), max_attempts=2)(_tried(work))
        jobs.every(name, when)


def _tried(work: Callable[[], object]) -> Callable[[dict[str, Any]], object]:
    """A refusal is noted and shown where backups are looked after; the clock tries again, no dead letter is needed."""

    def run(payload: dict[str, Any]) -> object:
        try:
            work()
        except LirenError as error:
            return error.code
        return None

    return run


def _remember(event: Event) -> None:
    backup.remember(event, event.voice_id if isinstance(event, events.VoiceErased) else event.subject_id)


def _erase_person_again(person_id: int, now: datetime) -> bool:
    try:
        people_actions.erase_person(person_id, by=SYSTEM, now=now)
    except NotFound:
        return False
    return True


def _clockwork() -> None:
    by_the_clock: dict[str, tuple[str, Callable[[], object]]] = {
        "channels.deliver": ("30s", lambda: channels.deliver_due(utc_now())),
        "duties.write_published": ("5m", duties_actions.write_published),
        "exchange.deliver": ("30s", lambda: exchange.deliver_due(utc_now())),
        "imports.purge": ("55 2 * * *", lambda: imports.purge(now=utc_now())),
        "exchange.purge": ("45 2 * * *", lambda: exchange.purge(utc_now())),
        "cases.settle": ("5m", lambda: cases.settle_due(now=utc_now())),
        "cases.recount": ("1h", lambda: cases.recount_limits(now=utc_now())),
        "cases.climb": ("10m", lambda: cases.climb_due(now=utc_now())),
        "cases.lapse_whistles": ("1h", lambda: cases.lapse_whistles(now=utc_now())),
        "forum.settle": ("10m", lambda: forum.settle_due(now=utc_now())),
        "intake.forget_drafts": ("6h", lambda: intake.forget_drafts(now=utc_now())),
        "intake.train": ("20 3 * * 0", lambda: intake.train(now=utc_now())),
        "cases.archive": ("15 1 * * *", lambda: cases.archive_due(now=utc_now())),
        "cases.retention": ("40 1 * * *", lambda: cases.erase_due(now=utc_now())),
        "files.purge": ("50 2 * * *", lambda: files.purge_unattached(utc_now())),
        "files.sweep": ("10 3 * * 0", lambda: files.sweep_disk(utc_now())),
        "access.purge": ("30 2 * * *", lambda: access.purge(now=utc_now())),
        "search.settle": ("35 2 * * *", search.settle),
        "ledger.purge_receipts": ("40 2 * * *", lambda: ledger.purge_receipts(now=utc_now())),
        "jobs.purge": ("45 2 * * *", lambda: jobs.purge_done(now=utc_now())),
        "database.plan": ("15 3 * * *", plan_again),
    }
    for name, (when, work) in by_the_clock.items():
        jobs.register(name)(_task(work))
        jobs.every(name, when)


def _imports() -> None:
    """A file of a hundred thousand rows takes a minute; its lease is renewed at every chunk."""

    def bring_in(payload: dict[str, Any]) -> None:
        imports.work(int(payload["import"]))

    jobs.register(imports.JOB, lease=timedelta(minutes=10))(bring_in)


def _task(work: Callable[[], object]) -> Callable[[dict[str, Any]], object]:
    def run(payload: dict[str, Any]) -> object:
        done = work()
        return done if isinstance(done, int) else None

    return run
