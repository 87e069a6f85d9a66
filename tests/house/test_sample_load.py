"""The sample street as an installation finds it: complete, sealed, numbered, and with a way in."""

import stat
from collections import Counter
from datetime import date, timedelta
from io import StringIO
from pathlib import Path

import pyotp
import pytest
from django.core.management import CommandError, call_command
from django.db.models import F

from liren.base.access import actions as access
from liren.base.access import queries as accounts
from liren.base.files.models import StoredFile
from liren.base.files.store import read
from liren.base.ledger.models import Event
from liren.base.vault import actions as vault
from liren.cases import queries as cases
from liren.cases.actions.opening import CONTACT
from liren.cases.events import Followed
from liren.cases.models import Bar, Case, Exclusion, Follow, Rating, Step, Voice
from liren.cases.states import CLOCKS, FINAL, State
from liren.kernel.clock import office_zone, utc_now
from liren.kernel.ids import check_number
from liren.kernel.policy import SYSTEM
from liren.registers.duties import queries as duties
from liren.registers.people import queries as people
from liren.registers.people.models import Person
from liren.registers.places import queries as places
from liren.site.management.commands import street as command
from liren.site.sample import arrivals, load

AS_OF = date(2026, 11, 22)
CASES = 300
REPORTS = 1  # a report of wrongdoing, added to any number of cases
# On the smallest street too; test_sample_moves looks at the whole one for every move there is.
ALWAYS = {
    "archive",
    "ask_exclusion",
    "bar",
    "decide_exclusion",
    "hand_back",
    "return",
    "seal",
    "step_back",
    "unseal",
}

pytestmark = pytest.mark.django_db


def test_a_loaded_street(tmp_path: Path, settings: object) -> None:
    """One load, looked at from every side: loading it again for each would cost minutes."""
    settings.HOME = tmp_path
    loaded = load.load(seed=1, as_of=AS_OF, cases=CASES)
    for check in (
        check_a_load_is_whole,
        check_cases_stand_with_the_unit_whose_duty_they_are,
        check_contacts_are_sealed_and_open_for_a_purpose,
        check_the_matter_to_look_up_shows_its_status,
        check_photos_lie_sealed_beside_their_voices,
        check_the_demo_accounts_can_sign_in,
        check_life_gives_every_page_something_to_show,
        check_every_figure_opens_its_rows,
        check_what_is_kept_apart_is_there,
    ):
        check(loaded)


def check_what_is_kept_apart_is_there(loaded: load.Loaded) -> None:
    """A seat for reports, one report before it, an exclusion asked for and decided, somebody who follows."""
    report = Case.objects.get(sealed=True)
    assert (report.demand_type, report.state) == ("whistleblow", "contacted")
    able = accounts.holders("sealed_handler", on=AS_OF, unit_id=report.unit_id)
    assert able
    assert report.unit is not None
    assert Bar.objects.filter(case=report, unit__code="enforcement").exists()
    assert Exclusion.objects.filter(decision="granted", case__excluded=True).exists()
    assert Exclusion.objects.filter(decision="").exists()
    follow = Follow.objects.exclude(case__voice_set__device_id=F("device_id")).first()
    assert follow is not None
    assert cases.is_in_hand(follow.case_id)
    assert set(Step.objects.values_list("move", flat=True)) >= ALWAYS


def check_every_figure_opens_its_rows(loaded: load.Loaded) -> None:
    """The list behind a figure has exactly the cases it counts, in every dimension of a month of the street."""
    end = arrivals.stands_at(AS_OF, office_zone())
    what = cases.Slice(end - timedelta(days=60), end)
    whole, checked = cases.figures(SYSTEM, what).whole, 0
    for dimension in cases.DIMENSIONS:
        told = cases.figures(SYSTEM, what, dimension)
        assert told.whole == whole, dimension
        for line in told.lines:
            for name in cases.COUNTED:
                drill = cases.Drill(name, what, dimension, line.key)
                found = cases.count(SYSTEM, cases.Filters(view="all", figure=drill), now=end)
                assert found == getattr(line.counts, name), (dimension, line.key, name)
                checked += bool(found)
    assert checked > 100


