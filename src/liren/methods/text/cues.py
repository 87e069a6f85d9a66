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
from liren.methods.text.reader import Choice, Reading, Reason

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
        self._cues = tuple(
            Cue(code, word, _length(word) * _rarity(sharing[word], classes), gram_set(word, 2))
            for code, words in forms.items()
            for word in words
        )

    def scores(self, text: str) -> dict[str, float]:
        """The evidence for each class that has any; open-ended, larger is more."""
        return {code: score for code, (score, _) in self._weigh(normal(text)).items()}

    def probabilities(self, text: str) -> dict[str, float]:
        """The evidence as shares; what is missing to one is the doubt that no class was named at all."""
        raised = {code: math.expm1(min(score, 30.0)) for code, score in self.scores(text).items()}
        total = sum(raised.values()) + _DOUBT
        return {code: value / total for code, value in raised.items()}

    def read(self, text: str, *, top: int = 3, threshold: float = 0.0) -> Reading:
        """The `top` best classes with the matched cues of the first; abstains below `threshold`."""
        shares = self.probabilities(text)
        order = sorted(shares, key=lambda code: (-shares[code], code))[:top]
        choices = tuple(Choice(code, shares[code]) for code in order)
        sure = bool(choices) and choices[0].probability >= threshold
        return Reading(choices, self.reasons(text, order[0]) if sure else (), not sure)

    def reasons(self, text: str, code: str, *, limit: int = 3) -> tuple[Reason, ...]:
        """The cues of class `code` found in the text, heaviest first, without those inside another."""
        form = normal(text)
        _, found = self._weigh(form).get(code, (0.0, []))
        kept: list[tuple[float, int, int]] = []
        for gain, start, end in sorted(found, key=lambda hit: (-hit[0], hit[1])):
            if all(end <= first or last <= start for _, first, last in kept):
                kept.append((gain, start, end))
        reasons = []
        for gain, start, end in kept[:limit]:
            first, last = form.span(start, end)
            reasons.append(Reason(text[first:last], first, last, round(gain, 4)))
        return tuple(reasons)

    def _weigh(self, form: Normal) -> dict[str, tuple[float, list[tuple[float, int, int]]]]:
        """For each class: its evidence and the hits (gain, start, end) it comes from."""
        present = gram_set(form.text, 2)
        weighed: dict[str, tuple[float, list[tuple[float, int, int]]]] = {}
        for cue in self._cues:
            hit = self._hit(cue, form.text, present)
            if hit is not None:
                score, hits = weighed.get(cue.code, (0.0, []))
                weighed[cue.code] = (score + hit[0], [*hits, hit])
        return weighed

    def _hit(self, cue: Cue, text: str, present: frozenset[str]) -> tuple[float, int, int] | None:
        start = text.find(cue.words) if cue.words[:2] in present or len(cue.words) == 1 else -1
        if start >= 0:
            early = _IN_HEAD if start < HEAD_LENGTH else 1.0
            return cue.weight * early, start, start + len(cue.words)
        shared = cue.bigrams & present
        if len(cue.words) < 4 or not shared:
            return None
        share = sum(self._rarity[gram] for gram in shared) / sum(self._rarity[gram] for gram in cue.bigrams)
        if share < _LEAST_PART:
            return None
        start = min(text.find(gram) for gram in shared)
        return cue.weight * share * _PART, start, start + 2


def _rarity(sharing: int, classes: int) -> float:
    """BM25's idf, never below a trace: 1 for a cue of one class alone."""
    return math.log1p((classes - sharing + 0.5) / (sharing + 0.5)) / math.log1p((classes - 0.5) / 1.5)


def _length(word: str) -> float:
    return math.sqrt(len(word) / 2)
