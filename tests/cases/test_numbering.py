"""Numbers that clash are drawn again, and nobody who says something notices."""

import pytest

from liren.cases.actions import numbering
from liren.cases.models import Case, Voice
from tests.cases import joined
from tests.town import NOW, Town

pytestmark = [pytest.mark.django_db, pytest.mark.writes]


def test_a_number_somebody_has_is_drawn_again(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    taken = Case.objects.get(pk=joined.case(town, "first", device=901)).number
    free = [numbering.free_number(NOW) for _ in range(2)]
    drawn = iter([taken, free[0], taken, free[0], free[1]])
    monkeypatch.setattr(numbering, "new_number", lambda _now, _zone: next(drawn))
    assert Case.objects.get(pk=joined.case(town, "second", device=902)).number == free[0]
    third = Case.objects.get(pk=joined.case(town, "third", device=903))
    assert third.number == free[1]
    assert Voice.objects.filter(case=third).get().number == free[1]
