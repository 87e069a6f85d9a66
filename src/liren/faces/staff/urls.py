"""The desk's addresses."""

from django.urls import path, re_path

from liren.faces.staff.views import case, desk, door, messages, moves, opening, rates

NUMBER = r"(?P<number>[0-9]{16})"

urlpatterns = [
    path("", desk.worklist, name="desk"),
    path("bulk", desk.bulk, name="desk_bulk"),
    path("new", opening.new, name="desk_new"),
    path("messages", messages.messages, name="desk_messages"),
    path("rates", rates.rates, name="desk_rates"),
    path("me", door.me, name="desk_me"),
    path("login", door.login, name="desk_login"),
    path("second-factor", door.second_factor, name="desk_second_factor"),
    path("logout", door.logout, name="desk_logout"),
    re_path(rf"^case/{NUMBER}$", case.case, name="desk_case"),
    re_path(rf"^case/{NUMBER}/contact-details$", case.contact, name="desk_contact"),
    re_path(rf"^case/{NUMBER}/voice/(?P<voice>[0-9]+)$", moves.verdict, name="desk_verdict"),
    re_path(rf"^case/{NUMBER}/(?P<name>[a-z_]+)$", moves.move, name="desk_move"),
]
