"""Events come back as they went, and cannot carry words."""

import json
import typing
from dataclasses import FrozenInstanceError, dataclass
from datetime import UTC, datetime
from typing import ClassVar, Literal, NewType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liren.kernel.errors import NotFound, Refused
from liren.kernel.events import Event, content_hash, event_type, from_stored, kinds, new_salt

CaseId = NewType("CaseId", int)
AT = datetime(2026, 11, 22, 1, 2, 3, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried(Event):
    kind: ClassVar[str] = "kernel_test.tried"
    subject_kind: ClassVar[str] = "trial"

    other_id: CaseId
    text_hash: str
    due: datetime | None = None
    ok: bool = False
    how: Literal["by_hand", "machine"] = "by_hand"
    codes: tuple[str, ...] = ()
    pair: tuple[int, datetime] | None = None
    rows: tuple[tuple[str, int], ...] = ()
    old: typing.Optional[int] = None  # noqa: UP045 - both spellings are understood


times = st.datetimes().map(lambda naive: naive.replace(tzinfo=UTC))
codes = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), max_size=30).filter(
    lambda text: not any(letter.isdigit() for letter in text)
)
ids = st.integers(0, (1 << 63) - 1)
tried = st.builds(
    Tried,
    subject_id=ids,
    by=ids,
    at=times,
    place_path=st.sampled_from(["", "/1k/9x/"]),
    unit_ids=st.lists(ids, max_size=3).map(tuple),
    other_id=ids.map(CaseId),
    text_hash=codes,
    due=st.none() | times,
    ok=st.booleans(),
    how=st.sampled_from(["by_hand", "machine"]),
    codes=st.lists(codes, max_size=3).map(tuple),
    pair=st.none() | st.tuples(ids, times),
    rows=st.lists(st.tuples(codes, ids), max_size=3).map(tuple),
    old=st.none() | ids,
)


@given(tried)
def test_an_event_comes_back_from_its_columns(event: Tried) -> None:
    stored = json.loads(json.dumps(event.payload()))
    again = from_stored(
        event.kind,
        subject_id=event.subject_id,
        by=event.by,
        at=event.at,
        place_path=event.place_path,
        unit_ids=list(event.unit_ids),
        payload=stored,
    )
    assert again == event
    assert type(again) is Tried
    assert "subject_id" not in stored


def minimal(**fields: object) -> Tried:
    return Tried(**{"subject_id": 1, "by": 2, "at": AT, "other_id": CaseId(3), "text_hash": "ab"} | fields)  # type: ignore[arg-type]


def test_events_are_registered_and_frozen() -> None:
    assert event_type("kernel_test.tried") is Tried
    assert kinds()["kernel_test.tried"] is Tried
    with pytest.raises(NotFound, match=r"event\.unknown"):
        event_type("kernel_test.never")
    with pytest.raises(FrozenInstanceError):
        minimal().ok = True  # type: ignore[misc]


@pytest.mark.parametrize(
    "text",
    [
        "电梯坏了",
        "the lift is broken",
        "张",
        "a\nb",
        "13900000000",
        "+8613900000000",
        "11010119900307751X",
        "x" * 201,
    ],
)
def test_words_names_and_phones_cannot_enter(text: str) -> None:
    for fields in (
        {"text_hash": text},
        {"codes": ("ok", text)},
        {"rows": ((text, 1),)},
        {"place_path": text},
    ):
        with pytest.raises(ValueError, match="never words"):
            minimal(**fields)


def test_what_machines_say_may_enter() -> None:
    number, hashed = "2611224839207155", content_hash("电梯坏了", new_salt())
    assert minimal(text_hash=hashed, codes=("housing.lift", number, "/1k/9x/")).codes[1] == number


def test_times_know_their_zone_and_values_their_type() -> None:
    with pytest.raises(ValueError, match="zone"):
        minimal(at=datetime(2026, 1, 1))
    with pytest.raises(ValueError, match="zone"):
        minimal(due=datetime(2026, 1, 1))
    with pytest.raises(TypeError, match="float"):
        minimal(old=1.5)
    with pytest.raises(TypeError, match="dict"):
        minimal(rows=({"words": 1},))


@pytest.mark.parametrize(
    "hint", [dict, list[str], bytes, float, object, datetime | str, tuple[dict, ...], "Tried"]
)
def test_a_field_that_could_hold_words_is_refused_when_the_class_is_made(hint: object) -> None:
    body = {"kind": "kernel_test.loose", "subject_kind": "x", "__module__": __name__}
    with pytest.raises(TypeError, match="may hold words"):
        type("Loose", (Event,), {**body, "__annotations__": {"field": hint}})
    assert "kernel_test.loose" not in kinds()


def test_a_kind_has_one_class_and_a_name() -> None:
    with pytest.raises(TypeError, match="taken"):
        type("Other", (Event,), {"kind": "kernel_test.tried", "subject_kind": "x"})
    with pytest.raises(TypeError, match="needs a kind"):
        type("Nameless", (Event,), {"subject_kind": "x"})
    with pytest.raises(TypeError, match="needs a kind"):
        type("Child", (Tried,), {})


def test_a_class_that_is_no_dataclass_cannot_lose_its_fields() -> None:
    bare = type(
        "Bare", (Event,), {"kind": "kernel_test.bare", "subject_kind": "x", "__annotations__": {"count": int}}
    )
    with pytest.raises(TypeError, match="not a dataclass"):
        bare(subject_id=1, by=2, at=AT).payload()


def stored(payload: dict[str, object]) -> Event:
    return from_stored("kernel_test.tried", subject_id=1, by=2, at=AT, payload=payload)


def test_history_outlives_the_code_that_wrote_it() -> None:
    assert stored({"other_id": 3, "text_hash": "ab", "long_gone": "x"}) == minimal()


@pytest.mark.parametrize(
    "payload",
    [
        {},
        {"other_id": 3},
        {"other_id": "3", "text_hash": "ab"},
        {"other_id": True, "text_hash": "ab"},
        {"other_id": 3, "text_hash": "ab", "how": "magic"},
        {"other_id": 3, "text_hash": "ab", "due": "yesterday"},
        {"other_id": 3, "text_hash": "ab", "pair": [1]},
        {"other_id": 3, "text_hash": "他的原话"},
    ],
)
def test_a_payload_that_is_not_the_events_is_refused(payload: dict[str, object]) -> None:
    with pytest.raises(Refused, match=r"event\.unreadable"):
        stored(payload)


@given(st.text(), st.text())
def test_a_hash_proves_the_words_only_with_its_salt(one: str, other: str) -> None:
    salt = new_salt()
    assert content_hash(one, salt) == content_hash(one, salt)
    assert (content_hash(one, salt) == content_hash(other, salt)) == (one == other)
    assert content_hash(one, salt) != content_hash(one, new_salt())
    assert len(salt) == 32
    assert len(content_hash("\ud800", salt)) == 64
