"""Codes of the taxonomy on a day: the class that holds for a code, and the codes a rule about it is looked for by."""

from datetime import date

from liren.kernel.errors import NotFound
from liren.kernel.rulepacks import Row
from liren.registers.duties.packs import look_again, pack
from liren.registers.duties.rules import ClassPath


def holding(code: str, on: date) -> Row:
    """The row of a class that holds that day, a retired code's successor included."""
    taxonomy = pack("taxonomy")
    for _ in range(len(taxonomy.rows)):
        rows = taxonomy.rows.get(code)
        if not rows or rows[-1].value["kind"] != "class":
            break
        row = taxonomy.find(code, on)
        if row is not None:
            return row
        code = rows[-1].value.get("successor", "") if on > rows[-1].last_day else ""
    raise NotFound("duty.class_unknown")


def nearby(code: str, on: date) -> tuple[str, ...]:
    """A code and its group's, nearest first."""
    row = pack("taxonomy").find(code, on)
    parent = row.value.get("parent", "") if row is not None else code.split(".", maxsplit=1)[0]
    return tuple(dict.fromkeys(part for part in (code, parent) if part))


def known_paths(on: date) -> dict[ClassPath, str]:
    """Every class of a day by the titles it may be named by: group and class, and the path it was made from."""
    taxonomy = look_again("taxonomy")
    found: dict[ClassPath, str] = {}
    twice: set[ClassPath] = set()
    for row in taxonomy.on(on).values():
        if row.value["kind"] != "class":
            continue
        group = taxonomy.pick(row.value["parent"], on)
        path: ClassPath = (group.title.zh, row.title.zh)
        if found.setdefault(path, row.key) != row.key:
            twice.add(path)
        if "made_from" in row.value:
            found[tuple(row.value["made_from"])] = row.key
    return {path: code for path, code in found.items() if path not in twice}
