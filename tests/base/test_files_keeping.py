"""Kept, attached, read, forgotten: sealed on disk, only for its sender, gone for good."""

import io
import logging
import os
import tracemalloc
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction

from liren.base.files import actions, queries, rules, store
from liren.base.files.models import StoredFile
from liren.base.ledger.models import Event
from liren.base.vault import actions as vault
from liren.kernel.errors import NotFound, Refused, Throttled
from liren.kernel.policy import Actor
from tests.base import files_samples as samples

pytestmark = [pytest.mark.django_db, pytest.mark.writes]

NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
CHEN = Actor(id=0, kind="anonymous", device_id=71)
STRANGER = Actor(id=0, kind="anonymous", device_id=72)
CLERK = Actor(id=900, kind="staff")
OTHER_CLERK = Actor(id=901, kind="staff")
Commits = Callable[..., Any]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, settings: Any) -> Path:
    settings.HOME = tmp_path
    return tmp_path


def keep(data: Any = None, by: Actor = CHEN, name: str = "IMG_1.jpg", **more: Any) -> actions.Kept:
    sent = samples.photo() if data is None else data
    return actions.keep(sent, name=name, by=by, now=more.pop("now", NOW), **more)


def read(file_id: int, **more: Any) -> queries.Content:
    return queries.read(file_id, by=CHEN, purpose="own_data", now=NOW, **more)


def on_disk(home: Path) -> list[Path]:
    return [path for path in (home / "files").rglob("*") if path.is_file()]


def test_a_photo_is_kept_sealed_and_read_back(home: Path) -> None:
    kept = keep(samples.photo(6))
    assert (kept.kind, kept.media_type, kept.width, kept.height) == ("image", "image/jpeg", 640, 480)
    paths = on_disk(home)
    assert sorted(path.name for path in paths) == [str(kept.id), f"{kept.id}.thumb"]
    for path in paths:
        raw = path.read_bytes()
        assert not any(sign in raw for sign in (b"\xff\xd8\xff", b"JFIF", b"WEBP", b"RIFF"))
        assert path.stat().st_mode & 0o777 == 0o600
    low = f"{kept.id & 0xFFFF:04x}"
    assert store.place(kept.id) == home / "files" / low[:2] / low[2:] / str(kept.id)
    content = read(kept.id)
    assert len(content.body) == kept.size
    assert samples.near(samples.corners(content.body)["top", "left"], samples.RED)
    thumb = read(kept.id, thumb=True)
    assert (thumb.media_type, thumb.body[8:12]) == ("image/webp", b"WEBP")
    row = StoredFile.objects.get(id=kept.id)
    assert row.name_sealed is None
    assert row.subject == f"file:{kept.id}"
    assert [event.kind for event in Event.objects.filter(subject_kind="file")] == ["files.kept"]


def test_the_same_photo_twice_shows_no_likeness() -> None:
    rows = [StoredFile.objects.get(id=keep().id) for _ in range(2)]
    assert rows[0].stored_hash != rows[1].stored_hash


def test_a_file_is_served_so_that_no_browser_runs_it() -> None:
    photo = read(keep().id)
    assert photo.headers["Content-Disposition"].startswith('inline; filename="photo-')
    kept = keep(samples.office("docx"), name="../../三号楼\u202excod.投诉书.exe")
    assert kept.media_type == rules.WORD
    headers = read(kept.id).headers
    assert headers["Content-Disposition"] == (
        "attachment; filename=\"___xcod.___.docx\"; filename*=UTF-8''%E4%B8%89%E5%8F%B7%E6%A5%BCxcod."
        "%E6%8A%95%E8%AF%89%E4%B9%A6.docx"
    )
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"].startswith("private")
    assert "sandbox" in headers["Content-Security-Policy"]
    assert "投诉书".encode() not in bytes(StoredFile.objects.get(id=kept.id).name_sealed or b"")


@pytest.mark.parametrize(
    "name", ["", "..", "a\r\nX: y.txt", 'a".txt', "/etc/passwd", "长" * 300 + ".txt", "\ud800.txt"]
)
def test_no_name_breaks_the_headers(name: str) -> None:
    content = read(keep(b"words", name=name).id)
    line = content.headers["Content-Disposition"]
    assert "\r" not in line
    assert "\n" not in line
    assert line.count('"') == 2
    assert len(line) < 1000
    assert content.body == b"words"


def test_content_decides_and_not_the_name(home: Path) -> None:
    assert keep(name="letter.pdf").media_type == "image/jpeg"
    assert keep(samples.pdf(), name="photo.jpg").media_type == rules.PDF
    with pytest.raises(Refused, match=r"file\.kind"):
        keep(b"<html><script>alert(1)</script></html>", name="photo.jpg")
    assert StoredFile.objects.count() == 2


