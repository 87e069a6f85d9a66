"""What a form says shall become of a unit or a post, read into one act."""

from collections.abc import Callable
from datetime import date, datetime

from django.utils.translation import gettext as _

from liren.base.access import queries as accounts
from liren.faces.staff import unit_words
from liren.faces.staff.changes import Change, Form
from liren.kernel.clock import office_day
from liren.kernel.errors import NotFound, Refused
from liren.kernel.policy import Actor
from liren.registers.people import actions as register
from liren.registers.people import queries as people
from liren.registers.places import queries as places

BODY_FIELDS = ("name", "name_en", "short", "uscc", "place", "parent", "handles", "calendar", "phone")
FIELDS = (
    *BODY_FIELDS, "code", "kind", "on", "key", "title", "title_en", "role", "account", "holder", "from", "to",
)  # fmt: skip


def new_body(form: Form, *, by: Actor, now: datetime) -> Change:
    """A unit put on the register. Raises Refused: place.parent_unclear, body.code_unknown."""
    details = _details(form)
    titles, kinds = unit_words.field_titles(), unit_words.kind_titles()
    rows = [
        (_("类型"), "—", kinds.get(form["kind"], "—")),
        (titles["code"], "—", form["code"].strip() or "—"),
    ]
    return Change(
        title=_("登记单位：%(name)s") % {"name": form["name"].strip() or "—"},
        button=_("照这样登记"),
        do=lambda: register.open_body(code=form["code"], kind=form["kind"], by=by, now=now, **details),
        rows=[
            *rows,
            *((titles[name], "—", shown(name, form[name])) for name in BODY_FIELDS if form[name].strip()),
        ],
    )


def read_body(name: str, body: people.BodyRow, form: Form, *, by: Actor, now: datetime, seen: str) -> Change:
    """An act on a unit: correct, close or seat. Raises Refused: place.parent_unclear, place.day, body.code_unknown."""
    if name == "correct":
        return _correct(body, form, by, now, seen)
    if name == "close":
        on = day(form["on"], "on")
        return Change(
            title=_("撤销%(name)s") % {"name": body.name},
            button=_("照这样撤销"),
            do=lambda: register.close_body(body.id, on=on, by=by, now=now, seen=seen),
            rows=[(_("从哪天起没有了"), "—", on.isoformat())],
        )
    place_id = ground(form["place"])
    titles = unit_words.role_titles(office_day(now))
    return Change(
        title=_("在%(name)s设岗：%(title)s") % {"name": body.name, "title": form["title"].strip() or "—"},
        button=_("照这样设岗"),
        do=lambda: register.open_post(
            body_id=body.id,
            title=form["title"],
            title_en=form["title_en"],
            role=form["role"],
            place_id=place_id,
            code=form["code"].strip() or None,
            key=form["key"],
            by=by,
            now=now,
        ),
        rows=[
            (_("角色"), "—", titles.get(form["role"], "—")),
            (
                _("责任区"),
                "—",
                unit_words.place_title(place_id if place_id is not None else body.place_id) or "—",
            ),
        ],
        warning=_("岗位先空着：由安全管理员派人以后，才有人能用。"),
    )


def _correct(body: people.BodyRow, form: Form, by: Actor, now: datetime, seen: str) -> Change:
    details, old = _details(form), typed_of(body)
    titles = unit_words.field_titles()
    stops = body.handles and not details["handles"]
    return Change(
        title=_("更正%(name)s") % {"name": body.name},
        button=_("照这样更正"),
        do=lambda: register.correct_body(body.id, by=by, now=now, seen=seen, **details),
        rows=[
            (titles[name], shown(name, old[name]), shown(name, form[name]))
            for name in BODY_FIELDS
            if old[name] != form[name].strip()
        ],
        warning=_("不再承办以后，新的事不能派给这个单位；手头的照办。") if stops else "",
    )


def read_post(name: str, seat: people.SeatRow, form: Form, *, by: Actor, now: datetime, seen: str) -> Change:
    """An act on a post: give, relieve, hand or end. Raises Refused: post.no_account, place.day."""
    doing: dict[str, Callable[..., Change]] = {"give": _give, "relieve": _relieve, "hand": _hand, "end": _end}
    return doing[name](seat, form, by, now, seen)


