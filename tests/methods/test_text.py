"""The readers: they never break on any text, say the same after a round trip, and know when to be silent."""

import subprocess
import sys
import time
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from liren.methods.text import (
    ColdStart,
    Model,
    blend,
    containment,
    cosine,
    fit,
    jaccard,
    load_model,
    nearest,
    similarity,
)
from liren.methods.text.blending import probabilities
from liren.methods.text.grams import hashed, normal, plain

CUES = {
    "municipal.drain": ["排水堵塞积水", "下水道", "积水", "污水"],
    "noise.square": ["广场舞噪声", "广场舞", "音响"],
    "traffic.parking": ["停车难", "停车位", "乱停车"],
    "sanitation.litter": ["暴露垃圾", "垃圾", "没人清运"],
}
PLACES = ["3号楼", "东门口", "菜场旁", "幼儿园边", "清河里小区", "小广场", "5栋楼下", "后巷"]
SAYINGS = {
    "municipal.drain": [
        "{p}的下水道堵了，污水往外冒",
        "一下雨{p}就积水，脚都下不去",
        "{p}污水井冒水好几天了",
    ],
    "noise.square": [
        "{p}跳广场舞的音响太大，孩子没法睡",
        "晚上{p}广场舞吵到十点",
        "{p}的音响天天放到半夜",
    ],
    "traffic.parking": [
        "{p}找不到停车位，回家转半小时",
        "{p}乱停车，车都出不去",
        "{p}停车难，能不能划几个车位",
    ],
    "sanitation.litter": [
        "{p}垃圾堆了三天没人清运",
        "{p}的垃圾桶旁边全是垃圾袋",
        "{p}垃圾没人扫，夏天都是味",
    ],
}
TEXTS = [saying.format(p=place) for sayings in SAYINGS.values() for saying in sayings for place in PLACES]
LABELS = [code for code, sayings in SAYINGS.items() for _ in sayings for _ in PLACES]
anything = st.text(max_size=300)


@pytest.fixture(scope="module")
def model() -> Model:
    return fit(TEXTS, LABELS)


class TestGrams:
    def test_width_case_punctuation_and_space_do_not_matter_but_digits_do(self) -> None:
        assert plain("３号楼，　Ａ座：漏 水!!") == plain("3号楼a座漏水")
        assert plain("3号楼漏水") != plain("5号楼漏水")

    @settings(deadline=None)
    @given(anything)
    def test_every_character_of_the_normal_form_knows_where_it_stood(self, text: str) -> None:
        form = normal(text)
        assert len(form.places) == len(form.text)
        for letter, place in zip(form.text, form.places, strict=True):
            assert letter in plain(text[place])

    @settings(deadline=None)
    @given(anything)
    def test_grams_are_stable_and_cover_the_text(self, text: str) -> None:
        form = plain(text)
        one, other = hashed(form), hashed(form)
        assert one.hashes.tolist() == other.hashes.tolist()
        expected = sum(max(len(form) - size + 1, 0) for size in (1, 2, 3))
        assert one.head == expected
        assert len(one.hashes) == len(one.starts) == len(one.sizes)

    def test_hashes_never_change_because_kept_models_depend_on_them(self) -> None:
        assert hashed("漏水").hashes.tolist() == [
            1244905959, 3442104198, 89974274, 1098034155, 782753950, 2568481883,
        ]  # fmt: skip


