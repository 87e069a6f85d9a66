"""Lists that somebody kept under a name, and what stands new on a list."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from liren.cases.models import Case, SavedView
from tests.faces.office import Office
from tests.faces.test_desk import dispatched, said

pytestmark = [pytest.mark.django_db, pytest.mark.writes]


def keep(office: Office, title: str, query: str) -> int:
    """Keep a list as the clerk; its id."""
    answer = office.clerk.client().post("/desk/views", {"title": title, "query": query})
    assert answer.status_code == 302, answer.content.decode()
    return SavedView.objects.get(account_id=office.clerk.id, title=title.strip()).id


def test_a_kept_list_is_a_tab_with_its_count_for_its_keeper_alone(office: Office) -> None:
    said()
    keep(office, "随手拍来的", "view=open&channel=web&after=x%7C1&odd=1")
    view = SavedView.objects.get()
    assert view.query == "view=open&channel=web"  # what the list does not read is not kept
    page = office.clerk.client().get(f"/desk/?{view.query}").content.decode()
    assert 'aria-current="page">随手拍来的<b>1</b>' in page
    assert "随手拍来的" not in office.supervisor.client().get("/desk/").content.decode()


def test_the_same_name_keeps_the_newer_filters_and_names_are_short(office: Office) -> None:
    first = keep(office, "我的", "view=open")
    assert keep(office, " 我的 ", "view=late") == first
    assert SavedView.objects.get().query == "view=late"
    clerk = office.clerk.client()
    for title in ("", "　", "长" * 25):
        answer = clerk.post("/desk/views", {"title": title, "query": "view=open"})
        assert answer.status_code == 422, title
        assert title.strip("　") in answer.content.decode()
    for place in range(11):
        keep(office, f"视图{place}", "view=open")
    full = clerk.post("/desk/views", {"title": "第十三个", "query": "view=open"})
    assert full.status_code == 422
    assert "最多存 12 个" in full.content.decode()


def test_a_kept_list_is_renamed_and_removed_by_its_keeper_alone(office: Office) -> None:
    view, other = keep(office, "一", "view=open"), keep(office, "二", "view=late")
    clerk = office.clerk.client()
    assert clerk.post("/desk/views", {"id": view, "title": "三", "act": "rename"}).status_code == 302
    assert clerk.post("/desk/views", {"id": view, "title": "二", "act": "rename"}).status_code == 422
    stranger = office.supervisor.client()
    assert stranger.post("/desk/views", {"id": view, "act": "drop"}).status_code == 404
    assert clerk.post("/desk/views", {"id": other, "act": "drop"}).status_code == 302
    assert [one.title for one in SavedView.objects.all()] == ["三"]


def test_twelve_kept_lists_cost_the_list_no_statement_each(office: Office) -> None:
    said()
    clerk = office.clerk.client()
    clerk.get("/desk/")
    for place in range(12):
        keep(
            office,
            f"视图{place}",
            f"view=open&channel={'web' if place % 2 else 'phone'}&text={'灯' * (place % 3)}",
        )
    with CaptureQueriesContext(connection) as seen:
        assert clerk.get("/desk/?view=open").status_code == 200
    assert len([each for each in seen.captured_queries if "set_config" not in each["sql"]]) <= 10


def test_what_is_new_and_what_changed_since_it_was_opened_is_marked(office: Office) -> None:
    number = said()
    clerk = office.clerk.client()
    assert '<b class="fresh">新</b>' in clerk.get("/desk/?view=open").content.decode()
    clerk.get(f"/desk/case/{number}")
    assert 'class="fresh"' not in clerk.get("/desk/?view=open").content.decode()
    Case.objects.filter(number=number).update(version=9)
    assert '<b class="fresh">有更新</b>' in clerk.get("/desk/?view=open").content.decode()
    clerk.cookies["liren_seen"] = "zz.!!-1"  # somebody else's, and broken
    assert '<b class="fresh">新</b>' in clerk.get("/desk/?view=open").content.decode()


def test_the_case_after_and_before_open_in_the_order_of_the_list(office: Office) -> None:
    numbers = [said(words=f"第{place}件：路灯坏了") for place in range(3)]
    clerk = office.clerk.client()
    by_due = list(Case.objects.order_by("next_due", "id").values_list("number", flat=True))
    assert sorted(by_due) == sorted(numbers)
    trail = "from=view%3Dopen"
    for here, after in zip(by_due, [*by_due[1:], None], strict=True):
        answer = clerk.get(f"/desk/case/{here}/next?{trail}")
        assert answer["location"].startswith(f"/desk/case/{after}?" if after else "/desk/?view=open")
    assert clerk.get(f"/desk/case/{by_due[2]}/previous?{trail}")["location"].startswith(
        f"/desk/case/{by_due[1]}?"
    )
    assert clerk.get(f"/desk/case/{by_due[1]}/previous?from=view%3Dall")["location"].startswith("/desk/case/")


def test_the_next_of_the_list_opens_after_a_dispatch(office: Office) -> None:
    first = dispatched(office)
    left = said(words="又一件：下水道堵了")
    handler = office.handler.client()
    version = Case.objects.get(number=first).version
    answer = handler.post(
        f"/desk/case/{first}/object", {"text": "不归我们", "version": version, "trail": "view=todo"}
    )
    assert answer["location"] == "/desk/?view=todo"  # nothing else waits here
    clerk = office.clerk.client()
    version = Case.objects.get(number=first).version
    clerk.post(f"/desk/case/{first}/rule", {"ruling": "uphold", "version": version})
    order = {"class_code": "municipal.drain", "place_id": office.town.building, "unit_id": office.town.drains}
    version = Case.objects.get(number=left).version
    answer = clerk.post(f"/desk/case/{left}/dispatch", order | {"version": version, "trail": "view=todo"})
    assert answer["location"].startswith(f"/desk/case/{first}?")
