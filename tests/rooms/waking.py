"""What the worker does with the news of a room."""

from liren.base.ledger import actions as ledger
from tests.town import NOW


def wake() -> None:
    """Seal and deliver, to the end."""
    while ledger.seal():
        pass
    ledger.deliver(now=NOW)
