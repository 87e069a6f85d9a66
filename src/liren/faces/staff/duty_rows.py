"""One row of the duty list as a form says it, read into the whole list it would be part of."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from liren.faces.kit import words as sentences
from liren.faces.staff import duty_words, proposals, showing
from liren.kernel.errors import NotFound, Refused
from liren.registers.duties import actions
from liren.registers.duties import queries as duties

FIELDS = ("class_code", "place", "unit", "co_units", "assist_only", "basis", "valid_from", "source", "seen")


@dataclass(frozen=True, slots=True)
class ListDraft:
    """A whole list that is to hold from a day on, and the paper it rests on."""

    rows: list[duties.DutyRow]
    valid_from: date
    source: str
    seen: int


def typed_of(latest: duties.LatestList, entry_id: int | None) -> dict[str, str]:
    """A row as the form has it; empty for a new one. Raises NotFound("duty.row_unknown")."""
    first = max(showing.today(), latest.valid_from or showing.today())
    form = dict.fromkeys(FIELDS, "") | {"valid_from": first.isoformat(), "seen": str(latest.version)}
    if entry_id is None:
        return form
    if entry_id not in latest.rows:
        raise NotFound("duty.row_unknown")
    row, said = latest.rows[entry_id], duties.in_words({entry_id: latest.rows[entry_id]}, first)[0]
    return form | {
        "class_code": row.class_code,
        "place": said.place,
        "unit": str(row.unit_id),
        "co_units": "、".join(said.co_units),
        "assist_only": "1" if row.assist_only else "",
        "basis": row.basis,
    }


def draft(
    latest: duties.LatestList, entry_id: int | None, form: Mapping[str, str], *, remove: bool
) -> ListDraft:
    """The latest list with one row put in, put right or taken out.

    Raises Refused: duty.class_unknown, duty.unit_unknown, duty.place_unknown, duty.place_unclear, duty.no_source,
    duty.day_past, rule.day and the faults of the row itself; what is wrong with another row is said with that row.
    """
    if entry_id is not None and entry_id not in latest.rows:
        raise NotFound("duty.row_unknown")
    valid_from = day(form["valid_from"])
    kept = {number: row for number, row in latest.rows.items() if number != entry_id}
    rows = list(kept.values())
    if not remove:
        rows.append(_row(form, valid_from))  # last: of two that clash, it is the one at fault
    if not form["source"].strip():
        raise Refused("duty.no_source", field="source")
    for index, code in actions.faults(rows, valid_from).items():
        if index == len(kept):
            raise Refused(code, field=_FIELD_OF.get(code, "class_code"))
        told = next(iter(duties.in_words({0: rows[index]}, valid_from)))
        raise Refused(
            "duty.other_row",
            row=f"{told.class_said} · {told.place} · {told.unit}",
            why=sentences.sentence(Refused(code)),
        )
    return ListDraft(rows, valid_from, form["source"].strip(), proposals.seen(form))


_FIELD_OF = {"duty.no_basis": "basis", "duty.own_helper": "co_units", "duty.place_unknown": "place"}


def _row(form: Mapping[str, str], valid_from: date) -> duties.DutyRow:
    names = duties.Names(valid_from)
    if form["class_code"] not in duty_words.class_titles(valid_from):
        raise Refused("duty.class_unknown", field="class_code")
    if not form["unit"].isdecimal() or int(form["unit"]) not in duty_words.unit_titles():
        raise Refused("duty.unit_unknown", field="unit")
    path = names.place(form["place"].strip())
    known = names.helpers(form["co_units"].strip())
    return duties.DutyRow(
        form["class_code"], int(form["unit"]), path, known, bool(form["assist_only"]), form["basis"].strip()
    )


def day(said: str) -> date:
    """The first day of a list. Raises Refused: rule.day, duty.day_past."""
    first = proposals.day(said)
    if first < showing.today():
        raise Refused("duty.day_past", field="valid_from")
    return first
