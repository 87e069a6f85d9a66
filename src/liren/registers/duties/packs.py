"""The rule packs of duties: read once in a process, read again when a file changes."""

import logging
from collections.abc import Mapping
from pathlib import Path
from threading import Lock
from time import monotonic
from typing import Any

from liren.kernel.errors import Refused
from liren.kernel.rulepacks import Pack, Row, load_pack, office_folder
from liren.registers.duties import rules, schemas

log = logging.getLogger(__name__)

SHIPPED = Path(__file__).resolve().parent / "packs"

# A page asks for many classes; the files are looked at once in so many seconds.
RECHECK = 1.0

_Stamp = tuple[tuple[str, int, int], ...]
_kept: dict[str, tuple[_Stamp, Pack]] = {}
_looked: dict[str, float] = {}
_lock = Lock()


def pack(name: str) -> Pack:
    """The pack "taxonomy", "limits", "templates", "exits", "watching", "desk", "claims" or "keeping", office's rows in it.

    A file the office broke while Liren runs is logged and the last good pack stays. Raises Refused("pack.*")
    when there is no good one yet.
    """
    kept = _kept.get(name)
    if kept is not None and monotonic() - _looked[name] < RECHECK:
        return kept[1]
    stamp = _stamp(name)
    _looked[name] = monotonic()
    if kept is not None and kept[0] == stamp:
        return kept[1]
    with _lock:
        try:
            fresh = read(name, office=office_folder(f"duties.{name}"))
        except Refused as error:
            if kept is None:
                raise
            log.error("the pack %s cannot be read again, the last good one stays: %s", name, error)
            fresh = kept[1]
        _kept[name] = (stamp, fresh)
    return fresh


def look_again(name: str) -> Pack:
    """The pack as its files say now, without waiting for the next look. Raises as `pack`."""
    _looked[name] = float("-inf")
    return pack(name)


def renew(name: str) -> None:
    """Read a pack whose file was just written. Raises Refused("pack.*"): then what was good before stays."""
    stamp = _stamp(name)
    fresh = read(name, office=office_folder(f"duties.{name}"))
    with _lock:
        _kept[name], _looked[name] = (stamp, fresh), monotonic()


def read(name: str, *, office: Path | None = None) -> Pack:
    """The pack, read and checked now. Raises Refused("pack.*") with file, key and `says`."""
    found = load_pack(SHIPPED / f"{name}.yaml", schemas.OF[name], office=office)
    for row in found:
        fault = _fault(name, row, found.rows)
        if fault:
            raise Refused(
                "pack.schema", file=row.file, key=row.key, says=f"{row.file}: the key {row.key} {fault}"
            )
    return found


def _fault(name: str, row: Row, rows: Mapping[str, tuple[Row, ...]]) -> str:
    """What a JSON Schema cannot see: names that must lead somewhere."""
    if name == "templates":
        return rules.template_fault(row.value["zh"], row.value["en"])
    if name == "exits":
        return rules.template_fault(row.value["reply"]["zh"], row.value["reply"]["en"])
    if name == "taxonomy":
        return _class_fault(row.key, row.value, rows)
    return ""


def _class_fault(key: str, value: Mapping[str, Any], rows: Mapping[str, tuple[Row, ...]]) -> str:
    parent, successor = value.get("parent", ""), value.get("successor", "")
    if parent and (parent not in rows or rows[parent][-1].value["kind"] != "group"):
        return f"names the parent {parent}, which is no group"
    trail = {key}
    while successor:
        if successor not in rows or rows[successor][-1].value["kind"] != "class":
            return f"names the successor {successor}, which is no class"
        if successor in trail:
            return f"has itself among its successors, by {successor}"
        trail.add(successor)
        successor = rows[successor][-1].value.get("successor", "")
    return ""


def _stamp(name: str) -> _Stamp:
    folder = office_folder(f"duties.{name}")
    files = [SHIPPED / f"{name}.yaml", *sorted(folder.glob("*.yaml"))]
    return tuple((str(file), (seen := file.stat()).st_mtime_ns, seen.st_size) for file in files)