class Stream:
    """An upload of so many bytes that counts how many were asked for."""

    def __init__(self, total: int, first: bytes = b"\xff\xd8\xff") -> None:
        self.left, self.given, self._first = total, 0, first

    def read(self, most: int) -> bytes:
        piece = (self._first + bytes(min(most, self.left)))[: min(most, self.left)]
        self._first = b""
        self.left -= len(piece)
        self.given += len(piece)
        return piece


def test_fifty_megabytes_are_refused_after_twenty() -> None:
    stream = Stream(50 * 1024 * 1024)
    tracemalloc.start()
    with pytest.raises(Refused) as caught:
        keep(stream)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (caught.value.code, caught.value.params) == ("file.too_big", {"limit_mb": 20})
    assert stream.given <= rules.MAX_BYTES + actions.CHUNK
    assert peak < 24 * 1024 * 1024


def test_where_the_size_is_told_nothing_is_read() -> None:
    stream = Stream(50 * 1024 * 1024)
    stream.size = 50 * 1024 * 1024  # type: ignore[attr-defined]
    with pytest.raises(Refused, match=r"file\.too_big"):
        keep(stream)
    assert stream.given == 0
    with pytest.raises(Refused, match=r"file\.too_big"):
        keep(bytes(rules.MAX_BYTES + 1))


def test_a_photo_of_exactly_twenty_megabytes_is_taken() -> None:
    sent = samples.photo()
    assert keep(io.BytesIO(sent + bytes(rules.MAX_BYTES - len(sent)))).width == 640


def test_nothing_stays_of_what_is_refused(home: Path) -> None:
    for data in (
        b"",
        samples.png_bomb(),
        samples.photo()[:2000],
        samples.office("docx", more={"vbaProject.bin": b""}),
    ):
        with pytest.raises(Refused):
            keep(data)
    assert not StoredFile.objects.exists()
    assert not on_disk(home)


def test_a_write_that_fails_leaves_no_bytes(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(event: object) -> int:
        raise OSError("disk full")

    monkeypatch.setattr(actions.ledger, "record", fail)
    with pytest.raises(OSError, match="disk full"), transaction.atomic():
        keep()
    assert not on_disk(home)
    assert not StoredFile.objects.exists()


def test_attach_is_for_the_sender_and_can_be_repeated() -> None:
    ids = [keep().id, keep().id]
    for _ in range(2):
        actions.attach(ids, owner="voice:5", by=CHEN, now=NOW)
    assert [view.id for view in queries.of("voice:5")] == sorted(ids)
    assert queries.of_all(["voice:5", "voice:6"]).keys() == {"voice:5"}
    assert queries.owner_of(ids[0]) == "voice:5"
    assert Event.objects.filter(kind="files.attached").count() == 1
    with pytest.raises(NotFound, match=r"file\.gone"):
        actions.attach(ids, owner="voice:6", by=CHEN, now=NOW)


@pytest.mark.parametrize(
    ("sender", "other"), [(CHEN, STRANGER), (CHEN, CLERK), (CLERK, OTHER_CLERK), (CLERK, CHEN)]
)
def test_attach_by_a_stranger_is_refused(sender: Actor, other: Actor) -> None:
    mine, theirs = keep(by=other).id, keep(by=sender).id
    for wanted in ([theirs], [mine, theirs], [mine, 12345]):
        with pytest.raises(NotFound, match=r"file\.gone"):
            actions.attach(wanted, owner="voice:5", by=other, now=NOW)
    assert queries.of("voice:5") == []
    assert [view.id for view in queries.waiting([mine, theirs], by=other)] == [mine]


def test_without_a_browser_or_account_nobody_can_attach() -> None:
    nobody = Actor(id=0, kind="anonymous")
    with pytest.raises(NotFound):
        actions.attach([keep(by=nobody).id], owner="voice:5", by=nobody, now=NOW)


def test_too_many_at_once_and_bad_owners_are_refused() -> None:
    with pytest.raises(Refused) as caught:
        actions.attach(range(1, 11), owner="voice:5", by=CHEN, now=NOW)
    assert (caught.value.code, caught.value.params) == ("file.too_many", {"most": 9})
    actions.attach([], owner="voice:5", by=CHEN, now=NOW)
    with pytest.raises(ValueError, match="owner"):
        actions.attach([1], owner="张三", by=CHEN, now=NOW)


def test_a_flood_from_one_sender_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "MAX_WAITING", 2)
    keep(b"one"), keep(b"two")
    with pytest.raises(Throttled, match=r"file\.too_many_waiting"):
        keep(b"three")
    keep(b"three", by=STRANGER)


