"""归档 and 保存期限: what ended is archived without a figure changing, and what is kept no longer is really gone."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection, models

from liren.base.ledger import queries as ledger
from liren.base.ledger import rules as proofs
from liren.base.search import queries as search
from liren.base.vault import queries as vault
from liren.cases import actions, queries
from liren.cases.actions import archiving
from liren.cases.models import Case, Rating, Step, Voice
from liren.cases.rules import GONE
from liren.kernel.errors import NotFound, Refused
from liren.kernel.events import content_hash
from liren.kernel.policy import scope
from liren.registers.duties import queries as duties
from tests import town as towns
from tests.base.filedb import shared_database
from tests.town import NOW, Town, resident

WORDS = "和园小区3号楼下水管漏得厉害，楼道都湿了"
HER = 61
PHONE = "14200005678"
MONTH = queries.Slice(since=NOW - timedelta(days=1), until=NOW + timedelta(days=40))

pytestmark = [pytest.mark.django_db, pytest.mark.writes]


def solved(town: Town, *, key: str = "k", words: str = WORDS, verdict: str = "solved") -> actions.Accepted:
    """A case from her word to its end, with words of everybody on the way."""
    demand = actions.Demand(
        words=words, channel="web", device_id=HER, contact=actions.Contact("王女士", PHONE),
        class_code="municipal.drain", place_id=town.building, place_text="三单元门口",
    )  # fmt: skip
    accepted = actions.open_case(demand, by=resident(HER), now=NOW, key=key)
    handler, staff = town.handler(town.drains), {"version": None, "now": NOW + timedelta(hours=2)}
    actions.dispatch(accepted.case_id, town.drains, by=town.clerk(), **staff)  # type: ignore[arg-type]
    actions.sign(accepted.case_id, by=handler, **staff)  # type: ignore[arg-type]
    actions.contact(accepted.case_id, by=handler, text="和王女士约了下午去", **staff)  # type: ignore[arg-type]
    actions.reply(accepted.case_id, by=handler, text="水管换好了", **staff)  # type: ignore[arg-type]
    actions.rate(
        accepted.voice_id, verdict, by=resident(HER), now=NOW + timedelta(days=1), rating=4, text="修得不错",
        key=f"r-{key}",
    )  # fmt: skip
    actions.settle_due(now=NOW + timedelta(days=30))
    return accepted


def archived(town: Town, **more: Any) -> actions.Accepted:
    """The same, closed and archived."""
    accepted = solved(town, **more)
    assert actions.archive_due(now=ARCHIVING) >= 1
    return accepted


ARCHIVING = NOW + timedelta(days=130)
YEARS = ARCHIVING + timedelta(days=1_100)


@pytest.fixture
def town() -> Town:
    return towns.build()


def test_it_is_archived_only_when_nobody_can_open_it_again(town: Town) -> None:
    accepted = solved(town)
    case = Case.objects.get(pk=accepted.case_id)
    assert case.state == "closed"
    ended = case.closed_at
    assert ended is not None
    last = duties.reopen_rule(NOW.date()).until(ended)
    assert actions.archive_due(now=last - timedelta(minutes=1)) == 0
    before = queries.figures(town.clerk(), MONTH, "unit")
    assert actions.archive_due(now=last + timedelta(minutes=1)) == 1
    assert actions.archive_due(now=last + timedelta(minutes=2)) == 0
    case.refresh_from_db()
    assert (case.state, case.ended_as, case.closed_at) == ("archived", "closed", ended)
    assert case.archived_at == last + timedelta(minutes=1)
    assert queries.figures(town.clerk(), MONTH, "unit") == before
    assert search.find("下水管", kind="case", scope=scope(town.clerk(), "cases.read"), limit=5)
    assert queries.case_ref(accepted.number, town.clerk()).state == "archived"


def test_a_withdrawn_case_counts_no_more_once_archived(town: Town) -> None:
    demand = actions.Demand(
        words=WORDS, channel="web", device_id=HER, class_code="municipal.drain", place_id=town.yard
    )
    accepted = actions.open_case(demand, by=resident(HER), now=NOW, key="w")
    actions.dispatch(accepted.case_id, town.drains, by=town.clerk(), version=None, now=NOW)
    actions.withdraw(accepted.voice_id, by=resident(HER), now=NOW, key="back")
    before = queries.figures(town.clerk(), MONTH)
    assert actions.archive_due(now=NOW + timedelta(days=29)) == 0
    assert actions.archive_due(now=NOW + timedelta(days=31)) == 1
    assert queries.figures(town.clerk(), MONTH) == before


def test_a_case_that_left_waits_until_it_cannot_come_back_and_somebody_asked(town: Town) -> None:
    demand = actions.Demand(
        words="要告邻居", channel="web", device_id=HER, class_code="municipal.drain", place_id=town.yard
    )
    accepted = actions.open_case(demand, by=resident(HER), now=NOW, key="l")
    wanted = actions.Leaving(
        key="other_procedure", reply="请到法院", channel="区法院", reason="已在诉讼", reference="123"
    )
    actions.leave(accepted.case_id, wanted, by=town.clerk(), version=None, now=NOW)
    left = queries.left_by(Case.objects.get(pk=accepted.case_id))
    assert left is not None
    late = max(left.back_until, NOW + timedelta(days=31)) + timedelta(days=1)
    if left.follow_due is not None:
        assert actions.archive_due(now=late) == 0
        actions.follow_exit(
            accepted.case_id, "accepted", by=town.clerk(), version=None, text="立案了", now=late
        )
    assert actions.archive_due(now=late) == 1


def test_each_kind_goes_at_its_time_and_the_rest_stays(town: Town) -> None:
    accepted = archived(town)
    rule = next(one for one in duties.keepings(NOW.date()) if one.retention_class == "case.standard")
    assert rule.contacts is not None
    assert rule.words is not None
    assert actions.erase_due(now=ARCHIVING + rule.contacts - timedelta(minutes=1)) == 0
    assert vault.erased(f"voice:{accepted.voice_id}") is False
    assert actions.erase_due(now=ARCHIVING + rule.contacts) == 1
    voice = Voice.objects.get(pk=accepted.voice_id)
    assert (bytes(voice.contact), voice.phone_index, voice.words) == (b"", "", WORDS)
    assert vault.erased(f"voice:{accepted.voice_id}")
    before = queries.figures(town.clerk(), MONTH, "class")
    assert actions.erase_due(now=ARCHIVING + rule.words) == 1
    assert actions.erase_due(now=ARCHIVING + rule.words) == 0
    case = Case.objects.get(pk=accepted.case_id)
    assert case.words_gone_at == ARCHIVING + rule.words
    assert "漏" not in case.title
    assert "3号楼" in case.title
    assert set(Step.objects.filter(case=case).values_list("words", "salt")) <= {("", ""), (GONE, "")}
    assert Rating.objects.get().words == GONE
    assert not search.find("下水管", kind="case", scope=scope(town.clerk(), "cases.read"), limit=5)
    assert queries.figures(town.clerk(), MONTH, "class") == before
    kept = Rating.objects.get()
    assert (kept.verdict, kept.rating) == ("solved", 4)
    with pytest.raises(NotFound):
        queries.matter(accepted.number, resident(HER), now=NOW)
    with pytest.raises(NotFound):
        queries.status(accepted.number, PHONE[-4:])


def test_photos_of_the_work_and_of_whoever_spoke_go_too(town: Town, monkeypatch: Any) -> None:
    accepted = archived(town)
    Case.objects.filter(pk=accepted.case_id).update(files=2)
    asked: list[str] = []
    monkeypatch.setattr(
        archiving.files, "forget", lambda owner, *, by, now: asked.append(owner) or 1
    )  # the keeping of files has tests of its own
    actions.erase_due(now=ARCHIVING + timedelta(days=731))
    assert set(asked) == {f"case:{accepted.case_id}", f"voice:{accepted.voice_id}"}
    assert Case.objects.get(pk=accepted.case_id).files == 0


def test_the_ledger_stands_as_it_stood_and_a_kept_hash_can_still_be_shown(town: Town) -> None:
    accepted = archived(town)
    voice = Voice.objects.get(pk=accepted.voice_id)
    proof = content_hash(voice.words, voice.salt)  # what she may have kept herself
    before = ledger.history("case", accepted.case_id)
    assert any(entry.payload.get("words_hash") == proof for entry in before)
    chained = proofs.chain("", before)
    actions.erase_due(now=YEARS)
    after = ledger.history("case", accepted.case_id)
    assert proofs.chain("", after[: len(before)]) == chained
    assert any(entry.payload.get("words_hash") == proof for entry in after)
    assert {entry.payload["what"] for entry in after[len(before) :]} <= {"contacts", "photos", "words"}
    assert ledger.broken_seals() == []


def test_on_hold_nothing_goes_and_released_it_goes(town: Town) -> None:
    accepted = archived(town)
    call_command("retention", "--hold", accepted.number, stdout=StringIO())
    assert actions.erase_due(now=YEARS) == 0
    assert Voice.objects.get(pk=accepted.voice_id).words == WORDS
    call_command("retention", "--release", accepted.number, stdout=StringIO())
    assert actions.erase_due(now=YEARS) > 0
    assert Voice.objects.get(pk=accepted.voice_id).words == GONE


def test_a_dry_run_says_what_would_go_and_changes_nothing(town: Town, monkeypatch: Any) -> None:
    accepted = archived(town)
    monkeypatch.setattr("liren.site.management.commands.retention.utc_now", lambda: YEARS)
    told = StringIO()
    call_command("retention", "--dry-run", stdout=told)
    assert "case.standard 一般事项  文字 words: 1" in told.getvalue()
    assert Voice.objects.get(pk=accepted.voice_id).words == WORDS
    call_command("retention", stdout=StringIO())
    assert Voice.objects.get(pk=accepted.voice_id).words == GONE
    told = StringIO()
    call_command("retention", "--dry-run", stdout=told)
    assert "words: 0" in told.getvalue()


def test_it_may_be_stopped_and_one_bad_case_holds_back_no_other(town: Town, monkeypatch: Any) -> None:
    first = archived(town)
    second = archived(town, key="k2", words="另一件：井盖松了，晚上响")
    assert actions.erase_due(now=YEARS, limit=1) == 1
    real = archiving._words

    def failing(case: Case, now: datetime) -> None:
        if case.id == first.case_id:
            raise Refused("vault.broken")
        real(case, now)

    monkeypatch.setattr(archiving, "_words", failing)
    actions.erase_due(now=YEARS)
    assert Voice.objects.get(pk=first.voice_id).words == WORDS
    assert Voice.objects.get(pk=second.voice_id).words == GONE
    monkeypatch.setattr(archiving, "_words", real)
    actions.erase_due(now=YEARS)
    assert Voice.objects.get(pk=first.voice_id).words == GONE


def test_what_was_merged_into_it_goes_with_it(town: Town) -> None:
    accepted = solved(town)
    gone = solved(town, key="gone", words="也是这根下水管", verdict="solved")
    Case.objects.filter(pk=gone.case_id).update(state="merged", merged_into_id=accepted.case_id)
    actions.archive_due(now=ARCHIVING)
    actions.erase_due(now=YEARS)
    assert "下水管" not in Case.objects.get(pk=gone.case_id).title
    assert not Step.objects.filter(case_id=gone.case_id).exclude(words__in=["", GONE]).exists()


# Overwritten with the voice itself.
NOT_WORDS = {("Voice", "words")}


def test_no_column_in_which_somebody_writes_is_forgotten() -> None:
    known = {(model.__name__, column) for model, _, columns in archiving._WRITTEN for column in columns}
    for model in apps.get_app_config("cases").get_models():
        for field in model._meta.get_fields():
            if isinstance(field, models.TextField):
                assert (model.__name__, field.name) in known | NOT_WORDS, (
                    f"{model.__name__}.{field.name} is kept for ever: name it in archiving._WRITTEN"
                )


@pytest.fixture
def file_database(tmp_path: Path) -> Iterator[Path]:
    with shared_database(tmp_path):
        yield tmp_path / "shared.sqlite3"


@pytest.mark.django_db(transaction=True)
def test_the_words_are_gone_from_the_file_of_the_database(file_database: Path) -> None:
    on_file = (
        connection.vendor == "sqlite"
    )  # PostgreSQL overwrites dead rows when it vacuums: there only the rows
    town = towns.build()
    accepted = archived(town)
    assert not on_file or "楼道都湿了".encode() in _bytes(file_database)
    actions.erase_due(now=YEARS)
    assert Voice.objects.get(pk=accepted.voice_id).words == GONE
    left = _bytes(file_database) if on_file else b""
    for words in ("楼道都湿了", "和王女士约了下午去", "修得不错", "三单元门口", "水管换好了"):
        assert words.encode() not in left, words


def _bytes(path: Path) -> bytes:
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    wal = path.with_name(path.name + "-wal")
    return path.read_bytes() + (wal.read_bytes() if wal.exists() else b"")


def test_a_sealed_report_keeps_its_own_time() -> None:
    town = towns.build()
    demand = actions.Demand(words="举报所长收红包", channel="web", device_id=HER, demand_type="whistleblow")
    accepted = actions.open_case(demand, by=resident(HER), now=NOW, key="s")
    assert Case.objects.get(pk=accepted.case_id).retention_class == "case.sealed"
    plain = actions.open_case(
        actions.Demand(words=WORDS, channel="web", device_id=HER), by=resident(HER), now=NOW, key="p"
    )
    actions.seal(plain.case_id, by=town.clerk(), version=None, now=NOW)
    assert Case.objects.get(pk=plain.case_id).retention_class == "case.sealed"
