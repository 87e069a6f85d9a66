"""Every write to knowledge.

What is published can be found by anybody at once, what is withdrawn by nobody.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from liren.base.ledger import actions as ledger
from liren.base.search import actions as search
from liren.kernel.clock import office_zone, to_office
from liren.kernel.errors import NotFound, Refused
from liren.kernel.policy import Actor, Facts, require
from liren.registers.knowledge import rules
from liren.registers.knowledge.events import ArticleWithdrawn, ArticleWritten
from liren.registers.knowledge.models import Article
from liren.registers.people import queries as people

DUTY = "knowledge.manage"


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """An answer as its owner writes it. `code` is its lasting name; English may be missing."""

    code: str
    question: str
    answer: str
    class_code: str
    owner_unit_id: int
    review_by: date
    question_en: str = ""
    answer_en: str = ""
    sources: Sequence[str] = ()


@transaction.atomic
def write_article(draft: Draft, *, by: Actor, now: datetime, publish: bool = True) -> int:
    """Write the article of a code anew, or for the first time; returns its id. The same again changes
    nothing.

    Writing it also counts as looking at it again: `review_by` is its next day of review (条例 art. 31: who
    keeps it current). Raises Denied, Refused("article.empty" | "article.too_long" | "article.code" |
    "article.past_review"), NotFound("body.unknown").
    """
    unit = people.unit(draft.owner_unit_id)
    require(by, DUTY, Facts(place_path=unit.place_path, unit_ids=frozenset({unit.id})))
    fields = _checked(draft, now)
    article = Article.objects.select_for_update().filter(code=draft.code).first()
    if article is not None:
        _may_change(article, by)
        if article.published == publish and all(getattr(article, k) == v for k, v in fields.items()):
            return article.id
    else:
        article = Article(code=draft.code, version=0)
    for name, value in fields.items():
        setattr(article, name, value)
    article.version += 1
    article.published, article.changed_by, article.changed_at = publish, by.id, now
    article.save()
    _show(article)
    ledger.record(
        ArticleWritten(
            subject_id=article.id,
            by=by.id,
            at=now,
            unit_ids=(unit.id,),
            version=article.version,
            published=publish,
            class_code=article.class_code,
            review_by=article.review_by.isoformat(),
        )
    )
    return article.id


@transaction.atomic
def withdraw_article(article_id: int, *, by: Actor, now: datetime) -> None:
    """Stop showing an article. Once withdrawn, again changes nothing. NotFound("article.unknown"), Denied."""
    article = Article.objects.select_for_update().filter(id=article_id).first()
    if article is None:
        raise NotFound("article.unknown")
    _may_change(article, by)
    if not article.published:
        return
    article.published, article.changed_by, article.changed_at = False, by.id, now
    article.version += 1
    article.save()
    _show(article)
    ledger.record(
        ArticleWithdrawn(
            subject_id=article.id,
            by=by.id,
            at=now,
            unit_ids=(article.owner_unit_id,),
            version=article.version,
        )
    )


def _may_change(article: Article, by: Actor) -> None:
    """Another unit's answer is not yours to overwrite."""
    unit = people.unit(article.owner_unit_id)
    require(by, DUTY, Facts(place_path=unit.place_path, unit_ids=frozenset({unit.id})))


def _checked(draft: Draft, now: datetime) -> dict[str, object]:
    question, answer = draft.question.strip(), draft.answer.strip()
    if not question or not answer:
        raise Refused("article.empty", field="answer" if question else "question")
    if len(question) > rules.LONGEST_QUESTION or len(answer) > rules.LONGEST_ANSWER:
        raise Refused(
            "article.too_long", field="question" if len(question) > rules.LONGEST_QUESTION else "answer"
        )
    if not draft.code or len(draft.code) > 64 or not draft.code.isascii():
        raise Refused("article.code", field="code")
    if draft.review_by <= to_office(now, office_zone()).date():
        raise Refused("article.past_review", field="review_by")
    return {
        "question": question,
        "answer": answer,
        "question_en": draft.question_en.strip(),
        "answer_en": draft.answer_en.strip(),
        "class_code": draft.class_code,
        "owner_unit_id": draft.owner_unit_id,
        "sources": list(draft.sources),
        "review_by": draft.review_by,
    }


def _show(article: Article) -> None:
    if not article.published:
        search.drop("article", article.id)
        return
    text = "\n".join([article.question, article.answer, article.question_en, article.answer_en])
    search.put("article", article.id, text, place_path="", unit_ids=(), at=article.changed_at)
