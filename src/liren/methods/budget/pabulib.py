"""Pabulib (.pb), the format in which cities publish participatory budgets: read with plain faults, written back.

D. Stolicki, S. Szufa, N. Talmon, Pabulib: A Participatory Budgeting Library, arXiv:2012.06539. Sections META, PROJECTS,
VOTES; cells parted by semicolons, lists inside a cell by commas.
"""

import csv
import io
from collections import Counter
from collections.abc import Mapping, Sequence
from fractions import Fraction

from liren.methods.budget.election import Election, Kind, Mark, Project, counted

SECTIONS = ("META", "PROJECTS", "VOTES")
KINDS: Mapping[str, Kind] = {
    "approval": "approval",
    "ordinal": "ordinal",
    "cumulative": "cumulative",
    "scoring": "scoring",
}


class Unreadable(ValueError):
    """A file that is no election: `what` is wrong in `line` (0: of the whole file)."""

    def __init__(self, what: str, line: int = 0) -> None:
        super().__init__(f"line {line}: {what}" if line else what)
        self.what, self.line = what, line


def read(text: str) -> Election:
    """An election from the text of a file.

    Points: of an ordinal ballot of k projects the first has k, the last 1; of an approval ballot each has one.
    Raises Unreadable.
    """
    sections = _sections(text)
    meta = [(row[0], row[1] if len(row) > 1 else "") for _line, row in sections["META"][1:]]
    told = dict(meta)
    kind = KINDS.get(told.get("vote_type", "").strip())
    if kind is None:
        raise Unreadable(f"vote_type {told.get('vote_type', '')!r}")
    projects, selected = _projects(sections["PROJECTS"])
    places = {project.id: at for at, project in enumerate(projects)}
    ballots = _votes(sections["VOTES"], kind, places)
    return Election(
        budget=_money(told.get("budget", ""), 0),
        projects=projects,
        ballots=counted(ballots),
        kind=kind,
        meta=tuple(meta),
        selected=selected,
    )


Rows = list[tuple[int, list[str]]]


def _sections(text: str) -> dict[str, Rows]:
    found: dict[str, Rows] = {name: [] for name in SECTIONS}
    here = ""
    reader = csv.reader(io.StringIO(text.lstrip("\ufeff")), delimiter=";")
    try:
        for row in reader:
            if not row or not any(row):
                continue
            if len(row) == 1 and row[0].strip().upper() in found:
                here = row[0].strip().upper()
            elif here:
                found[here].append((reader.line_num, row))
            else:
                raise Unreadable("a line before META", reader.line_num)
    except csv.Error as error:
        raise Unreadable(str(error), reader.line_num) from error
    for name, rows in found.items():
        if not rows:
            raise Unreadable(f"no section {name}")
    return found


def _heads(rows: Rows, *needed: str) -> dict[str, int]:
    heads = {head.strip().lower(): at for at, head in enumerate(rows[0][1])}
    for name in needed:
        if name not in heads:
            raise Unreadable(f"no column {name}", rows[0][0])
    return heads


def _projects(rows: Rows) -> tuple[tuple[Project, ...], frozenset[int] | None]:
    heads = _heads(rows, "project_id", "cost")
    found, chosen, known = [], set(), set[str]()
    for at, (line, row) in enumerate(rows[1:]):
        key = _cell(row, heads["project_id"], line).strip()
        if key in known:
            raise Unreadable(f"project {key} twice", line)
        known.add(key)
        cost = _money(_cell(row, heads["cost"], line), line)
        name = row[heads["name"]] if "name" in heads and len(row) > heads["name"] else ""
        found.append(Project(key, cost, name))
        if "selected" in heads and _cell(row, heads["selected"], line).strip() == "1":
            chosen.add(at)
    return tuple(found), frozenset(chosen) if "selected" in heads else None


