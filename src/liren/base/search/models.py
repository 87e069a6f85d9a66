"""Tables of search: one entry per thing that can be found, with the columns that say who may find it."""

from django.db import models


class Entry(models.Model):
    """The grams of one text. Rooms put entries in and take them out; nothing sealed ever comes here.

    `id` is not random as elsewhere: it sorts by `at`, so the newest matches are read first without a sort.
    `units` is "/12/34/": the ids of the units that may see the row. The word index beside this table is made
    by the migration: FTS5 kept by triggers on SQLite, an expression index on PostgreSQL.
    """

    id = models.BigIntegerField(primary_key=True)
    kind = models.CharField(max_length=32)
    ref_id = models.BigIntegerField()
    place_path = models.CharField(max_length=255, blank=True)
    units = models.TextField(blank=True)
    at = models.DateTimeField()
    grams = models.TextField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "ref_id"], name="search_entry_once")]
