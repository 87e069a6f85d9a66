"""Watching over the work at the desk: the supervision page, the ladder, whistles, verification, the call-back desk."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from liren.base.vault.models import Reveal
from liren.cases import actions
from liren.cases.models import Case, Rating, Supervision, Verification, Voice, Whistle
from liren.kernel.clock import office_zone, utc_now
from tests.faces.office import Office
from tests.faces.test_desk import dispatched, said, state
from tests.faces.test_resident_saying import shot

pytestmark = [pytest.mark.django_db, pytest.mark.writes]


def at_work(office: Office) -> str:
    """One the drains have signed for and contacted."""
    number = dispatched(office)
    handler = office.handler.client()
    for end in ("sign", "contact"):
        assert handler.post(f"/desk/case/{number}/{end}", {"text": "联系过了"}).status_code == 302
    return number


def replied(office: Office) -> str:
    """One the drains have answered."""
    number = at_work(office)
    assert office.handler.client().post(f"/desk/case/{number}/reply", {"text": "已经疏通"}).status_code == 302
    assert state(number) == "replied"
    return number


def late(number: str, hours: int = 30) -> None:
    """Let its limit be over by so much."""
    now = utc_now()
    Case.objects.filter(number=number).update(
        next_due=now - timedelta(hours=hours), handle_due=now - timedelta(hours=hours)
    )


def page(browser: Client, path: str) -> str:
    """A page that opens."""
    answer = browser.get(path)
    assert answer.status_code == 200, path
    return answer.content.decode()


def test_the_figures_of_the_supervision_page_open_the_rows_they_count(office: Office) -> None:
    numbers = [at_work(office), at_work(office), replied(office)]
    late(numbers[0])
    late(numbers[2])
    boss = office.supervisor.client()
    html = page(boss, "/desk/watch")
    town = office.town
    query = f"view=late&amp;stage=unit&amp;unit={town.drains}"
    assert f'href="/desk/?{query}">1</a>' in html, "an answered case is not the unit's delay"
    rows = page(boss, "/desk/?" + query.replace("&amp;", "&"))
    assert numbers[0] in rows
    assert numbers[1] not in rows
    assert numbers[2] not in rows
    # by place the same, and nobody's name
    assert "view=late&amp;stage=unit&amp;place=" in html
    assert "刘志强" not in html
    for n in range(30):
        actions.chase(
            Voice.objects.get(number=numbers[1]).id, by=_her(numbers[1]), now=utc_now(), key=f"c{n}"
        )
    with CaptureQueriesContext(connection) as seen:
        page(boss, "/desk/watch")
    assert len(seen) <= 30


def _her(number: str) -> object:
    from tests.town import resident

    return resident(Voice.objects.get(number=number).device_id or 0)


def test_only_who_may_look_into_the_work_sees_the_page(office: Office) -> None:
    for worker in (office.clerk, office.handler, office.caller):
        assert worker.client().get("/desk/watch").status_code == 404
    for worker in (office.clerk, office.handler, office.supervisor):
        assert worker.client().get("/desk/calls").status_code == 404
    assert Client().get("/desk/watch").status_code == 302


def test_supervised_by_hand_shown_to_the_unit_and_answered(office: Office) -> None:
    number = at_work(office)
    boss, handler = office.supervisor.client(), office.handler.client()
    case = Case.objects.get(number=number)
    path = f"/desk/case/{number}"
    assert "督办这件事" in page(boss, path)
    assert "督办这件事" not in page(handler, path)
    refused = boss.post(f"{path}/supervise", {"level": "sky", "text": "请今天到场", "version": case.version})
    assert refused.status_code == 422
    assert "请今天到场" in refused.content.decode()
    assert handler.post(f"{path}/supervise", {"level": "urge", "text": "x"}).status_code == 404
    sent = boss.post(
        f"{path}/supervise", {"level": "supervise", "text": "请今天到场", "version": case.version}
    )
    assert sent.status_code == 302
    told = page(handler, path)
    assert "请今天到场" in told
    assert "等单位回复" in told
    assert number in page(handler, "/desk/?view=supervised")
    assert "督办</span>" in page(handler, "/desk/?view=supervised")
    empty = handler.post(f"{path}/answer_supervision", {"text": "  "})
    assert empty.status_code == 422
    assert office.stranger.client().post(f"{path}/answer_supervision", {"text": "我"}).status_code == 404
    assert handler.post(f"{path}/answer_supervision", {"text": "下午三点到"}).status_code == 302
    assert Supervision.objects.get().answer == "下午三点到"
    assert "下午三点到" in page(boss, path)
    assert handler.post(f"{path}/answer_supervision", {"text": "又说"}).status_code == 422


def test_the_ladder_by_the_clock_is_on_the_page(office: Office) -> None:
    number = at_work(office)
    late(number, hours=24 * 30)
    actions.climb_due(now=utc_now())
    boss = office.supervisor.client()
    html = page(boss, "/desk/watch")
    assert number in html
    assert "超时 1 小时" in html
    assert number in page(boss, "/desk/?view=supervised&level=remind")
    assert number not in page(boss, "/desk/?view=supervised&level=summon")
    assert "自动督办" in page(boss, f"/desk/case/{number}")


def test_a_whistle_from_both_sides(office: Office) -> None:
    number = at_work(office)
    clerk, handler, stranger = office.clerk.client(), office.handler.client(), office.stranger.client()
    path, town = f"/desk/case/{number}/whistle", office.town
    assert stranger.get(path).status_code == 404
    soon = (utc_now() + timedelta(hours=3)).astimezone(office_zone()).strftime("%Y-%m-%dT%H:%M")
    form = {"matter": "污水外溢，一家办不了", "units": [town.drains, town.sweepers], "needed_by": soon}
    for odd in (
        {"needed_by": ""},
        {"needed_by": "明天"},
        {"units": []},
        {"units": ["9" * 400, "x"]},
        {"matter": ""},
    ):
        refused = clerk.post(f"{path}/call", form | odd)
        assert refused.status_code == 422, odd
        assert odd.get("matter", "污水外溢") in refused.content.decode()
    assert handler.post(f"{path}/call", form).status_code == 404
    assert clerk.post(f"{path}/call", form).status_code == 302
    whistle = Whistle.objects.get()
    turn = f"{path}/{whistle.id}"
    assert "污水外溢" in page(stranger, path)
    for odd in ("fly", "agree", "finish"):
        answer = stranger.post(f"{turn}/{odd}", {"unit_id": town.sweepers, "what": "x", "due_at": soon})
        assert answer.status_code == 404, odd
    assert stranger.post(f"{path}/{'9' * 30}/arrive", {"unit_id": town.sweepers}).status_code == 404
    assert stranger.post(f"{turn}/refuse", {"unit_id": town.sweepers, "text": ""}).status_code == 422
    assert stranger.post(f"{turn}/acknowledge", {"unit_id": town.sweepers}).status_code == 302
    assert handler.post(f"{turn}/arrive", {"unit_id": town.drains, "text": "到了"}).status_code == 302
    assert (
        stranger.post(f"{turn}/refuse", {"unit_id": town.sweepers, "text": "不在职责内"}).status_code == 302
    )
    assert (
        clerk.post(f"{turn}/agree", {"unit_id": town.drains, "what": "", "due_at": soon}).status_code == 422
    )
    sent = {"unit_id": town.drains, "what": "疏通主管", "due_at": soon}
    assert clerk.post(f"{turn}/agree", sent).status_code == 302
    act = whistle.act_set.get()
    assert clerk.post(f"{turn}/finish").status_code == 422
    assert handler.post(f"{turn}/act_done", {"act": act.id, "text": "做完了"}).status_code == 302
    # the refusal is there for the district, with its reason
    html = page(office.supervisor.client(), "/desk/watch")
    assert "不在职责内" in html
    assert "疏通主管" in page(handler, path)
    assert clerk.post(f"{turn}/finish").status_code == 302
    assert stranger.get(path).status_code == 404
    assert clerk.post(f"{turn}/score", {"unit_id": town.drains, "stars": "9"}).status_code == 422
    assert (
        clerk.post(f"{turn}/score", {"unit_id": town.drains, "stars": "5", "text": "快"}).status_code == 302
    )
    assert handler.post(f"{turn}/score", {"unit_id": town.drains, "stars": "4"}).status_code == 302
    whistle.refresh_from_db()
    assert whistle.state == "scored"
    assert "已互评" in page(clerk, f"/desk/case/{number}")


def test_whoever_saw_a_case_for_a_whistle_alone_is_led_back_to_the_list(office: Office) -> None:
    number = at_work(office)
    path, town = f"/desk/case/{number}/whistle", office.town
    soon = (utc_now() + timedelta(hours=3)).isoformat()
    form = {"matter": "污水外溢", "units": [town.sweepers], "needed_by": soon}
    assert office.clerk.client().post(f"{path}/call", form).status_code == 302
    turn = f"{path}/{Whistle.objects.get().id}/refuse"
    gone = office.stranger.client().post(turn, {"unit_id": town.sweepers, "text": "不在职责内"})
    assert gone["location"] == "/desk/"
    assert Whistle.objects.get().state == "refused"


def test_verified_on_the_spot_with_a_photo_and_opened_again(office: Office) -> None:
    number = replied(office)
    path, boss = f"/desk/case/{number}", office.supervisor.client()
    assert number in page(boss, "/desk/watch"), "every unit has at least one reply drawn"
    assert office.handler.client().post(f"{path}/verify", {"finding": "as_replied"}).status_code == 404
    refused = boss.post(f"{path}/verify", {"finding": "", "text": "沟还堵着"})
    assert refused.status_code == 422
    assert "沟还堵着" in refused.content.decode()
    sent = boss.post(f"{path}/verify", {"finding": "not_as_replied", "text": "沟还堵着", "photos": shot()})
    assert sent.status_code == 302
    assert (state(number), Case.objects.get(number=number).files) == ("reopened", 1)
    html = page(boss, path)
    assert "核查不属实，重办" in html
    assert "居民说没解决" not in html
    assert Verification.objects.get().words == "沟还堵着"
    assert number not in page(boss, "/desk/watch").partition("本周抽样核查")[2]


def test_the_call_back_desk_calls_the_most_due_first_and_opens_the_next(office: Office) -> None:
    first, second = replied(office), replied(office)
    Case.objects.filter(number=second).update(next_due=utc_now() - timedelta(hours=1))
    caller = office.caller.client()
    html = page(caller, "/desk/calls")
    assert "已经疏通" in html
    assert "14200001234" not in html
    one, two = (Voice.objects.get(number=number) for number in (second, first))
    assert f"/desk/calls/{one.id}" in html
    # looking at the number is an act of its own
    shown = caller.post(f"/desk/calls/{one.id}/phone", {"version": "1"}).content.decode()
    assert "14200001234" in shown
    assert Reveal.objects.filter(purpose="call_back", by=office.caller.id).count() == 1
    said_ = {"said": "not_solved", "rating": "2", "reasons": ["too_slow", "half_done"], "contacted": "no"}
    silent = caller.post(f"/desk/calls/{one.id}", {"rating": "2", "text": "她说又堵了"})
    assert silent.status_code == 422
    assert "她说又堵了" in silent.content.decode()
    assert caller.post(f"/desk/calls/{one.id}", said_ | {"reasons": ["grudge"]}).status_code == 422
    assert caller.post(f"/desk/calls/{one.id}", said_ | {"version": "1"}).status_code == 409
    sent = caller.post(f"/desk/calls/{one.id}", said_ | {"text": "她说又堵了"})
    assert sent["location"].startswith("/desk/calls?done=1")
    rating = Rating.objects.get()
    assert (rating.verdict, rating.rating) == ("not_solved", 2)
    assert rating.reasons == ["half_done", "no_contact", "too_slow"]
    assert state(second) == "reopened"
    html = page(caller, sent["location"])
    assert f"/desk/calls/{two.id}" in html
    # nobody answers: counted, and not offered again for a while
    assert caller.post(f"/desk/calls/{two.id}", {"nobody": "1"}).status_code == 302
    two.refresh_from_db()
    assert two.attempts == 1
    html = page(caller, "/desk/calls")
    assert f"/desk/calls/{two.id}" not in html
    assert "没人接" in html
    Voice.objects.filter(pk=two.pk).update(last_attempt_at=utc_now() - timedelta(hours=5))
    html = page(caller, "/desk/calls")
    assert f"/desk/calls/{two.id}" in html
    assert f"/desk/calls/{two.id}" not in page(caller, f"/desk/calls?skip={two.id},x,{'9' * 400}")


def test_who_replied_never_finds_the_case_on_the_call_back_desk(office: Office) -> None:
    number = replied(office)
    Case.objects.filter(number=number).update(handler_id=office.caller.id)
    voice = Voice.objects.get(number=number)
    caller = office.caller.client()
    assert f"/desk/calls/{voice.id}" not in page(caller, "/desk/calls")
    assert caller.post(f"/desk/calls/{voice.id}/phone").status_code == 302
    assert caller.post(f"/desk/calls/{voice.id}", {"said": "solved"}).status_code == 404
    assert not Reveal.objects.filter(purpose="call_back").exists()


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_page_of_whoever_watches_renders(office: Office, language: str) -> None:
    number = replied(office)
    said()
    for worker, paths in (
        (
            office.supervisor,
            ["/desk/watch", "/desk/", f"/desk/case/{number}", f"/desk/case/{number}/whistle"],
        ),
        (office.caller, ["/desk/calls", "/desk/", f"/desk/case/{number}"]),
    ):
        browser = worker.client()
        browser.cookies["django_language"] = language
        for path in paths:
            page(browser, path)