def _votes(rows: Rows, kind: Kind, places: Mapping[str, int]) -> "Counter[Mark]":
    heads = _heads(rows, "vote")
    column, points = heads["vote"], heads.get("points")
    said: Counter[tuple[str, str]] = Counter()
    first: dict[tuple[str, str], int] = {}
    for line, row in rows[1:]:
        one = _cell(row, column, line), (_cell(row, points, line) if points is not None else "")
        said[one] += 1
        first.setdefault(one, line)
    ballots: Counter[Mark] = Counter()
    for one, count in said.items():
        ballots[_mark(*one, kind, places, first[one])] += count
    return ballots


def _mark(vote: str, points: str, kind: Kind, places: Mapping[str, int], line: int) -> Mark:
    keys = [key.strip() for key in vote.split(",") if key.strip()]
    try:
        marked = [places[key] for key in keys]
    except KeyError as error:
        raise Unreadable(f"no project {error.args[0]}", line) from error
    if len(set(marked)) < len(marked):
        raise Unreadable("a project marked twice", line)
    if kind == "approval":
        given = [1] * len(marked)
    elif kind == "ordinal":
        given = list(range(len(marked), 0, -1))
    else:
        try:
            given = [int(one) for one in points.split(",") if one.strip()]
        except ValueError as error:
            raise Unreadable(f"points {points!r}", line) from error
        if len(given) != len(marked):
            raise Unreadable(f"{len(marked)} projects, {len(given)} points", line)
    return tuple(sorted(pair for pair in zip(marked, given, strict=True) if pair[1] > 0))


def _cell(row: Sequence[str], at: int, line: int) -> str:
    if at >= len(row):
        raise Unreadable("a cell is missing", line)
    return row[at]


def _money(said: str, line: int) -> Fraction:
    try:
        found = Fraction(said.strip().replace(",", "."))
    except (ValueError, ZeroDivisionError) as error:
        raise Unreadable(f"money {said!r}", line) from error
    if found < 0:
        raise Unreadable(f"money {said!r}", line)
    return found


def write(election: Election, *, meta: Mapping[str, str]) -> str:
    """The text of a file: every ballot a line under a number that says nothing of the voter, in the order of groups.

    `meta` is told first; the counts and the budget are the election's.
    """
    told = {
        name: value
        for name, value in meta.items()
        if name not in {"num_projects", "num_votes", "budget", "vote_type"}
    }
    told |= {
        "num_projects": str(len(election.projects)),
        "num_votes": str(election.voters),
        "budget": _plain(election.budget),
        "vote_type": election.kind,
    }
    held = io.StringIO()
    sheet = csv.writer(held, delimiter=";", lineterminator="\n")
    sheet.writerows([["META"], ["key", "value"], *told.items(), ["PROJECTS"]])
    chosen = election.selected
    heads = ["project_id", "cost", "votes", "name"]
    sheet.writerow(heads + (["selected"] if chosen is not None else []))
    for at, project in enumerate(election.projects):
        row = [project.id, _plain(project.cost), str(election.votes[at]), project.name]
        sheet.writerow(row + ([str(int(at in chosen))] if chosen is not None else []))
    sheet.writerows(
        [["VOTES"], ["voter_id", "vote", "points"] if election.kind != "approval" else ["voter_id", "vote"]]
    )
    number = 0
    for group, weight in enumerate(election.ballots.weight):
        row = _ballot(election, group)
        for _voter in range(int(weight)):
            sheet.writerow([str(number), *row])
            number += 1
    return held.getvalue()


def _ballot(election: Election, group: int) -> list[str]:
    ballots = election.ballots
    inside = slice(int(ballots.start[group]), int(ballots.start[group + 1]))
    pairs = sorted(
        zip(ballots.points[inside], ballots.project[inside], strict=True),
        key=lambda pair: (-pair[0], pair[1]),
    )
    keys = ",".join(election.projects[int(project)].id for _points, project in pairs)
    if election.kind == "approval":
        return [keys]
    return [keys, ",".join(str(int(points)) for points, _project in pairs)]


def _plain(money: Fraction) -> str:
    return str(money.numerator) if money.denominator == 1 else f"{float(money):.2f}"
