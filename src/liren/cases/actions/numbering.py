"""Tracking numbers nobody has: for a case, or for one voice of it."""

from collections.abc import Sequence
from datetime import datetime

from liren.cases.models import Case, Voice
from liren.kernel.clock import office_zone
from liren.kernel.ids import new_number


def free_number(now: datetime) -> str:
    """A number of this moment that no case and no voice bears yet. One statement, more where it clashes.

    In the rush after a storm two of a minute clash now and then; the requester must not notice. Only who draws the same
    in another process within the same instant is left to the unique constraint.
    """
    while True:
        number = new_number(now, office_zone())
        held = Voice.objects.filter(number=number).values("pk")
        if not held.union(Case.objects.filter(number=number).values("pk")).exists():
            return number


def free_numbers(moments: Sequence[datetime]) -> list[str]:
    """A free number for each moment, none twice. Two statements, two more for a round that clashed."""
    zone, drawn, given = office_zone(), dict[int, str](), set[str]()
    wanted = list(range(len(moments)))
    while wanted:
        for place in wanted:
            number = new_number(moments[place], zone)
            while number in given:
                number = new_number(moments[place], zone)
            given.add(number)
            drawn[place] = number
        asked = [drawn[place] for place in wanted]
        held = set(Voice.objects.filter(number__in=asked).values_list("number", flat=True))
        held |= set(Case.objects.filter(number__in=asked).values_list("number", flat=True))
        wanted = [place for place in wanted if drawn[place] in held]
    return [drawn[place] for place in range(len(moments))]
