"""What happens beside a case's one line, told by the real actions once the lines are written.

The long tables come in bulk (rows.py); these are few, touch many tables, and so are played by the very actions a face
calls, each by somebody who may, at a time of the sample. Deterministic by the seed.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from liren.site.sample.load.registers import Ground
from liren.site.sample.load.turns import beside, claiming, keeping_apart, undoing, watching
from liren.site.sample.load.turns.stage import Aside, Stage
from liren.site.sample.world import Street

__all__ = ["Aside", "play"]

# What is played, in this order: each leaves the next enough cases that still stand where it may begin.
PLAYED: Sequence[Callable[[Stage], None]] = (
    beside.leave,
    beside.merge,
    claiming.extend,
    claiming.defer,
    beside.ask_helpers,
    beside.ask_people,
    watching.whistle,
    watching.verify,
    watching.climb,
    undoing.merge_wrongly,
    undoing.seal_wrongly,
    keeping_apart.report,
    keeping_apart.step_back,
    keeping_apart.exclude,
    keeping_apart.follow,
    keeping_apart.archive,
)


def play(
    street: Street, ground: Ground, asides: Sequence[Aside], *, until: datetime, cases: int
) -> Mapping[str, int]:
    """Play everything as of `until`; how often each kind was played. Bounded, whatever the size of the street."""
    stage = Stage(street, ground, asides, until=until, share=min(2.0, cases / 5_000))
    for kind in PLAYED:
        kind(stage)
    return stage.played
