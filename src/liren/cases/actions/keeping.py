"""A member of staff keeps a list of cases under a name. A convenience of one person's own: no case changes."""

from datetime import datetime

from django.db import transaction

from liren.base.ledger import actions as ledger
from liren.cases import events
from liren.cases.models import SavedView
from liren.kernel.clock import office_zone, to_office
from liren.kernel.errors import Denied, NotFound, Refused
from liren.kernel.policy import Actor
from liren.registers.duties import queries as duties

TITLE_MAX, QUERY_MAX = 24, 500


@transaction.atomic
def keep_view(title: str, query: str, *, by: Actor, now: datetime) -> int:
    """Keep the filters of `query` under a name; the same name again keeps the newer filters. Returns the view's id.

    Raises Denied, Refused: view.no_title, view.long_title (over 24 characters), view.long_query (over 500),
    view.too_many (the office's row rule.kept_views).
    """
    _may(by)
    name = _title(title)
    if len(query) > QUERY_MAX:
        raise Refused("view.long_query", field="title")
    mine = SavedView.objects.select_for_update().filter(account_id=by.id)
    kept = {view.title: view for view in mine}
    view = kept.get(name)
    most = duties.most_kept_views(to_office(now, office_zone()).date())
    if view is None and len(kept) >= most:
        raise Refused("view.too_many", field="title", most=most)
    if view is None:
        view = SavedView.objects.create(account_id=by.id, title=name, query=query, kept_at=now)
    elif view.query == query:
        return view.id
    else:
        view.query, view.kept_at = query, now
        view.save(update_fields=["query", "kept_at"])
    ledger.record(events.ViewKept(subject_id=view.id, by=by.id, at=now))
    return view.id


@transaction.atomic
def rename_view(view_id: int, title: str, *, by: Actor, now: datetime) -> None:
    """Call a kept list otherwise. Raises Denied, NotFound, Refused as `keep_view`; view.title_taken."""
    view, name = _own(view_id, by), _title(title)
    if view.title == name:
        return
    if SavedView.objects.filter(account_id=by.id, title=name).exists():
        raise Refused("view.title_taken", field="title")
    view.title = name
    view.save(update_fields=["title"])
    ledger.record(events.ViewKept(subject_id=view.id, by=by.id, at=now))


@transaction.atomic
def drop_view(view_id: int, *, by: Actor, now: datetime) -> None:
    """Take a kept list away. Raises Denied, NotFound (gone already, or a colleague's)."""
    view = _own(view_id, by)
    ledger.record(events.ViewDropped(subject_id=view.id, by=by.id, at=now))
    view.delete()


def _may(by: Actor) -> None:
    if not by.has("cases.read"):
        raise Denied("policy.denied", duty="cases.read", reason="no_duty")


def _own(view_id: int, by: Actor) -> SavedView:
    _may(by)
    view = SavedView.objects.select_for_update().filter(pk=view_id, account_id=by.id).first()
    if view is None:
        raise NotFound("view.unknown")
    return view


def _title(title: str) -> str:
    name = " ".join(title.split())
    if not name:
        raise Refused("view.no_title", field="title")
    if len(name) > TITLE_MAX:
        raise Refused("view.long_title", field="title", most=TITLE_MAX)
    return name
