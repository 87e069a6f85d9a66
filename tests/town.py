"""A small town for tests, built through the real actions: two communities, a few buildings, three units."""

from dataclasses import dataclass
from datetime import UTC, date, datetime

from liren.base.access import queries as access
from liren.kernel.policy import SYSTEM, Actor, Grant
from liren.registers.duties import actions as duties
from liren.registers.duties.rules import DutyRow
from liren.registers.people import actions as people
from liren.registers.places import actions as places
from liren.registers.places import queries as ground

# A Tuesday morning in office hours.
NOW = datetime(2026, 3, 10, 2, 0, tzinfo=UTC)
LONG_AGO = date(2024, 1, 1)


@dataclass(frozen=True, slots=True)
class Town:
    """Ids of what was built."""

    street: int
    near: int  # community
    far: int  # community
    grid: int
    yard: int
    building: int
    drains: int  # unit: municipal.*
    sweepers: int  # unit: sanitation.*
    committee: int  # unit: community.*, assists in sanitation
    path: str

    def staff(self, account: int, role: str, *, unit: int | None = None, place: str = "") -> Actor:
        """Somebody with one role of the roles pack, both factors shown."""
        duties_ = access.role(role, NOW.date()).duties
        grant = Grant(role=role, duties=duties_, place_path=place or self.path, unit_id=unit)
        return Actor(id=account, kind="staff", grants=(grant,), proof="second_factor")

    def clerk(self, account: int = 101) -> Actor:
        """Who takes in and dispatches."""
        return self.staff(account, "clerk")

    def handler(self, unit: int, account: int = 102) -> Actor:
        """Who does the work at a unit."""
        return self.staff(account, "handler", unit=unit)

    def caller(self, account: int = 103) -> Actor:
        """Who calls back."""
        return self.staff(account, "callback")


def resident(device: int, *, phone_index: str | None = None) -> Actor:
    """Somebody on a device, with or without a proven phone."""
    role = "phone" if phone_index else "device"
    grant = Grant(role=role, duties=access.role(role, NOW.date()).duties, own_only=True)
    proof = "phone" if phone_index else "device"
    return Actor(
        id=0, kind="resident", grants=(grant,), proof=proof, device_id=device, phone_index=phone_index
    )


def build() -> Town:
    """Build it; call inside a test with a database."""
    by, then = SYSTEM, datetime(2024, 1, 1, tzinfo=UTC)

    def place(kind: str, parent: int | None, name: str, **more: object) -> int:
        return places.open_place(kind=kind, parent_id=parent, by=by, now=then, name=name, **more)  # type: ignore[arg-type]

    district = place("district", None, "望澜区")
    street = place("street", district, "栖禾街道", office=True)
    near, far = place("community", street, "青禾里社区"), place("community", street, "竹影社区")
    grid = place("grid", near, "第一网格")
    place("grid", far, "第一网格")
    yard = place("courtyard", grid, "和园小区")
    building = place("building", yard, "3号楼")

    def body(code: str, kind: str, name: str, calendar: str = "office", ground_id: int = street) -> int:
        return people.open_body(
            code=code,
            kind=kind,
            by=by,
            now=then,
            name=name,
            short=name,
            handles=True,
            calendar=calendar,
            place_id=ground_id,
        )

    drains = body("municipal", "department", "市政设施管理所")
    sweepers = body("sanitation", "department", "环境卫生管理所", "round_the_clock")
    committee = body("c1", "residents_committee", "青禾里居民委员会", ground_id=near)
    law = "《城市市容和环境卫生管理条例》"
    rows = [
        DutyRow("municipal", drains, basis=law, source="责任清单"),
        DutyRow("sanitation", sweepers, basis=law, source="责任清单"),
        DutyRow("sanitation", committee, assist_only=True, basis=law, source="协助事项清单"),
        DutyRow("community", committee, basis="居委会组织法", source="责任清单"),
    ]
    duties.publish_catalogue(rows, valid_from=LONG_AGO, source="街道责任清单", by=by, now=then)
    path = ground.get(street).path
    return Town(street, near, far, grid, yard, building, drains, sweepers, committee, path)
