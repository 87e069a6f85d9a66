"""Every figure of the rates opens its rows: a figure as the query of a worklist's address, and back."""

from datetime import UTC, datetime
from urllib.parse import urlencode

from django.http import QueryDict

from liren.cases import queries
from liren.faces.kit import typed

_LATEST = 4_102_444_800  # the year 2100, in seconds: a later one is no period of ours


def query_of(drill: queries.Drill) -> str:
    """The query of the list of one figure. Times are seconds, so that the list counts what the figure counted."""
    return urlencode({"view": "all", **params_of(drill)})


def params_of(drill: queries.Drill | None) -> dict[str, str]:
    """The parts of an address that say a figure; nothing for none."""
    if drill is None:
        return {}
    what = drill.slice
    said = {
        "figure": drill.name,
        "since": str(int(what.since.timestamp())),
        "until": str(int(what.until.timestamp())),
        "by": what.by,
        "cut": drill.dimension,
        "s_place": what.place_path,
        "s_unit": str(what.unit_id or ""),
        "s_class": what.class_code,
        "s_channel": what.channel,
    }
    kept = {name: value for name, value in said.items() if value}
    # with a dimension, an empty key is the line of those that have none
    return kept | ({"key": drill.key} if drill.dimension and drill.key else {})


def drill_of(form: QueryDict) -> queries.Drill | None:
    """The figure an address says, None where it says none or an odd one."""
    name, since, until = typed.text(form, "figure"), typed.whole(form, "since"), typed.whole(form, "until")
    if name not in queries.COUNTED or since is None or until is None or not since < until < _LATEST:
        return None
    what = queries.Slice(
        since=datetime.fromtimestamp(since, UTC),
        until=datetime.fromtimestamp(until, UTC),
        by=by_of(typed.text(form, "by")),
        place_path=typed.text(form, "s_place")[:255],
        unit_id=typed.whole(form, "s_unit"),
        class_code=typed.text(form, "s_class")[:64],
        channel=typed.text(form, "s_channel")[:12],
    )
    return queries.Drill(name, what, cut_of(typed.text(form, "cut")), typed.text(form, "key")[:255])


def by_of(text: str) -> queries.By:
    """What is counted: voices where the word says so, else cases."""
    return "voice" if text == "voice" else "case"


def cut_of(text: str) -> queries.Dimension:
    """The dimension a word names, none where it names none."""
    return next((one for one in queries.DIMENSIONS if one == text), "")
