"""Copies and restores on real databases: what was acknowledged is in them, what is damaged is refused, nothing is lost."""

import json
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liren.base.backup import rules, sqlite
from liren.base.backup.store import Store
from liren.kernel.errors import Conflict, NotFound, Refused
from tests.base import backup_home
from tests.base.backup_home import Home

pytestmark = pytest.mark.sqlite

ZONE = ZoneInfo("Asia/Shanghai")
PASSPHRASE = "horse battery staple lamp\n"


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """An office with one copy; nobody changes it."""
    made = backup_home.made(tmp_path_factory.mktemp("office"))
    made.liren("backup")
    return made


@pytest.fixture
def mine(office: Home, tmp_path: Path) -> Home:
    """The same office, to be changed."""
    (tmp_path / "mine").mkdir()
    return backup_home.again(office, tmp_path / "mine")


# ---- the whole way ----


def test_a_clean_home_goes_on_from_a_copy_and_what_came_after_is_not_in_it(
    mine: Home, tmp_path: Path
) -> None:
    mine.say("楼道灯坏了")
    mine.liren("backup")
    mine.say("备份之后说的")
    new = mine.clean(tmp_path / "new")
    assert "恢复好了" in new.liren("restore")
    assert new.words() == ["门口路灯不亮", "楼道灯坏了"]
    contact = (
        "from liren.base.vault import actions; from liren.cases import queries; "
        "token, context = queries.newest_contact(); print(actions.opens(token, context=context))"
    )
    assert new.python(contact) == "True"
    assert new.say("恢复以后说的")
    assert not (new.home / "restored.json").exists()


@pytest.mark.proof
def test_a_home_that_holds_data_is_left_alone_until_told_and_then_put_aside(mine: Home) -> None:
    mine.say("备份之后说的")
    before = mine.words()
    said = mine.liren("restore", fails=True)
    assert "backup.holds_data" in said
    assert mine.words() == before
    told = mine.liren("restore", "--aside")
    assert mine.words() == ["门口路灯不亮"]
    aside = next(mine.home.glob("before-*"))
    assert str(aside) in told
    with closing(sqlite3.connect(aside / sqlite.FILE)) as link:
        assert link.execute("SELECT count(*) FROM cases_voice").fetchone() == (2,)
    # and once more: the same again, the first one still there
    mine.liren("restore", "--aside")
    assert mine.words() == ["门口路灯不亮"]
    assert len(list(mine.home.glob("before-*"))) == 2


@pytest.mark.proof
def test_a_copy_shares_what_did_not_change_and_holds_no_key(office: Home, mine: Home) -> None:
    before = {path.name for path in (mine.copies / "blocks").glob("*/*")}
    photo = mine.home / "files" / "ab" / "cd" / "1"
    photo.parent.mkdir(parents=True)
    photo.write_bytes(bytes(range(256)) * 4000)
    mine.liren("backup")
    mine.liren("backup")
    fresh = {path.name for path in (mine.copies / "blocks").glob("*/*")} - before
    assert 0 < len(fresh) < len(before) + 8
    manifest = Store(mine.copies).latest()
    assert manifest is not None
    assert {part.path for part in manifest.parts} == {sqlite.FILE, "files/ab/cd/1"}
    keys = [path.read_bytes().strip() for path in (mine.home / "keys").iterdir()]
    held = b"".join(path.read_bytes() for path in mine.copies.rglob("*") if path.is_file())
    assert not any(key in held for key in keys if len(key) > 20)
    assert b"13900000000" not in held


@pytest.mark.proof
def test_a_drill_proves_the_newest_copy_and_is_noted(mine: Home) -> None:
    told = mine.liren("drill")
    assert "打开了 opened" in told
    doctor = mine.liren("doctor", fails=True)  # no worker runs here, and the keys were not copied
    assert "Restore drill: passed" in doctor
    assert "Copy of the keys: never copied" in doctor
    assert list(mine.copies.glob("unfinished/*")) == []


# ---- what is refused ----


def _blocks(mine: Home) -> list[Path]:
    return sorted((mine.copies / "blocks").glob("*/*"))


