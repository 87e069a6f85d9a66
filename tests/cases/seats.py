"""People with an account and a grant, so that the house can count who is left to act."""

from liren.base.access import actions as access
from liren.kernel.policy import SYSTEM, Actor
from tests.town import LONG_AGO, NOW, Town


def seated(town: Town, username: str, role: str, *, unit: int | None = None) -> Actor:
    """Somebody with an account and a grant, so that the house can count who is left."""
    account = access.open_account(username=username, kind="staff", password=None, by=SYSTEM, now=NOW)
    access.grant(
        account, role=role, by=SYSTEM, now=NOW, unit_id=unit, place_path="" if unit else town.path,
        valid_from=LONG_AGO, valid_to=None, source="posts",
    )  # fmt: skip
    return town.staff(account, role, unit=unit)
