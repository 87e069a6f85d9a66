"""Tables of cases: the core, the work beside it, and who watches over it."""

from liren.cases.models.core import Case, Rating, Step, Voice
from liren.cases.models.watching import (
    Bar,
    Exclusion,
    SavedView,
    Supervision,
    Verification,
    Whistle,
    WhistleAct,
    WhistleUnit,
)
from liren.cases.models.work import (
    CaseUnit,
    Deferral,
    Exit,
    Extension,
    Follow,
    LimitChange,
    Merge,
    Objection,
    Part,
    Question,
)

__all__ = [
    "Bar",
    "Case",
    "CaseUnit",
    "Deferral",
    "Exclusion",
    "Exit",
    "Extension",
    "Follow",
    "LimitChange",
    "Merge",
    "Objection",
    "Part",
    "Question",
    "Rating",
    "SavedView",
    "Step",
    "Supervision",
    "Verification",
    "Voice",
    "Whistle",
    "WhistleAct",
    "WhistleUnit",
]
