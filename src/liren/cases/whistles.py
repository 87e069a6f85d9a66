"""The life of a whistle as data (吹哨报到): the street calls, departments come, agree, act; both sides score.

Source: 北京市接诉即办工作条例 arts 16 and 33; 北京市街道办事处条例 arts 11, 17, 44 (a refusal goes to the district). Pure.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum

from liren.kernel.errors import IllegalMove


class Called(StrEnum):
    """Where one called unit stands."""

    RAISED = "raised"
    ACKNOWLEDGED = "acknowledged"
    ON_SITE = "on_site"
    REFUSED = "refused"


class Whistled(StrEnum):
    """Where the whistle stands."""

    RAISED = "raised"
    ACKNOWLEDGED = "acknowledged"  # by every unit that did not refuse
    ON_SITE = "on_site"  # at least one came
    AGREED = "agreed"  # what is to be done is written down
    DONE = "done"  # and done; both sides score
    SCORED = "scored"
    LAPSED = "lapsed"  # the time to score ended with scores missing
    REFUSED = "refused"  # by every unit: the district decides
    CALLED_OFF = "called_off"


C, W = Called, Whistled
RUNNING = frozenset({W.RAISED, W.ACKNOWLEDGED, W.ON_SITE, W.AGREED})
FINAL = frozenset({W.SCORED, W.LAPSED, W.REFUSED, W.CALLED_OFF})

# What a unit does with its call.
UNIT_MOVES: Mapping[str, Mapping[Called, Called]] = {
    "acknowledge": {C.RAISED: C.ACKNOWLEDGED},
    # Who comes has heard.
    "arrive": {C.RAISED: C.ON_SITE, C.ACKNOWLEDGED: C.ON_SITE},
    "refuse": {C.RAISED: C.REFUSED, C.ACKNOWLEDGED: C.REFUSED},
}

# What becomes of the whistle: `follow` after each unit's turn, the others by name.
MOVES: Mapping[str, Mapping[Whistled, frozenset[Whistled]]] = {
    "follow": {
        W.RAISED: frozenset({W.RAISED, W.ACKNOWLEDGED, W.ON_SITE, W.REFUSED}),
        W.ACKNOWLEDGED: frozenset({W.ACKNOWLEDGED, W.ON_SITE, W.REFUSED}),
        W.ON_SITE: frozenset({W.ON_SITE}),
        W.AGREED: frozenset({W.AGREED}),
    },
    "agree": {W.ON_SITE: frozenset({W.AGREED}), W.AGREED: frozenset({W.AGREED})},
    "act_done": {W.AGREED: frozenset({W.AGREED})},
    # What was put right on the spot needs no acts.
    "finish": {W.ON_SITE: frozenset({W.DONE}), W.AGREED: frozenset({W.DONE})},
    "call_off": {W.RAISED: frozenset({W.CALLED_OFF}), W.ACKNOWLEDGED: frozenset({W.CALLED_OFF})},
    "score": {W.DONE: frozenset({W.DONE, W.SCORED})},
    "lapse": {W.DONE: frozenset({W.LAPSED})},
}


def unit_target(state: str, move: str) -> Called:
    """Where a unit's turn leads. Raises IllegalMove("whistle.not_open")."""
    target = UNIT_MOVES[move].get(Called(state))
    if target is None:
        raise IllegalMove("whistle.not_open", state=state, move=move)
    return target


def check(state: str, move: str) -> None:
    """Nothing, if the whistle is open to the move. Raises IllegalMove("whistle.not_open")."""
    if Whistled(state) not in MOVES[move]:
        raise IllegalMove("whistle.not_open", state=state, move=move)


def follow(state: str, units: Iterable[str]) -> Whistled:
    """Where a whistle stands after a turn of one of its units. Raises IllegalMove("whistle.not_open")."""
    check(state, "follow")
    now = Whistled(state)
    if now in {W.ON_SITE, W.AGREED}:
        return now
    live = [unit for unit in units if unit != C.REFUSED]
    if not live:
        return W.REFUSED
    if C.ON_SITE in live:
        return W.ON_SITE
    return W.ACKNOWLEDGED if all(unit == C.ACKNOWLEDGED for unit in live) else W.RAISED


def scored(pairs: Iterable[tuple[int | None, int | None]]) -> bool:
    """Whether both sides scored, for every unit that came."""
    return all(of_unit is not None and of_street is not None for of_unit, of_street in pairs)
