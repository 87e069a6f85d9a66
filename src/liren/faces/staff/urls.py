"""The desk's addresses."""

from django.urls import path, re_path

from liren.faces.staff.views import (
    asking,
    calling,
    case,
    desk,
    door,
    joining,
    leaving,
    messages,
    moves,
    opening,
    parts,
    rates,
    watching,
    whistling,
)

NUMBER = r"(?P<number>[0-9]{16})"

urlpatterns = [
    path("", desk.worklist, name="desk"),
    path("bulk", desk.bulk, name="desk_bulk"),
    path("merge", joining.merge_picked, name="desk_merge_picked"),
    path("parts", parts.parts, name="desk_parts"),
    path("exits", leaving.exits, name="desk_exits"),
    path("new", opening.new, name="desk_new"),
    path("messages", messages.messages, name="desk_messages"),
    path("watch", watching.watch, name="desk_watch"),
    path("calls", calling.calls, name="desk_calls"),
    re_path(r"^calls/(?P<voice>[0-9]+)$", calling.record, name="desk_call"),
    re_path(r"^calls/(?P<voice>[0-9]+)/phone$", calling.phone, name="desk_call_phone"),
    path("rates", rates.rates, name="desk_rates"),
    path("me", door.me, name="desk_me"),
    path("login", door.login, name="desk_login"),
    path("second-factor", door.second_factor, name="desk_second_factor"),
    path("logout", door.logout, name="desk_logout"),
    re_path(rf"^case/{NUMBER}$", case.case, name="desk_case"),
    re_path(rf"^case/{NUMBER}/contact-details$", case.contact, name="desk_contact"),
    re_path(rf"^case/{NUMBER}/voice/(?P<voice>[0-9]+)$", moves.verdict, name="desk_verdict"),
    re_path(rf"^case/{NUMBER}/merge$", joining.merge, name="desk_merge"),
    re_path(rf"^case/{NUMBER}/split$", joining.split, name="desk_split"),
    re_path(rf"^case/{NUMBER}/split_off$", joining.split_off, name="desk_split_off"),
    re_path(rf"^case/{NUMBER}/leave$", leaving.leave, name="desk_leave"),
    re_path(rf"^case/{NUMBER}/follow_exit$", leaving.follow, name="desk_follow"),
    re_path(rf"^case/{NUMBER}/ask_part$", parts.ask, name="desk_ask_part"),
    re_path(rf"^case/{NUMBER}/part/(?P<part>[0-9]+)$", parts.end, name="desk_end_part"),
    re_path(rf"^case/{NUMBER}/ask$", asking.ask, name="desk_ask"),
    re_path(rf"^case/{NUMBER}/question/(?P<question>[0-9]+)$", asking.answer, name="desk_answer"),
    re_path(rf"^case/{NUMBER}/supervise$", watching.supervise, name="desk_supervise"),
    re_path(rf"^case/{NUMBER}/answer_supervision$", watching.answer, name="desk_answer_supervision"),
    re_path(rf"^case/{NUMBER}/verify$", watching.verify, name="desk_verify"),
    re_path(rf"^case/{NUMBER}/whistle$", whistling.whistle, name="desk_whistle"),
    re_path(rf"^case/{NUMBER}/whistle/call$", whistling.call, name="desk_whistle_call"),
    re_path(
        rf"^case/{NUMBER}/whistle/(?P<whistle>[0-9]+)/(?P<name>[a-z_]+)$",
        whistling.turn,
        name="desk_whistle_turn",
    ),
    re_path(rf"^case/{NUMBER}/(?P<name>[a-z_]+)$", moves.move, name="desk_move"),
]
