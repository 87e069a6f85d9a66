"""Whose duty a demand is, and what a reply may be made of: pure decisions over rows of the duty list."""

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from string import Formatter
from typing import Literal

from liren.kernel.errors import Refused

# 北京市接诉即办工作条例 art. 2: 咨询 求助 投诉 举报 建议, and no others.
DEMAND_TYPES = ("consult", "help", "complaint", "whistleblow", "suggestion")

# Where a number comes from, said beside it.
BASES = ("law", "standard", "local_example", "office_choice")
# What a reason to leave a case out of the rates may speak of.
# "record": of a case another system kept; given by an import, never asked for by a person.
REASONS_ABOUT = ("event", "procedure", "duty", "requester", "record")

TEMPLATE_KINDS = ("contact", "progress", "done", "cannot", "referral")

# What a template may leave open, and how an open place reads to a clerk who has not filled it yet.
PLACEHOLDERS: Mapping[str, tuple[str, str]] = {
    "matter": ("什么事", "the matter"),
    "place": ("地点", "place"),
    "unit": ("单位", "unit"),
    "person": ("办事的人", "person"),
    "phone": ("电话", "phone"),
    "due": ("最晚时间", "latest time"),
    "date": ("日期", "date"),
    "number": ("编号", "number"),
    "next": ("下一步做什么", "next step"),
    "done": ("做了什么", "what was done"),
    "reason": ("原因", "reason"),
    "channel": ("去哪里办", "where to turn"),
}

_BLANK = re.compile(r"【([^【】]*)】")

Part = Literal["lead", "assist"]

# A class by titles, the widest first: (group, …, class). One alone is a group with one class of its name.
ClassPath = tuple[str, ...]
_LONGEST_TITLE = 60
_DEEPEST = 5


def class_path(path: Sequence[str]) -> ClassPath:
    """Titles in their one form, at least group and class. Raises Refused("class.title")."""
    titles = tuple(" ".join(title.split()) for title in path)
    sound = all(title and len(title) <= _LONGEST_TITLE and title.isprintable() for title in titles)
    if not titles or len(titles) > _DEEPEST or not sound:
        raise Refused("class.title", field="class")
    return titles if len(titles) > 1 else (titles[0], titles[0])


def made_code(path: ClassPath) -> str:
    """The code of a class or group made from a table: the same titles always give the same."""
    return "m" + hashlib.sha256("\x1f".join(path).encode()).hexdigest()[:10]


@dataclass(frozen=True, slots=True)
class Duty:
    """One row of the duty list as decisions see it.

    `exact` is False where the row speaks of a whole group.
    """

    entry_id: int
    exact: bool
    place_path: str
    unit_id: int
    co_unit_ids: tuple[int, ...]
    assist_only: bool
    basis: str


@dataclass(frozen=True, slots=True)
class Permit:
    """Whether a unit may be given a demand, why (a code), and on what legal basis.

    Reasons: duty.lead, duty.assist (allowed); duty.assist_only (it may help, never lead: 条例 art. 17),
    duty.not_on_list, duty.no_entry (the list says nothing about this class here) (refused).
    """

    allowed: bool
    reason: str
    basis: str = ""

    def __bool__(self) -> bool:
        return self.allowed


def prefixes(place_path: str) -> list[str]:
    """Every place a path lies in, the whole office ("") first: "/1k/9x/" gives "", "/1k/", "/1k/9x/"."""
    parts = [part for part in place_path.split("/") if part]
    return ["", *("/" + "/".join(parts[: end + 1]) + "/" for end in range(len(parts)))]


def strongest(duties: Iterable[Duty]) -> list[Duty]:
    """The rows that hold: a row for the class beats its group's, a row for a part of the ground beats a wider
    one.

    Two leads of which neither is narrower in both (a group here, the class in the whole office) both stay:
    then a person decides. Assisting rows all stay. Leads come first, the class before its group, the narrower
    place before the wider.
    """
    every = list(duties)
    leads = [duty for duty in every if not duty.assist_only]
    held = [duty for duty in leads if not any(_beats(other, duty) for other in leads)]
    held += [duty for duty in every if duty.assist_only]
    return sorted(
        held, key=lambda duty: (duty.assist_only, not duty.exact, -len(duty.place_path), duty.entry_id)
    )


def _beats(other: Duty, duty: Duty) -> bool:
    narrower = other.exact >= duty.exact and other.place_path.startswith(duty.place_path)
    return narrower and (other.exact, other.place_path) != (duty.exact, duty.place_path)


