"""岗位: seats with who holds which role where, from when to when; given, taken back, handed over, ended.

Two administrators share it, as the three of the house are three people: who keeps the registers makes and ends seats,
who guards the roles gives them and takes them back.
"""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from liren.faces.kit import typed
from liren.faces.kit.doors import FaceRequest, door
from liren.faces.staff import showing, unit_changes, unit_words
from liren.faces.staff.views import sure
from liren.faces.staff.views.units import Typed, typed_form
from liren.kernel.clock import utc_now
from liren.kernel.errors import Denied, LirenError
from liren.registers.people import queries as people
from liren.registers.places import actions as ground

DUTY, ALSO = "people.manage", "access.grant"
NEEDS = {"give": "access.grant", "relieve": "access.revoke", "hand": "access.grant", "end": "people.manage"}


@door("staff", DUTY, also=ALSO)
def posts(request: FaceRequest) -> HttpResponse:
    """Every seat, by title, holder, role, or those that are vacant."""
    on, text, role = showing.today(), typed.text(request.GET, "find").strip(), typed.text(request.GET, "role")
    vacant = bool(request.GET.get("vacant"))
    roles = unit_words.role_titles(on)
    rows = people.seats(on, text=text, role=role if role in roles else "", vacant=vacant)
    context = showing.frame(request, "office", dead=False) | {
        "rows": [
            {
                "seat": one,
                "role": roles.get(one.role, one.role),
                "place": unit_words.place_title(one.place_id),
            }
            for one in rows
        ],
        "find": text,
        "role": role,
        "vacant": vacant,
        "roles": roles.items(),
    }
    return render(request, "staff/office_posts.html", context)


@door("staff", DUTY, also=ALSO)
def post(request: FaceRequest, post_id: str) -> HttpResponse:
    """One seat."""
    return page(request, people.seat(int(post_id)))


@door("staff", DUTY, also=ALSO, methods=("POST",))
def act(request: FaceRequest, post_id: str, name: str) -> HttpResponse:
    """Give, take back, hand over or end a seat: first what it will change, then, when sure, the deed."""
    seat, form, on = people.seat(int(post_id)), typed_form(request), showing.today()
    if not request.actor.has(NEEDS[name]):
        raise Denied("policy.denied", duty=NEEDS[name])
    if request.POST.get("back"):
        return page(request, seat, Typed(name, form))
    seen = typed.text(request.POST, "seen")
    try:
        change = unit_changes.read_post(name, seat, form, by=request.actor, now=utc_now(), seen=seen)
        if request.POST.get("sure"):
            done = change.do()
            return redirect("desk_post", done if name in {"relieve", "hand"} else seat.id)
        before = unit_words.cover(seat, on)
        told = ground.rehearse(
            change.do, lambda: (unit_words.cover(seat, on), unit_words.warning(seat, by=request.actor, on=on))
        )
    except LirenError as problem:
        return page(request, seat, Typed(name, form, problem))
    after, warning = told
    asked = sure.Asked(
        heading=change.title,
        button=change.button,
        rows=[
            *change.rows,
            *((title, was, after[title]) for title, was in before.items() if was != after[title]),
        ],
        touched=unit_words.touched(seat.body_id, by=request.actor, on=on),
        action=reverse("desk_post_act", args=[seat.id, name]),
        warning=warning,
        danger=name in {"relieve", "end"},
    )
    return sure.ask(request, asked, {**form, "seen": seen})


def page(request: FaceRequest, seat: people.SeatRow, said: Typed | None = None) -> HttpResponse:
    """A seat with who holds it, what this administrator may do with it, who held it before, what was done."""
    said, on = said or Typed(), showing.today()
    actor = request.actor
    context = showing.frame(request, "office", dead=False) | said.told()
    context |= {
        "seat": seat,
        "role": unit_words.role_titles(on).get(seat.role, seat.role),
        "place": unit_words.place_title(seat.place_id),
        "ended": seat.valid_to is not None and seat.valid_to <= on,
        "own": seat.account_id == actor.id,
        "may_give": actor.has("access.grant"),
        "may_end": actor.has("people.manage"),
        "may_see_unit": actor.has("people.manage"),
        "cover": unit_words.cover(seat, on).items(),
        "seen": people.mark_post(seat.id),
        "form": {"from": on.isoformat(), **said.form},
        "earlier": people.earlier_seats(seat.id),
        "history": unit_words.history("post", seat.id),
    }
    return render(request, "staff/office_post.html", context, status=said.status)
