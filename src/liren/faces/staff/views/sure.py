"""The page before an act on a register: what will change, what hangs on it, one button to go on and one to go back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render

from liren.faces.kit.doors import FaceRequest
from liren.faces.staff import showing


@dataclass(frozen=True, slots=True)
class Asked:
    """One act with what it will do: rows are (what, now, then), `touched` (what, figure)."""

    heading: str
    button: str
    rows: Sequence[tuple[str, str, str]]
    touched: Sequence[tuple[str, str]]
    action: str
    warning: str = ""
    danger: bool = False


def ask(request: FaceRequest, asked: Asked, form: Mapping[str, str]) -> HttpResponse:
    """Show what will be so afterwards; the form comes along unseen, so that nothing has to be typed again."""
    context = showing.frame(request, "office", dead=False) | {"change": asked, "hidden": form}
    return render(request, "staff/office_sure.html", context)
