import pytest
from django.test import Client

from tests.faces.office import Office


@pytest.mark.django_db
def test_it(office: Office) -> None:
    c = Client()
    for u in ["/", "/mine", "/neighbours", "/me", "/desk/login"]:
        r = c.get(u); print(u, r.status_code)
    r = c.post("/say", {"words": "和园小区3号楼门口下水道堵了，污水冒出来"}); print(r.status_code, r.headers.get("location"))
    r = c.get(r["location"]); print(r.status_code)
    u = r.request["PATH_INFO"]
    r = c.post(u, {"words": "和园小区3号楼门口下水道堵了", "phone": "14200001234", "name": "李华"}); print(r.status_code, r.headers.get("location"))
    m = r["location"]
    r = c.get(m); print(r.status_code)
    w = office.clerk.client()
    for u in ["/desk/", "/desk/new", "/desk/messages", "/desk/me", "/desk/case/" + m[3:19]]:
        r = w.get(u); print(u, r.status_code, len(r.content))
    r = office.handler.client().get("/desk/"); print(r.status_code)
