"""The cold start: reads a message with nothing but the words the catalogue gives for each class.

A cue found whole counts by its length and by how few classes share it (as idf does); a longer cue found in
part counts by the rarity of the bigrams it shares with the text. So a new office has a reader on its first
day, and every suggestion can name the very words it rests on.
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from liren.methods.text.grams import HEAD_LENGTH, Normal, gram_set, normal, plain
from liren.methods.text.reader import Reason

_IN_HEAD = 1.3  # the matter is named at the start
_PART = 0.35  # of a cue's weight, when only some of its bigrams are there
_LEAST_PART = 0.5
_DOUBT = 3.0  # evidence that would have to be outweighed before a choice is better than a coin


@dataclass(frozen=True, slots=True)
class Cue:
    """One word or phrase that speaks for a class; `weight` grows with length and rarity."""

    code: str
    words: str
    weight: float
    bigrams: frozenset[str]


# (minus its gain, start, end): the heaviest sorts first.
Hit = tuple[float, int, int]


@dataclass(frozen=True, slots=True)
class Sight:
    """What the catalogue's words say about one text: for each class the hits, heaviest first."""

    text: str
    form: Normal
    hits: Mapping[str, list[Hit]]

    def scores(self) -> dict[str, float]:
        """The evidence for each class that has any; open-ended, larger is more."""
        return {code: -math.fsum(hit[0] for hit in hits) for code, hits in self.hits.items()}

    def probabilities(self) -> dict[str, float]:
        """The evidence as shares; what is missing to one is the doubt that no class was named at all."""
        raised = {code: math.expm1(min(score, 30.0)) for code, score in self.scores().items()}
        total = sum(raised.values()) + _DOUBT
        return {code: value / total for code, value in raised.items()}

    def reasons(self, code: str, *, limit: int = 3) -> tuple[Reason, ...]:
        """The cues of class `code` found in the text, heaviest first, without those inside another."""
        kept: list[Hit] = []
        for hit in self.hits.get(code, []):
            if all(hit[2] <= first or last <= hit[1] for _, first, last in kept):
                kept.append(hit)
        reasons = []
        for gain, start, end in kept[:limit]:
            first, last = self.form.span(start, end)
            reasons.append(Reason(self.text[first:last], first, last, round(-gain, 4)))
        return tuple(reasons)


class ColdStart:
    """A reader made of the catalogue's words alone.

    `cues` gives for each code its title and cue words; empty words are passed over.
    """

    def __init__(self, cues: Mapping[str, Iterable[str]]) -> None:
        forms = {code: sorted({plain(word) for word in words} - {""}) for code, words in cues.items()}
        classes = max(len(forms), 1)
        sharing = Counter(word for words in forms.values() for word in words)
        spread = Counter(
            gram for words in forms.values() for gram in {g for word in words for g in gram_set(word, 2)}
        )
        self._rarity = {gram: _rarity(count, classes) for gram, count in spread.items()}
        cues_ = [
            Cue(code, word, _length(word) * _rarity(sharing[word], classes), gram_set(word, 2))
            for code, words in forms.items()
            for word in words
        ]
        # A text is asked only for cues that share a bigram with it; a cue of one character is its own gram.
        self._by_gram: dict[str, list[Cue]] = {}
        for cue in cues_:
            for gram in cue.bigrams:
                self._by_gram.setdefault(gram, []).append(cue)

    def look(self, text: str) -> "Sight":
        """What the catalogue's words say about a text."""
        form = normal(text)
        present = gram_set(form.text, 2) | gram_set(form.text, 1)
        asked = {id(cue): cue for gram in present for cue in self._by_gram.get(gram, ())}
        found: dict[str, list[Hit]] = {}
        for cue in asked.values():
            hit = self._hit(cue, form.text, present)
            if hit is not None:
                found.setdefault(cue.code, []).append(hit)
        return Sight(text, form, {code: sorted(hits) for code, hits in sorted(found.items())})

    def _hit(self, cue: Cue, text: str, present: frozenset[str]) -> Hit | None:
        start = text.find(cue.words) if cue.bigrams <= present else -1
        if start >= 0:
            early = _IN_HEAD if start < HEAD_LENGTH else 1.0
            return -cue.weight * early, start, start + len(cue.words)
        if len(cue.words) < 4:
            return None
        shared = cue.bigrams & present
        share = sum(self._rarity[gram] for gram in shared) / sum(self._rarity[gram] for gram in cue.bigrams)
        if share < _LEAST_PART:
            return None
        start = min(text.find(gram) for gram in shared)
        return -cue.weight * share * _PART, start, start + 2


def _rarity(sharing: int, classes: int) -> float:
    """BM25's idf, never below a trace: 1 for a cue of one class alone."""
    return math.log1p((classes - sharing + 0.5) / (sharing + 0.5)) / math.log1p((classes - 0.5) / 1.5)


def _length(word: str) -> float:
    return math.sqrt(len(word) / 2)
