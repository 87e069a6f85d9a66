"""Search: a number opens its case, a slip is forgiven, words name lists, and what is sealed is not there."""

from urllib.parse import unquote

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from liren.cases.models import Case, Voice
from tests.faces.office import Office
from tests.faces.test_desk import dispatched, said

pytestmark = pytest.mark.django_db


def found(client: Client, text: str) -> str:
    """The page of results."""
    answer = client.get("/desk/search", {"text": text})
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_number_opens_its_case_however_it_is_typed(office: Office) -> None:
    number = dispatched(office)
    clerk = office.clerk.client()
    spoken = " ".join(number[n : n + 4] for n in range(0, 16, 4)).replace("1", "幺").replace("0", "洞")
    for text in (number, spoken, f" {number[:8]}-{number[8:]} "):
        assert clerk.get("/desk/search", {"text": text})["location"] == f"/desk/case/{number}"
    other = said()
    Voice.objects.filter(number=other).update(case=Case.objects.get(number=number))
    Case.objects.filter(number=other).update(number="9" * 16)
    assert clerk.get("/desk/search", {"text": other})["location"] == f"/desk/case/{number}"


def test_a_slip_in_a_number_is_forgiven_and_a_beginning_is_enough(office: Office) -> None:
    number = dispatched(office)
    clerk = office.clerk.client()
    wrong = str((int(number[7]) + 1) % 10)
    slips = (number[:7] + wrong + number[8:], number[:5] + number[6:], number[:3] + "7" + number[3:])
    for text in slips:
        html = found(clerk, text)
        assert "没有这个编号" in html
        assert f"/desk/case/{number}" in html
    assert f"/desk/case/{number}" in found(clerk, number[:9])
    assert "没有找到事项" in found(clerk, "999999")


def test_what_one_may_not_see_is_not_found_and_not_hinted_at(office: Office) -> None:
    number = said()
    sealed = dispatched(office)
    Case.objects.filter(number=sealed).update(sealed=True)
    handler, clerk = office.handler.client(), office.clerk.client()
    for client, hidden in ((handler, number), (clerk, sealed)):
        for text in (hidden, hidden[:5] + hidden[6:], hidden[:9]):
            assert f"/desk/case/{hidden}" not in found(client, text)


def test_words_find_cases_and_the_lists_they_name(office: Office) -> None:
    number = dispatched(office)
    clerk = office.clerk.client()
    html = found(clerk, "污水")
    assert f"/desk/case/{number}" in html
    html = unquote(found(clerk, "市政"))
    assert f"view=open&amp;unit={office.town.drains}" in html
    assert "view=open&amp;class=municipal.drain" in unquote(found(clerk, "排水"))
    assert "没有找到事项" in found(clerk, "<script>alert(1)</script>")
    assert "少一位、错一位也找得到" in found(clerk, "")
    assert "少一位" in found(clerk, "   ")


def test_the_page_costs_the_same_whatever_is_found(office: Office) -> None:
    clerk = office.clerk.client()
    dispatched(office)
    found(clerk, "污水")
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(
            connection,
        ) as seen:
            found(clerk, "污水")
        counts.append(len(seen))
        for _more in range(3):
            dispatched(office)
    assert counts[0] == counts[1] <= 15


def test_a_stranger_is_sent_to_the_door(office: Office) -> None:
    assert "/desk/login" in Client().get("/desk/search", {"text": "污水"})["location"]
