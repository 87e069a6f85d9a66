"""The registers of the sample street, written by the same actions an office uses: places, bodies, seats, duties."""

import json
import secrets
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import pyotp

from liren.base.access import actions as access
from liren.kernel.clock import office_zone, to_office, utc_now
from liren.kernel.policy import SYSTEM, Actor
from liren.registers.duties import actions as duties
from liren.registers.knowledge import actions as knowledge
from liren.registers.people import actions as people
from liren.registers.places import actions as places
from liren.registers.places.models import ExternalCode
from liren.site.sample import homes
from liren.site.sample.world import PlannedPlace, Street, read, source

# Those whose sign-in is printed: one for every desk and role.
DEMO = (
    "dingxiaohe", "baimin", "shaoliang", "cuibo", "xuebin", "chengyi", "gelin", "fanglan", "tianye",
    "yuanqing", "xuzhi", "fuqian", "jihe", "tanyan", "moqi",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Ground:
    """Ids and paths in the database by the codes of the plan."""

    places: Mapping[str, tuple[int, str]]
    units: Mapping[str, int]
    accounts: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class SignIn:
    """What one demo account signs in with; made anew for every load and kept only in LIREN_HOME."""

    username: str
    holder: str
    title: str
    unit: str
    password: str
    secret: str  # base 32, for an authenticator
    once: tuple[str, ...]  # codes that work one time each in place of the authenticator


def write(street: Street, *, opened: datetime) -> Ground:
    """Write every register of the street as of the moment its office opened. RuntimeError if refused."""
    known = _places(street, opened)
    units = _bodies(street, known, opened)
    accounts = _posts(street, known, units, opened)
    _duties(street, known, units, opened)
    _articles(units)
    return Ground(known, units, accounts)


def _row(place: PlannedPlace) -> dict[str, str]:
    cells = {
        "kind": place.kind,
        "code": place.code,
        "name": place.name,
        "name_en": place.name_en,
        "parent": place.parent,
        "aliases": ";".join(place.aliases),
        "office": "yes" if place.kind == "street" else "",
        "sort": str(place.sort),
    }
    for name in ("lat", "lon", "population", "households"):
        value = getattr(place, name)
        cells[name] = "" if value is None else str(value)
    return cells


def _dwellings(street: Street) -> Iterator[PlannedPlace]:
    for yard in homes.registered(street):
        for building in yard.buildings:
            yield from homes.dwellings(building)


def _places(street: Street, opened: datetime) -> dict[str, tuple[int, str]]:
    planned = [*street.places, *_dwellings(street)]
    report = places.import_places([_row(place) for place in planned], by=SYSTEM, now=opened)
    _whole(report.rows)
    outlines = [
        {"type": "Feature", "properties": {"code": place.code}, "geometry": place.boundary}
        for place in street.places
        if place.boundary is not None
    ]
    drawn = json.dumps({"type": "FeatureCollection", "features": outlines}).encode()
    _whole(places.import_outlines(drawn, by=SYSTEM, now=opened).rows)
    rows = ExternalCode.objects.values_list("value", "place_id", "place__path")
    return {value: (place_id, path) for value, place_id, path in rows}


def _whole(rows: Iterable[places.RowReport]) -> None:
    refused = [row for row in rows if row.status == "refused"]
    if refused:
        raise RuntimeError(f"the sample street was refused: {len(refused)} rows, first {refused[0]}")


def _bodies(street: Street, known: Mapping[str, tuple[int, str]], opened: datetime) -> dict[str, int]:
    made = {}
    for i, unit in enumerate(street.units):
        made[unit.code] = people.open_body(
            code=unit.code,
            kind=unit.kind,
            by=SYSTEM,
            now=opened,
            name=unit.name,
            name_en=unit.name_en,
            short=unit.short,
            place_id=known[unit.place][0],
            handles=True,
            calendar=unit.calendar,
            phone=unit.phone,
            sort=i,
        )
    for i, name in enumerate(source()["property"]):
        people.open_body(
            code=f"property-{i + 1}",
            kind="property_company",
            by=SYSTEM,
            now=opened,
            name=f"{name}服务有限公司",
            short=name,
            sort=100 + i,
        )
    return made


def _posts(
    street: Street, known: Mapping[str, tuple[int, str]], units: Mapping[str, int], opened: datetime
) -> dict[str, int]:
    accounts = {}
    begin = to_office(opened, office_zone()).date()
    for post in street.posts:
        account = access.open_account(
            username=post.username, kind="staff", password=None, by=SYSTEM, now=opened
        )
        seat = people.open_post(
            body_id=units[post.unit],
            title=post.title,
            role=post.role,
            place_id=known[post.place][0],
            by=SYSTEM,
            now=opened,
        )
        people.appoint(seat, account_id=account, holder=post.holder, by=SYSTEM, now=opened, valid_from=begin)
        accounts[post.username] = account
    return accounts


def sign_ins(street: Street, accounts: Mapping[str, int]) -> list[SignIn]:
    """Give the demo accounts a password and a second factor, as their holders would. Outside a transaction."""
    made = []
    names = {unit.code: unit.short for unit in street.units}
    posts = {post.username: post for post in street.posts}
    for username in DEMO:
        post, account = posts[username], accounts[username]
        password = secrets.token_urlsafe(12)
        now = utc_now()
        access.reset_password(account, password, by=SYSTEM, now=now)
        holder = Actor(id=account, kind="staff", proof="password")
        begun = access.start_second_factor(account, by=holder, now=now)
        code = pyotp.TOTP(begun.secret).at(now)
        done = access.confirm_second_factor(account, code, device_token=None, by=holder, now=now)
        made.append(
            SignIn(
                username,
                post.holder,
                post.title,
                names[post.unit],
                password,
                begun.secret,
                done.recovery_codes,
            )
        )
    return made


def _duties(
    street: Street, known: Mapping[str, tuple[int, str]], units: Mapping[str, int], opened: datetime
) -> None:
    written = read("catalogue.yaml")
    committees = {code: known[unit.place][1] for unit in street.units if (code := unit.code)[0] == "c"}
    committees = {code: committees[code] for code in written["committees"]}
    rows: list[duties.DutyRow] = []
    for row in written["rows"]:
        helpers = tuple(units[code] for code in row["co"])
        code, basis = row["class"], row["basis"]
        if row["lead"] == "committee":
            rows += [
                duties.DutyRow(code, units[name], path, helpers, False, basis)
                for name, path in committees.items()
            ]
        else:
            rows.append(duties.DutyRow(code, units[row["lead"]], "", helpers, False, basis))
        if row.get("assist") == "committee":
            rows += [
                duties.DutyRow(code, units[name], path, (), True, basis) for name, path in committees.items()
            ]
    duties.publish_catalogue(
        rows,
        valid_from=to_office(opened, office_zone()).date(),
        source=written["catalogue"]["source"],
        by=SYSTEM,
        now=opened,
    )


def _articles(units: Mapping[str, int]) -> None:
    now = utc_now()
    today: date = to_office(now, office_zone()).date()
    written = read("articles.yaml")
    for row in written["articles"]:
        draft = knowledge.Draft(
            code=row["code"],
            question=row["question"],
            answer=row["answer"],
            class_code=row["class"],
            owner_unit_id=units[row["owner"]],
            review_by=today + timedelta(days=row["review_days"]),
            question_en=row.get("question_en", ""),
            answer_en=row.get("answer_en", ""),
            sources=tuple(row.get("sources", ())),
        )
        knowledge.write_article(draft, by=SYSTEM, now=now)