class TestTrained:
    def test_reads_what_it_did_not_see(self, model: Model) -> None:
        assert best(model, "北门外面下水道又堵了，全是污水") == "municipal.drain"

    def test_reasons_are_words_of_the_text_at_their_place(self, model: Model) -> None:
        text = "各位好：北门外面，下水道又堵了！"
        reasons = model.look(text).reasons("municipal.drain")
        assert any("下水" in reason.words or "水道" in reason.words for reason in reasons)
        for reason in reasons:
            assert text[reason.start : reason.end] == reason.words
            assert len(plain(reason.words)) <= 4
        assert model.look(text).reasons("no.such") == ()

    def test_is_unsure_of_what_it_cannot_know(self, model: Model) -> None:
        for text in ("", "!!!", "zzzz", "今晚月色真美"):
            assert max(model.look(text).probabilities().values()) < 0.7

    def test_probabilities_are_one_whole(self, model: Model) -> None:
        assert sum(model.look("楼下垃圾没人清").probabilities().values()) == pytest.approx(1, abs=1e-5)

    @settings(deadline=None)
    @given(anything)
    def test_no_text_breaks_it_and_a_round_trip_says_the_same(self, text: str) -> None:
        one, other = kept(), load_model(kept().to_bytes())
        assert other.look(text).probabilities() == one.look(text).probabilities()
        for code in CUES:
            assert other.look(text).reasons(code) == one.look(text).reasons(code)
        assert other.to_bytes() == one.to_bytes()

    def test_same_texts_and_seed_give_the_same_model(self, model: Model) -> None:
        assert fit(TEXTS, LABELS, seed=0).to_bytes() == model.to_bytes()

    def test_a_hundred_thousand_characters_are_read_quickly(self, model: Model) -> None:
        text = "楼下的下水道堵了。" * 12_000
        started = time.process_time()
        assert best(model, text) == "municipal.drain"
        assert time.process_time() - started < 0.1

    def test_one_message_takes_less_than_five_milliseconds(self, model: Model) -> None:
        text = "我们清河里小区三号楼下面的下水道堵了好几天了，污水一直往外冒。" * 6
        assert min(_timed(model, text) for _ in range(20)) < 0.005

    def test_it_knows_how_well_it_read_what_it_had_not_seen(self, model: Model) -> None:
        assert model.figures["texts"] == len(TEXTS)
        assert model.figures["accuracy"] > 0.9
        assert model.figures["accuracy"] <= model.figures["top_3"] <= 1
        assert load_model(model.to_bytes()).figures == model.figures

    def test_two_classes_are_enough_one_is_not(self) -> None:
        two = fit(TEXTS[:48], LABELS[:48])
        assert best(two, "广场舞的音响") == "noise.square"
        assert best(two, "下水道堵了") == "municipal.drain"
        with pytest.raises(ValueError, match="two classes"):
            fit(["一", "二"], ["x", "x"])
        with pytest.raises(ValueError, match="labels"):
            fit(["一"], [])

    def test_one_text_per_class_is_a_weak_reader_but_a_reader(self) -> None:
        weak = fit(["下水道堵了", "广场舞太吵"], ["drain", "noise"])
        assert best(weak, "广场舞") == "noise"

    def test_seventy_five_classes_still_make_a_small_file(self) -> None:
        texts = [f"{TEXTS[i % len(TEXTS)]}{chr(0x4E00 + i * 7)}{chr(0x5000 + i * 3)}" for i in range(3_000)]
        wide = fit(texts, [f"class.{i % 75}" for i in range(3_000)])
        assert len(wide.to_bytes()) <= 3_000_000
        assert wide.weights.size <= 1_300_000

    @pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"no model at all" * 50])
    def test_what_is_no_model_is_refused(self, data: bytes) -> None:
        with pytest.raises(ValueError, match="reader"):
            load_model(data)

    def test_importing_a_reader_loads_no_arrays_and_reading_no_trainer(self) -> None:
        program = (
            "import sys; from liren.methods.text import load_model, reader, training\n"
            "assert not {'numpy', 'scipy', 'sklearn'} & set(sys.modules), 'import is heavy'\n"
            "data = open(sys.argv[1], 'rb').read()\n"
            "load_model(data).look('下水道堵了').reasons('municipal.drain')\n"
            "assert not {'scipy', 'sklearn'} & set(sys.modules), 'reading needs the trainer'\n"
        )
        import tempfile

        with tempfile.NamedTemporaryFile(suffix=".npz") as file:
            file.write(fit(TEXTS, LABELS).to_bytes())
            file.flush()
            subprocess.run([sys.executable, "-c", program, file.name], check=True, env={"PYTHONPATH": "src"})


