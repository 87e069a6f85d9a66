"""What another duty list, or other words for a reply, would have met in the cases of the last months.

Reports of wrongdoing, and cases kept from somebody's eyes, are in none of the figures: even their number would tell.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import QuerySet

from liren.cases.models import Case, Voice
from liren.cases.queries.simulating import DUTY, SIMULATED_DAYS, seen_by
from liren.cases.reply_checks import Fault, hints
from liren.cases.states import State
from liren.kernel import policy
from liren.kernel.clock import office_day
from liren.kernel.policy import Actor, Facts
from liren.registers.duties import queries as duties
from liren.registers.places import queries as places

READ = 2_000  # cases whose words are read, the latest; the figures of a list count all

Units = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Shift:
    """Cases that a list would lead elsewhere: the units that lead now (none, one, or several) and then."""

    before: Units
    after: Units
    cases: int


@dataclass(frozen=True, slots=True)
class Led:
    """One case that would be led elsewhere."""

    number: str
    title: str
    before: Units
    after: Units


@dataclass(frozen=True, slots=True)
class ListEffect:
    """What a duty list would have meant for the cases received in SIMULATED_DAYS days.

    `gaps` are those nobody leads by it, `shared` those for which it names several; each (now, then). `shifts` come with
    the most cases first, `rows` are the latest SHOWN shifted that the reader may see.
    """

    seen: int
    gaps: tuple[int, int]
    shared: tuple[int, int]
    shifts: tuple[Shift, ...]
    rows: tuple[Led, ...]

    @property
    def moved(self) -> int:
        """How many would be led elsewhere."""
        return sum(shift.cases for shift in self.shifts)


def list_effect(now_held: duties.Leads, then: duties.Leads, *, by: Actor, now: datetime) -> ListEffect:
    """Whose the cases of the last days would have been by another list. Raises Denied. Three statements."""
    policy.require(by, DUTY, Facts(place_path=places.office_view().path))
    shifted: dict[int, tuple[Units, Units]] = {}
    found: Counter[tuple[Units, Units]] = Counter()
    for pk, code, path in _recent(now).exclude(class_code="").values_list("pk", "class_code", "place_path"):
        pair = now_held.of(code, path), then.of(code, path)
        found[pair] += 1
        if set(pair[0]) != set(pair[1]):
            shifted[pk] = pair
    shifts = Counter({pair: n for pair, n in found.items() if set(pair[0]) != set(pair[1])})
    return ListEffect(
        seen=found.total(),
        gaps=_both(found, lambda units: not units),
        shared=_both(found, lambda units: len(units) > 1),
        shifts=tuple(Shift(*pair, n) for pair, n in shifts.most_common()),
        rows=tuple(Led(number, title, *shifted[pk]) for pk, number, title in seen_by(by, shifted)),
    )


@dataclass(frozen=True, slots=True)
class Hinted:
    """One case whose answer, written from a template as it stands, would be asked to be looked at again for this."""

    number: str
    title: str
    before: tuple[Fault, ...]
    after: tuple[Fault, ...]


@dataclass(frozen=True, slots=True)
class WordsEffect:
    """What other words for a reply would have met: `offered` is to how many cases of SIMULATED_DAYS days they would be.

    Of the latest `read` of them, `hinted` (now, then) are those whose answer, sent as the template has it, the desk
    would ask to look at again; `rows` are SHOWN for which that differs and which the reader may see.
    """

    offered: int
    read: int
    hinted: tuple[int, int]
    rows: tuple[Hinted, ...]


def words_effect(code: str, kind: str, before: str, after: str, *, by: Actor, now: datetime) -> WordsEffect:
    """What the words `after` in place of `before` would have met. Both have their open places filled.

    They are offered where no class or group nearer has its own. Raises Denied. Four statements.
    """
    policy.require(by, DUTY, Facts(place_path=places.office_view().path))
    day, rule = office_day(now), duties.reply_checks(office_day(now))
    codes = dict(_recent(now).values_list("pk", "class_code"))
    offered = {one for one in set(codes.values()) if _reaches(f"{code}.{kind}", one, kind, day)}
    among = sorted((pk for pk, one in codes.items() if one in offered), reverse=True)
    demands = _demands(among[:READ])
    told: dict[int, tuple[tuple[Fault, ...], tuple[Fault, ...]]] = {}
    hinted = [0, 0]
    for pk, demand in demands.items():
        faults = tuple(tuple(hint.fault for hint in hints(text, demand, rule)) for text in (before, after))
        hinted[0] += bool(faults[0])
        hinted[1] += bool(faults[1])
        if faults[0] != faults[1]:
            told[pk] = faults[0], faults[1]
    rows = tuple(Hinted(number, title, *told[pk]) for pk, number, title in seen_by(by, told))
    return WordsEffect(len(among), len(demands), (hinted[0], hinted[1]), rows)


def _reaches(key: str, class_code: str, kind: str, day: date) -> bool:
    """Whether words under that key would be those a class is given."""
    keys = duties.template_keys(class_code, kind, day)
    return key in keys and keys.index(key) <= keys.index(duties.template_used(class_code, kind, day))


def _demands(ids: Sequence[int]) -> dict[int, str]:
    said: dict[int, list[str]] = {pk: [] for pk in ids}
    voices = Voice.objects.filter(case_id__in=ids).order_by("said_at", "id")
    for case_id, words in voices.values_list("case_id", "words"):
        said[case_id].append(words)
    return {pk: "\n".join(words) for pk, words in said.items()}


def _recent(now: datetime) -> QuerySet[Case]:
    since = now - timedelta(days=SIMULATED_DAYS)
    return Case.objects.filter(received_at__gte=since, sealed=False, barred=False).exclude(state=State.MERGED)


def _both(found: Mapping[tuple[Units, Units], int], fits: Callable[[Units], bool]) -> tuple[int, int]:
    return (
        sum(n for (before, _), n in found.items() if fits(before)),
        sum(n for (_, after), n in found.items() if fits(after)),
    )
