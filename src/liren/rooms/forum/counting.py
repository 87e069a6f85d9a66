"""What is counted of a proposal, by those who decide and those who read alike."""

from django.db.models import QuerySet, Sum

from liren.rooms.forum.models import Proposal, Verdict


def households(row: Proposal) -> int:
    """How many households stand behind a proposal, on phones and on paper."""
    return row.seconds.aggregate(all=Sum("households"))["all"] or 0


def round_of(row: Proposal) -> int:
    """How many times it was said to be done: after a no it is judged afresh."""
    return row.turns.filter(move="finish").count()


def verdicts(row: Proposal) -> "QuerySet[Verdict]":
    """What those behind it say in this round."""
    return Verdict.objects.filter(proposal=row, round=round_of(row))


def counted(row: Proposal) -> tuple[int, int]:
    """How many say it was kept, and how many deny it, in this round."""
    said = list(verdicts(row).values_list("kept", flat=True))
    return said.count(True), said.count(False)