def _give(seat: people.SeatRow, form: Form, by: Actor, now: datetime, seen: str) -> Change:
    account, begin, end = account_of(form["account"]), _maybe(form["from"], "from"), _maybe(form["to"], "to")
    holder = form["holder"].strip()
    return Change(
        title=_("派%(holder)s任%(title)s") % {"holder": holder or "—", "title": seat.title},
        button=_("照这样派"),
        do=lambda: register.appoint(
            seat.id,
            account_id=account,
            holder=holder,
            valid_from=begin,
            valid_to=end,
            by=by,
            now=now,
            seen=seen,
        ),
        rows=[
            (_("谁在岗"), _("空缺"), holder or "—"),
            (_("从哪天起"), "—", begin.isoformat() if begin else _("今天")),
            (_("到哪天止（不含当天）"), "—", end.isoformat() if end else _("不定")),
        ],
    )


def _relieve(seat: people.SeatRow, form: Form, by: Actor, now: datetime, seen: str) -> Change:
    return Change(
        title=_("收回%(holder)s的任职") % {"holder": seat.holder},
        button=_("照这样收回"),
        do=lambda: register.relieve(seat.id, by=by, now=now, seen=seen),
        rows=[(_("谁在岗"), seat.holder, _("空缺"))],
    )


def _hand(seat: people.SeatRow, form: Form, by: Actor, now: datetime, seen: str) -> Change:
    account, end, holder = account_of(form["account"]), _maybe(form["to"], "to"), form["holder"].strip()
    return Change(
        title=_("%(title)s由%(old)s交给%(new)s")
        % {"title": seat.title, "old": seat.holder, "new": holder or "—"},
        button=_("照这样交接"),
        do=lambda: register.hand_over(
            seat.id, account_id=account, holder=holder, valid_to=end, by=by, now=now, seen=seen
        ),
        rows=[(_("谁在岗"), seat.holder, holder or "—")],
    )


def _end(seat: people.SeatRow, form: Form, by: Actor, now: datetime, seen: str) -> Change:
    return Change(
        title=_("撤掉岗位：%(title)s") % {"title": seat.title},
        button=_("照这样撤掉"),
        do=lambda: register.end_post(seat.id, by=by, now=now, seen=seen),
        rows=[(_("谁在岗"), seat.holder or _("空缺"), _("没有这个岗位了"))],
    )


def typed_of(body: people.BodyRow) -> dict[str, str]:
    """A unit as the form for correcting it says it."""
    return {
        "name": body.name,
        "name_en": body.name_en,
        "short": body.short,
        "uscc": body.uscc or "",
        "place": place_code(body.place_id),
        "parent": body.parent__code or "",
        "handles": "1" if body.handles else "",
        "calendar": body.calendar,
        "phone": body.phone,
    }


def place_code(place_id: int | None) -> str:
    """How a form or a table names a place: by its code, else by the register's number."""
    if place_id is None:
        return ""
    schemes = {"division", "office", "cell"}
    return next((value for scheme, value in places.codes(place_id) if scheme in schemes), f"#{place_id}")


def shown(name: str, said: str) -> str:
    """A field of a unit as a reader understands it."""
    if name == "handles":
        return _("是") if said else _("否")
    if name == "calendar":
        return unit_words.calendar_titles().get(said, said)
    if name == "place":
        found = places.named(said)
        return found[0].name if len(found) == 1 else said or "—"
    return said.strip() or "—"


def _details(form: Form) -> register.BodyDetails:
    parent = form["parent"].strip()
    try:
        parent_id = people.unit_by_code(parent).id if parent else None
    except NotFound as error:
        raise Refused("body.code_unknown", field="parent") from error
    return {
        "name": form["name"],
        "name_en": form["name_en"],
        "short": form["short"],
        "uscc": form["uscc"].strip() or None,
        "place_id": ground(form["place"]),
        "parent_id": parent_id,
        "handles": bool(form["handles"]),
        "calendar": form["calendar"],
        "phone": form["phone"],
    }


def ground(text: str) -> int | None:
    """The one place of a code, name or full name; None for nothing said. Raises Refused("place.parent_unclear")."""
    if not text.strip():
        return None
    found = places.named(text)
    if len(found) != 1:
        raise Refused("place.parent_unclear", field="place")
    return found[0].id


def account_of(username: str) -> int:
    """The account of this name. Raises Refused("post.no_account")."""
    found = accounts.find_account(username.strip().lower())
    if found is None:
        raise Refused("post.no_account", field="account")
    return found


def _maybe(text: str, name: str) -> date | None:
    return day(text, name) if text.strip() else None


def day(text: str, name: str) -> date:
    """A day as a date field sends it. Raises Refused("place.day")."""
    try:
        return date.fromisoformat(text.strip())
    except ValueError as error:
        raise Refused("place.day", field=name) from error
