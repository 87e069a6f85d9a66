"""Rules published in the browser, as the file the packs are read from: LIREN_HOME/packs/<pack>/published.yaml.

The table is the truth; the file is written from it, whole and at once, and written again when it differs.
"""

import contextlib
import fcntl
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import yaml

from liren.base.disk import actions as disk
from liren.kernel.clock import office_zone
from liren.kernel.rulepacks import Pack, Row, office_folder
from liren.kernel.worktime import loading
from liren.registers.duties import packs
from liren.registers.duties.models import RuleChange

FILE = "published.yaml"
_HEAD = (
    "# Written by Liren from what was published in the browser. Changes made here are lost: publish there.\n"
)
_DAY = timedelta(days=1)


class _Plain(yaml.SafeDumper):
    """Writes what stands twice twice: packs know no anchors."""

    def ignore_aliases(self, data: Any) -> bool:
        """Always."""
        return True


@dataclass(frozen=True, slots=True)
class Said:
    """What a published rule says, and the days on which it holds, both included; `cut` where a later one took some."""

    key: str
    version: int
    valid_from: date
    valid_to: date | None
    title: dict[str, str]
    value: Any
    source: str
    cut: bool = False

    @property
    def last_day(self) -> date:
        """The last day on which it holds."""
        return self.valid_to or date.max


def _calendars(office: Path | None) -> Pack:
    """The pack of calendars, every calendar in it built once: a fault shows here or nowhere."""
    pack = loading.read(office=office)
    for key in pack.rows:
        if key.startswith("calendar."):
            loading.build_calendar(key.removeprefix("calendar."), pack, office_zone())
    return pack


def _duties(name: str, office: Path | None) -> Pack:
    return packs.read(name, office=office)


READERS: dict[str, Callable[[Path | None], Pack]] = {
    "duties.limits": partial(_duties, "limits"),
    "duties.templates": partial(_duties, "templates"),
    "calendar": _calendars,
}


def said(change: RuleChange) -> Said:
    """A change as the file will say it."""
    return Said(
        change.key, change.version, change.valid_from, change.valid_to, change.title, change.value, change.source
    )  # fmt: skip


def changes(pack: str) -> list[Said]:
    """Everything published of a pack, the oldest first. One statement."""
    return [said(change) for change in RuleChange.objects.filter(pack=pack).order_by("key", "version")]


def holding(published: Iterable[Said]) -> list[Said]:
    """The days that are left to each: a later version takes the days it speaks of from those before it."""
    kept: list[Said] = []
    for later in published:
        kept = [part for one in kept for part in _without(one, later)]
        kept.append(later)
    return sorted(kept, key=lambda one: (one.key, one.valid_from))


def _without(one: Said, later: Said) -> Iterator[Said]:
    if one.key != later.key or later.last_day < one.valid_from or one.last_day < later.valid_from:
        yield one
        return
    if one.valid_from < later.valid_from:
        yield replace(one, valid_to=later.valid_from - _DAY, cut=True)
    if one.last_day > later.last_day:
        yield replace(one, valid_from=later.last_day + _DAY, cut=True)


def text(pack: str, published: Sequence[Said]) -> str:
    """The file, "" where nothing was published."""
    if not published:
        return ""
    shipped = READERS[pack](None)
    rows = [_row(_left(pack, one), shipped.rows.get(one.key, ())) for one in holding(published)]
    content = {"pack": pack, "version": "published", "rows": rows}
    return _HEAD + yaml.dump(content, Dumper=_Plain, allow_unicode=True, sort_keys=False, width=120)


def _left(pack: str, one: Said) -> Said:
    """Holidays speak of single days: those a later publication took are no longer theirs to speak of."""
    if not one.cut or pack != "calendar":
        return one
    return replace(one, value=loading.within(one.value, one.valid_from, one.last_day))


def _row(one: Said, shipped: Iterable[Row]) -> dict[str, Any]:
    met = any(row.valid_from <= one.last_day and one.valid_from <= row.last_day for row in shipped)
    return {
        "key": one.key,
        "title": one.title,
        "source": one.source,
        "version": f"p{one.version}",
        # as words: the packs' own reader leaves days as they are written
        "valid_from": one.valid_from.isoformat(),
        "valid_to": one.valid_to.isoformat() if one.valid_to else None,
        **({"replaces": True} if met else {}),
        "value": one.value,
    }


def tried(pack: str, published: Sequence[Said]) -> Pack:
    """The pack as it would be, really loaded, beside whatever files the office wrote by hand.

    Raises Refused("pack.*", "calendar.*") where the whole does not hold together.
    """
    with tempfile.TemporaryDirectory(prefix="liren-try-") as made:
        folder = Path(made)
        for file in sorted(office_folder(pack).glob("*.yaml")):
            if file.name != FILE:
                shutil.copyfile(file, folder / file.name)
        content = text(pack, published)
        if content:
            (folder / FILE).write_text(content, encoding="utf-8")
        return READERS[pack](folder)


def write(pack: str) -> bool:
    """Bring the file to what the table says; whether it differed. One writer at a time on a machine."""
    folder = office_folder(pack)
    with alone(folder):
        content, file = text(pack, changes(pack)), folder / FILE
        before = file.read_text(encoding="utf-8") if file.exists() else ""
        if content == before:
            return False
        if content:
            put(file, content)
        else:
            file.unlink()
    return True


def heal() -> int:
    """Write every file that differs from the table; how many did."""
    return sum(write(pack) for pack in READERS)


@contextlib.contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Who reads the table last writes the file last."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".published.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def put(file: Path, content: str) -> None:
    """Whole or not at all: a reader sees the old file or the new one."""
    disk.write(file, content.encode(), mode=0o644)
