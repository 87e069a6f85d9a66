"""Quiet hours, life cycle, words and parameters of messages: what can be judged without a database."""

import json
import re
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liren.kernel.errors import Refused
from liren.registers.channels import loading, rules, states, wording
from liren.registers.channels.rules import Quiet
from liren.registers.channels.states import State

ZONE = ZoneInfo("Asia/Shanghai")
DAY = datetime(2026, 11, 23, 2, tzinfo=UTC)  # 10:00 in the office
NIGHTLY = Quiet(time(21), time(8))
NUMBER = "2611224839207155"


class TestQuietHours:
    @pytest.mark.parametrize(
        ("at", "until"),
        [
            ("2026-11-23 20:59", None),
            ("2026-11-23 21:00", "2026-11-24 08:00"),
            ("2026-11-23 23:59", "2026-11-24 08:00"),
            ("2026-11-24 00:00", "2026-11-24 08:00"),
            ("2026-11-24 07:59", "2026-11-24 08:00"),
            ("2026-11-24 08:00", None),
            ("2026-12-31 22:00", "2027-01-01 08:00"),
            # A holiday is a day like others: one may sleep, and be told in the morning.
            ("2026-10-01 12:00", None),
        ],
    )
    def test_across_midnight_on_the_offices_clock(self, at: str, until: str | None) -> None:
        moment = datetime.fromisoformat(at).replace(tzinfo=ZONE)
        found = rules.quiet_until(moment.astimezone(UTC), NIGHTLY, ZONE)
        assert found == (datetime.fromisoformat(until).replace(tzinfo=ZONE) if until else None)

    def test_a_quiet_noon_does_not_cross_midnight(self) -> None:
        noon = Quiet(time(12), time(14))
        at = datetime(2026, 11, 23, 13, tzinfo=ZONE)
        assert rules.quiet_until(at, noon, ZONE) == datetime(2026, 11, 23, 14, tzinfo=ZONE)
        assert rules.quiet_until(at.replace(hour=2), noon, ZONE) is None

    def test_the_morning_is_the_mornings_clock_where_summer_time_begins(self) -> None:
        berlin = ZoneInfo("Europe/Berlin")
        night = datetime(2026, 3, 28, 22, tzinfo=berlin)
        assert rules.quiet_until(night, NIGHTLY, berlin) == datetime(2026, 3, 29, 6, tzinfo=UTC)

    @given(
        st.datetimes(datetime(2024, 1, 1), datetime(2028, 1, 1), timezones=st.just(UTC)),
        st.times(),
        st.times(),
    )
    def test_the_end_is_ahead_within_a_day_and_loud(self, at: datetime, begins: time, ends: time) -> None:
        quiet = Quiet(begins, ends)
        until = rules.quiet_until(at, quiet, ZONE)
        if until is None:
            assert rules.first_try(at, quiet, ZONE, urgent=False) == at
        else:
            assert at < until <= at + timedelta(days=1)
            assert rules.quiet_until(until, quiet, ZONE) is None

    @given(
        st.datetimes(timezones=st.just(UTC), min_value=datetime(2024, 1, 1), max_value=datetime(2028, 1, 1))
    )
    def test_what_is_urgent_never_waits(self, at: datetime) -> None:
        assert rules.first_try(at, NIGHTLY, ZONE, urgent=True) == at


class TestStates:
    def test_every_state_can_be_reached_and_left_unless_it_is_final(self) -> None:
        reached = {target for edges in states.MOVES.values() for target in edges.values()}
        assert reached | {State.QUEUED} == set(State)
        for state in set(State) - states.FINAL:
            assert any(state in edges for edges in states.MOVES.values())
            assert state in states.CLOCKS

    def test_what_arrived_stays_arrived(self) -> None:
        assert all(State.DELIVERED not in edges for edges in states.MOVES.values())


class TestPack:
    LONGEST = {
        "number": NUMBER,
        "words": "望澜燃气热力公司",
        "time": "2026-12-25T10:00:00+00:00",
        "count": 10,
        "code": "123456",
    }

    def said(self, language: rules.Language) -> dict[str, str]:
        today = {row.key: loading.message(row.key, DAY) for row in loading.messages_pack()}
        return {
            code: wording.text(rule, {n: self.LONGEST[k] for n, k in rule.params.items()}, language)
            for code, rule in today.items()
        }

    def test_a_text_message_is_one_short_message(self) -> None:
        for code, text in self.said("zh").items():
            assert len(f"【栖禾街道】{text}") <= 70, code
        for code, text in self.said("en").items():
            assert len(text) <= 160, code

    def test_every_place_is_filled_and_nothing_is_officialese(self) -> None:
        for code, text in {**self.said("zh"), **{f"en {c}": t for c, t in self.said("en").items()}}.items():
            assert "{" not in text, code
            assert not re.search("诉求|工单|受理|办结|反馈|贵单位|特此", text), code

    def test_both_languages_say_the_same_parameters(self) -> None:
        for row in loading.messages_pack():
            texts = row.value["text"]
            assert rules.places(texts["zh"]) == rules.places(texts["en"]) == set(row.value["params"])


class TestParams:
    KINDS: dict[str, rules.Kind] = {"number": "number", "unit": "words", "due": "time"}
    GOOD: dict[str, Any] = {"number": NUMBER, "unit": "市政设施管理所", "due": DAY}

    def test_what_a_message_names_is_kept_as_json(self) -> None:
        kept = rules.checked(self.GOOD, self.KINDS)
        assert json.loads(json.dumps(kept)) == {**self.GOOD, "due": "2026-11-23T02:00:00+00:00"}

    @pytest.mark.parametrize(
        ("change", "code"),
        [
            ({"unit": "找王某 14212345678"}, "message.personal"),
            ({"unit": "51010619910115154X"}, "message.personal"),
            ({"unit": "话" * 31}, "message.params"),
            ({"unit": ""}, "message.params"),
            ({"due": datetime(2026, 1, 1)}, "message.params"),
            ({"number": "12345"}, "message.params"),
            ({"words": "多说一句"}, "message.params"),
        ],
    )
    def test_a_persons_number_or_what_it_does_not_name_is_refused(
        self, change: dict[str, Any], code: str
    ) -> None:
        with pytest.raises(Refused) as refused:
            rules.checked({**self.GOOD, **change}, self.KINDS)
        assert refused.value.code == code

    def test_a_one_time_code_is_never_kept(self) -> None:
        with pytest.raises(Refused, match="code_kept"):
            rules.checked({"code": "123456"}, {"code": "code"})

    @given(
        st.dictionaries(
            st.sampled_from(["number", "unit", "due", "x"]), st.text() | st.integers() | st.none()
        )
    )
    def test_whatever_comes_it_is_refused_or_kept_never_worse(self, params: dict[str, Any]) -> None:
        try:
            kept = rules.checked(params, self.KINDS)
        except Refused:
            return
        assert set(kept) == set(self.KINDS)
