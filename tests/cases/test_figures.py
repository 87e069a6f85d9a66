"""The rates over real cases: per case and per voice, cut by every dimension, and each figure with exactly its rows."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from liren.cases import actions, queries
from liren.cases.models import Case, Voice
from liren.kernel.clock import utc_now
from liren.kernel.policy import Actor
from tests.cases.test_life import HER, replied, say
from tests.town import NOW, Town, resident

pytestmark = pytest.mark.writes

MONTH = queries.Slice(NOW - timedelta(days=1), NOW + timedelta(days=40))


def shares(counts: queries.Counts, *names: str) -> list[tuple[int, int]]:
    return [(counts.rate(name).hits, counts.rate(name).of) for name in names]


def lived(town: Town) -> dict[str, actions.Accepted]:
    """Three voices content to different degrees, one not solved, one withdrawn, one not even placed."""
    many = say(town)
    for n in (71, 72):
        demand = actions.Demand(words="我家也是", channel="phone", device_id=n)
        other = actions.add_voice(many.case_id, demand, by=resident(n), now=NOW, key=f"j{n}")
        if n == 71:
            first = other
    replied(town, many)
    actions.rate(many.voice_id, "solved", by=resident(HER), now=NOW, rating=5, key="a")
    actions.rate(first.voice_id, "solved", by=resident(71), now=NOW, rating=2, key="b")
    lone = say(town, key="k2", words="井盖响")
    replied(town, lone)
    actions.rate(lone.voice_id, "not_solved", by=resident(HER), now=NOW, key="c")
    gone = say(town, key="k3", words="路灯不亮")
    actions.withdraw(gone.voice_id, by=resident(HER), now=NOW, key="w")
    new = say(town, key="k4", words="楼道堆物")
    return {"many": many, "lone": lone, "gone": gone, "new": new}


def test_a_case_of_three_voices_is_one_case_and_three_people(town: Town) -> None:
    lived(town)
    cases = queries.figures(town.caller(), MONTH).whole
    voices = queries.figures(town.caller(), queries.Slice(MONTH.since, MONTH.until, by="voice")).whole
    assert shares(cases, "resolution") == [(1, 2)]
    assert shares(voices, "resolution") == [(2, 3)]
    assert shares(cases, "satisfaction") == [(0, 1)], "the least content voice speaks for the case"
    assert shares(voices, "satisfaction") == [(1, 2)]
    assert shares(cases, "response") == [(2, 2)]
    assert shares(voices, "response") == [(4, 4)]
    assert shares(voices, "coverage") == [(3, 3)]
    assert (cases.demands, voices.demands) == (4, 6)
    nobody = queries.figures(resident(5), MONTH).whole
    assert nobody == queries.Counts()


def opened(actor: Actor, drill: queries.Drill) -> list[int]:
    """The ids of all pages of the list a figure opens."""
    found: list[int] = []
    after = ""
    while True:
        filters = queries.Filters(view="all", figure=drill, after=after, size=20)
        page = queries.worklist(actor, filters, now=NOW)
        found += [row.id for row in page.rows]
        after = page.after
        if not after:
            assert len(found) == queries.count(actor, queries.Filters(view="all", figure=drill), now=NOW)
            return found


def every_figure_opens_its_rows(actor: Actor, since: datetime, until: datetime) -> int:
    """Check every figure of every line of every dimension; how many were there."""
    checked = 0
    for by in ("case", "voice"):
        what = queries.Slice(since, until, by=by)
        whole = queries.figures(actor, what).whole
        for dimension in queries.DIMENSIONS:
            told = queries.figures(actor, what, dimension)
            assert told.whole == whole, (by, dimension, "lines add up to the whole")
            for line in told.lines:
                for name in queries.COUNTED:
                    figure = getattr(line.counts, name)
                    ids = opened(actor, queries.Drill(name, what, dimension, line.key))
                    assert len(ids) == len(set(ids))
                    if by == "case":
                        assert len(ids) == figure, (dimension, line.key, name)
                    else:
                        voices = Voice.objects.filter(case_id__in=ids).count()
                        assert bool(ids) == bool(figure), (dimension, line.key, name)
                        assert len(ids) <= figure <= voices
                    checked += bool(figure)
    return checked


def test_every_figure_opens_exactly_the_cases_it_counts(town: Town) -> None:
    lived(town)
    assert every_figure_opens_its_rows(town.clerk(), MONTH.since, MONTH.until) > 50


def test_a_figure_shows_no_more_than_its_reader_may_see(town: Town) -> None:
    told = lived(town)
    Case.objects.filter(pk=told["lone"].case_id).update(sealed=True)
    counts = queries.figures(town.clerk(), MONTH).whole
    assert shares(counts, "resolution", "response") == [(1, 1), (1, 1)]
    drill = queries.Drill("heard", MONTH)
    assert opened(town.clerk(), drill) == [told["many"].case_id]
    assert opened(town.handler(town.sweepers), drill) == [], "another unit's"
    assert opened(resident(5), drill) == []
    # not even to who may see the case: the difference of two figures would tell whoever reads both
    assert opened(town.staff(7, "sealed_desk"), drill) == [told["many"].case_id]


def test_as_many_statements_for_many_units_as_for_one(town: Town) -> None:
    def asked(dimension: queries.Dimension) -> int:
        with CaptureQueriesContext(
            connection,
        ) as caught:
            queries.figures(town.clerk(), MONTH, dimension)
        return len(caught)

    replied(town, say(town))
    before = {dimension: asked(dimension) for dimension in queries.DIMENSIONS}
    for n in range(4):
        accepted = say(town, key=f"m{n}", words=f"第{n}件", device=300 + n, phone=None)
        if n % 2:
            replied(town, accepted)
    Case.objects.filter(unit=None).update(unit=town.sweepers, class_code="sanitation.bins")
    assert {dimension: asked(dimension) for dimension in queries.DIMENSIONS} == before
    assert max(before.values()) <= 6


def test_a_month_that_is_over_is_counted_again_when_something_happened(town: Town) -> None:
    """It is held by the newest event of the house, whoever's; a month that runs is counted every time."""
    first = say(town)
    replied(town, first)
    assert queries.whole(town.clerk(), MONTH).heard == 0
    with CaptureQueriesContext(connection) as again:
        assert queries.whole(town.clerk(), MONTH).heard == 0
    assert not [one for one in again if "FILTER" in one["sql"]]
    actions.rate(first.voice_id, "solved", by=resident(HER), now=NOW, rating=5, key="a")
    assert queries.whole(town.clerk(), MONTH).heard == 1
    running = replace(MONTH, until=utc_now() + timedelta(days=1))
    for _ in range(2):
        with CaptureQueriesContext(connection) as counted:
            queries.whole(town.clerk(), running)
        assert [one for one in counted if "FILTER" in one["sql"]]


