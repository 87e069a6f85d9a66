"""What is asked twice: headings of living forms that sound alike and that nobody told apart."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from liren.bridges.reporting import held, rules
from liren.bridges.reporting.models import Apart, Item
from liren.bridges.reporting.queries.forms import READ, ColumnView, FormView, living, office
from liren.kernel.policy import Actor, require


@dataclass(frozen=True, slots=True)
class Twice:
    """Two items that sound alike, so that the same may be asked twice. `held`: the other is held already."""

    item_id: int
    item: str
    forms: tuple[str, ...]
    other_id: int  # 0 where it is held and no form asks for it yet
    other: str
    other_forms: tuple[str, ...]
    held: str
    columns: int  # fields that would be asked no more


@dataclass(frozen=True, slots=True)
class Burden:
    """What all living forms ask for, in fields: held, entered once, spared because another form asks it, asked twice."""

    forms: int
    columns: int
    held: int
    entered: int
    shared: int
    twice: int


def asked_twice(actor: Actor) -> list[Twice]:
    """Every pair of items of living forms that sound alike and that nobody told apart. Raises Denied (reporting.read).

    Also what a form has entered by hand although it is held.
    """
    require(actor, READ, office())
    return _twice(living())


@dataclass(frozen=True, slots=True)
class _Candidate:
    """What a heading may have been asked as: an item of living forms, or something held that none asks for yet."""

    item_id: int  # 0: none yet
    title: str
    kind: str
    held: str
    forms: tuple[str, ...]
    columns: int
    sounds: tuple[rules.Sound, ...]


def _twice(all_forms: Sequence[FormView]) -> list[Twice]:
    known = _candidates(all_forms)
    apart = set(Apart.objects.values_list("lower_id", "higher_id"))
    numbers = dict(Item.objects.exclude(held="").filter(joined=None).values_list("held", "id"))
    by_hand = [one for one in known if not one.held]
    kept = [one for one in known if one.held]
    found = []
    for at, mine in enumerate(by_hand):
        for other in [*kept, *by_hand[:at]]:
            number = other.item_id or numbers.get(other.held, 0)
            pair = min(mine.item_id, number), max(mine.item_id, number)
            if pair in apart or mine.kind != other.kind or not _sound_alike(mine, other):
                continue
            found.append(
                Twice(
                    mine.item_id,
                    mine.title,
                    mine.forms,
                    number,
                    other.title,
                    other.forms,
                    other.held,
                    mine.columns,
                )
            )
            break
    return found


def _candidates(all_forms: Sequence[FormView]) -> list[_Candidate]:
    columns: dict[int, list[tuple[ColumnView, str]]] = defaultdict(list)
    for one in all_forms:
        for column in one.columns:
            columns[column.item_id].append((column, one.title))
    found = []
    for item_id in sorted(columns):
        first = columns[item_id][0][0]
        headings = {column.title for column, _form in columns[item_id]} | set(held.spoken(first.held))
        titles = tuple(sorted({title for _column, title in columns[item_id]}))
        sounds = tuple(rules.sound(one) for one in sorted(headings))
        found.append(
            _Candidate(item_id, first.item, first.kind, first.held, titles, len(columns[item_id]), sounds)
        )
    asked = {one.held for one in found}
    return found + [
        _Candidate(0, held.title(code), "number", code, (), 0, tuple(map(rules.sound, held.spoken(code))))
        for code in held.CATALOGUE
        if code not in asked
    ]


def _sound_alike(mine: _Candidate, other: _Candidate) -> bool:
    return any(rules.alike(one, two) for one in mine.sounds for two in other.sounds)


def burden(actor: Actor) -> Burden:
    """What all living forms together ask for. Raises Denied (reporting.read). Three statements."""
    require(actor, READ, office())
    all_forms = living()
    columns = [column for one in all_forms for column in one.columns]
    by_hand = [column.item_id for column in columns if not column.held]
    return Burden(
        forms=len(all_forms),
        columns=len(columns),
        held=len(columns) - len(by_hand),
        entered=len(set(by_hand)),
        shared=len(by_hand) - len(set(by_hand)),
        twice=sum(one.columns for one in _twice(all_forms)),
    )
