"""Every read of search, always within a scope."""

from django.db import connection

from liren.base.search import rules
from liren.kernel.policy import Scope

# Counting every match of a common word would cost more than anybody learns from it.
COUNTED = 1000
# CROSS keeps SQLite from walking all entries of a kind and asking the index about each.
_INDEX_FIRST = "search_words CROSS JOIN search_entry AS entry ON entry.id = search_words.rowid"


def find(text: str, *, kind: str, scope: Scope, limit: int = 50) -> list[int]:
    """The ref ids of the newest texts of a kind that hold all of `text` and lie in the scope; newest first.

    Any text is safe: signs and operators mean nothing, and only the first rules.LONGEST_QUERY characters are
    read. Empty for a query without letters, digits or Han. Texts have no owner here: a scope's `own` finds
    nothing. One SQL statement, or none.
    """
    found = _matches(text, kind, scope)
    if found is None or limit < 1:
        return []
    source, params = found
    # The same number twice; FTS5 reads its own backwards and stops at the limit, without a sort.
    newest = "search_words.rowid" if connection.vendor == "sqlite" else "entry.id"
    with connection.cursor() as cursor:
        statement = f"SELECT entry.ref_id {source} ORDER BY {newest} DESC LIMIT %s"
        cursor.execute(statement, [*params, limit])
        return [row[0] for row in cursor.fetchall()]


def count(text: str, *, kind: str, scope: Scope, most: int = COUNTED) -> int:
    """How many texts `find` could give, counted no further than `most`."""
    found = _matches(text, kind, scope)
    if found is None:
        return 0
    source, params = found
    with connection.cursor() as cursor:
        statement = f"SELECT count(*) FROM (SELECT 1 AS one {source} LIMIT %s) AS matched"  # noqa: S608 - our own SQL
        cursor.execute(statement, [*params, most])
        return int(cursor.fetchone()[0])


def _matches(text: str, kind: str, scope: Scope) -> tuple[str, list[int | str]] | None:
    """FROM and WHERE of the matching entries with their parameters; None when nothing can match.

    What is written into the statement are the constants of this file; everything else is a parameter.
    """
    phrases = rules.phrases(text)
    if not phrases or scope.nothing:
        return None
    where, params = _words_sqlite(phrases) if connection.vendor == "sqlite" else _words_postgresql(phrases)
    seen, seen_params = _visible(scope)
    tables = _INDEX_FIRST if connection.vendor == "sqlite" else "search_entry AS entry"
    source = f"FROM {tables} WHERE {where} AND entry.kind = %s AND ({seen})"
    return source, [*params, kind, *seen_params]


def _words_sqlite(phrases: tuple[rules.Phrase, ...]) -> tuple[str, list[int | str]]:
    """FTS5: phrases in quotes (grams hold no quote), a star for a beginning."""
    match = " AND ".join(f'"{" ".join(phrase.grams)}"{" *" if phrase.prefix else ""}' for phrase in phrases)
    return "search_words MATCH %s", [match]


def _words_postgresql(phrases: tuple[rules.Phrase, ...]) -> tuple[str, list[int | str]]:
    """The index finds the texts with every gram; the stored grams say whether they stand side by side."""
    lexemes = [
        f"'{gram}'{':*' if phrase.prefix and place == len(phrase.grams) - 1 else ''}"
        for phrase in phrases
        for place, gram in enumerate(phrase.grams)
    ]
    where = ["array_to_tsvector(string_to_array(entry.grams, ' ')) @@ CAST(%s AS tsquery)"]
    params: list[int | str] = [" & ".join(lexemes)]
    for phrase in phrases:
        if len(phrase.grams) > 1:
            where.append("strpos(' ' || entry.grams || ' ', %s) > 0")
            params.append(f" {' '.join(phrase.grams)}{'' if phrase.prefix else ' '}")
    return " AND ".join(where), params


def _visible(scope: Scope) -> tuple[str, list[int | str]]:
    """The scope as SQL: kernel.policy.Scope.covers, word for word."""
    if scope.everything:
        return "1 = 1", []
    some: list[str] = []
    params: list[int | str] = []
    in_place, in_unit = "substr(entry.place_path, 1, %s) = %s", "entry.units LIKE %s"
    for path in scope.place_paths:
        some.append(in_place)
        params += [len(path), path]
    for unit in scope.unit_ids:
        some.append(in_unit)
        params.append(f"%/{unit}/%")
    for path, unit in scope.pairs:
        some.append(f"({in_place} AND {in_unit})")
        params += [len(path), path, f"%/{unit}/%"]
    return " OR ".join(some) or "1 = 0", params
