"""Every read of knowledge. What is published is for everybody; the rest only for those who keep it."""

from dataclasses import dataclass
from datetime import date

from django.utils.translation import get_language

from liren.base.search import queries as search
from liren.kernel.errors import NotFound
from liren.kernel.policy import Actor, Scope, scope
from liren.methods.text.likeness import nearest
from liren.registers.knowledge import rules
from liren.registers.knowledge.models import Article

# A street has some hundred answers; questions beyond this many are compared no more, only searched.
COMPARED = 2000


@dataclass(frozen=True, slots=True)
class ArticleView:
    """An article in the language being spoken (Chinese where there is no English). `fit` is 0..1."""

    id: int
    code: str
    question: str
    answer: str
    class_code: str
    owner_unit_id: int
    owner_unit: str
    sources: tuple[str, ...]
    review_by: date
    published: bool
    version: int
    fit: float = 1.0


def get(article_id: int) -> ArticleView:
    """One published article. Raises NotFound("article.unknown"). One SQL statement."""
    article = Article.objects.select_related("owner_unit").filter(id=article_id, published=True).first()
    if article is None:
        raise NotFound("article.unknown")
    return _view(article)


def published(class_code: str = "") -> list[ArticleView]:
    """Published articles, of one class or all, oldest question first. One SQL statement."""
    rows = Article.objects.select_related("owner_unit").filter(published=True).order_by("id")
    if class_code:
        rows = rows.filter(class_code=class_code)
    return [_view(article) for article in rows]


def find(text: str, *, limit: int = 20) -> list[ArticleView]:
    """Published articles that hold all of these words, newest first. Two SQL statements."""
    ids = search.find(text, kind="article", scope=Scope(everything=True), limit=limit)
    return _by_ids(dict.fromkeys(ids, 1.0))


def answer_for(text: str, *, class_code: str = "", limit: int = 3) -> list[ArticleView]:
    """Published articles that may answer what was said, best first, each with its `fit`.

    Without words, those of the class. Empty when none fits. A suggestion for a person, never sent by itself.
    At most three SQL statements.
    """
    if not text.strip():
        return published(class_code)[:limit] if class_code else []
    rows = list(
        Article.objects.filter(published=True)
        .order_by("-id")
        .values_list("id", "question", "question_en", "class_code")[:COMPARED]
    )
    hits = set(search.find(text, kind="article", scope=Scope(everything=True), limit=limit))
    alike = dict(nearest(text, [question for _, question, _, _ in rows]))
    alike_en = dict(nearest(text, [english for _, _, english, _ in rows]))
    fits = {}
    for place, (article_id, _, _, code) in enumerate(rows):
        likeness = max(alike.get(place, 0.0), alike_en.get(place, 0.0))
        same = bool(class_code) and code == class_code
        fits[article_id] = rules.fit(likeness, same_class=same, found=article_id in hits)
    best = sorted(fits, key=lambda article_id: (-fits[article_id], article_id))[:limit]
    return _by_ids({article_id: fits[article_id] for article_id in best if fits[article_id] >= rules.ENOUGH})


def stale(actor: Actor, on: date) -> list[ArticleView]:
    """Published articles whose day of review has passed, longest first, of the units the actor keeps
    knowledge for.

    One SQL statement.
    """
    seen = scope(actor, "knowledge.manage")
    rows = Article.objects.select_related("owner_unit").filter(published=True, review_by__lt=on)
    return [
        _view(article)
        for article in rows.order_by("review_by", "id")
        if seen.covers(article.owner_unit.place_path, [article.owner_unit_id])
    ]


def _by_ids(fits: dict[int, float]) -> list[ArticleView]:
    """Views of these articles, in this order. No SQL for none."""
    if not fits:
        return []
    rows = Article.objects.select_related("owner_unit").filter(published=True).in_bulk(fits)
    return [_view(rows[article_id], fit) for article_id, fit in fits.items() if article_id in rows]


def _view(article: Article, fit: float = 1.0) -> ArticleView:
    english = (get_language() or "").startswith("en")
    return ArticleView(
        id=article.id,
        code=article.code,
        question=article.question_en if english and article.question_en else article.question,
        answer=article.answer_en if english and article.answer_en else article.answer,
        class_code=article.class_code,
        owner_unit_id=article.owner_unit_id,
        owner_unit=article.owner_unit.short or article.owner_unit.name,
        sources=tuple(article.sources),
        review_by=article.review_by,
        published=article.published,
        version=article.version,
        fit=round(fit, 3),
    )
