"""The forum's news: ids, codes, counts and hashes. Nobody who seconds, speaks or judges is in them. Pure."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from liren.kernel.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposed(Event):
    """Somebody put a proposal before their neighbours."""

    kind: ClassVar[str] = "forum.proposed"
    subject_kind: ClassVar[str] = "proposal"
    level: str
    text_hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalMoved(Event):
    """A proposal went to a state or a level; `why` where a machine moved it."""

    kind: ClassVar[str] = "forum.proposal_moved"
    subject_kind: ClassVar[str] = "proposal"
    move: str
    state: str
    level: str
    version: int
    why: str = ""
    due_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Seconded(Event):
    """Households stand behind a proposal, or no longer; `households` is how many do now. Never whose."""

    kind: ClassVar[str] = "forum.seconded"
    subject_kind: ClassVar[str] = "proposal"
    households: int
    paper: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruled(Event):
    """A level decided on a proposal, with the answers to the four questions."""

    kind: ClassVar[str] = "forum.ruled"
    subject_kind: ClassVar[str] = "proposal"
    ruling_id: int
    outcome: str
    level: str
    failed: tuple[str, ...]
    text_hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Commented(Event):
    """Something was said of a proposal, by a resident or as the office's answer."""

    kind: ClassVar[str] = "forum.commented"
    subject_kind: ClassVar[str] = "proposal"
    comment_id: int
    stance: str
    text_hash: str
    official: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Moderated(Event):
    """A comment was hidden, appealed against, upheld or shown again."""

    kind: ClassVar[str] = "forum.moderated"
    subject_kind: ClassVar[str] = "proposal"
    comment_id: int
    act: str
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stepped(Event):
    """A step of a promise was set, done or put off."""

    kind: ClassVar[str] = "forum.stepped"
    subject_kind: ClassVar[str] = "proposal"
    step_id: int
    act: str
    due_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged(Event):
    """How many of those behind a proposal say by now that its promise was kept, and how many deny it."""

    kind: ClassVar[str] = "forum.judged"
    subject_kind: ClassVar[str] = "proposal"
    kept: int
    denied: int
