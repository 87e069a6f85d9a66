"""What every template knows: the office's name."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from liren.faces.kit.where import office_name


def office(request: HttpRequest) -> dict[str, Any]:
    """The office this installation belongs to; looked up only where a template says it."""
    return {"office": {"name": SimpleLazyObject(office_name)}}
