"""Places in words, for any face."""

from collections.abc import Iterable

from liren.kernel.errors import NotFound
from liren.registers.places import queries as places


def office_name() -> str:
    """The name of the place this office serves; the product's own before any place is known."""
    try:
        return places.root().name
    except NotFound:
        return "里仁"


def names_above(paths: Iterable[str], *, kinds: tuple[str, ...]) -> dict[str, str]:
    """For each place path, the name of the nearest place of one of `kinds` it lies in (or is), "" where none."""
    named = {}
    for path in set(paths):
        if not path:
            continue
        place = places.by_path(path)
        around = [*places.ancestors(place.id), place]
        named[path] = next((p.name for kind in kinds for p in reversed(around) if p.kind == kind), "")
    return named
