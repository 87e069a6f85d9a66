"""The rules of watching over the work, read from the pack "watching". No SQL."""

from dataclasses import dataclass
from datetime import date

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


def rating_reasons(on: date) -> list[Choice]:
    """What a requester may say was wrong with a reply (`Rating.reasons` keeps the codes)."""
    row = pack("watching").pick("rule.rating_reasons", on)
    return [Choice(one["code"], Words(one["zh"], one["en"])) for one in row.value["reasons"]]
