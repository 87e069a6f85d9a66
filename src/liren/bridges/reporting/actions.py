"""Every write of reporting: forms, what fills a column, what is entered, what is handed in."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time

from django.db import transaction

from liren.base.ledger import actions as ledger
from liren.bridges.reporting import held, queries, rules
from liren.bridges.reporting.events import (
    Entered,
    FormEnded,
    FormSet,
    HandedIn,
    ItemsApart,
    ItemSet,
    ItemsJoined,
)
from liren.bridges.reporting.models import Apart, Column, Entry, Form, Item, Sent
from liren.bridges.reporting.rules import Period
from liren.kernel.clock import office_day, office_zone
from liren.kernel.errors import Conflict, NotFound, Refused
from liren.kernel.policy import Actor, require

TITLE_MAX, BASIS_MAX, WHY_MAX, ENTRIES_MAX = 100, 200, 200, 2_000
ADDS = ("sum", "last", "own")


@dataclass(frozen=True, slots=True)
class FormDraft:
    """A form as somebody writes it down. `columns`: its headings, one a line or as a pasted row."""

    title: str
    asked_by: str
    basis: str
    every: str
    due_day: int | None
    by_community: bool
    since: date | None
    columns: str


@transaction.atomic
def set_form(draft: FormDraft, *, by: Actor, now: datetime, form_id: int | None = None) -> int:
    """Write a form down, or change it; its id. A heading that asks what is held, or what another form asks, is filled
    from there; a heading that stays keeps what fills it. The same form again (title, who asks, how often) is that form.

    Raises Denied (reporting.manage), NotFound("report.unknown"), Refused (report.*).
    """
    require(by, queries.MANAGE, queries.office())
    title = _said(draft.title, TITLE_MAX, "title", "report.no_title")
    asked_by = _said(draft.asked_by, TITLE_MAX, "asked_by", "report.no_asker")
    basis = _said(draft.basis, BASIS_MAX, "basis", "report.no_basis")
    every = rules.every_of(draft.every)
    if draft.due_day is None or not 1 <= draft.due_day <= 31:
        raise Refused("report.due_day", field="due_day")
    wanted = rules.headings(draft.columns)
    if form_id is not None:
        row = _form(form_id)
    else:
        same = Form.objects.select_for_update().filter(
            title=title, asked_by=asked_by, every=every, ended_at=None
        )
        row = same.first() or Form()
    row.title, row.asked_by, row.basis, row.every = title, asked_by, basis, every
    row.due_day, row.by_community = draft.due_day, draft.by_community
    row.since = draft.since or rules.containing(office_day(now), every).before().first
    row.save()
    _columns(row, wanted, now)
    ledger.record(FormSet(subject_id=row.id, by=by.id, at=now, columns=len(wanted)))
    return row.id


def _columns(form: Form, wanted: list[str], now: datetime) -> None:
    standing = {column.title: column for column in Column.objects.filter(form=form)}
    Column.objects.filter(form=form).exclude(title__in=wanted).delete()
    for position, heading in enumerate(wanted):
        column = standing.get(heading) or Column(form=form, title=heading, item=_item_for(heading, now))
        column.position = position
        column.save()


def _item_for(heading: str, now: datetime) -> Item:
    """What fills a new heading: what is held, what another form asks in these words, or something new to enter."""
    code = held.find(heading)
    if code:
        return _held_item(code, now)
    for item in Item.objects.filter(held="", joined=None, columns__form__ended_at=None).distinct():
        if rules.same(item.title, heading):
            return item
    return Item.objects.create(title=heading, made_at=now)


@transaction.atomic
def end_form(form_id: int, *, by: Actor, now: datetime) -> None:
    """A form is asked for no more; what was handed in stays. Idempotent. Raises Denied, NotFound("report.unknown")."""
    require(by, queries.MANAGE, queries.office())
    row = _form(form_id)
    if row.ended_at is None:
        row.ended_at = now
        row.save(update_fields=["ended_at"])
        ledger.record(FormEnded(subject_id=row.id, by=by.id, at=now))


@transaction.atomic
def fill_column(column_id: int, choice: str, *, adds: str, kind: str, by: Actor, now: datetime) -> None:
    """Say what fills a column: a held code, the id of an item that is entered, or "" for something of its own.

    `adds` and `kind` belong to the item, hence to every column it fills. Idempotent.
    Raises Denied (reporting.manage), NotFound("report.unknown"), Refused("report.adds").
    """
    require(by, queries.MANAGE, queries.office())
    if adds not in ADDS or kind not in {"number", "text"}:
        raise Refused("report.adds")
    column = Column.objects.select_related("item").filter(id=column_id).first()
    if column is None:
        raise NotFound("report.unknown")
    if choice == "":
        item = column.item
        if item.held or item.columns.exclude(id=column.id).exists():
            item = Item(title=column.title, made_at=now)
    else:
        item = _item(choice, now)
        if item.joined_id:
            raise NotFound("report.unknown")
    if not item.held:
        item.adds, item.kind = adds, kind
    item.save()
    if column.item_id != item.id:
        column.item = item
        column.save(update_fields=["item"])
    ledger.record(ItemSet(subject_id=item.id, by=by.id, at=now, held=item.held))


@transaction.atomic
def join_items(item_id: int, into: str, *, by: Actor, now: datetime) -> None:
    """Two items are one: the columns of the first are filled by the second from now on, and what was entered for the
    first stands where nothing was for the second. `into` is an item's id or a held code. Idempotent.

    Raises Denied (reporting.manage), NotFound("report.unknown"), Refused("report.join").
    """
    require(by, queries.MANAGE, queries.office())
    item, other = _item(str(item_id), now), _item(into, now)
    if item.joined_id == other.id:
        return
    if item.id == other.id or item.held or item.joined_id or other.joined_id or item.kind != other.kind:
        raise Refused("report.join")
    Column.objects.filter(item=item).update(item=other)
    Item.objects.filter(joined=item).update(joined=other)
    item.joined = other
    item.save(update_fields=["joined"])
    ledger.record(ItemsJoined(subject_id=item.id, by=by.id, at=now, into=other.id))


@transaction.atomic
def tell_apart(item_id: int, other: str, why: str, *, by: Actor, now: datetime) -> None:
    """Two items that sound alike are two, and why. `other` is an item's id or a held code. Idempotent.

    Raises Denied (reporting.manage), NotFound("report.unknown"), Refused("report.no_why").
    """
    require(by, queries.MANAGE, queries.office())
    reason = _said(why, WHY_MAX, "why", "report.no_why")
    lower, higher = sorted((_item(str(item_id), now).id, _item(other, now).id))
    if lower == higher:
        raise Refused("report.join")
    _row, new = Apart.objects.get_or_create(
        lower_id=lower, higher_id=higher, defaults={"why": reason, "said_by": by.id, "said_at": now}
    )
    if new:
        ledger.record(ItemsApart(subject_id=lower, by=by.id, at=now, other=higher))


@dataclass(frozen=True, slots=True)
class EntryReport:
    """What became of what was entered: how many were taken, and what was wrong by name of the field."""

    taken: int
    faults: Mapping[str, Refused | Conflict]


@transaction.atomic
def enter(
    month: Period, said: Mapping[str, str], seen: Mapping[str, str], *, by: Actor, now: datetime
) -> EntryReport:
    """Enter figures of a month by the names of `queries.Ask`; empty is not entered. What is right is taken even where
    something else is wrong. `seen`: what stood there when the writer looked; another's newer figure is not overwritten.

    Raises Denied (reporting.enter), Refused("report.many_entries").
    """
    if len(said) > ENTRIES_MAX:
        raise Refused("report.many_entries")
    asks = {ask.name: ask for asked in queries.to_enter(month, by) for ask in asked.asks}
    taken, faults = 0, dict[str, Refused | Conflict]()
    for name, text in said.items():
        ask = asks.get(name)
        if ask is None:
            continue  # not asked of this writer, or of nobody any more
        try:
            value = rules.value(text, ask.kind)
        except Refused as error:
            faults[name] = error
            continue
        if value == ask.value:
            continue
        if name in seen and seen[name] != ask.value:
            faults[name] = Conflict("report.changed", value=ask.value)
            continue
        _enter(ask, value, by, now)
        taken += 1
    if taken:
        at = datetime.combine(month.first, time(0), office_zone())
        ledger.record(
            Entered(subject_id=int(at.timestamp()), by=by.id, at=now, every=month.every, count=taken)
        )
    return EntryReport(taken, faults)


def _enter(ask: queries.Ask, value: str, by: Actor, now: datetime) -> None:
    items = [ask.item_id, *Item.objects.filter(joined_id=ask.item_id).values_list("id", flat=True)]
    Entry.objects.filter(
        item_id__in=items, place_id=ask.place_id, every=ask.period.every, period=ask.period.first,
        replaced_at=None,
    ).update(replaced_at=now)  # fmt: skip
    if value:
        Entry.objects.create(
            item_id=ask.item_id, place_id=ask.place_id, every=ask.period.every, period=ask.period.first,
            value=value, entered_by=by.id, entered_at=now,
        )  # fmt: skip


@transaction.atomic
def hand_in(form_id: int, key: str, *, by: Actor, now: datetime) -> queries.Sheet:
    """Freeze a form as it is handed in for a period. The same again hands nothing in twice.

    Raises Denied (reporting.enter for the whole office), NotFound, Refused: "report.not_over" (the period runs),
    "report.missing".
    """
    found = queries.sheet(form_id, key, by)
    require(by, queries.ENTER, queries.office())
    if found.form.ended:
        raise NotFound("report.unknown")
    if office_day(now) < found.period.after:
        raise Refused("report.not_over")
    if found.missing:
        raise Refused("report.missing", count=found.missing)
    Form.objects.select_for_update().get(id=form_id)
    last = queries.last_sent(form_id, found.period)
    if last is None or last.sheet != found.table():
        row = Sent.objects.create(
            form_id=form_id, period=found.period.first, sheet=found.table(), sent_by=by.id, sent_at=now
        )
        at = datetime.combine(found.period.first, time(0), office_zone())
        ledger.record(HandedIn(subject_id=row.form_id, by=by.id, at=now, period=at))
    return queries.sheet(form_id, key, by)


def _form(form_id: int) -> Form:
    row = Form.objects.select_for_update().filter(id=form_id).first()
    if row is None:
        raise NotFound("report.unknown")
    return row


def _item(choice: str, now: datetime) -> Item:
    """An item by its id, or what is held under a code."""
    if held.known(choice):
        return _held_item(choice, now)
    known = choice.isascii() and choice.isdecimal() and len(choice) < 19
    row = Item.objects.select_for_update().filter(id=int(choice)).first() if known else None
    if row is None:
        raise NotFound("report.unknown")
    return row


def _held_item(code: str, now: datetime) -> Item:
    row = Item.objects.filter(held=code, joined=None).first()
    return row or Item.objects.create(title=held.title(code)[:TITLE_MAX], held=code, made_at=now)


def _said(text: str, most: int, field: str, code: str) -> str:
    said = " ".join(text.split())
    if not said:
        raise Refused(code, field=field)
    if len(said) > most:
        raise Refused("report.long", field=field, most=most)
    return said
