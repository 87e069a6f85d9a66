"""Reading what somebody said: which class, which place, whose duty, with the reason for each. Advice, never a decision."""

from dataclasses import asdict, dataclass, replace
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings

from liren.methods import text as texts
from liren.registers.duties import queries as duties
from liren.registers.places import queries as places
from liren.rooms.intake.models import ReaderVersion
from liren.rooms.intake.rules import demand_type_of, sounds_dangerous

ADVISER = "intake.reader"
FAINT = 0.05  # a guess fainter than this helps nobody


@dataclass(frozen=True, slots=True)
class ClassGuess:
    """One class with its probability and the words that spoke for it."""

    code: str
    title: str
    share: float  # 0..1
    because: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PlaceGuess:
    """One place with its score and why."""

    place_id: int
    name: str
    path: str
    share: float  # 0..1
    because: str


@dataclass(frozen=True, slots=True)
class UnitGuess:
    """A unit whose duty list covers class and place, with the legal basis."""

    unit_id: int
    name: str
    basis: str


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read out of the words. Lists are best first and may be empty: then a person says it."""

    version: str
    demand_type: str
    danger: bool
    classes: tuple[ClassGuess, ...]
    places: tuple[PlaceGuess, ...]
    units: tuple[UnitGuess, ...]
    outside: str = ""  # the name of the place the point lies in, where it is not ours

    def as_json(self) -> dict[str, Any]:
        """For keeping with a draft."""
        return asdict(self)

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> "Reading":
        """Back from a draft."""
        return cls(
            version=kept["version"],
            demand_type=kept["demand_type"],
            danger=kept["danger"],
            classes=tuple(ClassGuess(**{**g, "because": tuple(g["because"])}) for g in kept["classes"]),
            places=tuple(PlaceGuess(**g) for g in kept["places"]),
            units=tuple(UnitGuess(**g) for g in kept["units"]),
            outside=kept.get("outside", ""),
        )


def models_folder() -> Path:
    """Where trained readers are kept."""
    return Path(settings.HOME) / "models"


@lru_cache(maxsize=2)
def _model(file: str) -> texts.Model:
    return texts.load_model((models_folder() / file).read_bytes())


@lru_cache(maxsize=2)
def _cold(on: date) -> texts.ColdStart:
    return texts.ColdStart(duties.cues(on))


def _trained() -> tuple[texts.Model | None, str]:
    kept = ReaderVersion.objects.filter(active=True).values_list("file", "version").first()
    if kept is None or not (models_folder() / kept[0]).exists():
        return None, "cold"
    return _model(kept[0]), str(kept[1])


def guess_classes(words: str, on: date, *, limit: int = 3) -> tuple[tuple[ClassGuess, ...], str]:
    """Likely classes, best first, and the version of the reader: trained where one is, else the catalogue's own words."""
    model, version = _trained()
    guesses: dict[str, ClassGuess] = {}
    for found in texts.blend(words, cold=_cold(on), model=model, limit=limit):
        view = duties.class_view(found.code, on)
        if found.share >= FAINT and view.code not in guesses:
            guesses[view.code] = ClassGuess(
                view.code, view.title, round(found.share, 3), tuple(found.because[:3])
            )
    return tuple(guesses.values()), version


def guess_units(class_code: str, place_path: str, on: date) -> tuple[UnitGuess, ...]:
    """The units whose duty list covers it."""
    return tuple(
        UnitGuess(match.unit_id, match.unit_name, match.basis)
        for match in duties.lead(class_code, place_path, on)
        if not match.assist_only
    )


def read(
    words: str,
    *,
    on: date,
    near_path: str | None = None,
    point: tuple[float, float] | None = None,
) -> Reading:
    """Read a message, and where it was said from if that is known."""
    classes, version = guess_classes(words, on)
    found = [
        PlaceGuess(c.place_id, c.name, c.path, round(c.score, 3), c.reason)
        for c in places.read_address(words, near_path=near_path, limit=3)
    ]
    outside = ""
    if point is not None:
        spot = places.at_point(*point)
        if spot.place is not None:
            ground = spot.place.path
            found.append(PlaceGuess(spot.place.id, spot.place.name, spot.place.path, 0.8, "point"))
            found.sort(key=lambda guess: (-_depth(guess, ground), -guess.share))
        elif spot.outside:
            outside = spot.neighbour or "?"
    units: tuple[UnitGuess, ...] = ()
    if classes and found:
        units = guess_units(classes[0].code, found[0].path, on)
    return Reading(
        version, demand_type_of(words), sounds_dangerous(words), classes, tuple(found), units, outside
    )


def narrowed(reading: Reading, *, on: date, place_id: int | None, class_code: str) -> Reading:
    """The reading with what the requester chose in front; the words are not read again.

    The duty list is asked only where the choice is another than the reader's first. Raises NotFound (place, class).
    """
    classes, found, units = reading.classes, reading.places, reading.units
    if class_code:
        view = duties.class_view(class_code, on)
        classes = (
            ClassGuess(view.code, view.title, 1.0, ()),
            *(guess for guess in classes if guess.code != view.code),
        )
    if place_id is not None and (not found or found[0].place_id != place_id or found[0].because != "chosen"):
        place = places.get(place_id)
        rest = (guess for guess in found if guess.place_id != place.id)
        found = (PlaceGuess(place.id, place.name, place.path, 1.0, "chosen"), *rest)
    first = (classes[:1] and classes[0].code, found[:1] and found[0].place_id)
    read_first = (
        reading.classes[:1] and reading.classes[0].code,
        reading.places[:1] and reading.places[0].place_id,
    )
    if classes and found and first != read_first:
        units = guess_units(classes[0].code, found[0].path, on)
    return replace(reading, classes=classes, places=found, units=units)


def _depth(guess: PlaceGuess, grid_path: str) -> int:
    """How exactly a guess names a place inside the grid the point lies in; 0 where it lies elsewhere."""
    return guess.path.count("/") if guess.path.startswith(grid_path) else 0
