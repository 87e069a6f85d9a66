"""Pabulib (.pb), the format in which cities publish participatory budgets: read with plain faults, written back.

D. Stolicki, S. Szufa, N. Talmon, Pabulib: A Participatory Budgeting Library, arXiv:2012.06539. Sections META, PROJECTS,
VOTES; cells parted by semicolons, lists inside a cell by commas.
"""

import csv
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from liren.methods.budget import cells
from liren.methods.budget.election import Ballots, Election, Kind, Mark, People, Project, grouped

SECTIONS = ("META", "PROJECTS", "VOTES")
KINDS: Mapping[str, Kind] = {
    "approval": "approval",
    "ordinal": "ordinal",
    "cumulative": "cumulative",
    "scoring": "scoring",
}
# columns of projects that are told by the election itself
OWN = ("project_id", "cost", "votes", "score", "name", "selected")
MOST_POINTS = 10**6 - 1
MOST_DECIMALS = 6
MONEY = re.compile(rf"[0-9]{{1,18}}([.,][0-9]{{1,{MOST_DECIMALS}}})?")
VOTES = re.compile(rb"^[ \t]*votes[ \t;]*\r?\n", re.IGNORECASE | re.MULTILINE)


class Unreadable(ValueError):
    """A file that is no election: `what` is wrong in `line` (0: of the whole file)."""

    def __init__(self, what: str, line: int = 0) -> None:
        super().__init__(f"line {line}: {what}" if line else what)
        self.what, self.line = what, line


def read(said: str | bytes, *, people: bool = False) -> Election:
    """An election from what a file says, as text or as its bytes (UTF-8).

    Points: of an ordinal ballot those the file tells, else k for the first of k projects and 1 for the last (see
    `borda`); of an approval ballot each has one. `people`: keep what the file tells of every voter too, so that it can
    be written again whole. Raises Unreadable.
    """
    held = said.encode() if isinstance(said, str) else said
    held = held.removeprefix(b"\xef\xbb\xbf")
    held = held.replace(b"\r\n", b"\n") if b"\r" in held else held
    found = VOTES.search(held)
    if found and not people and held.count(b'"', 0, found.start()) % 2 == 0:
        head = _sections(_text(held[: found.start()]), SECTIONS[:2])
        quick = _quickly(_Frame.of(head), held, found.end())
        if quick is not None:
            return quick
    sections = _sections(_text(held), SECTIONS)
    frame = _Frame.of(sections)
    return frame.election(*_votes(sections["VOTES"], frame, people=people))


def _text(held: bytes) -> str:
    try:
        return held.decode()
    except UnicodeDecodeError as error:
        raise Unreadable("not UTF-8", held.count(b"\n", 0, error.start) + 1) from error


Rows = list[tuple[int, list[str]]]


@dataclass(frozen=True)
class _Frame:
    """What META and PROJECTS say."""

    meta: tuple[tuple[str, str], ...]
    kind: Kind
    budget: Fraction
    projects: tuple[Project, ...]
    selected: frozenset[int] | None
    places: Mapping[str, int]

    @classmethod
    def of(cls, sections: Mapping[str, Rows]) -> "_Frame":
        meta = tuple((row[0], ";".join(row[1:])) for _line, row in sections["META"][1:])
        told = dict(meta)
        kind = KINDS.get(told.get("vote_type", "").strip())
        if kind is None:
            raise Unreadable(f"vote_type {told.get('vote_type', '')!r}")
        projects, selected = _projects(sections["PROJECTS"])
        places = {project.id: at for at, project in enumerate(projects)}
        return cls(meta, kind, _money(told.get("budget", ""), 0), projects, selected, places)

    def election(self, ballots: Ballots, people: People | None = None) -> Election:
        return Election(self.budget, self.projects, ballots, self.kind, self.meta, self.selected, people)


def _quickly(frame: _Frame, held: bytes, begin: int) -> Election | None:
    end = held.find(b"\n", begin)
    heads = [head.strip().lower() for head in _text(held[begin : max(end, begin)]).split(";")]
    if end < 0 or "vote" not in heads or len(set(heads)) < len(heads):
        return None
    told = heads.index("points") if "points" in heads and frame.kind != "approval" else None
    columns = cells.Columns(len(heads), heads.index("vote"), told)
    ballots = cells.ballots(held, end + 1, columns, frame.kind, frame.places)
    return frame.election(ballots) if ballots else None


def _sections(text: str, names: Sequence[str]) -> dict[str, Rows]:
    found: dict[str, Rows] = {name: [] for name in names}
    here = ""
    reader = csv.reader(io.StringIO(text), delimiter=";")
    try:
        for row in reader:
            if not any(row):
                continue
            if row[0].strip().upper() in found and not any(row[1:]):
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
    more = [(head, at) for head, at in heads.items() if head not in OWN]
    for at, (line, row) in enumerate(rows[1:]):
        key = _cell(row, heads["project_id"], line).strip()
        if not key:
            raise Unreadable("a project without a key", line)
        if key in known:
            raise Unreadable(f"project {key} twice", line)
        known.add(key)
        cost = _money(_cell(row, heads["cost"], line), line)
        name = row[heads["name"]] if "name" in heads and len(row) > heads["name"] else ""
        rest = tuple((head, row[place]) for head, place in more if place < len(row))
        found.append(Project(key, cost, name, rest))
        if "selected" in heads and _cell(row, heads["selected"], line).strip() == "1":
            chosen.add(at)
    return tuple(found), frozenset(chosen) if "selected" in heads else None