def test_a_damaged_copy_is_refused_and_the_next_one_is_whole_again(mine: Home, tmp_path: Path) -> None:
    block = max(_blocks(mine), key=lambda path: path.stat().st_size)
    data = bytearray(block.read_bytes())
    # one bit may say the same in other words: among equal bytes it matters not from how far back they are taken
    middle = slice(len(data) // 2, len(data) // 2 + 64)
    data[middle] = bytes(255 - byte for byte in data[middle])
    block.write_bytes(bytes(data))
    new = mine.clean(tmp_path / "new")
    assert "backup.broken" in new.liren("restore", fails=True)
    assert not (new.home / sqlite.FILE).exists()
    assert "backup.broken" in mine.liren("drill", fails=True)
    assert "Restore drill: failed" in mine.liren("doctor", fails=True)
    mine.liren("backup")
    assert "演练好了" in mine.liren("drill")


@pytest.mark.proof
def test_a_missing_block_and_a_changed_manifest_are_damage(mine: Home, tmp_path: Path) -> None:
    name = mine.names()[-1]
    path = mine.copies / "copies" / f"{name}.json"
    whole = path.read_bytes()
    path.write_bytes(whole.replace(b'"seq":', b'"seq":1', 1))
    new = mine.clean(tmp_path / "new")
    assert "backup.broken" in new.liren("restore", name, fails=True)
    path.write_bytes(whole[: len(whole) // 2])
    assert "backup.broken" in new.liren("restore", name, fails=True)
    path.write_bytes(whole)
    _blocks(mine)[0].unlink()
    assert "backup.broken" in new.liren("restore", name, fails=True)


@pytest.mark.proof
def test_a_copy_of_a_newer_version_is_refused_with_what_to_do(mine: Home, tmp_path: Path) -> None:
    store = Store(mine.copies)
    made = store.latest()
    assert made is not None
    look = rules.Look(
        (*made.look.migrations, "cases.9999_tomorrow"), made.look.rows, made.look.seq, made.look.digest,
        made.look.events, made.look.keys,
    )  # fmt: skip
    newer = rules.Manifest(
        made.name, made.at, "99.0", made.engine, made.base, look, made.fingerprints, made.parts
    )
    store.close(newer)
    told = mine.clean(tmp_path / "new").liren("restore", fails=True)
    assert "backup.newer" in told
    assert "99.0" in told


@pytest.mark.proof
def test_an_older_copy_is_brought_to_this_version(mine: Home, tmp_path: Path) -> None:
    mine.liren("migrate", "backup", "zero", "--verbosity", "0")
    with closing(sqlite3.connect(mine.home / sqlite.FILE)) as link:
        assert link.execute("SELECT count(*) FROM sqlite_master WHERE name = 'backup_run'").fetchone() == (0,)
    plain = tmp_path / "plain.sqlite3"
    sqlite.copy(mine.home / sqlite.FILE, plain)
    store, fresh = Store(mine.copies), []
    made = store.latest()
    assert made is not None
    part = store.put(plain, sqlite.FILE, packed=True, fresh=fresh)
    at = made.at + timedelta(minutes=10)
    name, look = rules.name_of(at), sqlite.look(plain)
    older = rules.Manifest(name, at, "0.0.9", made.engine, name, look, made.fingerprints, (part,))
    store.close(older)
    new = mine.clean(tmp_path / "new")
    new.liren("restore")
    assert new.words() == ["门口路灯不亮"]
    with closing(sqlite3.connect(new.home / sqlite.FILE)) as link:
        assert link.execute("SELECT count(*) FROM backup_run WHERE kind = 'restore'").fetchone() == (1,)


def test_missing_and_wrong_keys_are_told_before_anything_is_replaced(mine: Home, tmp_path: Path) -> None:
    none = mine.clean(tmp_path / "none", keys=False)
    assert "backup.key_missing" in none.liren("restore", fails=True)
    assert not (none.home / sqlite.FILE).exists()
    wrong = mine.clean(tmp_path / "wrong")
    for key in (wrong.home / "keys").glob("kek-*"):
        key.write_text("A" * 43 + "=", encoding="ascii")
    assert "backup.key_wrong" in wrong.liren("restore", fails=True)
    assert not (wrong.home / sqlite.FILE).exists()
    assert "恢复好了" in none.liren("restore", "--without-keys")
    assert none.words() == ["门口路灯不亮"]


@pytest.mark.proof
def test_keys_come_back_from_their_file_and_only_under_the_passphrase(mine: Home, tmp_path: Path) -> None:
    file = tmp_path / "liren-keys.json"
    assert "vault.passphrase_short" in mine.liren("backup", "--keys", str(file), told="short\n", fails=True)
    mine.liren("backup", "--keys", str(file), told=PASSPHRASE)
    assert file.stat().st_mode & 0o077 == 0
    held = file.read_text()
    assert not any(path.read_text().strip() in held for path in (mine.home / "keys").iterdir())
    assert "Copy of the keys: copied" in mine.liren("doctor", fails=True)
    assert "backup.keys_there" in mine.liren("backup", "--keys", str(file), told=PASSPHRASE, fails=True)
    new = mine.clean(tmp_path / "new", keys=False)
    assert "vault.passphrase" in new.liren(
        "restore", "--keys", str(file), told="not this one at all\n", fails=True
    )
    assert not (new.home / "keys").exists()
    new.liren("restore", "--keys", str(file), told=PASSPHRASE)
    assert sorted(path.name for path in (new.home / "keys").iterdir()) == sorted(
        path.name for path in (mine.home / "keys").iterdir()
    )
    assert new.say("恢复以后说的")


@pytest.mark.proof
def test_a_renewed_key_asks_for_a_new_copy_of_the_keys(mine: Home, tmp_path: Path) -> None:
    mine.liren("backup", "--keys", str(tmp_path / "keys.json"), told=PASSPHRASE)
    mine.python(
        "from liren.base.vault import actions; from liren.kernel.policy import SYSTEM; "
        "from liren.kernel.clock import utc_now; actions.rotate_keyring(by=SYSTEM, now=utc_now())"
    )
    assert "the keys were renewed" in mine.liren("doctor", fails=True)


@pytest.mark.proof
def test_a_folder_that_is_not_there_is_not_made(mine: Home) -> None:
    shutil.rmtree(mine.copies)
    assert "backup.no_folder" in mine.liren("backup", fails=True)
    assert not mine.copies.exists()
    assert "is not there" in mine.liren("doctor", fails=True)
    mine.env["LIREN_BACKUPS"] = ""
    assert "backup.not_set" in mine.liren("backup", fails=True)


# ---- erased stays erased ----


def test_what_was_erased_after_the_copy_is_erased_again(mine: Home, tmp_path: Path) -> None:
    voice = int(mine.python("from liren.cases.models import Voice; print(Voice.objects.get().id)"))
    mine.python(
        "from liren.cases import actions; from liren.kernel.clock import utc_now; "
        f"actions.erase_voice_again({voice}, now=utc_now())"
    )
    mine.liren("worker", "--once")  # news: the list beside the copies
    assert (mine.copies / "erasures.jsonl").read_text().count("\n") == 2
    assert "不亮" not in (mine.copies / "erasures.jsonl").read_text()
    new = mine.clean(tmp_path / "new")
    new.liren("restore", mine.names()[0])
    assert "路灯" not in "".join(new.words())
    held = (
        "from liren.base.vault.models import DataKey; from liren.cases.models import Voice; "
        f"print(DataKey.objects.get(subject='voice:{voice}').erased_at is not None, bytes(Voice.objects.get().contact))"
    )
    assert new.python(held) == "True b''"


@pytest.mark.proof
def test_a_restore_that_was_cut_off_before_erasing_lets_nobody_work(mine: Home, tmp_path: Path) -> None:
    new = mine.clean(tmp_path / "new")
    new.liren("restore")
    mark = {
        "copy": mine.names()[-1],
        "seq": 0,
        "folder": str(mine.copies),
        "begun": datetime.now(UTC).isoformat(),
    }
    (new.home / "restored.json").write_text(json.dumps(mark))
    assert "restore --finish" in new.liren("serve", "--port", "18999", fails=True)
    assert "Restore: unfinished" in new.liren("doctor", fails=True)
    assert "backup.unfinished" in new.liren("restore", fails=True)
    new.liren("restore", "--finish")
    assert "backup.finished" in new.liren("restore", "--finish", fails=True)


# ---- pure rules ----


def test_the_newest_of_every_hour_day_and_week_stays() -> None:
    now = datetime(2026, 11, 27, 2, 15, tzinfo=UTC)
    names = [rules.name_of(now - timedelta(minutes=10 * step)) for step in range(6 * 24 * 90)]
    stay = rules.kept(names, "24h,14d,8w", ZONE)
    assert names[0] in stay
    assert len(stay) <= 24 + 14 + 8
    ages = sorted((now - at).total_seconds() / 3600 for name in stay if (at := rules.time_of(name)))
    assert sum(age < 24 for age in ages) >= 24
    assert 6 * 24 * 7 < ages[-1] <= 7 * 24 * 8
    assert rules.kept(names[:1], "0h,0d,0w", ZONE) == set(names[:1])
    with pytest.raises(Refused, match=r"backup\.keep"):
        rules.spans("24 hours")


@given(st.sets(st.integers(0, 90 * 24 * 60), min_size=1, max_size=80))
def test_rotating_again_and_again_keeps_what_rotating_once_does(ages: set[int]) -> None:
    now = datetime(2026, 11, 27, tzinfo=UTC)
    names = {rules.name_of(now - timedelta(minutes=age)) for age in ages}
    once = rules.kept(names, rules.KEEP, ZONE)
    assert rules.kept(once, rules.KEEP, ZONE) == once
    assert max(names) in once


def test_a_manifest_says_what_it_was_told() -> None:
    look = rules.Look(("a.1",), {"t": 3}, 7, "d", 9, ("k",))
    part = rules.Part("files/a", 3, 1, False, ("ab",))
    made = rules.Manifest(
        "20261127T000000Z",
        datetime(2026, 11, 27, tzinfo=UTC),
        "1",
        "sqlite",
        "20261127T000000Z",
        look,
        {"k": "f"},
        (part,),
    )
    assert rules.read(rules.written(made)) == made
    with pytest.raises(Refused, match=r"backup\.form"):
        rules.read(rules.written(made).replace(b'"form":1', b'"form":2'))


def test_one_at_a_time_and_a_part_that_leads_out_is_damage(tmp_path: Path) -> None:
    from liren.base.backup.actions.restoring import inside

    store = Store(tmp_path)
    with store.held(), pytest.raises(Conflict, match=r"backup\.busy"), Store(tmp_path).held():
        pass
    with pytest.raises(NotFound, match=r"backup\.unknown"):
        store.manifest("../../etc/passwd")
    with pytest.raises(Refused, match=r"backup\.broken"):
        inside(tmp_path, "../out")


# ---- the document ----


def _commands() -> Iterator[str]:
    text = (backup_home.ROOT / "docs" / "operate.md").read_text(encoding="utf-8")
    inner = text.split("<!-- restore: a test runs these lines -->")[1].split("<!-- end -->")[0]
    yield from (line.strip() for line in inner.splitlines() if line.startswith("    "))


def test_the_restore_of_the_document_word_by_word(mine: Home, tmp_path: Path) -> None:
    """Its lines are run by a shell; only places that belong to a real server are mapped to those of the test."""
    usb = tmp_path / "usb"
    usb.mkdir()
    mine.liren("backup", "--keys", str(usb / "liren-keys.json"), told=PASSPHRASE)
    new = mine.clean(tmp_path / "new", keys=False)
    commands = list(_commands())
    assert len(commands) >= 6
    ran = backup_home.shell(
        new, commands, told=PASSPHRASE, places={"/media/usb": usb, "/var/lib/liren": new.home}
    )
    assert "演练好了 drilled" in ran
    assert "systemctl start liren-web liren-worker" in ran
    assert new.words() == ["门口路灯不亮"]
