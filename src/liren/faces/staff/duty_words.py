"""The duty list in words: its rows, what another one would change, what it would have meant. Words only."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

from django.utils.translation import gettext as _

from liren.cases import queries as cases
from liren.faces.staff import proposals
from liren.registers.duties import queries as duties
from liren.registers.people import queries as people

# Headings are what the import reads, in any language of the reader.
HEADS = ("诉求类别", "范围", "主责单位", "协办单位", "只协助", "法律依据", "来源")
MOST_SHIFTS = 12


def table_rows(rows: Iterable[duties.SaidRow]) -> Iterator[Sequence[str]]:
    """The list as the import reads it, heading first."""
    yield HEADS
    for row in rows:
        helpers, assists = "、".join(row.co_units), "是" if row.assist_only else ""
        yield [row.class_said, row.place, row.unit, helpers, assists, row.basis, row.source]


def column_titles() -> dict[str, str]:
    """Columns of the table by their name in the import."""
    return {
        "class": _("诉求类别"),
        "place": _("范围"),
        "unit": _("主责单位"),
        "co_units": _("协办单位"),
        "basis": _("法律依据"),
    }


def unit_titles() -> dict[int, str]:
    """Every unit by the name it goes by."""
    return {unit.id: unit.short or unit.name for unit in people.units()}


def class_titles(on: date) -> dict[str, str]:
    """Every group and class of the day in the reader's language, in the order of the taxonomy."""
    titles: dict[str, str] = {}
    for group in duties.groups(on):
        titles[group.code] = group.title
        titles |= {one.code: one.title for one in group.classes}
    return titles


def differences(
    before: Mapping[int, duties.DutyRow], after: Sequence[duties.DutyRow], on: date
) -> list[tuple[str, str, str]]:
    """Which rows another list has otherwise: what it is about, now, then."""
    titles, names, places = class_titles(on), unit_titles(), duties.Names(on)

    def told(rows: Iterable[duties.DutyRow]) -> dict[tuple[str, str, int], str]:
        kept: dict[tuple[str, str, int], str] = {}
        for row in rows:
            # of those that lead there is one; those that assist are told apart
            which = (row.class_code, row.place_path, row.unit_id if row.assist_only else 0)
            kept[which] = _row(row, names)
        return kept

    old, new = told(before.values()), told(after)
    changed = [which for which in {**old, **new} if old.get(which) != new.get(which)]
    return [
        (
            f"{titles.get(code, code)} · {places.place_said(path)}",
            old.get((code, path, unit), "—"),
            new.get((code, path, unit), "—"),
        )
        for code, path, unit in changed
    ]


def _row(row: duties.DutyRow, names: Mapping[int, str]) -> str:
    unit = names.get(row.unit_id, "")
    head = _("%(unit)s 只协助") % {"unit": unit} if row.assist_only else unit
    helpers = "、".join(names.get(one, "") for one in row.co_unit_ids)
    with_helpers = _("%(unit)s，协办 %(helpers)s") % {"unit": head, "helpers": helpers} if helpers else head
    return f"{with_helpers}\n{row.basis}"


def effect_rows(effect: cases.ListEffect) -> list[tuple[str, str]]:
    """What a list would have meant, one figure to a line; then who hands how many to whom."""
    names = unit_titles()
    figures = [
        (_("主责单位会换的"), proposals.cases(effect.moved)),
        (_("没有单位主责的"), _now_then(effect.gaps)),
        (_("写了几家、要人来定的"), _now_then(effect.shared)),
    ]
    for shift in effect.shifts[:MOST_SHIFTS]:
        way = {"before": leads(shift.before, names), "after": leads(shift.after, names)}
        figures.append((_("由 %(before)s 换成 %(after)s") % way, proposals.cases(shift.cases)))
    more = sum(shift.cases for shift in effect.shifts[MOST_SHIFTS:])
    return [*figures, (_("其余的换法"), proposals.cases(more))] if more else figures


def leads(units: Sequence[int], names: Mapping[int, str]) -> str:
    """The units a list names for a thing."""
    if not units:
        return _("没有单位")
    return _("或").join(names.get(unit, "") for unit in units)


def met(rows: Iterable[cases.Led]) -> list[proposals.Met]:
    """The cases that would be led elsewhere."""
    names = unit_titles()
    return [
        proposals.Met(one.number, one.title, leads(one.before, names), leads(one.after, names))
        for one in rows
    ]


def warnings(effect: cases.ListEffect) -> list[str]:
    """What to mind before the list is published."""
    if effect.gaps[1] <= effect.gaps[0]:
        return []
    return [
        _("照这份清单，过去 %(days)s 天里有 %(n)s 件没有单位主责，比现在多：派单时要人一件件定。")
        % {"days": cases.SIMULATED_DAYS, "n": effect.gaps[1]}
    ]


def _now_then(pair: tuple[int, int]) -> str:
    return _("现在 %(now)s 件，以后 %(then)s 件") % {"now": pair[0], "then": pair[1]}
