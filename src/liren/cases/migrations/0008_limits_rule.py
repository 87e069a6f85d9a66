from typing import Any

from django.db import migrations, models
from django.db.models import F


def from_the_clock(apps: Any, schema_editor: Any) -> None:
    """What the running clock was counted by, where that is one of the two limits and not that of a stage."""
    cases = apps.get_model("cases", "Case").objects.filter(limits_from__isnull=False)
    cases.exclude(due_rule__startswith="stage.").update(
        limits_rule=F("due_rule"), limits_provisional=F("due_provisional")
    )


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0007_longer_findings"),
    ]

    operations = [
        migrations.AddField(
            model_name="case",
            name="limits_provisional",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="case",
            name="limits_rule",
            field=models.CharField(default="", max_length=80),
        ),
        migrations.RunPython(from_the_clock, migrations.RunPython.noop),
    ]
