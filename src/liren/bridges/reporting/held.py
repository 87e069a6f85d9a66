"""What the office holds already and a form need not ask for: each counted by code, for the office and its communities."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal

from django.utils.translation import gettext as _
from django.utils.translation import override

from liren.bridges.reporting.rules import Period, plainly, same
from liren.cases import queries as cases
from liren.kernel.clock import office_day, office_zone, utc_now
from liren.kernel.errors import NotFound
from liren.kernel.policy import SYSTEM
from liren.registers.duties import queries as duties
from liren.registers.people import queries as people
from liren.registers.places import queries as places

Source = Literal["cases", "rate", "ground", "counted", "bodies", "seats"]


@dataclass(frozen=True, slots=True)
class Held:
    """One thing held: where it is counted, what of it, and how forms head it beside the office's own title."""

    source: Source
    name: str
    headings: tuple[str, ...]


CATALOGUE: Mapping[str, Held] = {
    "cases.demands": Held("cases", "demands", ("接到诉求数", "诉求总量", "受理群众诉求件数", "收到诉求数",)),
    "cases.closed": Held("cases", "closed", ("办结数", "诉求办结件数", "已办结诉求数",)),
    "cases.due": Held("cases", "due", ("应联系诉求数",)),
    "cases.in_time": Held("cases", "in_time", ("按时联系诉求数", "按时响应数",)),
    "cases.heard": Held("cases", "heard", ("回访数", "已回访诉求数",)),
    "cases.solved": Held("cases", "solved", ("解决数", "解决诉求数",)),
    "cases.satisfied": Held("cases", "satisfied", ("满意数", "满意诉求数",)),
    "rate.response": Held("rate", "response", ("按时联系率",)),
    "rate.resolution": Held("rate", "resolution", ("诉求解决率",)),
    "rate.satisfaction": Held("rate", "satisfaction", ("群众满意率", "居民满意率",)),
    "ground.community": Held("ground", "community", ("社区个数", "辖区社区数",)),
    "ground.grid": Held("ground", "grid", ("网格个数", "划分网格数",)),
    "ground.courtyard": Held("ground", "courtyard", ("小区数", "院落数", "住宅小区数",)),
    "ground.building": Held("ground", "building", ("住宅楼栋数",)),
    "counted.population": Held("counted", "population", ("常住人口", "居民人数", "人口数",)),
    "counted.households": Held("counted", "households", ("家庭户数", "居民户数", "总户数",)),
    "bodies.property_company": Held("bodies", "property_company", ("物业公司数",)),
    "bodies.owners_committee": Held("bodies", "owners_committee", ("成立业委会数", "业委会数",)),
    "bodies.social_org": Held("bodies", "social_org", ("社区社会组织数",)),
    "seats.grid_worker": Held("seats", "grid_worker", ("网格员数", "专职网格员数",)),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Counted:
    """One held value in its plain form, and the cases behind it where it counts cases."""

    value: str
    drill: cases.Drill | None = None


def _titles() -> dict[str, str]:
    return {
        "cases.demands": _("受理诉求数"),
        "cases.closed": _("办结诉求数"),
        "cases.due": _("应当联系的诉求数"),
        "cases.in_time": _("按时联系的诉求数"),
        "cases.heard": _("回访到的诉求数"),
        "cases.solved": _("居民说解决了的诉求数"),
        "cases.satisfied": _("居民满意的诉求数"),
        "rate.response": _("响应率（%）"),
        "rate.resolution": _("解决率（%）"),
        "rate.satisfaction": _("满意率（%）"),
        "ground.community": _("社区数"),
        "ground.grid": _("网格数"),
        "ground.courtyard": _("院落（小区）数"),
        "ground.building": _("楼栋数"),
        "counted.population": _("常住人口（人）"),
        "counted.households": _("户数（户）"),
        "bodies.property_company": _("物业服务企业数"),
        "bodies.owners_committee": _("业主委员会数"),
        "bodies.social_org": _("社会组织数"),
        "seats.grid_worker": _("网格员人数"),
    }


def title(code: str) -> str:
    """What is held under a code, in the reader's language; a code nobody knows is said as it is."""
    base, _colon, group = code.partition(":")
    told = _titles().get(base, code)
    return _("%(what)s：%(group)s") % {"what": told, "group": _groups().get(group, group)} if group else told


def codes() -> list[str]:
    """Everything that is held: the catalogue, and demands by each group of classes."""
    return [*CATALOGUE, *(f"cases.demands:{group}" for group in _groups())]


def find(heading: str) -> str:
    """What is held that a heading asks for beyond doubt, "" for nothing."""
    for code in CATALOGUE:
        if any(same(heading, said) for said in spoken(code)):
            return code
    for code, named in _groups().items():
        if any(same(heading, f"{named}{said}") for said in ("诉求数", "类诉求数", "类受理诉求数")):
            return f"cases.demands:{code}"
    return ""


def spoken(code: str) -> tuple[str, ...]:
    """How the departments' forms, which are in Chinese, may head what is held under a code."""
    if code not in CATALOGUE:
        return ()
    with override("zh-hans"):
        return (title(code), *CATALOGUE[code].headings)


def _groups() -> dict[str, str]:
    return {one.code: one.title for one in duties.groups(_today())}


def _today() -> date:
    return office_day(utc_now())


def known(code: str) -> bool:
    """Whether this is held."""
    return code in CATALOGUE or code in codes()


def count(wanted: Iterable[str], period: Period, paths: Sequence[str]) -> dict[tuple[str, str], Counted]:
    """What is held under each code for each place path, in a period; the ground and its people as they stand today.

    A share nobody can say anything of is left out. Two statements for cases, two more for each group of classes, one
    each for people.
    """
    found: dict[tuple[str, str], Counted] = {}
    asked = set(wanted)
    for group in sorted({code.partition(":")[2] for code in asked if code.startswith(("cases.", "rate."))}):
        found |= _of_cases(asked, group, period, paths)
    for code in asked:
        one = CATALOGUE.get(code)
        if one is not None and one.source not in {"cases", "rate"}:
            found |= {(code, path): Counted(plainly(Decimal(n))) for path, n in _standing(one, paths).items()}
    return found


def _of_cases(
    wanted: set[str], group: str, period: Period, paths: Sequence[str]
) -> dict[tuple[str, str], Counted]:
    begin, end = (datetime.combine(day, time(0), office_zone()) for day in (period.first, period.after))
    # what is not due yet is not late
    end = max(min(end, utc_now().replace(microsecond=0)), begin + timedelta(seconds=1))
    what = cases.Slice(begin, end, class_code=group)
    told = cases.figures(SYSTEM, what, "community")
    lines = {line.key: line.counts for line in told.lines}
    whole = places.root().path
    found = {}
    for code in wanted:
        base, _colon, of = code.partition(":")
        one = CATALOGUE.get(base)
        if one is None or of != group or one.source not in {"cases", "rate"}:
            continue
        for path in paths:
            counts = told.whole if path == whole else lines.get(path, cases.Counts())
            cut: tuple[cases.Dimension, str] = ("", "") if path == whole else ("community", path)
            if one.source == "cases":
                number = getattr(counts, one.name)
                found[code, path] = Counted(plainly(Decimal(number)), cases.Drill(one.name, what, *cut))
                continue
            rate = counts.rate(one.name)
            if rate.of:
                hits, _of = cases.SHARES[one.name]
                share = (Decimal(rate.hits) * 100 / rate.of).quantize(Decimal("0.1"), ROUND_HALF_UP)
                found[code, path] = Counted(plainly(share), cases.Drill(hits, what, *cut))
    return found


def _standing(one: Held, paths: Sequence[str]) -> dict[str, int]:
    """How many there are today in each place; what nobody counted is left out."""
    root = places.root().path
    if one.source == "ground":
        there = [place.path for place in places.within(root, one.name)]
        return {path: sum(other.startswith(path) for other in there) for path in paths}
    if one.source == "bodies":
        there = [_path_of(body.place_id, root) for body in people.body_rows(_today(), kind=one.name)]
        return {path: sum(other.startswith(path) for other in there) for path in paths}
    if one.source == "seats":
        there = [seat.place_path or root for seat in people.seats(_today(), role=one.name) if not seat.vacant]
        return {path: sum(other.startswith(path) for other in there) for path in paths}
    found = {}
    for path in paths:
        place = places.by_path(path)
        counted = place.population if one.name == "population" else place.households
        if counted is not None:
            found[path] = counted
    return found


def _path_of(place_id: int | None, root: str) -> str:
    try:
        return places.get(place_id).path if place_id is not None else root
    except NotFound:
        return root
