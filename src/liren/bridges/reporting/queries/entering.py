"""What is entered by hand: how finely each thing is asked, what stands entered, what is left to enter."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from liren.bridges.reporting import rules
from liren.bridges.reporting.models import Entry, Item
from liren.bridges.reporting.queries.forms import ENTER, ColumnView, FormView, living, office
from liren.bridges.reporting.rules import Every, Period
from liren.cases import queries as cases
from liren.kernel.policy import Actor, require, scope
from liren.registers.places import queries as places

How = Literal["held", "entered", "missing"]


@dataclass(frozen=True, slots=True)
class Cell:
    """One value of a sheet: how it came there, the cases behind it, the months that are still to be entered."""

    value: str
    how: How
    drill: cases.Drill | None = None
    lacking: tuple[str, ...] = ()  # keys of months


@dataclass(frozen=True, slots=True)
class Ask:
    """One thing to enter for a period and a place, once, for every form that wants it."""

    item_id: int
    place_id: int
    place: str
    period: Period
    kind: str
    value: str

    @property
    def name(self) -> str:
        """Its name in a form of the page."""
        return f"{self.item_id}.{self.place_id}.{self.period.key}"


@dataclass(frozen=True, slots=True)
class Asked:
    """An item that is entered, with what of it is asked in a month and which forms want it."""

    item: str
    period: Period
    forms: tuple[str, ...]
    asks: tuple[Ask, ...]


Entries = Mapping[tuple[int, int, str, date], str]


def entries_of(items: Iterable[int], period: Period) -> dict[tuple[int, int, str, date], str]:
    """What stands entered for items within a period, items that were joined to them included: an own entry goes first."""
    wanted = set(items)
    into = dict(Item.objects.filter(joined__in=wanted).values_list("id", "joined_id"))
    rows = Entry.objects.filter(
        item_id__in=wanted | set(into), period__gte=period.first, period__lt=period.after, replaced_at=None
    )
    found: dict[tuple[int, int, str, date], str] = {}
    for row in sorted(rows, key=lambda row: (row.item_id in wanted, row.entered_at)):
        found[into.get(row.item_id, row.item_id), row.place_id, row.every, row.period] = row.value
    return found


@dataclass(slots=True)
class Needs:
    """How finely each entered item is asked: by community where any form wants that, by the shortest period.

    `communities`: the ids of all of them, which together are the whole office.
    """

    forms: Sequence[FormView]
    communities: Sequence[int]
    fine: dict[int, set[tuple[Every, bool]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for one in self.forms:
            for column in one.columns:
                if not column.held:
                    self.fine.setdefault(column.item_id, set()).add((one.every, one.by_community))

    def grain(self, column: ColumnView, every: Every, by_community: bool) -> tuple[Every, bool]:
        """How finely the item of a column is entered. What cannot be added up is entered as each form wants it."""
        wanted = self.fine.get(column.item_id, set()) | {(every, by_community)}
        if column.kind == "text" or column.adds == "own":
            return every, by_community
        return (
            min((one for one, _ in wanted), key=lambda one: rules.MONTHS[one]),
            any(fine for _, fine in wanted),
        )

    def cell(self, column: ColumnView, row: places.PlaceView, period: Period, entries: Entries) -> Cell:
        """A value made of what was entered for its parts, in time and on the ground."""
        by_community = row.kind == "community"
        every, fine = self.grain(column, period.every, by_community)
        spots = self.communities if fine and not by_community else [row.id]
        whole, lacking = [], []
        for part in period.parts(every):
            values = [entries.get((column.item_id, spot, every, part.first), "") for spot in spots]
            if all(values):
                whole.append(rules.added(values) if len(spots) > 1 else values[0])
            else:
                lacking.append(Period("month", part.last.replace(day=1)).key)
        if lacking or not whole:
            return Cell("", "missing", lacking=tuple(lacking))
        return Cell(rules.over_time(whole, column.adds) if len(whole) > 1 else whole[0], "entered")


def to_enter(month: Period, actor: Actor) -> list[Asked]:
    """What is entered by hand for a month, each thing once, in the places the actor enters for.

    Raises Denied (reporting.enter). Eight statements.
    """
    reach, ground = scope(actor, ENTER), places.root()
    if reach.nothing:
        require(actor, ENTER, office())
    all_forms, communities = living(), places.within(ground.path, "community")
    needs, wanted = Needs(all_forms, [one.id for one in communities]), defaultdict(list)
    titles: dict[int, ColumnView] = {}
    for one in all_forms:
        period = rules.containing(month.first, one.every)
        if period.first < rules.containing(one.since, one.every).first:
            continue
        for column in one.columns:
            if column.held:
                continue
            every, fine = needs.grain(column, one.every, one.by_community)
            part = rules.containing(month.last, every)
            if part.after == month.after:
                titles[column.item_id] = column
                wanted[column.item_id, part, fine].append(one.title)
    found = []
    entries: dict[Period, Entries] = {
        part: entries_of(titles, part) for part in {part for _item, part, _fine in wanted}
    }
    for (item_id, part, fine), forms_ in wanted.items():
        column = titles[item_id]
        spots = [one for one in (communities if fine else [ground]) if reach.covers(one.path)]
        asks = tuple(
            Ask(
                item_id, one.id, one.name, part, column.kind,
                entries[part].get((item_id, one.id, part.every, part.first), ""),
            )
            for one in spots
        )  # fmt: skip
        if asks:
            found.append(Asked(column.item, part, tuple(sorted(set(forms_))), asks))
    return sorted(found, key=lambda one: (rules.MONTHS[one.period.every], -len(one.asks), one.item))
