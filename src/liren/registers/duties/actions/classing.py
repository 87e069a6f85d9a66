"""Classes made from a table that names them by title: an office that begins from its old system keeps its old catalogue.

They stand in LIREN_HOME/packs/duties.taxonomy/imported.yaml, a file like those the office writes by hand: titles, order and
what is seldom wanted may be changed there. A code follows from the titles, so that the same table makes it once.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import yaml
from django.db import transaction

from liren.base.ledger import actions as ledger
from liren.kernel import policy
from liren.kernel.clock import office_zone, to_office
from liren.kernel.errors import Refused
from liren.kernel.policy import Actor, Facts
from liren.kernel.rulepacks import office_folder
from liren.registers.duties import packs, published, rules
from liren.registers.duties.events import ClassesMade
from liren.registers.duties.naming import office_path
from liren.registers.duties.rules import ClassPath
from liren.registers.duties.taxonomy import known_paths

DUTY = "duties.manage"
FILE = "imported.yaml"
BEGINS = date(2020, 1, 1)  # as all that is shipped: what came before is classed by it too
_BEGINNING = """# Classes taken over from another system. Titles may be changed, rows ended; codes keep their meaning.
pack: duties.taxonomy
version: imported
rows:
"""
# libyaml where PyYAML was built with it: hundreds of rows are written at once
_Dumper: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
_HINT = {"zh": "在哪里？什么情况？", "en": "Where is it, and what is the matter?"}


def make_classes(
    paths: Iterable[ClassPath], *, source: str, by: Actor, now: datetime
) -> dict[ClassPath, str]:
    """A class for every path of titles, group first; those that are there already are found. The code of each path.

    The whole pack is read back, or nothing was made. Raises Denied, Refused: "class.title" for a title that is empty or too
    long, "pack.*".
    """
    policy.require(by, DUTY, Facts(place_path=office_path()))
    wanted = [rules.class_path(path) for path in paths]
    on = to_office(now, office_zone()).date()
    known = known_paths(on)
    missing = [path for path in dict.fromkeys(wanted) if path not in known]
    if missing:
        known |= _made(missing, source, on)
        with transaction.atomic():
            ledger.record(ClassesMade(subject_id=0, by=by.id, at=now, count=len(missing)))
    return {path: known[path] for path in wanted}


def _made(missing: Sequence[ClassPath], source: str, on: date) -> dict[ClassPath, str]:
    folder = office_folder("duties.taxonomy")
    with published.alone(folder):
        taxonomy = packs.look_again("taxonomy")
        groups = {row.title.zh: row.key for row in taxonomy.on(on).values() if row.value["kind"] == "group"}
        titles = {(row.value.get("parent", ""), row.title.zh) for row in taxonomy}
        rows: list[dict[str, Any]] = []
        codes: dict[ClassPath, str] = {}
        for path in missing:
            group = groups.get(path[0])
            if group is None:
                group = groups[path[0]] = rules.made_code(path[:1])
                rows.append(_row(group, path[0], source, {"kind": "group", "icon": "dots"}))
            title = path[-1] if (group, path[-1]) not in titles else "·".join(path[1:])
            titles.add((group, title))
            codes[path] = f"{group}.{rules.made_code(path)}"
            rows.append(_row(codes[path], title, source, _class(group, path)))
        _keep(folder / FILE, rows)
    return codes


def _keep(file: Path, rows: list[dict[str, Any]]) -> None:
    """Add rows to the file and read the whole pack again; where it does not hold together the file is as it was."""
    before = file.read_text(encoding="utf-8") if file.exists() else _BEGINNING
    added = yaml.dump(rows, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=120)
    published.put(file, before + added)
    try:
        packs.renew("taxonomy")
    except Refused:
        if before == _BEGINNING:
            file.unlink()
        else:
            published.put(file, before)
        raise


def _class(group: str, path: ClassPath) -> dict[str, Any]:
    return {
        "kind": "class",
        "parent": group,
        "icon": "dots",
        "types": ["complaint", "help", "consult"],
        "hint": dict(_HINT),
        "made_from": list(path),
    }


def _row(key: str, title: str, source: str, value: dict[str, Any]) -> dict[str, Any]:
    return {
        "key": key,
        "title": {"zh": title, "en": title},
        "source": source,
        "valid_from": BEGINS.isoformat(),
        "valid_to": None,
        "value": value,
    }
