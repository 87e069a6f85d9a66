"""Every write to people: bodies, posts, persons, homes, mandates, consents, and their import from tables."""

from liren.registers.people.actions.agreements import (
    end_mandate,
    give_consent,
    give_mandate,
    withdraw_consent,
)
from liren.registers.people.actions.bodies import BodyDetails, close_body, correct_body, open_body
from liren.registers.people.actions.homes import end_ownership, move_in, move_out, own
from liren.registers.people.actions.importing import import_bodies, import_people, import_posts
from liren.registers.people.actions.persons import correct_person, erase_person, open_person
from liren.registers.people.actions.posts import appoint, end_post, hand_over, open_post, relieve

__all__ = [
    "BodyDetails",
    "appoint",
    "close_body",
    "correct_body",
    "correct_person",
    "end_mandate",
    "end_ownership",
    "end_post",
    "erase_person",
    "give_consent",
    "give_mandate",
    "hand_over",
    "import_bodies",
    "import_people",
    "import_posts",
    "move_in",
    "move_out",
    "open_body",
    "open_person",
    "open_post",
    "own",
    "relieve",
    "withdraw_consent",
]
