"""Who wakes whom. The one file that knows every room's news and who acts on it, and what runs by the clock."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from liren.base.access import actions as access
from liren.base.files import actions as files
from liren.base.jobs import actions as jobs
from liren.base.ledger import actions as ledger
from liren.base.search import actions as search
from liren.cases import actions as cases
from liren.cases import events, reactions
from liren.kernel.clock import utc_now
from liren.kernel.events import Event
from liren.registers.channels import actions as channels
from liren.registers.duties import actions as duties_actions
from liren.registers.duties import reactions as duties
from liren.registers.duties.events import RulesPublished
from liren.registers.people import reactions as people
from liren.registers.places.events import PlaceMoved
from liren.rooms.intake import actions as intake
from liren.rooms.intake import reactions as intake_reactions

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
    access.set_code_sender(_send_code)


def _send_code(phone: str, code: str) -> None:
    channels.send_code(phone, code)


def _news() -> None:
    wake: Any = ledger.subscribe
    # in the same transaction: grants and duty lists must never lag behind the ground they stand on
    wake("people.follow_move", [PlaceMoved], people.follow_move, when="now")
    wake("cases.follow_move", [PlaceMoved], reactions.follow_move, when="now")
    wake("duties.follow_move", [PlaceMoved], duties.place_moved, when="now")
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
    # in the same transaction: words that are erased leave no copy behind
    wake("intake.forget_words", [events.VoiceErased], intake_reactions.forget_words, when="now")
    wake("cases.score_advice", [events.Settled], reactions.score_advice, when="later")
    wake("duties.rules_published", [RulesPublished], _rules_published, when="later", replay=False)
    wake("cases.stamp", CASE_NEWS, reactions.stamp, when="later")


def _rules_published(event: RulesPublished) -> None:
    """What was published is in its file, then running limits are counted again, both by the worker and at once."""
    duties_actions.write_published()
    # every process has looked at the files again by then
    jobs.enqueue("cases.recount", key="rules", run_at=utc_now() + timedelta(seconds=5))


def _clockwork() -> None:
    by_the_clock: dict[str, tuple[str, Callable[[], object]]] = {
        "channels.deliver": ("30s", lambda: channels.deliver_due(utc_now())),
        "duties.write_published": ("5m", duties_actions.write_published),
        "cases.settle": ("5m", lambda: cases.settle_due(now=utc_now())),
        "cases.recount": ("1h", lambda: cases.recount_limits(now=utc_now())),
        "cases.climb": ("10m", lambda: cases.climb_due(now=utc_now())),
        "cases.lapse_whistles": ("1h", lambda: cases.lapse_whistles(now=utc_now())),
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
    }
    for name, (when, work) in by_the_clock.items():
        jobs.register(name)(_task(work))
        jobs.every(name, when)


def _task(work: Callable[[], object]) -> Callable[[dict[str, Any]], object]:
    def run(payload: dict[str, Any]) -> object:
        done = work()
        return done if isinstance(done, int) else None

    return run