class TestCold:
    def test_reads_from_the_catalogue_alone_and_shows_the_words(self) -> None:
        sight = ColdStart(CUES).look("三号楼下 水 道，昨天又堵了")
        assert max(sight.scores(), key=lambda code: sight.scores()[code]) == "municipal.drain"
        assert [reason.words for reason in sight.reasons("municipal.drain")] == ["下 水 道"]

    def test_a_rare_cue_outweighs_a_common_one(self) -> None:
        words = ColdStart({"a": ["小区", "停车"], "b": ["小区", "路灯"], "c": ["小区"]})
        scores = words.look("小区路灯不亮").scores()
        assert scores["b"] > 2 * scores["a"]

    def test_a_long_cue_counts_a_little_when_it_is_there_in_part(self) -> None:
        scores = ColdStart({"a": ["共享单车乱停"], "b": ["路灯"]}).look("单车乱停乱放").scores()
        whole = ColdStart({"a": ["共享单车乱停"], "b": ["路灯"]}).look("共享单车乱停").scores()
        assert 0 < scores["a"] < whole["a"] / 2

    def test_one_character_can_be_a_cue(self) -> None:
        assert set(ColdStart({"a": ["狗"], "b": ["猫"]}).look("有狗乱叫").scores()) == {"a"}

    def test_nothing_said_nothing_suggested(self) -> None:
        for text in ("", "。。。", "今晚月色真美"):
            assert ColdStart(CUES).look(text).probabilities() == {}

    @settings(deadline=None)
    @given(anything, st.dictionaries(st.text(max_size=5), st.lists(st.text(max_size=8), max_size=4)))
    def test_no_text_and_no_catalogue_breaks_it(self, text: str, cues: dict[str, list[str]]) -> None:
        sight = ColdStart(cues).look(text)
        shares = sight.probabilities()
        assert all(0 <= share <= 1 for share in shares.values())
        assert sum(shares.values()) <= 1 + 1e-9
        for code in cues:
            for reason in sight.reasons(code):
                assert text[reason.start : reason.end] == reason.words

    def test_a_hundred_thousand_characters_are_read_quickly(self) -> None:
        cold, text = ColdStart(CUES), "楼下的下水道堵了。" * 12_000
        started = time.process_time()
        cold.look(text)
        assert time.process_time() - started < 0.1


class TestBlend:
    def test_without_a_model_it_is_the_catalogue(self) -> None:
        found = blend("三号楼下水道堵了", cold=ColdStart(CUES))
        assert [each.code for each in found] == ["municipal.drain"]
        assert found[0].because == ("下水道",)
        assert found[0].share == ColdStart(CUES).look("三号楼下水道堵了").probabilities()["municipal.drain"]

    def test_a_class_without_labels_is_still_found_by_its_words(self, model: Model) -> None:
        cold = ColdStart({**CUES, "market.refund": ["预付卡退费", "健身卡", "退卡"]})
        found = blend("健身卡退卡不给退，预付卡退费找谁", cold=cold, model=model)
        assert found[0].code == "market.refund"
        assert "健身卡" in found[0].because

    def test_labels_teach_what_the_catalogue_does_not_say(self, model: Model) -> None:
        cold = ColdStart({code: [code] for code in CUES})
        found = blend("后巷的桶旁边全是袋子，夏天都是味", cold=cold, model=model)
        assert found[0].code == "sanitation.litter"
        assert found[0].because

    @settings(deadline=None)
    @given(anything)
    def test_shares_never_exceed_the_whole(self, text: str) -> None:
        shares = probabilities(text, cold=ColdStart(CUES), model=kept())
        assert 0 <= sum(shares.values()) <= 1 + 1e-5

    def test_doubt_stays_doubt(self, model: Model) -> None:
        found = blend("今晚月色真美", cold=ColdStart(CUES), model=model)
        assert all(each.share < 0.6 for each in found)


class TestLikeness:
    def test_a_retelling_is_nearer_than_another_matter(self) -> None:
        said = "清河里3号楼下水道堵了，污水往外冒"
        retold, other = "3号楼的下水道又堵了，冒污水", "3号楼晚上广场舞太吵"
        assert cosine(said, retold) > 0.4 > cosine(said, other)
        assert nearest(said, [other, retold], least=0.4) == [(1, pytest.approx(cosine(said, retold)))]

    def test_a_copy_inside_a_longer_text_is_contained(self) -> None:
        assert containment("下水道堵了", "您好,下水道堵了,请来看看") == 1

    @settings(deadline=None)
    @given(anything, anything)
    def test_likeness_is_symmetric_and_within_bounds(self, one: str, other: str) -> None:
        for measure in (jaccard, cosine, containment, similarity):
            assert 0 <= measure(one, other) <= 1
            assert measure(one, other) == measure(other, one)
        assert cosine(one, one) == (1 if plain(one) else 0)


@cache
def kept() -> Model:
    """A small model for properties, made once."""
    return fit(TEXTS[::4], LABELS[::4])


def best(model: Model, text: str) -> str:
    shares = model.look(text).probabilities()
    return max(shares, key=lambda code: shares[code])


def _timed(model: Model, text: str) -> float:
    started = time.perf_counter()
    look = model.look(text)
    look.probabilities()
    look.reasons("municipal.drain")
    return time.perf_counter() - started
