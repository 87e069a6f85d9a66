"""The hash tree beside RFC 6962's own words and known roots; seals, order and receipts."""

from collections.abc import Sequence
from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from liren.methods import ballot

# the leaves and roots by which implementations of certificate transparency check themselves
LEAVES = [
    bytes.fromhex(leaf)
    for leaf in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def by_the_book(leaves: Sequence[bytes]) -> bytes:
    """RFC 6962 §2.1 as it is written: cut at the largest power of two below the count."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return sha256(b"\x00" + leaves[0]).digest()
    cut = 1
    while 2 * cut < len(leaves):
        cut *= 2
    return sha256(b"\x01" + by_the_book(leaves[:cut]) + by_the_book(leaves[cut:])).digest()


@pytest.mark.parametrize("size", range(9))
def test_known_roots(size: int) -> None:
    assert ballot.root(LEAVES[:size]).hex() == ROOTS[size]


@given(st.lists(st.binary(max_size=4), max_size=80))
def test_the_root_is_that_of_the_book(leaves: list[bytes]) -> None:
    assert ballot.root(leaves) == by_the_book(leaves)


@pytest.mark.parametrize("size", range(1, 34))
def test_every_leaf_is_proved_and_nothing_else(size: int) -> None:
    leaves = [f"leaf {at}".encode() for at in range(size)]
    tree = ballot.levels(leaves)
    top = tree[-1][0]
    for at, leaf in enumerate(leaves):
        path = ballot.prove(tree, at)
        assert ballot.verify(leaf, at, size, path, top)
        for other in range(size):
            if other != at:
                assert not ballot.verify(leaves[other], at, size, path, top)
                assert not ballot.verify(leaf, other, size, path, top)
        assert not ballot.verify(leaf, at, size, path, sha256(top).digest())
        assert not ballot.verify(leaf, at, size, [*path, top], top)
        assert not ballot.verify(leaf, size, size, path, top)
        assert not ballot.verify(leaf, -1, size, path, top)
        for place in range(len(path)):
            assert not ballot.verify(leaf, at, size, path[:place] + path[place + 1 :], top)
            broken = [*path[:place], sha256(path[place]).digest(), *path[place + 1 :]]
            assert not ballot.verify(leaf, at, size, broken, top)


def test_a_node_passes_for_no_leaf() -> None:
    tree = ballot.levels([b"a", b"b"])
    assert ballot.root([tree[0][0] + tree[0][1]]) != tree[-1][0]
    for at in (-1, 2):
        with pytest.raises(IndexError, match="no leaf"):
            ballot.prove(tree, at)


ROW = {"choice": ["yes"], "salt": "00" * 16, "weight": {"persons": "1"}}


def test_a_seal_covers_everything_and_the_vote_it_is_for() -> None:
    seal = ballot.sealed("v1", ROW)
    # from the promise, by hand
    text = "00" * 16 + '\n["liren.ballot","v1",["yes"],[],{"persons":"1"}]'
    assert seal == sha256(text.encode()).hexdigest()
    assert ballot.sealed("v1", ROW | {"sealed": seal}) == seal
    others = [
        ballot.sealed("v2", ROW),
        ballot.sealed("v1", ROW | {"choice": ["no"]}),
        ballot.sealed("v1", ROW | {"choice": None}),
        ballot.sealed("v1", ROW | {"salt": "01" * 16}),
        ballot.sealed("v1", ROW | {"weight": {"persons": "2"}}),
        ballot.sealed("v1", ROW | {"points": [1]}),
    ]
    assert len({seal, *others}) == 7


@given(
    st.lists(st.integers(0, 10**6).map(lambda n: sha256(str(n).encode()).hexdigest()), unique=True), st.data()
)
def test_the_box_and_the_order_tell_nothing_of_who_came_when(seals: list[str], data: st.DataObject) -> None:
    mixed = data.draw(st.permutations(seals))
    assert ballot.sealed_box(mixed) == ballot.sealed_box(seals)
    assert ballot.in_order("seed", mixed) == ballot.in_order("seed", seals)
    assert sorted(ballot.in_order("seed", seals)) == sorted(seals)
    for left in range(min(len(seals), 3)):
        assert ballot.sealed_box(seals[:left] + seals[left + 1 :]) != ballot.sealed_box(seals)


def test_the_seed_makes_the_order() -> None:
    seals = [sha256(bytes([at])).hexdigest() for at in range(50)]
    orders = [ballot.in_order(str(seed), seals) for seed in range(20)]
    assert len({tuple(order) for order in orders}) == 20
    assert tuple(sorted(seals)) not in {tuple(order) for order in orders}
    # every row gets about: over many seeds no ballot keeps to a place
    assert len({ballot.in_order(str(seed), seals).index(seals[0]) for seed in range(200)}) > 40


@settings(max_examples=300)
@given(st.binary(min_size=8, max_size=16))
def test_a_receipt_code_can_be_read_out_and_typed_in(random: bytes) -> None:
    code = ballot.code_of(random)
    assert len(code) == 14
    assert code[4] == code[9] == "-"
    assert set(code) <= set("0123456789ABCDEFGHJKMNPQRSTVWXYZ-")
    assert ballot.code_of(random[:8] + b"more") == code
    wanted = ballot.receipt_of("v1", code)
    typed = (
        code.lower(),
        code.replace("-", ""),
        f" {code} ",
        code.replace("0", "o").replace("1", "l"),
        code.replace("1", "I"),
    )
    assert {ballot.receipt_of("v1", one) for one in typed} == {wanted}
    assert ballot.receipt_of("v2", code) != wanted


def test_receipt_codes_use_all_of_their_sixty_bits() -> None:
    ones = [ballot.code_of((1 << bit).to_bytes(8)) for bit in range(60)]
    assert len({*ones, ballot.code_of(bytes(8))}) == 61
    with pytest.raises(ValueError, match="eight random bytes"):
        ballot.code_of(b"1234567")