def permit(duties: Sequence[Duty], unit_id: int, part: Part) -> Permit:
    """Whether the unit may lead, or assist, where these rows hold (`strongest` of class and place)."""
    if not duties:
        return Permit(False, "duty.no_entry")
    for duty in duties:
        if duty.unit_id == unit_id and not duty.assist_only:
            return Permit(True, "duty.lead", duty.basis)
    helps = [duty for duty in duties if duty.unit_id == unit_id or unit_id in duty.co_unit_ids]
    if not helps:
        return Permit(False, "duty.not_on_list")
    allowed = part == "assist"
    return Permit(allowed, "duty.assist" if allowed else "duty.assist_only", helps[0].basis)


@dataclass(frozen=True, slots=True)
class DutyRow:
    """One row to publish: a class or group code, a place path ("" is the whole office), the unit, its
    helpers, the law.
    """

    class_code: str
    unit_id: int
    place_path: str = ""
    co_unit_ids: tuple[int, ...] = ()
    assist_only: bool = False
    basis: str = ""
    source: str = ""


def row_faults(rows: Sequence[DutyRow]) -> dict[int, str]:
    """Faults between rows, by index: duty.two_leads, duty.twice, duty.lead_and_assist, duty.own_helper,
    duty.no_basis.

    A unit that only assists in a class may not lead it anywhere inside, nor where it assists (条例 art. 17).
    """
    faults: dict[int, str] = {}
    led: dict[tuple[str, str], int] = {}
    seen: set[tuple[str, str, int]] = set()
    assists: dict[tuple[str, int], list[str]] = {}
    for row in rows:
        if row.assist_only:
            assists.setdefault((row.class_code, row.unit_id), []).append(row.place_path)
    for index, row in enumerate(rows):
        here, mine = (row.class_code, row.place_path), (row.class_code, row.place_path, row.unit_id)
        if not row.basis.strip():
            faults[index] = "duty.no_basis"
        elif row.unit_id in row.co_unit_ids:
            faults[index] = "duty.own_helper"
        elif not row.assist_only and _assists_here(row, assists):
            faults[index] = "duty.lead_and_assist"
        elif mine in seen:
            faults[index] = "duty.twice"
        elif not row.assist_only and here in led:
            faults[index] = "duty.two_leads"
        seen.add(mine)
        if not row.assist_only:
            led.setdefault(here, index)
    return faults


def _assists_here(row: DutyRow, assists: Mapping[tuple[str, int], Sequence[str]]) -> bool:
    paths = assists.get((row.class_code, row.unit_id), ())
    return any(path.startswith(row.place_path) or row.place_path.startswith(path) for path in paths)


def open_places(text: str) -> tuple[str, ...]:
    """The names in braces, in order, each once. Raises ValueError for braces that do not match."""
    parsed = Formatter().parse(text)
    return tuple(dict.fromkeys(name for _, name, _, _ in parsed if name is not None))


def template_fault(zh: str, en: str) -> str:
    """What is wrong with a template, in words for whoever maintains the pack; empty if nothing is."""
    try:
        named, named_en = set(open_places(zh)), set(open_places(en))
    except ValueError as error:
        return f"has braces that do not match: {error}"
    unknown = (named | named_en) - set(PLACEHOLDERS)
    if unknown:
        return f"leaves open {', '.join(sorted(unknown))}, which nothing fills"
    if named_en - named:
        return f"leaves open {', '.join(sorted(named_en - named))} in English only"
    return ""


def fill(text: str, values: Mapping[str, str], *, english: bool = False) -> str:
    """The template's text with `values`; a place nobody filled shows as 【下一步做什么】, which no reply may
    still hold.
    """
    shown = {name: f"【{labels[1 if english else 0]}】" for name, labels in PLACEHOLDERS.items()}
    given = {name: value for name, value in values.items() if value.strip()}
    return "".join(
        literal + ({**shown, **given}[name] if name is not None else "")
        for literal, name, _, _ in Formatter().parse(text)
    )


def with_blanks(text: str, *, english: bool = False) -> str:
    """A template as a person writes it: 【什么事】 where it is left open."""
    return fill(text, {}, english=english)


def without_blanks(text: str) -> str:
    """A template as it is kept, out of what `with_blanks` gives; blanks may be named in either language.

    Raises Refused "template.blank_unknown" (`word`), "template.braces".
    """
    if "{" in text or "}" in text:
        raise Refused("template.braces")
    names = {label: name for name, labels in PLACEHOLDERS.items() for label in labels}

    def kept(found: re.Match[str]) -> str:
        name = names.get(found[1].strip())
        if name is None:
            raise Refused("template.blank_unknown", word=found[0])
        return "{" + name + "}"

    return _BLANK.sub(kept, text)


def unfilled(text: str) -> tuple[str, ...]:
    """The labels of places still open in a reply, such as ("下一步做什么",)."""
    labels = [label for both in PLACEHOLDERS.values() for label in both]
    return tuple(label for label in labels if f"【{label}】" in text)
