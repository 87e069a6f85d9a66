"""Limits of stages, the call-back and the lawful exits, read from the packs "limits" and "exits". No SQL."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from liren.kernel.rulepacks import Row
from liren.kernel.worktime import Limit
from liren.registers.duties.packs import pack
from liren.registers.duties.views import CallBackRule, Exit, StageLimit, Words


def stage_limit(stage: str, on: date) -> StageLimit:
    """The limit of a stage: dispatch, sign, return_order, ruling, call_back, close.

    NotFound("pack.no_rule") for others.
    """
    row = pack("limits").pick(f"stage.{stage}", on)
    return _stage(row, row.value)


def call_back_rule(on: date) -> CallBackRule:
    """How often somebody is called back before a case is closed unconfirmed (条例 art. 23). No SQL."""
    row = pack("limits").pick("rule.call_back", on)
    return CallBackRule(
        attempts=row.value["attempts"],
        over=timedelta(days=row.value["over"]["value"]),
        silence=timedelta(days=row.value["silence"]["value"]),
        key=row.key,
        source=row.source,
        version=row.version,
    )


def exits(on: date) -> list[Exit]:
    """The lawful exits of that day (条例 art. 11), in the law's order. No SQL."""
    return [_exit(row) for row in pack("exits").on(on).values()]


def exit_way(code: str, on: date) -> Exit:
    """One lawful exit by its key. Raises NotFound("pack.no_rule") where there is none of that name that day."""
    return _exit(pack("exits").pick(code, on))


def _exit(row: Row) -> Exit:
    value = row.value
    return Exit(
        code=row.key,
        titles=Words(row.title.zh, row.title.en),
        needs=tuple(value["needs"]),
        reply=Words(**value["reply"]),
        source=row.source,
        follow=_stage(row, value["follow"]) if "follow" in value else None,
        back=timedelta(days=value["back"]["value"]),
    )


def _stage(row: Row, value: Mapping[str, Any]) -> StageLimit:
    return StageLimit(
        limit=Limit(value["limit"]["value"], value["limit"]["unit"]),
        calendar=value["calendar"],
        key=row.key,
        source=row.source,
        version=row.version,
        basis=value["limit"]["basis"],
    )
