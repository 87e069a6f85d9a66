"""A town in which everybody of the permission table exists, with something that is one's and not another's."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.test import Client

from liren.base.access import actions as access
from liren.base.access.models import Grant, Token
from liren.base.files.models import StoredFile
from liren.base.ledger import actions as ledger
from liren.bridges.exchange.models import Webhook
from liren.bridges.imports import actions as imports
from liren.bridges.reporting.models import Column
from liren.cases.models import Case, Question, Voice, Whistle
from liren.kernel.clock import office_zone, utc_now
from liren.kernel.policy import SYSTEM
from liren.registers.duties.models import CatalogueEntry
from liren.registers.people import actions as people
from liren.registers.people import queries as units
from liren.registers.people.models import Post
from liren.registers.places import queries as places
from liren.rooms.forum.models import Comment
from tests.bridges.sheets import as_csv, orders
from tests.faces.office import PASSWORD, Office, Worker, staffed, worker
from tests.faces.test_reports import LAST
from tests.faces.test_reports import SAID as REPORT
from tests.faces.test_resident_saying import begin, send, shot

SCOPES = ("registers.read", "cases.read", "cases.open", "webhooks", "cases.work")
MISSING = "9" * 18
NO_NUMBER = "2611220000000000"
KEPT = {"nobody": "", "wrong": "liren_not-a-token-of-anybody"}


@dataclass(frozen=True, slots=True)
class World:
    """Browsers by who sits before them, programs by their scope, and what stands for each {name} of an address."""

    browsers: Mapping[str, Client]
    programs: Mapping[str, Client]
    objects: Mapping[str, str]
    missing: Mapping[str, str]
    form: Mapping[str, Any]  # what a form of any page might hold, so that none is refused before it is judged


def build() -> World:
    """Everybody, and one matter of hers at the drains, one sealed at the inspection."""
    office = staffed()
    town, now = office.town, utc_now()
    hall = units.unit_by_code("hall").id
    inspection = people.open_body(
        code="inspection", kind="department", by=SYSTEM, now=now, name="纪检监察工委", short="纪工委",
        handles=True, place_id=town.street,
    )  # fmt: skip
    workers = {
        "clerk": office.clerk,
        "handler": office.handler,
        "other unit": office.stranger,
        "callback": office.caller,
        "supervisor": office.supervisor,
        "sealed desk": worker("quiet", "季禾", body=hall, title="举报受理员", role="sealed_desk"),
        "inspector": worker("inspector", "严正", body=inspection, title="承办", role="sealed_handler"),
        "other inspector": worker("other", "严明", body=town.sweepers, title="承办", role="sealed_handler"),
        "grid": _grid("grid", "吴秀", town.committee, town.grid),
        "other grid": _grid("far", "吴兰", town.committee, town.far),
        "leader": worker("leader", "高远", body=hall, title="主任", role="leader"),
        "system": worker("system1", "田野", body=hall, title="系统管理员", role="system_admin"),
        "security": worker("security", "安宁", body=hall, title="安全管理员", role="security_admin"),
        "audit": worker("audit", "审言", body=hall, title="审计管理员", role="audit_admin"),
        "keeper": worker("keeper", "罗桐", body=hall, title="议事专员", role="forum_desk"),
    }
    her, stranger = Client(), Client()
    objects = _matters(office, her, stranger, workers, inspection)
    draft = begin(her, "又有一件没说完的事", photos=shot())
    objects |= {
        "draft": draft.rpartition("/")[2],
        "waiting": str(
            StoredFile.objects.exclude(id__in=[objects["photo"], objects["sealedphoto"]]).latest("id").id
        ),
    }
    programs = _programs(office)
    objects |= _registers(office, workers) | _forum(office, her, workers)
    browsers = {"nobody": Client(), "her": her, "stranger": stranger, "half": _half(hall)}
    browsers |= {name: one.client() for name, one in workers.items()}
    missing = {name: NO_NUMBER if name in {"case", "sealed", "proposal"} else MISSING for name in objects}
    missing |= {"draft": "x" * 32, "period": objects["period"]}
    soon = (now + timedelta(hours=3)).astimezone(office_zone()).strftime("%Y-%m-%dT%H:%M")
    form = {
        "text": "说明", "words": "路灯不亮", "said": "5", "level": "urge", "number": NO_NUMBER, "proof": "1234",
        "class_code": "municipal.drain", "place_id": town.building, "unit_id": town.drains, "what": "到场",
        "due_at": soon, "decision": "grant", "reason": "duty_unclear", "value": "1",
    }  # fmt: skip
    return World(browsers, programs, objects, missing, form)


def _grid(username: str, holder: str, body: int, place: int) -> Worker:
    """A grid worker whose ground is a place."""
    made = worker(username, holder, body=body, title="网格员", role="grid_worker")
    Grant.objects.filter(account_id=made.id).update(place_path=places.get(place).path)
    return made


def _half(hall: int) -> Client:
    """A clerk who knows the password and has not set the one-time code up."""
    now = utc_now()
    account = access.open_account(username="half", kind="staff", password=PASSWORD, by=SYSTEM, now=now)
    post = people.open_post(body_id=hall, title="派单员", role="clerk", by=SYSTEM, now=now)
    people.appoint(post, account_id=account, holder="半夏", by=SYSTEM, now=now)
    browser = Client()
    signed = access.sign_in("half", PASSWORD, "", address="127.0.0.1", device_token=None, now=now)
    session = browser.session
    access.open_session(session, signed, now=now)
    session.save()
    browser.cookies["sessionid"] = session.session_key
    return browser


def _matters(
    office: Office, her: Client, stranger: Client, workers: Mapping[str, Worker], inspection: int
) -> dict[str, str]:
    town = office.town
    number = send(her, begin(her, photos=shot()), phone="14200001234", name="李华")
    send(stranger, begin(stranger), phone="14200009876")
    clerk, handler = office.clerk.client(), office.handler.client()
    order = {"class_code": "municipal.drain", "place_id": town.building, "unit_id": town.drains, "version": 1}
    _went(clerk.post(f"/desk/case/{number}/dispatch", order))
    for move in ("sign", "contact"):
        _went(handler.post(f"/desk/case/{number}/{move}", {"text": "联系过了"}))
    soon = (utc_now() + timedelta(hours=3)).astimezone(office_zone()).strftime("%Y-%m-%dT%H:%M")
    whistle = {"matter": "一家办不了", "units": [town.drains, town.committee], "needed_by": soon}
    _went(clerk.post(f"/desk/case/{number}/whistle/call", whistle))
    _went(handler.post(f"/desk/case/{number}/ask", {"text": "在哪一层？"}))
    _went(handler.post(f"/desk/case/{number}/extend", {"value": "1", "text": "等材料"}))
    words = "举报市政所所长收修水管的红包，和园小区3号楼"
    first = StoredFile.objects.latest("id").id
    sealed = send(her, begin(her, words, photos=shot()), words, phone="14200001234", sealed="1")
    quiet = workers["sealed desk"].client()
    order |= {"unit_id": inspection, "version": Case.objects.get(number=sealed).version}
    _went(quiet.post(f"/desk/case/{sealed}/dispatch", order))
    _went(workers["inspector"].client().post(f"/desk/case/{sealed}/sign", {}))
    while ledger.seal():
        pass
    ledger.deliver(now=utc_now())
    voice = Voice.objects.get(number=number)
    return {
        "case": number,
        "sealed": sealed,
        "voice": str(voice.id),
        "sealedvoice": str(Voice.objects.get(number=sealed).id),
        "question": str(Question.objects.latest("id").id),
        "whistle": str(Whistle.objects.latest("id").id),
        "case_id": str(Case.objects.get(number=number).id),
        "sealed_id": str(Case.objects.get(number=sealed).id),
        "photo": str(first),
        "sealedphoto": str(StoredFile.objects.latest("id").id),
    }


def _forum(office: Office, her: Client, workers: Mapping[str, Worker]) -> dict[str, str]:
    """A proposal of hers that the street has taken up, with two words of hers on it, one of them hidden."""
    form = {
        "title": "小路装灯",
        "words": "晚上看不见台阶",
        "place": office.town.yard,
        "level": "courtyard",
        "key": "f",
    }
    number = _went_to(her.post("/forum/new", form)).split("?")[0].rpartition("/")[2]
    for key, words in (("a", "灯要低一点"), ("b", "都是废话")):
        _went(her.post(f"/forum/{number}/comments", {"words": words, "stance": "for", "key": key}))
    said, hidden = Comment.objects.order_by("id").values_list("id", flat=True)
    keeper = workers["keeper"].client()
    _went(keeper.post(f"/desk/forum/{number}/said/{hidden}/rule", {"do": "hide", "reason": "abuse"}))
    return {"proposal": number, "said": str(said), "comment": str(hidden), "step": MISSING}


def _registers(office: Office, workers: Mapping[str, Worker]) -> dict[str, str]:
    _went(workers["system"].client().post("/desk/reports/new", REPORT))
    column = Column.objects.filter(item__isnull=False).latest("id")
    hooks = list(Webhook.objects.order_by("id").values_list("id", flat=True))
    return {
        "form": str(column.form_id),
        "period": f"{LAST.first:%Y-%m}",
        "column": str(column.id),
        "item": str(column.item_id),
        "place": str(office.town.yard),
        "unit": str(office.town.sweepers),
        "post": str(Post.objects.get(account_id=workers["callback"].id).id),
        "entry": str(CatalogueEntry.objects.latest("id").id),
        "hook": str(hooks[0]),
        "otherhook": str(hooks[1]),
        "token": str(Webhook.objects.get(id=hooks[0]).token_id),
        "import": str(_import()),
    }


def _import() -> int:
    """A table handed in, tried, and waiting for a yes."""
    data, how = as_csv(orders({}, {"工单状态": "?"})), imports.the_mapping("workorder21")
    import_id = imports.hand_in(data, "a.csv", how, by=SYSTEM, now=utc_now())
    imports.work(import_id)
    return import_id


def _programs(office: Office) -> dict[str, Client]:
    """A program for each scope on the clerk's account (for `cases.work` the handler's), and one of the other unit's."""
    now, secrets = utc_now(), dict(KEPT)
    given = [(scope, office.handler if scope == "cases.work" else office.clerk, scope) for scope in SCOPES]
    given += [("other unit", office.stranger, "cases.work"), ("other's", office.stranger, "webhooks")]
    for name, holder, scope in given:
        scopes = (
            ["cases.read", "cases.work"] if scope == "cases.work" else [scope]
        )  # work is on what may be read
        secrets[name] = access.give_token(holder.id, name=name, scopes=scopes, days=30, by=SYSTEM, now=now)
    for name in ("webhooks", "other's"):
        token = Token.objects.get(name=name)
        Webhook.objects.create(token_id=token.id, url=f"https://{token.id}.example/", made_at=now)
    return {
        name: Client(headers={"authorization": f"Bearer {secret}"} if secret else {})
        for name, secret in secrets.items()
    }


def _went(answer: Any) -> None:
    assert answer.status_code == 302, answer.content.decode()


def _went_to(answer: Any) -> str:
    _went(answer)
    return str(answer["location"])


@contextmanager
def undone() -> Iterator[None]:
    """Whatever a request writes inside is taken back, so that the next one meets the same world."""
    block = transaction.atomic()
    block._from_testcase = True  # limits insist on a transaction of their own
    with block:
        yield
        transaction.set_rollback(True)
