"""How text becomes grams, and how what a person types becomes phrases of grams.

Chinese is written without spaces, and word lists miss the words that matter (names of lanes, new nouns): runs
of Han become overlapping pairs, so that every word of two or more characters is a run of pairs and is found
exactly. Latin letters and digits become lower-case words. Both databases get the same grams from here, hence
the same answers.
"""

import re
import unicodedata
from dataclasses import dataclass

# Text beyond this is not indexed, and a query is read no further: nobody types 256 characters to search.
LONGEST_TEXT = 100_000
LONGEST_QUERY = 256
# A "word" of more letters than this is cut into pieces, since an index key has a size, and found as a phrase.
LONGEST_WORD = 48

# Stands between grams that do not touch in the text, so that no phrase runs over a comma. No letter at all.
BREAK = "¦"

_HAN = "\u3005\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_RUN = re.compile(rf"(?P<han>[{_HAN}]+)|(?P<word>[^\W_{_HAN}]+)")


@dataclass(frozen=True, slots=True)
class Phrase:
    """Grams that must stand side by side, in this order; with `prefix` the last may be a gram's beginning."""

    grams: tuple[str, ...]
    prefix: bool = False


def grams(text: str) -> str:
    """The text's grams, separated by single spaces: "A座漏水" becomes "a 座 漏水 水".

    A run of Han ends with its last character alone, so that every character begins some gram. Never raises;
    text beyond LONGEST_TEXT characters is left out.
    """
    found: list[str] = []
    end = 0
    folded = _fold(text[:LONGEST_TEXT])[:LONGEST_TEXT]
    for run in _RUN.finditer(folded):
        if found and run.start() != end:
            found.append(BREAK)
        end = run.end()
        if run["han"]:
            found += _pairs(run["han"])
            found.append(run["han"][-1])
        else:
            found += _pieces(run["word"])
    return " ".join(found)


def phrases(query: str) -> tuple[Phrase, ...]:
    """What a text must hold, all of it, to answer the query. Empty if it has no letter, digit or Han.

    Parts that touch in the query must touch in the text ("3号楼"); parts set apart by a space or a sign may
    stand anywhere. A single Han character that ends a part matches whatever follows it. Operators and quotes
    mean nothing.
    """
    parts: list[list[re.Match[str]]] = []
    end = -1
    for run in _RUN.finditer(_fold(query[:LONGEST_QUERY])[:LONGEST_QUERY]):
        if run.start() == end:
            parts[-1].append(run)
        else:
            parts.append([run])
        end = run.end()
    return tuple(dict.fromkeys(_phrase(runs) for runs in parts))


def _phrase(runs: list[re.Match[str]]) -> Phrase:
    *before, last = runs
    found: list[str] = []
    for run in before:
        found += [*_pairs(run["han"]), run["han"][-1]] if run["han"] else _pieces(run["word"])
    if not last["han"]:
        return Phrase((*found, *_pieces(last["word"])))
    if len(last["han"]) == 1:
        return Phrase((*found, last["han"]), prefix=True)
    return Phrase((*found, *_pairs(last["han"])))


def _fold(text: str) -> str:
    """Full-width and compatibility forms (ＡＢ, ①, ㎡) as ordinary ones, in lower case."""
    return unicodedata.normalize("NFKC", text).lower()


def _pairs(han: str) -> list[str]:
    return [han[place : place + 2] for place in range(len(han) - 1)]


def _pieces(word: str) -> list[str]:
    return [word[place : place + LONGEST_WORD] for place in range(0, len(word), LONGEST_WORD)]
