"""Every write to the ledger: record, subscribe, once; and for the worker seal, deliver, replay, purge."""

from liren.base.ledger.actions.delivery import deliver, pass_backlog, replay
from liren.base.ledger.actions.receipts import Once, once, purge_receipts
from liren.base.ledger.actions.recording import record, record_all, subscribe
from liren.base.ledger.actions.sealing import seal

__all__ = [
    "Once",
    "deliver",
    "once",
    "pass_backlog",
    "purge_receipts",
    "record",
    "record_all",
    "replay",
    "seal",
    "subscribe",
]
