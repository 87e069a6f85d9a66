"""Errors carry a code and what its sentence needs."""

import pickle

from liren.kernel.errors import Conflict, Denied, IllegalMove, LirenError, NotFound, Refused, Throttled


def test_errors_carry_code_params_and_extras() -> None:
    refused = Refused("file.too_big", field="photos", limit=10)
    assert (refused.code, refused.field, refused.params) == ("file.too_big", "photos", {"limit": 10})
    assert str(refused) == "file.too_big (limit=10)"
    assert Refused("x").field is None
    move = IllegalMove("case.move", state="closed", move="reply")
    assert move.params == {"state": "closed", "move": "reply"}
    throttled = Throttled("too_many", retry_after=30)
    assert (throttled.retry_after, throttled.params) == (30, {"retry_after": 30})
    assert str(NotFound("gone")) == "gone"


def test_all_are_one_family_and_travel_between_processes() -> None:
    for error in (
        Refused("a", field="b", c=1),
        Denied("a"),
        Conflict("a", version=2),
        LirenError("a", code="b"),
    ):
        assert isinstance(error, LirenError)
        again = pickle.loads(pickle.dumps(error))
        assert (type(again), again.code, again.params) == (type(error), error.code, error.params)