def test_forgotten_files_cannot_be_read_even_from_a_copy(
    home: Path, django_capture_on_commit_callbacks: Commits
) -> None:
    kept = keep()
    actions.attach([kept.id], owner="voice:5", by=CHEN, now=NOW)
    copy = store.read(kept.id)
    with django_capture_on_commit_callbacks(execute=True):
        assert actions.forget("voice:5", by=CLERK, now=NOW) == 1
    assert not on_disk(home)
    assert queries.of("voice:5") == []
    for question in (lambda: read(kept.id), lambda: queries.owner_of(kept.id)):
        with pytest.raises(NotFound, match=r"file\.gone"):
            question()
    with pytest.raises(Refused, match=r"vault\.erased"):
        vault.reveal_bytes(copy, context=f"files.body:{kept.id}", by=CLERK, purpose="own_data", now=NOW)
    row = StoredFile.objects.get(id=kept.id)
    assert (row.state, row.device_id, row.by_id, row.stored_hash) == ("forgotten", None, 0, "")
    assert actions.forget("voice:5", by=CLERK, now=NOW) == 0


def test_a_file_sealed_for_another_subject_dies_with_it(django_capture_on_commit_callbacks: Commits) -> None:
    kept, sibling = keep(seal_for="voice:5"), keep(seal_for="voice:5")
    for each, owner in ((kept, "voice:5"), (sibling, "reply:6")):
        actions.attach([each.id], owner=owner, by=CHEN, now=NOW)
    with django_capture_on_commit_callbacks(execute=True):
        actions.forget("voice:5", by=CLERK, now=NOW)
    assert read(sibling.id).body  # the key of others was not touched
    vault.erase("voice:5", by=CLERK, now=NOW)
    with pytest.raises(Refused, match=r"vault\.erased"):
        read(sibling.id)


def test_rolled_back_forgetting_loses_nothing(home: Path) -> None:
    kept = keep()
    actions.attach([kept.id], owner="voice:5", by=CHEN, now=NOW)

    def forget_and_fail() -> None:
        with transaction.atomic():
            actions.forget("voice:5", by=CLERK, now=NOW)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        forget_and_fail()
    assert read(kept.id).body


def test_what_nobody_attached_goes_after_a_day(
    home: Path, django_capture_on_commit_callbacks: Commits
) -> None:
    old, attached, young = keep(), keep(), keep(now=NOW + timedelta(hours=2))
    actions.attach([attached.id], owner="voice:5", by=CHEN, now=NOW)
    with django_capture_on_commit_callbacks(execute=True):
        assert actions.purge_unattached(NOW + timedelta(hours=24, minutes=1)) == 1
    assert set(StoredFile.objects.values_list("id", flat=True)) == {attached.id, young.id}
    assert not store.place(old.id).exists()
    assert read(attached.id).body
    with pytest.raises(NotFound, match=r"file\.gone"):
        actions.attach([old.id], owner="voice:5", by=CHEN, now=NOW)


def test_bytes_without_a_row_are_swept_and_others_stay(home: Path) -> None:
    kept = keep()
    orphan, fresh = store.place(77), store.place(78)
    for path in (orphan, orphan.with_name(".79.new"), fresh):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"left behind")
    long_ago = (NOW - timedelta(days=3)).timestamp()
    for path in (*on_disk(home), orphan):
        if path != fresh:
            os.utime(path, (long_ago, long_ago))
    os.utime(fresh, (NOW.timestamp(), NOW.timestamp()))
    assert actions.sweep_disk(NOW) == 2
    assert {path.name for path in on_disk(home)} == {str(kept.id), f"{kept.id}.thumb", "78"}


def test_lost_bytes_and_unknown_purposes_are_told(home: Path) -> None:
    kept = keep(b"words")
    with pytest.raises(Refused, match=r"vault\.purpose"):
        queries.read(kept.id, by=CHEN, purpose="curiosity", now=NOW)
    with pytest.raises(NotFound, match=r"file\.gone"):
        read(kept.id, thumb=True)
    store.delete(kept.id)
    with pytest.raises(NotFound, match=r"file\.gone"):
        read(kept.id)


def test_swapped_bytes_do_not_open(home: Path) -> None:
    one, other = keep(b"one", seal_for="voice:5"), keep(b"two", seal_for="voice:5")
    store.place(one.id).write_bytes(store.read(other.id))
    with pytest.raises(Refused, match=r"vault\.broken"):
        read(one.id)


def test_names_and_places_never_reach_the_log(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG), pytest.raises(Refused):
        keep(samples.photo()[:3000], name="张三家漏水.jpg")
    assert "张三" not in caplog.text
