"""The rules of watching over the work, read from the pack "watching". No SQL."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from liren.kernel.rulepacks import Row
from liren.kernel.worktime import Limit
from liren.registers.duties.packs import pack
from liren.registers.duties.views import Words


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing that may be chosen: a code that is kept and words that are shown."""

    code: str
    words: Words

    @property
    def title(self) -> str:
        """The words in the language being spoken."""
        return str(self.words)


@dataclass(frozen=True, slots=True)
class TriggerRule:
    """One reason to climb: near, overdue, overdue_unanswered (with `limit`), reopened, chased (with `times`).

    `used`: a near limit counts only when so many percent of it are used up.
    """

    cause: str
    limit: Limit | None
    times: int
    used: int


@dataclass(frozen=True, slots=True)
class RungRule:
    """One rung of the ladder of supervision. `time`: how long it has, and by when its answer is due if it asks for one.

    `hold`: how long an answered rung stands still, as long as `time` where the row does not say.
    """

    level: str
    titles: Words
    triggers: tuple[TriggerRule, ...]
    time: Limit
    hold: Limit
    calendar: str
    asks: bool
    who: Words
    key: str
    source: str
    version: str

    @property
    def title(self) -> str:
        """Its name in the language being spoken."""
        return str(self.titles)


@dataclass(frozen=True, slots=True)
class WhistleRule:
    """Within what time a called unit says that it heard, and both sides score after the end."""

    acknowledge: Limit
    score: Limit
    calendar: str
    key: str
    source: str


@dataclass(frozen=True, slots=True)
class SampleRule:
    """How many replies of each unit are verified in a week: a share, and at least so many."""

    percent: int
    least: int
    key: str
    source: str


@dataclass(frozen=True, slots=True)
class RatesRule:
    """How the rates are told. `minimum`: a share of fewer is not shown; `confidence` of its interval in 0..1.

    `window`: within what time the same matter at the same place counts as come back.
    """

    minimum: int
    confidence: float
    window: timedelta
    key: str
    source: str
    version: str


@dataclass(frozen=True, slots=True)
class ExclusionReason:
    """One reason to leave a case out of the rates. `about`: see `rules.REASONS_ABOUT`; never an answer."""

    code: str
    about: str
    words: Words

    @property
    def title(self) -> str:
        """The words in the language being spoken."""
        return str(self.words)


def rates_rule(on: date) -> RatesRule:
    """How the rates of that day are told."""
    row = pack("watching").pick("rule.rates", on)
    value = row.value
    return RatesRule(
        minimum=value["minimum"],
        confidence=value["confidence"] / 100,
        window=timedelta(days=value["window"]["value"]),
        key=row.key,
        source=row.source,
        version=row.version,
    )


def exclusion_reasons(on: date) -> list[ExclusionReason]:
    """For what a case may be left out of the rates on that day."""
    row = pack("watching").pick("rule.exclusion_reasons", on)
    return [
        ExclusionReason(one["code"], one["about"], Words(one["zh"], one["en"]))
        for one in row.value["exclusions"]
    ]


def recusal_reasons(on: date) -> list[Choice]:
    """Why a member of staff steps back from a case, or is kept from it (`Bar.reason_code`)."""
    row = pack("watching").pick("rule.recusal_reasons", on)
    return [Choice(one["code"], Words(one["zh"], one["en"])) for one in row.value["reasons"]]


def rating_reasons(on: date) -> list[Choice]:
    """What a requester may say was wrong with a reply (`Rating.reasons` keeps the codes)."""
    row = pack("watching").pick("rule.rating_reasons", on)
    return [Choice(one["code"], Words(one["zh"], one["en"])) for one in row.value["reasons"]]


def ladder(on: date) -> list[RungRule]:
    """The rungs of supervision that hold on that day, lowest first."""
    found = pack("watching").on(on)
    return [
        _rung(row, key.rpartition(".")[2])
        for key, row in found.items()
        if key.startswith("rule.supervision.")
    ]


def whistle_rule(on: date) -> WhistleRule:
    """The limits of a whistle."""
    row = pack("watching").pick("rule.whistle", on)
    value = row.value
    return WhistleRule(
        _limit(value["acknowledge"]), _limit(value["score"]), value["calendar"], row.key, row.source
    )


def sample_rule(on: date) -> SampleRule:
    """How many replies are verified on the spot."""
    row = pack("watching").pick("rule.verification", on)
    return SampleRule(row.value["percent"], row.value["least"], row.key, row.source)


def call_again(on: date) -> timedelta:
    """How long after an unanswered call the same person is not offered again."""
    row = pack("watching").pick("rule.call_back_desk", on)
    return timedelta(hours=row.value["again"]["value"])


def _rung(row: Row, level: str) -> RungRule:
    value = row.value
    return RungRule(
        level=level,
        titles=Words(row.title.zh, row.title.en),
        triggers=tuple(_trigger(one) for one in value["triggers"]),
        time=_limit(value["time"]),
        hold=_limit(value.get("hold", value["time"])),
        calendar=value["calendar"],
        asks=value["answer"],
        who=Words(**value["who"]),
        key=row.key,
        source=row.source,
        version=row.version,
    )


def _trigger(value: Mapping[str, Any]) -> TriggerRule:
    limit = _limit(value["limit"]) if "limit" in value else None
    return TriggerRule(value["cause"], limit, value.get("times", 0), value.get("used", 0))


def _limit(value: Mapping[str, Any]) -> Limit:
    return Limit(value["value"], value["unit"])
