"""What people do when woken."""

from liren.kernel.policy import SYSTEM
from liren.registers.people.actions.posts import regrant
from liren.registers.people.models import Body, Post
from liren.registers.places.events import PlaceMoved


def follow_move(event: PlaceMoved) -> None:
    """Bodies and posts keep their ground when a place comes to lie elsewhere; grants follow the posts."""
    for body in Body.objects.filter(place_path__startswith=event.old_path):
        body.place_path = event.place_path + body.place_path.removeprefix(event.old_path)
        body.save(update_fields=["place_path"])
    for post in Post.objects.filter(place_path__startswith=event.old_path):
        post.place_path = event.place_path + post.place_path.removeprefix(event.old_path)
        post.save(update_fields=["place_path"])
        if post.valid_to is None:
            regrant(post, by=SYSTEM, now=event.at)
