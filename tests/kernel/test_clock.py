"""One clock, and no guessed zones."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liren.kernel.clock import from_naive, office_zone, to_office, utc_now
from liren.kernel.errors import Refused


def test_now_is_utc() -> None:
    assert utc_now().tzinfo is UTC
    assert abs(utc_now() - datetime.now(UTC)) < timedelta(seconds=5)


def test_the_office_zone_comes_from_its_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LIREN_ZONE")
    assert office_zone() == ZoneInfo("Asia/Shanghai")
    monkeypatch.setenv("LIREN_ZONE", "Asia/Urumqi")
    assert office_zone() == ZoneInfo("Asia/Urumqi")
    for name in ("Mars/Base", "../../etc/passwd", "Asia"):
        monkeypatch.setenv("LIREN_ZONE", name)
        with pytest.raises(Refused, match=r"clock\.zone"):
            office_zone()


def test_the_office_reads_its_own_wall_clock() -> None:
    moment = datetime(2026, 11, 22, 20, 30, tzinfo=UTC)
    assert to_office(moment).isoformat() == "2026-11-23T04:30:00+08:00"
    assert to_office(moment, ZoneInfo("Asia/Urumqi")).hour == 2
    with pytest.raises(Refused, match=r"clock\.naive"):
        to_office(datetime(2026, 11, 22))


@given(st.datetimes(datetime(1992, 1, 1), datetime(2090, 1, 1)))
def test_an_imported_time_keeps_its_wall_clock(naive: datetime) -> None:
    moment = from_naive(naive, "Asia/Shanghai")
    assert moment.tzinfo is UTC
    assert moment == naive.replace(tzinfo=UTC) - timedelta(hours=8)


def test_times_that_never_were_are_refused_and_of_two_the_earlier_is_meant() -> None:
    # Summer time in China of 1986 began on 4 May at 02:00 and ended on 14 September at 02:00.
    with pytest.raises(Refused, match=r"clock\.skipped"):
        from_naive(datetime(1986, 5, 4, 2, 30), "Asia/Shanghai")
    assert from_naive(datetime(1986, 9, 14, 1, 30), "Asia/Shanghai").hour == 16
    with pytest.raises(Refused, match=r"clock\.not_naive"):
        from_naive(datetime(2026, 1, 1, tzinfo=UTC), "Asia/Shanghai")
    with pytest.raises(Refused, match=r"clock\.zone"):
        from_naive(datetime(2026, 1, 1), "Beijing")
