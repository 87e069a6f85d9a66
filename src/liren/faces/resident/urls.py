"""The resident's addresses: short enough to read out."""

from django.urls import path, re_path

from liren.faces.resident.views import behalf, finding, home, matters, neighbours, say

NUMBER = r"(?P<number>[0-9]{16})"

urlpatterns = [
    path("", home.home, name="home"),
    path("say", say.say, name="say"),
    path("say/<str:token>", say.check, name="check"),
    path("mine", matters.mine, name="mine"),
    path("find", finding.find, name="find"),
    path("code", finding.send_code, name="send_code"),
    path("prove", finding.prove, name="prove"),
    re_path(rf"^m/{NUMBER}$", matters.matter, name="matter"),
    re_path(rf"^m/{NUMBER}/rate$", matters.rate, name="rate"),
    re_path(rf"^m/{NUMBER}/chase$", matters.chase, name="chase"),
    re_path(rf"^m/{NUMBER}/more$", matters.say_more, name="say_more"),
    re_path(rf"^m/{NUMBER}/withdraw$", matters.withdraw, name="withdraw"),
    re_path(rf"^m/{NUMBER}/ask$", behalf.ask_agree, name="ask_agree"),
    re_path(rf"^m/{NUMBER}/agree$", behalf.agree, name="agree"),
    path("neighbours", neighbours.neighbours, name="neighbours"),
    path("neighbours/<int:case_id>/join", neighbours.join, name="join"),
    path("me", home.me, name="me"),
    path("me/reading", home.set_prefs, name="prefs"),
    path("me/leave", finding.forget_device, name="forget_device"),
    path("photo/<int:file_id>", matters.photo, name="photo"),
]
