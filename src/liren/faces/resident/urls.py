"""The resident's addresses: short enough to read out."""

from django.urls import path, re_path

from liren.faces.resident.views import (
    acts,
    behalf,
    finding,
    forum,
    forum_acts,
    home,
    matters,
    mydata,
    neighbours,
    proposing,
    say,
)

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
    re_path(rf"^m/{NUMBER}/rate$", acts.rate, name="rate"),
    re_path(rf"^m/{NUMBER}/chase$", acts.chase, name="chase"),
    re_path(rf"^m/{NUMBER}/more$", acts.say_more, name="say_more"),
    re_path(rf"^m/{NUMBER}/answer$", acts.answer, name="answer"),
    re_path(rf"^m/{NUMBER}/back$", acts.come_back, name="come_back"),
    re_path(rf"^m/{NUMBER}/again$", acts.again, name="again"),
    re_path(rf"^m/{NUMBER}/withdraw$", acts.withdraw, name="withdraw"),
    re_path(rf"^m/{NUMBER}/ask$", behalf.ask_agree, name="ask_agree"),
    re_path(rf"^m/{NUMBER}/agree$", behalf.agree, name="agree"),
    path("neighbours", neighbours.neighbours, name="neighbours"),
    path("neighbours/<int:case_id>/join", neighbours.join, name="join"),
    path("neighbours/<int:case_id>/follow", neighbours.follow, name="follow"),
    path("neighbours/<int:case_id>/unfollow", neighbours.unfollow, name="unfollow"),
    path("forum", forum.listed, name="forum"),
    path("forum/new", proposing.new, name="propose"),
    path("forum/figures", forum.figures, name="forum_figures"),
    re_path(rf"^forum/{NUMBER}$", forum.proposal, name="proposal"),
    re_path(rf"^forum/{NUMBER}/second$", forum_acts.second, name="second"),
    re_path(rf"^forum/{NUMBER}/unsecond$", forum_acts.take_back, name="unsecond"),
    re_path(rf"^forum/{NUMBER}/withdraw$", forum_acts.withdraw, name="withdraw_proposal"),
    re_path(rf"^forum/{NUMBER}/judge$", forum_acts.judge, name="judge"),
    re_path(rf"^forum/{NUMBER}/comments$", forum_acts.comment, name="comment"),
    re_path(
        rf"^forum/{NUMBER}/comments/(?P<comment>[0-9]{{1,19}})/agree$", forum_acts.agree, name="agree_comment"
    ),
    re_path(
        rf"^forum/{NUMBER}/comments/(?P<comment>[0-9]{{1,19}})/appeal$", forum_acts.appeal, name="appeal"
    ),
    path("me", home.me, name="me"),
    path("me/reading", home.set_prefs, name="prefs"),
    path("me/data", mydata.my_data, name="my_data"),
    path("me/data/print", mydata.print_page, name="my_data_print"),
    path("me/data.json", mydata.download, name="my_data_json"),
    re_path(rf"^me/data/{NUMBER}/contact$", mydata.contact, name="my_contact"),
    re_path(rf"^me/data/{NUMBER}/calls$", mydata.calls, name="my_calls"),
    re_path(rf"^me/data/{NUMBER}/erase$", mydata.erase, name="my_erase"),
    path("me/leave", finding.forget_device, name="forget_device"),
    path("photo/<int:file_id>", matters.photo, name="photo"),
]
