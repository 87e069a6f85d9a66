"""What the forum does when woken: tell an author what became of a proposal; go along where the ground moves."""

from liren.registers.channels import actions as channels
from liren.registers.places.events import PlaceMoved
from liren.rooms.forum import actions
from liren.rooms.forum.events import ProposalMoved
from liren.rooms.forum.models import Proposal

# What an author is not told one by one: it stands on the page.
QUIET = frozenset({"withdraw", "step"})


def tell_author(event: ProposalMoved) -> None:
    """A text message to whoever left a number: that there is news, never what the proposal is about."""
    if event.move in QUIET:
        return
    row = Proposal.objects.filter(pk=event.subject_id).only("number", "contact").first()
    if row is None or row.contact is None:
        return
    channels.tell(
        channels.Recipient(phone=bytes(row.contact)),
        "proposal.news",
        {"number": row.number},
        key=f"proposal:{row.id}:{event.version}",
        now=event.at,
        place_path=event.place_path,
    )


def follow_move(event: PlaceMoved) -> None:
    """A place came to lie elsewhere in the tree."""
    actions.follow_move(event.old_path, event.place_path)
