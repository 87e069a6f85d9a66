"""What others see of duties: frozen rows, bilingual, in the language of whoever looks."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import get_language

from liren.kernel.worktime import Limit
from liren.registers.duties import rules


def english() -> bool:
    """Whether the page under way is English."""
    return (get_language() or "").startswith("en")


@dataclass(frozen=True, slots=True)
class Words:
    """The same in both languages; str() picks the one being spoken."""

    zh: str
    en: str

    def __str__(self) -> str:
        return self.en if english() else self.zh


@dataclass(frozen=True, slots=True)
class ClassView:
    """A class of demand.

    `code` is the class that holds now; `asked` is the code it was asked by, maybe retired.
    """

    code: str
    asked: str
    group: str
    titles: Words
    group_titles: Words
    hints: Words
    types: tuple[str, ...]
    icon: str
    cues: tuple[str, ...]
    urgent: bool
    source: str
    version: str

    @property
    def title(self) -> str:
        """Its name in the language being spoken."""
        return str(self.titles)

    @property
    def group_title(self) -> str:
        """Its group's name in the language being spoken."""
        return str(self.group_titles)

    @property
    def hint(self) -> str:
        """The one question worth asking the resident."""
        return str(self.hints)


@dataclass(frozen=True, slots=True)
class GroupView:
    """A top group with its classes, in the order of the pack."""

    code: str
    titles: Words
    icon: str
    classes: tuple[ClassView, ...]

    @property
    def title(self) -> str:
        """Its name in the language being spoken."""
        return str(self.titles)


@dataclass(frozen=True, slots=True)
class DutyMatch:
    """A row of the duty list that covers a class in a place: who, on what basis, of which version."""

    entry_id: int
    unit_id: int
    unit_name: str
    co_unit_ids: tuple[int, ...]
    basis: str
    assist_only: bool
    place_path: str
    version: int
    source: str


@dataclass(frozen=True, slots=True)
class CatalogueView:
    """One version of the duty list. `valid_to` is the first day on which it no longer holds."""

    version: int
    valid_from: date
    valid_to: date | None
    source: str
    rows: int


@dataclass(frozen=True, slots=True)
class HandlingLimits:
    """How soon to speak to the resident and how soon to have dealt with it, on which calendar, by which rule.

    `key` is the row of the limits pack; each basis is law, standard, local_example or office_choice.
    """

    response: Limit
    handle: Limit
    calendar: str
    key: str
    source: str
    version: str
    response_basis: str
    handle_basis: str
    urgent: bool
    note: str


@dataclass(frozen=True, slots=True)
class StageLimit:
    """The limit of one stage of the procedure, on which calendar, by which rule."""

    limit: Limit
    calendar: str
    key: str
    source: str
    version: str
    basis: str


@dataclass(frozen=True, slots=True)
class CallBackRule:
    """How often and how long a voice is tried before a case is closed unconfirmed, by which rule."""

    attempts: int
    over: timedelta
    silence: timedelta
    key: str
    source: str
    version: str


@dataclass(frozen=True, slots=True)
class Template:
    """Words to begin a reply from. `kind` is one of rules.TEMPLATE_KINDS."""

    key: str
    kind: str
    titles: Words
    texts: Words
    source: str

    @property
    def title(self) -> str:
        """Its name in the language being spoken."""
        return str(self.titles)

    @property
    def text(self) -> str:
        """The words with their open places in braces, in the language being spoken."""
        return str(self.texts)

    def fill(self, **values: str) -> str:
        """The words with these values; what is still open shows in 【】. Unknown names are passed over."""
        return rules.fill(self.text, values, english=english())


@dataclass(frozen=True, slots=True)
class Exit:
    """A lawful way a demand leaves: its reply, what must be recorded first, when to ask what became of it.

    `follow` is None where nothing was handed on to anybody. `back` is how long new facts bring it back.
    """

    code: str
    titles: Words
    needs: tuple[str, ...]
    reply: Words
    source: str
    follow: StageLimit | None
    back: timedelta

    @property
    def title(self) -> str:
        """Its name in the language being spoken."""
        return str(self.titles)

    def fill(self, **values: str) -> str:
        """The reply with these values; what is still open shows in 【】. Unknown names are passed over."""
        return rules.fill(str(self.reply), values, english=english())
