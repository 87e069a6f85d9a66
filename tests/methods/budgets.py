"""Small invented elections, and the rules as their papers say them: slow, one voter at a time, fractions only."""

from collections.abc import Mapping
from fractions import Fraction

from hypothesis import strategies as st

from liren.methods.budget import Election, Project, Terms, grouped
from liren.methods.budget.election import Kind, Utility
from liren.methods.budget.terms import FREE

# few prices and few voters, so that ties and projects that can only just be paid are everyday
PRICES = st.sampled_from([1, 2, 3, 4, 6, 12])


@st.composite
def elections(
    draw: st.DrawFn,
    *,
    points: bool = False,
    prices: st.SearchStrategy[int] = PRICES,
    most_projects: int = 6,
    kind: Kind = "approval",
) -> Election:
    """A small election; with `points`, of ballots that give them."""
    costs = draw(st.lists(prices, min_size=1, max_size=most_projects))
    categories = draw(st.sampled_from(["", "绿化", "绿化, 道路"]))
    more = (("category", categories),) if categories else ()
    projects = tuple(Project(f"p{at}", Fraction(cost), f"第{at}项", more) for at, cost in enumerate(costs))
    worth = st.integers(1, 3) if points else st.just(1)
    mark = st.dictionaries(st.integers(0, len(costs) - 1), worth, max_size=len(costs))
    ballots = draw(st.lists(mark, min_size=1, max_size=9))
    budget = Fraction(draw(st.integers(1, max(30, sum(costs) // 2))))
    marks = [tuple(sorted(ballot.items())) for ballot in ballots]
    return Election(budget, projects, grouped(marks), "scoring" if points else kind)


@st.composite
def terms(draw: st.DrawFn, projects: int = 6) -> Terms:
    """Terms of any kind. Projects that are not there exclude nobody."""
    group = st.frozensets(st.integers(0, projects - 1), min_size=2, max_size=3)
    return Terms(
        draw(st.integers(0, 2)),
        Fraction(draw(st.integers(0, 3)), 10),
        Fraction(draw(st.integers(0, 1)), 3),
        tuple(draw(st.lists(group, max_size=2))),
    )


def voters(election: Election) -> list[dict[int, int]]:
    """Every voter by themselves."""
    ballots, found = election.ballots, []
    for group, weight in enumerate(ballots.weight):
        inside = slice(int(ballots.start[group]), int(ballots.start[group + 1]))
        pairs = zip(ballots.project[inside], ballots.points[inside], strict=True)
        mark = {int(project): int(points) for project, points in pairs}
        found += [mark] * int(weight)
    return found


def wanted(election: Election, under: Terms, at: int) -> bool:
    """Whether a project has the votes that terms ask of it."""
    votes, people = sum(at in mark for mark in voters(election)), len(voters(election))
    cost = election.projects[at].cost
    return (
        votes >= max(1, under.least_votes)
        and votes >= under.least_share * people
        and Fraction(votes, people) >= under.by_price * cost / election.budget
    )


def excluded(under: Terms, at: int, chosen: list[int]) -> bool:
    """Whether a project cannot win beside those that have."""
    return any(at in group and other in group for group in under.apart for other in chosen if other != at)


def slow_shares(election: Election, part: Fraction, utility: Utility, under: Terms = FREE) -> list[int]:
    """Equal shares as the paper says it: every project looked at every time."""
    people = voters(election)
    left, chosen = [part] * len(people), list[int]()
    while True:
        best: tuple[Fraction, str, int] | None = None
        for at, project in enumerate(election.projects):
            if at in chosen or not wanted(election, under, at) or excluded(under, at, chosen):
                continue
            worth = {
                who: _worth(election, utility, mark, at) for who, mark in enumerate(people) if at in mark
            }
            rate = _rate(left, worth, project.cost)
            if rate is not None:
                best = min(best, (rate, project.id, at)) if best else (rate, project.id, at)
        if best is None:
            return chosen
        rate, _key, at = best
        chosen.append(at)
        for who, mark in enumerate(people):
            if at in mark:
                left[who] -= min(left[who], rate * _worth(election, utility, mark, at))


def _worth(election: Election, utility: Utility, mark: Mapping[int, int], at: int) -> Fraction:
    if utility == "points":
        return Fraction(mark[at])
    return election.projects[at].cost if utility == "cost" else Fraction(1)


def _rate(left: list[Fraction], worth: Mapping[int, Fraction], cost: Fraction) -> Fraction | None:
    if not worth or sum(left[who] for who in worth) < cost:
        return None
    for bound in sorted(left[who] / each for who, each in worth.items()):
        poor = sum((left[who] for who, each in worth.items() if left[who] / each < bound), Fraction(0))
        rich = sum((each for who, each in worth.items() if left[who] / each >= bound), Fraction(0))
        rate = (cost - poor) / rich
        if rate <= bound:
            return rate
    raise AssertionError("who has enough can pay")


def slow_phragmen(election: Election, under: Terms = FREE) -> list[int]:
    """Phragmén's rule by loads."""
    people, chosen, spare = voters(election), list[int](), election.budget
    loads = [Fraction(0)] * len(people)
    while True:
        times = []
        for at, project in enumerate(election.projects):
            side = [who for who, mark in enumerate(people) if at in mark]
            if at not in chosen and wanted(election, under, at) and not excluded(under, at, chosen):
                times.append(((sum(loads[who] for who in side) + project.cost) / len(side), project.id, at))
        if not times or election.projects[min(times)[2]].cost > spare:
            return chosen
        moment, _key, at = min(times)
        for who, mark in enumerate(people):
            loads[who] = moment if at in mark else loads[who]
        spare -= election.projects[at].cost
        chosen.append(at)


def town(*ballots: dict[int, int], budget: int = 10) -> Election:
    """Three projects of 6, 5 and 4."""
    projects = tuple(Project(key, Fraction(cost)) for key, cost in (("a", 6), ("b", 5), ("c", 4)))
    return Election(Fraction(budget), projects, grouped(tuple(sorted(one.items())) for one in ballots))
