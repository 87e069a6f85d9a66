"""What every template knows: the office's name."""

from typing import Any

from django.http import HttpRequest

from liren.registers.places import queries as places


def office(request: HttpRequest) -> dict[str, Any]:
    """The office this installation belongs to."""
    return {"office": places.office_view()}