def _votes(rows: Rows, frame: _Frame, *, people: bool) -> tuple[Ballots, People | None]:
    heads = _heads(rows, "vote")
    column, points = heads["vote"], heads.get("points")
    read: dict[tuple[str, str], Mark] = {}
    cast: list[Mark] = []
    for line, row in rows[1:]:
        one = _cell(row, column, line), (_cell(row, points, line) if points is not None else "")
        if one not in read:
            read[one] = _mark(*one, frame, line)
        cast.append(read[one])
    if not people:
        return grouped(cast), None
    more = [(head, at) for head, at in heads.items() if head not in ("vote", "points")]
    told = tuple(tuple(row[at] if at < len(row) else "" for _head, at in more) for _line, row in rows[1:])
    place = {mark: at for at, mark in enumerate(dict.fromkeys(cast))}
    return grouped(cast), People(tuple(head for head, _at in more), told, tuple(place[one] for one in cast))


def _mark(vote: str, points: str, frame: _Frame, line: int) -> Mark:
    keys = [key.strip() for key in vote.split(",") if key.strip()]
    try:
        marked = [frame.places[key] for key in keys]
    except KeyError as error:
        raise Unreadable(f"no project {error.args[0]}", line) from error
    if len(set(marked)) < len(marked):
        raise Unreadable("a project marked twice", line)
    if frame.kind == "approval":
        given = [1] * len(marked)
    elif frame.kind == "ordinal" and not points.strip():
        given = list(range(len(marked), 0, -1))
    else:
        try:
            given = [int(one) for one in points.split(",") if one.strip()]
        except ValueError as error:
            raise Unreadable(f"points {points!r}", line) from error
        if len(given) != len(marked):
            raise Unreadable(f"{len(marked)} projects, {len(given)} points", line)
        if any(not 0 <= one <= MOST_POINTS for one in given):
            raise Unreadable(f"points {points!r}", line)
    return tuple(sorted(pair for pair in zip(marked, given, strict=True) if pair[1]))


def _cell(row: Sequence[str], at: int, line: int) -> str:
    if at >= len(row):
        raise Unreadable("a cell is missing", line)
    return row[at]


def _money(said: str, line: int) -> Fraction:
    if not MONEY.fullmatch(said.strip()):
        raise Unreadable(f"money {said!r}", line)
    return Fraction(said.strip().replace(",", "."))


def write(election: Election, *, meta: Mapping[str, str] | None = None) -> str:
    """The text of a file. `meta` is told first, what the election was read with if none is given; counts, budget and
    kind are the election's.

    Every ballot is a line: of the people it was read with, else under a number that says nothing of the voter, in the
    order of groups. ValueError where a price has no end in decimals, or a key holds what parts cells.
    """
    held = io.StringIO()
    sheet = csv.writer(held, delimiter=";", lineterminator="\n")
    told = dict(election.meta if meta is None else meta)
    told |= {
        "num_projects": str(len(election.projects)),
        "num_votes": str(election.voters),
        "budget": _plain(election.budget),
        "vote_type": election.kind,
    }
    sheet.writerows([["META"], ["key", "value"], *told.items(), ["PROJECTS"]])
    sheet.writerows(_project_rows(election))
    sheet.writerows([["VOTES"], *_vote_rows(election)])
    return held.getvalue()


def _project_rows(election: Election) -> list[list[str]]:
    scored, chosen = election.kind != "approval", election.selected
    more = list(dict.fromkeys(head for project in election.projects for head, _cell in project.more))
    rows = [["project_id", "cost", "votes", *(["score"] if scored else []), "name", *more]]
    for at, project in enumerate(election.projects):
        if set(project.id) & set(',;"\n') or project.id != project.id.strip():
            raise ValueError(f"no key of a project: {project.id!r}")
        cells_of = dict(project.more)
        score = [str(election.points[at])] if scored else []
        row = [project.id, _plain(project.cost), str(election.votes[at]), *score, project.name]
        rows.append(row + [cells_of.get(head, "") for head in more])
    if chosen is not None:
        rows = [[*rows[0], "selected"]] + [[*row, str(int(at in chosen))] for at, row in enumerate(rows[1:])]
    return rows


def _vote_rows(election: Election) -> list[list[str]]:
    people, columns = election.people, ["vote"] if election.kind == "approval" else ["vote", "points"]
    said = [_ballot(election, group) for group in range(len(election.ballots.weight))]
    if people is None:
        each = np.repeat(np.arange(len(said)), election.ballots.weight).tolist()
        people = People((), ((),) * len(each), tuple(each))
    # a line needs a cell that is never empty
    numbered = "voter_id" not in people.heads
    rows = [[*(["voter_id"] if numbered else []), *people.heads, *columns]]
    for number, (row, ballot) in enumerate(zip(people.rows, people.ballot, strict=True)):
        rows.append([*([str(number)] if numbered else []), *row, *said[ballot]])
    return rows


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
    """Money in decimals, exactly. ValueError where they do not end."""
    for places in range(MOST_DECIMALS + 1):
        parts = money * 10**places
        if parts.denominator == 1:
            whole, rest = divmod(parts.numerator, 10**places)
            return f"{whole}.{rest:0{places}}" if places else str(whole)
    raise ValueError(f"{money} has no end in decimals")
