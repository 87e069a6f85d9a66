"""The rules of the desk's own tools, read from the pack "desk". No SQL."""

from dataclasses import dataclass
from datetime import date

from liren.registers.duties.packs import pack
from liren.registers.duties.views import Words


@dataclass(frozen=True, slots=True)
class BannedWord:
    """A word that tells a resident nothing, and what to write instead."""

    word: str
    instead: Words


@dataclass(frozen=True, slots=True)
class ReplyChecks:
    """What a reply is looked at for. `least` and `each` in characters, `copied` in percent of the reply."""

    least: int
    each: int
    copied: int
    contact: tuple[str, ...]
    banned: tuple[BannedWord, ...]


@dataclass(frozen=True, slots=True)
class MapRule:
    """How the map is drawn: most pins, cases below which a rate is not ranked, periods in days."""

    pins: int
    few: int
    days: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class DisclosureRule:
    """How figures are told to everybody: a count below `fewest` is not."""

    fewest: int
    key: str
    source: str
    version: str


@dataclass(frozen=True, slots=True)
class Target:
    """What an office wants of one rate, as a share in 0..1: at least that much, or at most."""

    rate: str
    share: float
    at_most: bool


def disclosure_rule(on: date) -> DisclosureRule:
    """How figures of that day are told to everybody."""
    row = pack("desk").pick("rule.disclosure", on)
    return DisclosureRule(row.value["fewest"], row.key, row.source, row.version)


def targets(on: date) -> dict[str, Target]:
    """What the office wants of its rates on that day, by the rate's name."""
    value = pack("desk").pick("rule.targets", on).value
    return {
        one["rate"]: Target(one["rate"], one["percent"] / 100, one["sense"] == "at_most")
        for one in value["targets"]
    }


def reply_checks(on: date) -> ReplyChecks:
    """What a reply is looked at for on that day."""
    value = pack("desk").pick("rule.reply_checks", on).value
    return ReplyChecks(
        least=value["least"],
        each=value["each"],
        copied=value["copied"],
        contact=tuple(value["contact"]),
        banned=tuple(BannedWord(one["word"], Words(one["zh"], one["en"])) for one in value["banned"]),
    )


def map_rule(on: date) -> MapRule:
    """How the map of that day is drawn."""
    value = pack("desk").pick("rule.map", on).value
    return MapRule(value["pins"], value["few"], tuple(value["days"]))


def most_kept_views(on: date) -> int:
    """How many lists one member of staff may keep."""
    return int(pack("desk").pick("rule.kept_views", on).value["most"])
