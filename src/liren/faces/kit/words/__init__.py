"""Codes into sentences: every refusal in plain words that say what to do next."""

from math import ceil
from typing import Any

from django.utils.translation import gettext as _

from liren.faces.kit.words import copies, desk, forum, imports, machinery, registers, residents
from liren.kernel.errors import LirenError, Throttled


def _sentences() -> dict[str, str]:
    people = residents.sentences() | desk.sentences() | registers.sentences()
    return people | machinery.sentences() | copies.sentences() | imports.sentences() | forum.sentences()


def sentence(error: LirenError) -> str:
    """The sentence for an error, in the reader's language; an unknown code still says what to do."""
    params: dict[str, Any] = dict(error.params)
    if isinstance(error, Throttled):
        params["minutes"] = max(1, ceil(error.retry_after / 60))
    text = _sentences().get(error.code)
    if text is None:
        return _("没有办成（%(code)s）。请回到上一页再试一次，或者拨打 12345。") % {"code": error.code}
    try:
        return text % params
    except KeyError:
        return text


def known() -> frozenset[str]:
    """Every code that has a sentence; a house test compares it with the codes raised."""
    return frozenset(_sentences())
