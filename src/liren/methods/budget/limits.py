"""What a ballot may say. One that says more or less is refused with its faults; nothing is ever cut from it."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from liren.methods.budget.election import Election

Fault = Literal[
    "unknown_project",  # a mark for a project that is not there
    "marked_twice",  # two marks for one project
    "too_few_marks",
    "too_many_marks",
    "over_cost",  # its projects cost more together than a ballot may hold
    "no_points",  # a mark of nothing, or of less
    "points_of_approval",  # a ballot of marks gives points
    "too_many_points",  # for one project
    "points_over_sum",  # all together
    "points_under_sum",
    "not_ranks",  # of k ranked projects the points are not k … 1, each once
]


@dataclass(frozen=True, slots=True)
class Limits:
    """What is allowed; None where nothing is laid down.

    `least_marks`, `most_marks`: how many projects, of ranks too. `most_cost`: what marked projects may cost together
    (a knapsack: the budget). `most_points`: for one project; `least_sum`, `most_sum`: of all points of a ballot.
    """

    least_marks: int = 0
    most_marks: int | None = None
    most_cost: Fraction | None = None
    most_points: int | None = None
    least_sum: int | None = None
    most_sum: int | None = None


def told_limits(election: Election) -> Limits:
    """The limits a Pabulib file tells. Raises ValueError where one of them is no number."""
    told = {name: said.strip() for name, said in election.meta if said.strip()}

    def number(name: str) -> int | None:
        return int(told[name]) if name in told else None

    return Limits(
        number("min_length") or 0,
        number("max_length"),
        Fraction(told["max_sum_cost"].replace(",", ".")) if "max_sum_cost" in told else None,
        number("max_points"),
        number("min_sum_points"),
        number("max_sum_points"),
    )


def check_ballot(marks: Sequence[tuple[int, int]], limits: Limits, election: Election) -> list[Fault]:
    """The faults of a ballot, each once, in the order of `Fault`; none where it may be cast.

    `marks`: (project, points) as they came: 1 for each of an approval ballot, k … 1 for k ranked projects.
    """
    projects = [project for project, _points in marks]
    known = [project for project in projects if 0 <= project < len(election.projects)]
    points = [given for _project, given in marks]
    most_cost, cost = limits.most_cost, election.cost(known)
    found: dict[Fault, bool] = {
        "unknown_project": len(known) < len(projects),
        "marked_twice": len(set(projects)) < len(projects),
        "too_few_marks": len(marks) < limits.least_marks,
        "too_many_marks": _above(len(marks), limits.most_marks),
        "over_cost": most_cost is not None and cost > most_cost,
        "no_points": any(given <= 0 for given in points),
    }
    if election.kind == "approval":
        found["points_of_approval"] = any(given > 1 for given in points)
    elif election.kind == "ordinal":
        found["not_ranks"] = sorted(points) != list(range(1, len(points) + 1))
    else:
        found["too_many_points"] = any(_above(given, limits.most_points) for given in points)
        found["points_over_sum"] = _above(sum(points), limits.most_sum)
        found["points_under_sum"] = limits.least_sum is not None and sum(points) < limits.least_sum
    return [fault for fault, there in found.items() if there]


def _above(number: int, most: int | None) -> bool:
    return most is not None and number > most