def check_a_load_is_whole(loaded: load.Loaded) -> None:
    assert Case.objects.count() == loaded.cases == CASES + REPORTS
    assert Voice.objects.count() == loaded.voices
    news = Event.objects.filter(subject_kind="case")
    assert news.count() == loaded.events
    # one piece of news for every step: following is no step, and what a seal takes from a unit is told by the seal
    told = news.exclude(kind=Followed.kind).count()
    assert Step.objects.exclude(move="hand_back").count() == told
    numbers = list(Voice.objects.values_list("number", flat=True))
    assert len(set(numbers)) == len(numbers)
    assert all(check_number(number) == number for number in numbers)

    # every event has its place in the ledger, and every case knows its last news
    assert not Event.objects.filter(subject_kind="case", seq=None).exists()
    assert not Case.objects.filter(change_seq=None).exists()

    # whatever is open has a clock, whatever is over has none
    for state, due in Case.objects.values_list("state", "next_due"):
        assert (due is None) == (state in FINAL)
        assert (state in CLOCKS) == (due is not None)

    # nothing lies after the moment at which the sample stands
    end = arrivals.stands_at(AS_OF, office_zone())
    assert Step.objects.order_by("-at").values_list("at", flat=True)[0] < end
    assert Case.objects.order_by("received_at").values_list("received_at", flat=True)[0] > end - timedelta(
        days=91
    )

    # registers
    assert len(people.units()) == 25
    assert len(places.within("", "grid")) == 60
    assert 4_000 < len(places.within("", "dwelling")) < 8_000
    grid = places.within("", "grid")[7]
    assert grid.lat is not None
    assert grid.lon is not None
    assert places.at_point(grid.lat, grid.lon).grid.id == grid.id
    assert Person.objects.count() > 1_000


def check_cases_stand_with_the_unit_whose_duty_they_are(loaded: load.Loaded) -> None:
    asked: set[tuple[int, str, str]] = set()
    # a report of wrongdoing goes to whoever inspects, never to whose duty the matter is
    for case in Case.objects.exclude(unit=None).exclude(sealed=True):
        community = "/".join(case.place_path.split("/")[:4]) + "/"
        asked.add((case.unit_id or 0, case.class_code, community))
    for unit_id, code, path in asked:
        assert duties.permits(unit_id, code, path, AS_OF).allowed, (unit_id, code)


def check_contacts_are_sealed_and_open_for_a_purpose(loaded: load.Loaded) -> None:
    voice = Voice.objects.exclude(phone_index="").order_by("id").first()
    assert voice is not None
    assert b"142" not in bytes(voice.contact)
    opened = vault.reveal(
        bytes(voice.contact), context=CONTACT, by=SYSTEM, purpose="call_back", now=utc_now()
    )
    assert '"phone": "142' in opened
    anonymous = Voice.objects.filter(phone_index="")
    assert all(row.claim_hash and not row.contact and not row.consent_call for row in anonymous)


def check_the_matter_to_look_up_shows_its_status(loaded: load.Loaded) -> None:
    assert loaded.matter is not None
    shown = cases.status(loaded.matter.number, loaded.matter.last_four)
    assert shown.state in {State.REPLIED, State.DISPATCHED, State.SIGNED, State.CONTACTED, State.HANDLING}


def check_photos_lie_sealed_beside_their_voices(loaded: load.Loaded) -> None:
    rows = list(StoredFile.objects.all())
    assert 10 <= len(rows) <= 60
    assert Case.objects.filter(files__gt=0).count() == len(rows)
    for row in rows[:5]:
        context = f"files.body:{row.id}"
        body = vault.reveal_bytes(
            read(row.id), context=context, by=SYSTEM, purpose="handle_matter", now=utc_now()
        )
        assert body.startswith(b"\xff\xd8")
        assert len(body) == row.size


def check_the_demo_accounts_can_sign_in(loaded: load.Loaded) -> None:
    roles = Counter()
    for one in loaded.sign_ins:
        later = utc_now() + timedelta(seconds=40)  # a code is good once, and the set-up used this one
        code = pyotp.TOTP(one.secret).at(later)
        signed = access.sign_in(
            one.username, one.password, code, address="127.0.0.1", device_token=None, now=later
        )
        roles[one.title] += 1
        assert signed.second_factor_at is not None, one.username
    assert len(roles) >= 8
    assert len({one.password for one in loaded.sign_ins}) == len(loaded.sign_ins)


def check_life_gives_every_page_something_to_show(loaded: load.Loaded) -> None:
    states = Counter(Case.objects.values_list("state", flat=True))
    assert states["closed"] > CASES / 2
    assert Rating.objects.filter(verdict="not_solved").exists()
    assert Rating.objects.filter(by_self=True).exists()
    assert Case.objects.filter(round__gt=1).exists()
    assert Case.objects.filter(chased__gt=0).exists()


def test_the_command_loads_once_and_keeps_the_way_in_for_its_owner_only(
    tmp_path: Path, settings: object
) -> None:
    settings.HOME = tmp_path
    out = StringIO()
    call_command("street", if_empty=True, as_of=AS_OF, scale=40, stdout=out)
    kept = tmp_path / "street-accounts.txt"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    text = kept.read_text(encoding="utf-8")
    assert "dingxiaohe" in text
    first = Case.objects.count()
    assert first == 40 + REPORTS

    call_command("street", if_empty=True, scale=40, stdout=out)
    assert Case.objects.count() == first
    assert kept.read_text(encoding="utf-8") == text
    with pytest.raises(CommandError):
        call_command("street", scale=40, stdout=out)
    with pytest.raises(CommandError):
        call_command("street", scale=1_000_001, stdout=out)


def test_the_day_it_stands_at_is_over_or_begun() -> None:
    assert arrivals.stands_at(command.latest_day(), office_zone()) <= utc_now()
