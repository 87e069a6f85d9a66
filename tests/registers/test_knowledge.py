"""Answers: written, found, suggested, grown old."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import yaml
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from liren.base.ledger.models import Event as Recorded
from liren.kernel.errors import Denied, NotFound, Refused
from liren.kernel.policy import SYSTEM, Actor, Grant
from liren.registers.duties import queries as duties
from liren.registers.knowledge import actions, queries, rules
from liren.registers.knowledge.actions import Draft
from liren.registers.knowledge.models import Article
from liren.registers.people import actions as people

NOW = datetime(2026, 11, 2, 1, tzinfo=UTC)
ON = date(2026, 11, 2)
SAMPLE = Path(__file__).parents[2] / "src" / "liren" / "site" / "sample" / "articles.yaml"
ARTICLES = yaml.safe_load(SAMPLE.read_text(encoding="utf-8"))["articles"]


def unit(code: str) -> int:
    return people.open_body(
        code=code, kind="department", name=code, short=code, handles=True, by=SYSTEM, now=NOW
    )


def draft(owner: int, code: str = "dog", **other: str) -> Draft:
    words = {
        "question": "犬证怎么办?",
        "answer": "先带狗打疫苗,再到派出所办证。",
        "class_code": "order.dogs",
        **other,
    }
    return Draft(code=code, owner_unit_id=owner, review_by=date(2027, 1, 1), **words)  # type: ignore[arg-type]


def keeper(unit_id: int | None = None) -> Actor:
    return Actor(
        id=9, kind="staff", grants=(Grant("keeper", frozenset({"knowledge.manage"}), unit_id=unit_id),)
    )


@pytest.mark.django_db
@pytest.mark.writes
class TestWriting:
    def test_an_answer_is_found_by_its_words_and_gone_when_withdrawn(self) -> None:
        made = actions.write_article(draft(unit("police")), by=SYSTEM, now=NOW)
        assert [found.id for found in queries.find("犬证")] == [made]
        assert [found.id for found in queries.find("派出所")] == [made]
        assert queries.get(made).owner_unit == "police"
        actions.withdraw_article(made, by=SYSTEM, now=NOW)
        actions.withdraw_article(made, by=SYSTEM, now=NOW)
        assert queries.find("犬证") == queries.published() == queries.answer_for("犬证怎么办") == []
        with pytest.raises(NotFound) as missing:
            queries.get(made)
        assert missing.value.code == "article.unknown"
        kinds = (
            Recorded.objects.filter(kind__startswith="knowledge.")
            .order_by("id")
            .values_list("kind", flat=True)
        )
        assert list(kinds) == ["knowledge.written", "knowledge.withdrawn"]

    def test_written_again_it_changes_and_the_same_again_does_not(self) -> None:
        owner = unit("police")
        made = actions.write_article(draft(owner), by=SYSTEM, now=NOW)
        assert actions.write_article(draft(owner), by=SYSTEM, now=NOW) == made
        assert Article.objects.get().version == 1
        assert actions.write_article(draft(owner, answer="到社区警务室办。"), by=SYSTEM, now=NOW) == made
        assert (Article.objects.get().version, len(queries.find("警务室")), queries.find("疫苗")) == (
            2,
            1,
            [],
        )

    def test_a_draft_is_nobodys_to_find(self) -> None:
        actions.write_article(draft(unit("police")), by=SYSTEM, now=NOW, publish=False)
        assert queries.find("犬证") == queries.published() == []

    @pytest.mark.parametrize(
        ("other", "code", "field"),
        [
            ({"question": "  "}, "article.empty", "question"),
            ({"answer": ""}, "article.empty", "answer"),
            ({"question": "问" * 201}, "article.too_long", "question"),
            ({"answer": "答" * 10_001}, "article.too_long", "answer"),
            ({"code": "狗"}, "article.code", "code"),
            ({"code": ""}, "article.code", "code"),
            ({"review_by": ON}, "article.past_review", "review_by"),
        ],
    )
    def test_what_is_refused(self, other: dict[str, str], code: str, field: str) -> None:
        words = {"question": "问?", "answer": "答。", "class_code": "order.dogs", "code": "dog", **other}
        base = {"owner_unit_id": unit("police"), "review_by": date(2027, 1, 1)}
        with pytest.raises(Refused) as refused:
            actions.write_article(Draft(**{**base, **words}), by=SYSTEM, now=NOW)
        assert (refused.value.code, refused.value.field) == (code, field)
        assert not Article.objects.exists()

    def test_another_units_answer_is_not_yours(self) -> None:
        police, market = unit("police"), unit("market")
        made = actions.write_article(draft(police), by=keeper(police), now=NOW)
        for call in (
            lambda: actions.write_article(draft(market), by=keeper(market), now=NOW),
            lambda: actions.write_article(draft(police), by=keeper(market), now=NOW),
            lambda: actions.withdraw_article(made, by=keeper(market), now=NOW),
            lambda: actions.withdraw_article(made, by=Actor(id=9, kind="anonymous"), now=NOW),
        ):
            with pytest.raises(Denied):
                call()
        assert queries.get(made).owner_unit_id == police

    def test_what_is_overdue_for_review_is_listed_for_its_owner(self) -> None:
        police, market = unit("police"), unit("market")
        actions.write_article(draft(police), by=SYSTEM, now=NOW)
        actions.write_article(draft(market, "refund"), by=SYSTEM, now=NOW)
        late = date(2027, 1, 2)
        assert queries.stale(SYSTEM, late - timedelta(days=1)) == []
        assert [found.code for found in queries.stale(SYSTEM, late)] == ["dog", "refund"]
        assert [found.code for found in queries.stale(keeper(market), late)] == ["refund"]
        assert queries.stale(Actor(id=9, kind="resident"), late) == []


@pytest.mark.django_db
@pytest.mark.writes
class TestAnswering:
    @pytest.fixture(autouse=True)
    def street(self) -> None:
        units = {code: unit(code) for code in {article["owner"] for article in ARTICLES}}
        for article in ARTICLES:
            owner = units[article["owner"]]
            actions.write_article(
                Draft(
                    code=article["code"],
                    question=article["question"],
                    answer=article["answer"],
                    question_en=article["question_en"],
                    answer_en=article["answer_en"],
                    class_code=article["class"],
                    owner_unit_id=owner,
                    sources=article["sources"],
                    review_by=ON + timedelta(days=article["review_days"]),
                ),
                by=SYSTEM,
                now=NOW,
            )

    @pytest.mark.parametrize(
        ("said", "code"),
        [
            ("我想办一个居住证,要等多久啊", "residence.permit"),
            ("我妈走不动了,领养老金的认证怎么做", "pension.check"),
            ("楼上漏水把我家泡了,他们不管", "upstairs.leak"),
            ("小区物业不同意我装充电桩", "charger.car"),
            ("健身卡店关门了,想把钱要回来", "prepaid.card"),
            ("旧沙发没地方扔", "bulky.waste"),
            ("how do I license my dog", "dog.licence"),
        ],
    )
    def test_what_people_say_finds_its_answer(self, said: str, code: str) -> None:
        assert queries.answer_for(said)[0].code == code

    def test_the_class_helps_and_nonsense_finds_nothing(self) -> None:
        assert {found.code for found in queries.answer_for("", class_code="social.certificate")} == {
            "certificate.home",
            "certificate.kinship",
        }
        assert queries.answer_for("") == queries.answer_for("  ") == []
        assert queries.answer_for("qqqq zzzz") == []
        assert queries.answer_for("路灯不亮") == []
        assert len(queries.answer_for("怎么办", limit=2)) <= 2

    def test_english_readers_get_english(self) -> None:
        with translation.override("en"):
            assert queries.answer_for("犬证怎么办")[0].question == "How do I license a dog?"
        assert queries.answer_for("犬证怎么办")[0].question.startswith("犬证怎么办")


def test_the_sample_articles_are_whole() -> None:
    assert len(ARTICLES) == 20
    assert len({article["code"] for article in ARTICLES}) == 20
    for article in ARTICLES:
        assert duties.class_view(article["class"], ON).code == article["class"]
        assert len(article["answer"]) >= 60
        assert article["answer_en"].isascii() or "“" in article["answer_en"]
        assert article["sources"]


@given(st.floats(0, 1), st.booleans(), st.booleans())
def test_fit_is_a_share_and_never_from_the_class_alone(likeness: float, same: bool, found: bool) -> None:
    fits = rules.fit(likeness, same_class=same, found=found)
    assert 0.0 <= fits <= 1.0
    assert fits >= likeness
    assert rules.fit(0.0, same_class=same, found=False) == 0.0
