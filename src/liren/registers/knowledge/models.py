"""Tables of knowledge: what the office answers to a question, who keeps it true, and until when."""

from django.db import models

from liren.kernel.ids import new_id


class Article(models.Model):
    """A question residents ask and the answer, with an owner and a day of review (北京市接诉即办工作条例 art.

    31).
    """

    id = models.BigIntegerField(primary_key=True, default=new_id, editable=False)
    code = models.CharField(max_length=64, unique=True)
    question = models.CharField(max_length=200)
    answer = models.TextField()
    question_en = models.CharField(max_length=300, blank=True)
    answer_en = models.TextField(blank=True)
    class_code = models.CharField(max_length=64, db_index=True)
    owner_unit = models.ForeignKey("people.Body", on_delete=models.PROTECT, related_name="articles")
    sources = models.JSONField(default=list)
    review_by = models.DateField(db_index=True)
    published = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=1)
    changed_by = models.BigIntegerField()
    changed_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.question
