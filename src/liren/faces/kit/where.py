"""Places in words, for any face."""

from collections.abc import Iterable

from django.utils.translation import get_language

from liren.registers.places import queries as places


def office_name() -> str:
    """The name of the place this office serves, in the reader's language; the product's own before any is known."""
    office = places.office_view()
    if office.name_en and (get_language() or "").startswith("en"):
        return office.name_en
    return office.name


def names_above(paths: Iterable[str], *, kinds: tuple[str, ...]) -> dict[str, str]:
    """For each place path, the name of the nearest place of one of `kinds` it lies in (or is), "" where none."""
    return places.names_above([path for path in set(paths) if path], kinds=kinds)