def test_what_one_may_see_is_held_for_nobody_else(town: Town) -> None:
    replied(town, say(town))
    assert queries.whole(town.clerk(), MONTH).demands == 1
    assert queries.whole(town.handler(town.sweepers), MONTH).demands == 0


def test_the_same_matter_at_the_same_place_counts_as_come_back(town: Town) -> None:
    def recurred() -> int:
        cache.clear()  # of rows changed by hand no event tells
        return queries.figures(town.clerk(), MONTH).whole.recurred

    first = say(town)
    replied(town, first)
    actions.rate(first.voice_id, "solved", by=resident(HER), now=NOW, rating=5, key="a")
    assert recurred() == 0
    again = say(town, key="k2", now=NOW + timedelta(days=89))
    Case.objects.filter(pk=again.case_id).update(class_code="municipal.drain", place=town.building)
    assert recurred() == 1
    assert opened(town.clerk(), queries.Drill("recurred", MONTH)) == [first.case_id]
    Case.objects.filter(pk=again.case_id).update(received_at=NOW + timedelta(days=91))
    assert recurred() == 0, "beyond the window"
    answered = Case.objects.get(pk=first.case_id).replied_at
    assert answered is not None
    last = answered + timedelta(days=90)
    Case.objects.filter(pk=again.case_id).update(received_at=last)
    assert recurred() == 1, "the last moment of the window"
    Case.objects.filter(pk=again.case_id).update(received_at=last + timedelta(microseconds=1))
    assert recurred() == 0, "a moment beyond it"
    Case.objects.filter(pk=again.case_id).update(received_at=NOW + timedelta(days=9), sealed=True)
    assert recurred() == 0, "a sealed case betrays itself by no figure"


def test_residents_are_those_of_a_place_somebody_counted(town: Town) -> None:
    lived(town)
    assert queries.figures(town.clerk(), MONTH).residents is None
    from liren.registers.places.models import Place

    Place.objects.filter(pk=town.near).update(population=5_000)
    from liren.registers.places.models import Stamp

    Stamp.objects.all().delete()
    lines = queries.figures(town.clerk(), MONTH, "community").lines
    assert [line.residents for line in lines if line.key] == [5_000]
    assert queries.figures(town.handler(town.drains), MONTH).residents is None
