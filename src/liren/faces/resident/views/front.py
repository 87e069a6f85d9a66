"""What the home page shows; every view that shows it again with what was typed builds it here."""

from liren.cases import queries as cases
from liren.faces.kit.doors import FaceRequest
from liren.faces.resident import showing
from liren.kernel.clock import office_zone, to_office, utc_now
from liren.kernel.errors import LirenError
from liren.registers.duties import queries as duties

CHIPS = 6


def home_context(
    request: FaceRequest, *, about: str = "", words: str = "", problem: str = ""
) -> dict[str, object]:
    """Everything the home page shows; also used to show it again with what was typed and what was wrong."""
    now = utc_now()
    on = to_office(now, office_zone()).date()
    mine = cases.matters(request.actor, now=now)
    chips = [duties.class_view(code, on) for code in cases.frequent_classes(now=now, limit=CHIPS)]
    return {
        "tab": "home",
        "words": words,
        "problem": problem,
        "matters": showing.mine_rows(mine[:3]),
        "total": len(mine),
        "chips": list({chip.code: chip for chip in chips}.values()),
        "about": _about(about, chips),
        "nearby": showing.public_rows(cases.in_hand(now=now, limit=3), on),
    }


def _about(code: str, chips: list[duties.ClassView]) -> duties.ClassView | None:
    """The class somebody tapped before writing; none where it is no class (any more)."""
    chosen = next((chip for chip in chips if code in {chip.code, chip.asked}), None)
    if chosen is not None or not code:
        return chosen
    try:
        return duties.class_view(code[:64], to_office(utc_now(), office_zone()).date())
    except LirenError:
        return None
