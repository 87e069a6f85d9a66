"""Who may vote for whom and whether in secret; and which of several ballots of one voter counts."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, Literal, TypeVar

from liren.methods.ballot.roll import Roll
from liren.methods.ballot.rules import Proxies
from liren.methods.ballot.tally import Ballot

FEWEST_SECRET = 20

Content = TypeVar("Content")
Refusal = Literal["token_used", "token_unknown", "token_taken"]


def may_be_secret(voters: int) -> bool:
    """Whether so many voters may vote in secret online. Fewer than twenty vote openly, or on paper into one box.

    Of few ballots a count alone says too much, and whoever runs the server can guess the rest from who came when.
    """
    return voters >= FEWEST_SECRET


# ---- which ballot counts ----


@dataclass(frozen=True, slots=True)
class Cast(Generic[Content]):
    """A ballot as it came in. `token`: new and secret, it changes this ballot once. `replaces`: the token shown."""

    token: str
    content: Content
    replaces: str = ""


@dataclass(frozen=True, slots=True)
class Latest(Generic[Content]):
    """`counted`: the last of each chain. `superseded`: those replaced by a later one. `refused`: not valid, with why."""

    counted: tuple[Cast[Content], ...]
    superseded: tuple[Cast[Content], ...]
    refused: tuple[tuple[Cast[Content], Refusal], ...]


def latest(casts: Iterable[Cast[Content]]) -> Latest[Content]:
    """The ballots that count, from all that came, in the order in which they came.

    A ballot without `replaces` begins a chain; that a voter begins only one is for the roll to see. A token changes its
    ballot once: shown again it is used up, so of two changes with one token the first counts. Refused ballots change
    nothing.
    """
    standing: dict[str, Cast[Content]] = {}
    seen: set[str] = set()
    superseded: list[Cast[Content]] = []
    refused: list[tuple[Cast[Content], Refusal]] = []
    for cast in casts:
        if cast.token in seen:
            refused.append((cast, "token_taken"))
        elif cast.replaces and cast.replaces not in standing:
            refused.append((cast, "token_used" if cast.replaces in seen else "token_unknown"))
        else:
            if cast.replaces:
                superseded.append(standing.pop(cast.replaces))
            seen.add(cast.token)
            standing[cast.token] = cast
    return Latest(tuple(standing.values()), tuple(superseded), tuple(refused))


def weighed(roll: Roll, choices: Mapping[str, tuple[str, ...] | None]) -> list[Ballot]:
    """The ballots of voters, each weighed as the roll says. Raises ValueError for who is not on the roll."""
    strangers = sorted(set(choices) - set(roll.by_voter))
    if strangers:
        raise ValueError(f"not on the roll: {strangers[0]}")
    return [Ballot(choice, roll.by_voter[voter].weight) for voter, choice in choices.items()]


# ---- proxies and households ----


@dataclass(frozen=True, slots=True)
class Wrong:
    """A proxy or a ballot that may not be. `code`: not_allowed, unknown, self, twice, chain, too_many, voted, household."""

    code: str
    voter: str
    other: str = ""


def proxies(
    assignments: Sequence[tuple[str, str]], rule: Proxies, roll: Collection[str], voted: Collection[str] = ()
) -> tuple[Wrong, ...]:
    """What is wrong with proxies, pairs of who gives one and who holds it. `voted`: who handed in a ballot in person.

    A rule that does not say that proxies are allowed allows none. Nobody holds more than `rule.most`; where the rule gives
    no number none is made up here. Only who is on the roll gives one, once, and holds it in person: a proxy is not handed
    on, and who gave one does not vote as well. The holder need not be a voter: an owner may send anyone.
    """
    if not rule.allowed:
        return tuple(Wrong("not_allowed", giver, holder) for giver, holder in assignments)
    given = Counter(giver for giver, _ in assignments)
    held = Counter(holder for _, holder in assignments)
    found: list[Wrong] = []
    for giver, holder in assignments:
        if giver not in roll:
            found.append(Wrong("unknown", giver, holder))
        if giver == holder:
            found.append(Wrong("self", giver, holder))
        elif holder in given:
            found.append(Wrong("chain", giver, holder))
        if giver in voted:
            found.append(Wrong("voted", giver, holder))
    found += [Wrong("twice", giver) for giver, times in given.items() if times > 1]
    if rule.most is not None:
        found += [Wrong("too_many", holder) for holder, times in held.items() if times > rule.most]
    return tuple(found)


def one_a_household(ballots: Iterable[tuple[str, str]]) -> tuple[Wrong, ...]:
    """The ballots, pairs of voter and household, that are a household's second or later one; the first one stands."""
    seen: set[str] = set()
    found: list[Wrong] = []
    for voter, household in ballots:
        if household in seen:
            found.append(Wrong("household", voter, household))
        seen.add(household)
    return tuple(found)
