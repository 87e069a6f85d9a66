"""The vault: sealed per subject, opened only for a purpose and never silently, forgotten for good."""

import logging
import os
import stat
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given
from hypothesis import settings as tuned
from hypothesis import strategies as st

from liren.base.ledger import queries as ledger
from liren.base.vault import actions, ciphers, datakeys, keyring, queries, rules
from liren.base.vault.models import DataKey, Reveal
from liren.kernel.errors import LirenError, Refused
from liren.kernel.policy import SYSTEM, Actor
from tests.base.filedb import shared_database, together

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
CLERK = Actor(id=42, kind="staff")
PHONE = "14200000000"

pytestmark = [pytest.mark.django_db, pytest.mark.writes]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(settings, "HOME", tmp_path)
    monkeypatch.delenv("LIREN_CIPHER", raising=False)
    return tmp_path


def seal(plain: str = PHONE, subject: str = "voice:1", context: str = "cases.voice.contact") -> bytes:
    return actions.seal(plain, subject=subject, context=context)


def reveal(token: bytes, context: str = "cases.voice.contact", purpose: str = "call_back") -> str:
    return actions.reveal(token, context=context, by=CLERK, purpose=purpose, now=NOW)


class TestSeal:
    def test_statements(self) -> None:
        keyring.active()
        for expected in (1, 2):
            with CaptureQueriesContext(connection) as sql:
                seal()
            assert len(sql) == expected
        with CaptureQueriesContext(connection) as sql:
            tokens = actions.seal_all({"a": "甲", "b": "乙"}, subject="voice:2")
        assert len(sql) == 1
        assert [reveal(tokens[name], name) for name in "ab"] == ["甲", "乙"]

    def test_the_same_text_twice_gives_other_bytes_and_shows_nothing(self) -> None:
        one, two = seal("王芳"), seal("王芳")
        assert one != two
        assert "王芳".encode() not in one
        assert one[0] == rules.VERSION
        assert one[1] == rules.AES_256_GCM
        assert int.from_bytes(one[2:10], "big") == DataKey.objects.get().id

    def test_one_key_per_subject_wrapped_outside_the_database(self) -> None:
        seal(subject="voice:1")
        seal(subject="voice:1")
        seal(subject="voice:2")
        rows = list(DataKey.objects.all())
        assert len(rows) == 2
        keys = {datakeys.unwrap(row).key for row in rows}
        assert len(keys) == 2
        assert not any(key in bytes(row.wrapped) for key in keys for row in rows)

    def test_nothing_secret_in_repr(self) -> None:
        seal()
        row = DataKey.objects.get()
        opened = datakeys.unwrap(row)
        assert repr(opened.key) not in repr(opened)
        assert opened.key.hex() not in repr(opened) + repr(row) + str(row)

    def test_sm4_when_the_office_chose_it(self, monkeypatch: pytest.MonkeyPatch) -> None:
        before = seal("甲")
        monkeypatch.setenv("LIREN_CIPHER", "sm4")
        token = seal("乙")
        assert token[1] == rules.SM4_GCM
        monkeypatch.delenv("LIREN_CIPHER")
        assert (reveal(before), reveal(token)) == ("甲", "乙")
        monkeypatch.setenv("LIREN_CIPHER", "rot13")
        with pytest.raises(ValueError):
            seal()

    @tuned(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
    @given(
        st.text() | st.text(st.characters()), st.sampled_from([rules.AES_256_GCM, rules.SM4_GCM]), st.binary()
    )
    def test_round_trip(self, words: str, algorithm: int, data: bytes) -> None:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(ciphers, "chosen", lambda: algorithm)
            text, blob = seal(words), actions.seal_bytes(data, subject="file:1", context="files")
        assert reveal(text) == words
        assert actions.reveal_bytes(blob, context="files", by=CLERK, purpose="handle_matter", now=NOW) == data

    @tuned(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150, deadline=None)
    @given(st.sampled_from(["aes", "sm4"]), st.integers(0), st.integers(1, 255))
    def test_any_flipped_byte_is_refused(self, cipher: str, place: int, flip: int) -> None:
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("LIREN_CIPHER", cipher)
            token = bytearray(seal("短"))
        token[place % len(token)] ^= flip
        with pytest.raises(Refused) as told:
            reveal(bytes(token))
        assert told.value.code == "vault.broken"
        assert not Reveal.objects.exists()

    @given(st.binary(max_size=60))
    @tuned(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
    def test_noise_is_refused(self, noise: bytes) -> None:
        with pytest.raises(Refused):
            reveal(noise)


class TestReveal:
    def test_opens_and_leaves_a_trace_in_three_statements(self) -> None:
        token = seal()
        with transaction.atomic(), CaptureQueriesContext(connection) as sql:
            assert reveal(token) == PHONE
        assert len(sql) == 3
        [seen] = queries.reveals("voice:1")
        assert (seen.by, seen.context, seen.purpose, seen.at) == (42, "cases.voice.contact", "call_back", NOW)
        [entry] = ledger.history("data_key", DataKey.objects.get().id)
        assert entry.kind == "vault.revealed"
        assert entry.payload == {"context": "cases.voice.contact", "purpose": "call_back"}
        assert PHONE not in repr(entry)

    @pytest.mark.parametrize("purpose", ["", "curiosity", "CALL_BACK"])
    def test_no_purpose_no_reveal(self, purpose: str) -> None:
        token = seal()
        with pytest.raises(Refused) as told:
            reveal(token, purpose=purpose)
        assert (told.value.code, told.value.field) == ("vault.purpose", "purpose")
        assert not Reveal.objects.exists()

    def test_another_context_or_another_subjects_key_is_refused(self) -> None:
        token, other = seal(), seal(subject="voice:2")
        with pytest.raises(Refused):
            reveal(token, context="cases.voice.name")
        with pytest.raises(Refused):
            reveal(other[:10] + token[10:])

    def test_a_key_moved_to_another_row_is_refused(self) -> None:
        token, _ = seal(), seal(subject="voice:2")
        DataKey.objects.filter(subject="voice:2").delete()
        DataKey.objects.filter(subject="voice:1").update(subject="voice:2")
        with pytest.raises(Refused) as told:
            reveal(token)
        assert told.value.code == "vault.broken"

    def test_a_list_in_three_statements_with_one_row_per_subject_and_context(self) -> None:
        tokens = [(seal(str(n), subject=f"voice:{n}"), "cases.voice.contact") for n in range(20)]
        tokens.append((tokens[3][0], "cases.voice.contact"))
        actions.erase("voice:7", by=SYSTEM, now=NOW)
        with transaction.atomic(), CaptureQueriesContext(connection) as sql:
            words = actions.reveal_many(tokens, by=CLERK, purpose="contact_requester", now=NOW)
        assert len(sql) == 3
        assert words == [None if n == 7 else str(n) for n in range(20)] + ["3"]
        assert Reveal.objects.count() == 19

    def test_a_broken_one_in_a_list_opens_none(self) -> None:
        good = seal()
        with pytest.raises(Refused):
            actions.reveal_many(
                [(good, "cases.voice.contact"), (b"x" * 50, "cases.voice.contact")],
                by=CLERK,
                purpose="call_back",
                now=NOW,
            )
        assert not Reveal.objects.exists()

    def test_nothing_sealed_reaches_the_log(self, caplog: pytest.LogCaptureFixture) -> None:
        with caplog.at_level(logging.DEBUG):
            token = seal("王芳住三号楼")
            assert reveal(token) == "王芳住三号楼"
            with pytest.raises(Refused) as told:
                reveal(token[:-1])
        assert "王芳" not in caplog.text + str(told.value) + repr(told.value)

    def test_refused_inside_a_transaction_leaves_it_usable(self) -> None:
        with transaction.atomic():
            with pytest.raises(Refused):
                reveal(b"")
            assert seal()


class TestErase:
    def test_everything_of_the_subject_is_gone_and_nothing_else(self) -> None:
        mine, other = seal(), seal(subject="voice:2")
        actions.erase("voice:1", by=CLERK, now=NOW)
        with pytest.raises(Refused) as told:
            reveal(mine)
        assert told.value.code == "vault.erased"
        with pytest.raises(Refused) as told:
            seal()
        assert told.value.code == "vault.erased"
        assert reveal(other) == PHONE
        row = DataKey.objects.get(subject="voice:1")
        assert bytes(row.wrapped) == b""
        assert queries.erased("voice:1")
        assert not queries.erased("voice:2")
        [erasure] = [e for e in ledger.history("data_key", row.id) if e.kind == "vault.erased"]
        assert erasure.by == 42

    def test_twice_or_never_sealed_does_nothing(self) -> None:
        seal()
        for subject in ("voice:1", "voice:1", "voice:9"):
            actions.erase(subject, by=CLERK, now=NOW)
        assert len(ledger.history("data_key", DataKey.objects.get().id)) == 1


class TestBlind:
    def test_equal_values_meet_and_others_do_not(self) -> None:
        one = queries.blind("phone", PHONE)
        assert one == queries.blind("phone", PHONE)
        assert len(one) == 64
        assert len({one, queries.blind("phone", "14200000001"), queries.blind("mail", PHONE)}) == 3
        assert queries.blind("a", "b:c") != queries.blind("a:b", "c")

    def test_another_keyring_gives_another_hash(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        one = queries.blind("phone", PHONE)
        monkeypatch.setattr(settings, "HOME", tmp_path / "other")
        assert queries.blind("phone", PHONE) != one

    def test_rotation_keeps_it(self) -> None:
        one = queries.blind("phone", PHONE)
        actions.rotate_keyring(by=SYSTEM, now=NOW)
        assert queries.blind("phone", PHONE) == one


class TestKeyring:
    def test_files_are_for_their_owner_only(self, home: Path) -> None:
        seal()
        assert stat.S_IMODE((home / "keys").stat().st_mode) == 0o700
        names = sorted(path.name for path in (home / "keys").iterdir())
        assert [name.split("-")[0] for name in names] == ["active", "blind", "kek"]
        assert {stat.S_IMODE(path.stat().st_mode) for path in (home / "keys").iterdir()} == {0o600}

    @pytest.mark.parametrize("lost", ["keys", "active", "kek", "blind"])
    def test_a_lost_keyring_is_said_and_never_replaced(
        self, home: Path, lost: str, caplog: pytest.LogCaptureFixture
    ) -> None:
        token = seal()
        folder = home / "keys"
        for path in folder.iterdir():
            if lost in ("keys", path.name.split("-")[0]):
                path.unlink()
        if lost == "keys":
            folder.rmdir()
        calls = {
            "keys": lambda: reveal(token),
            "active": lambda: seal(subject="voice:new"),
            "kek": lambda: reveal(token),
            "blind": lambda: queries.blind("phone", PHONE),
        }
        with pytest.raises(LirenError) as told:
            calls[lost]()
        assert told.value.code == "vault.keyring_missing"
        assert "backup" in caplog.text
        if lost == "keys":
            with pytest.raises(LirenError):
                seal(subject="voice:new")
            with pytest.raises(LirenError):
                queries.blind("phone", PHONE)
            assert not (folder / "active").exists()

    def test_a_damaged_key_is_said(self, home: Path) -> None:
        token = seal()
        [kek] = (home / "keys").glob("kek-*")
        kek.write_text("AAAA")
        with pytest.raises(LirenError) as told:
            reveal(token)
        assert told.value.code == "vault.keyring_missing"

    def test_rotation_keeps_everything_readable_under_a_new_key(self) -> None:
        tokens = [seal(str(n), subject=f"voice:{n}") for n in range(7)]
        actions.erase("voice:3", by=SYSTEM, now=NOW)
        before, _ = keyring.active()
        assert actions.rotate_keyring(by=SYSTEM, now=NOW) == 6
        after, _ = keyring.active()
        assert after != before
        assert set(DataKey.objects.exclude(subject="voice:3").values_list("keyring_id", flat=True)) == {after}
        assert [reveal(token) for n, token in enumerate(tokens) if n != 3] == list("012456")
        [entry] = ledger.history("keyring", 0)
        assert entry.payload == {"key": after, "count": 6}

    def test_a_stopped_rotation_is_finished_by_the_next(self, monkeypatch: pytest.MonkeyPatch) -> None:
        token = seal()
        with monkeypatch.context() as patch:
            patch.setattr(actions, "_rewrap", lambda *_: 1 / 0)
            with pytest.raises(ZeroDivisionError):
                actions.rotate_keyring(by=SYSTEM, now=NOW)
        assert reveal(token) == PHONE
        assert actions.rotate_keyring(by=SYSTEM, now=NOW) == 1
        assert reveal(token) == PHONE

    @pytest.mark.django_db(transaction=True)
    def test_retiring_makes_old_copies_unreadable(self, home: Path) -> None:
        token = seal()
        old = DataKey.objects.get()  # as in a copy of the database made now
        actions.rotate_keyring(by=SYSTEM, now=NOW)
        assert datakeys.unwrap(old).subject == "voice:1"
        now = datetime.now(UTC)
        with pytest.raises(Refused) as told:
            actions.retire_keys(by=SYSTEM, now=now)
        assert told.value.code == "vault.too_soon"
        earlier = (now - timedelta(hours=2)).timestamp()
        os.utime(home / "keys" / "active", (earlier, earlier))
        assert actions.retire_keys(by=SYSTEM, now=now) == 1
        assert actions.retire_keys(by=SYSTEM, now=now) == 0
        with pytest.raises(LirenError):
            datakeys.unwrap(old)
        assert reveal(token) == PHONE


@pytest.mark.django_db(transaction=True)
class TestTogether:
    @pytest.fixture(autouse=True)
    def shared(self, tmp_path: Path, db: None) -> Iterator[None]:
        with shared_database(tmp_path):
            yield

    def test_first_use_by_several_makes_one_keyring_and_one_key_per_subject(self, home: Path) -> None:
        tokens = together(*[lambda: seal()] * 4)
        assert DataKey.objects.count() == 1
        assert [reveal(token) for token in tokens] == [PHONE] * 4
        assert len(list((home / "keys").glob("kek-*"))) == 1

    def test_sealing_during_a_rotation_stays_readable(self) -> None:
        for n in range(12):
            seal(str(n), subject=f"old:{n}")

        def sealing() -> list[bytes]:
            return [seal(str(n), subject=f"new:{n}") for n in range(12)]

        def rotating() -> list[bytes]:
            actions.rotate_keyring(by=SYSTEM, now=NOW)
            return []

        tokens, _ = together(sealing, rotating)
        assert [reveal(token) for token in tokens] == [str(n) for n in range(12)]
