"""Dwellings and households of the sample street, made one by one when asked for: memory stays small."""

import random
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from liren.site.sample.dice import dice
from liren.site.sample.world import (
    Building,
    Courtyard,
    PlannedHousehold,
    PlannedPerson,
    PlannedPlace,
    Street,
    read,
)

REGISTERED = 4  # every fourth courtyard has its dwellings written down in a default load


@lru_cache(maxsize=1)
def names() -> Mapping[str, Any]:
    """Surnames and given names, as lists."""
    data: Mapping[str, Any] = read("words/voices.yaml")["name"]
    split = {key: data[key].split() for key in ("given_woman", "given_man")}
    return {**data, **split, "surname": list(data["surname"])}


def full_name(rng: random.Random) -> tuple[str, bool]:
    """An invented name, and whether it is a woman's."""
    known = names()
    woman = rng.random() < 0.55
    # common surnames are common: the list is in order of frequency
    surname = known["surname"][min(int(rng.expovariate(0.06)), len(known["surname"]) - 1)]
    return surname + rng.choice(known["given_woman" if woman else "given_man"]), woman


def phone(rng: random.Random) -> str:
    """A mobile number nobody has: 142 is not allocated."""
    return f"142{rng.randrange(10**8):08d}"


def dwellings(building: Building) -> Iterator[PlannedPlace]:
    """The dwellings of a building by entry, floor, door."""
    number = 0
    for entry in range(1, building.entries + 1):
        for floor in range(1, building.floors + 1):
            for door in range(1, building.per_floor + 1):
                number += 1
                plain = building.floors == 1
                room = f"{number}号" if plain else f"{entry}单元{floor}{door:02d}"
                yield PlannedPlace(
                    code=f"{building.code}{number:03d}",
                    kind="dwelling",
                    name=room,
                    parent=building.code,
                    lat=building.lat,
                    lon=building.lon,
                    sort=number,
                )


def registered(street: Street, *, share: int = REGISTERED) -> list[Courtyard]:
    """The courtyards whose dwellings are written down: the register of a street is made yard by yard."""
    lived_in = [yard for yard in street.courtyards if yard.style != "public"]
    return lived_in[share - 1 :: share]


def households(street: Street, yards: Sequence[Courtyard], *, limit: int) -> Iterator[PlannedHousehold]:
    """Up to `limit` households in these courtyards, spread evenly over them."""
    total = sum(building.homes for yard in yards for building in yard.buildings)
    every = max(1, total // max(1, limit))
    count = 0
    for yard in yards:
        for building in yard.buildings:
            for place in dwellings(building):
                count += 1
                if count % every == 0:
                    yield _household(street.seed, place.code, yard)


def _household(seed: int, dwelling: str, yard: Courtyard) -> PlannedHousehold:
    rng = dice("household", seed, dwelling)
    rented = rng.random() < 0.22
    size = rng.choices((1, 2, 3, 4, 5), (22, 34, 26, 12, 6))[0]
    people = []
    for i in range(size):
        name, _ = full_name(rng)
        tenure = "tenant" if rented else ("owner" if i == 0 else "family")
        people.append(PlannedPerson(f"{dwelling}-{i + 1}", name, phone(rng), tenure))
    area = round(rng.gauss({"tower": 98, "slab": 92, "old": 58, "dorm": 46}.get(yard.style, 52), 9), 2)
    return PlannedHousehold(dwelling, max(18.0, area), tuple(people))
