"""Class, place and unit for a dispatch: what is suggested is chosen already, the duty list says who may be asked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from liren.faces.staff import showing
from liren.kernel.errors import LirenError
from liren.registers.duties import queries as duties
from liren.registers.places import queries as places

SURE = 0.5  # a fainter suggestion is offered on top of the list, never chosen already


def holding(code: str, on: date) -> str:
    """A class as it holds on a day, its successor where it is retired, "" where there is none."""
    if not code:
        return ""
    try:
        return duties.class_view(code[:64], on).code
    except LirenError:
        return ""


@dataclass(frozen=True, slots=True)
class Spots:
    """The places a case page names or offers: in which order, what each is called, which the clerk chose."""

    ids: list[int]
    names: Mapping[int, str]
    chosen: int | None


def spots(case: Any, given: Sequence[Any], where: str, place_id: int | None) -> Spots:
    """What the clerk looked up, what the case says, what is suggested, then the communities and the whole street."""
    found = [place.place_id for place in places.read_address(where, limit=5)] if where.strip() else []
    item = next((item for item in given if item.kind == "place"), None)
    suggested = int(item.choice) if item is not None else None
    sure = suggested if item is not None and item.confidence >= SURE else None
    root = places.root()
    first = [*found, place_id, case.place_id, suggested]
    if item is not None:
        first += [int(other["choice"]) for other in item.alternatives]
    wanted = [one for one in first if one is not None]
    wanted += [place.id for place in places.children(root.id, "community")]
    names = places.full_names([*wanted, root.id])
    ids = [one for one in dict.fromkeys([*wanted, root.id]) if one in names]
    chosen = next((one for one in (*found[:1], place_id, case.place_id, sure) if one in names), None)
    return Spots(ids, names, chosen)


def choices(
    case: Any, given: Sequence[Any], on: date, offered: Spots, code: str, unit_id: int | None
) -> dict[str, Any]:
    """What the dispatch form offers: what the clerk chose last, else what the case says, else what is suggested."""
    best = {item.kind: item.choice for item in given if item.confidence >= SURE}
    chosen_code = holding(code, on) or holding(case.class_code, on) or holding(best.get("class", ""), on)
    units = _units(chosen_code, offered.chosen, on)
    known = {unit["unit_id"] for unit in units}
    wanted = unit_id or case.unit_id
    if wanted not in known:
        wanted = units[0]["unit_id"] if len(units) == 1 else None
    return {
        "class_choices": duties.groups(on),
        "class_hints": _hints(given, on),
        "place_choices": [(one, offered.names.get(one, "")) for one in offered.ids],
        "unit_choices": units,
        "chosen": {"class_code": chosen_code, "place_id": offered.chosen, "unit_id": wanted},
    }


def _hints(given: Sequence[Any], on: date) -> list[tuple[str, str, int]]:
    """Suggested classes with their titles and percents, the likeliest first."""
    item = next((item for item in given if item.kind == "class"), None)
    if item is None:
        return []
    rest = [(str(other["choice"]), float(other["confidence"])) for other in item.alternatives]
    guesses = [(holding(code, on), share) for code, share in [(item.choice, item.confidence), *rest]]
    return [(code, showing.class_title(code, on), round(100 * share)) for code, share in guesses if code]


def _units(code: str, place_id: int | None, on: date) -> list[dict[str, Any]]:
    if not code or place_id is None:
        return []
    matches = duties.lead(code, places.get(place_id).path, on)
    return [
        {"unit_id": match.unit_id, "name": match.unit_name, "basis": match.basis}
        for match in matches
        if not match.assist_only
    ]
