"""Every sentence on a screen is there in Chinese and in full English."""

import ast
import re
from pathlib import Path
from typing import NamedTuple

import polib
import pytest
from django.template import Context, Engine
from django.template.base import FilterExpression, Node, NodeList
from django.templatetags.i18n import BlockTranslateNode, TranslateNode

ROOT = Path(__file__).resolve().parents[2]
SRC = ROOT / "src" / "liren"
PO = SRC / "locale" / "en" / "LC_MESSAGES" / "django.po"
HAN = re.compile(r"[\u4e00-\u9fff]")
PLACE = re.compile(r"%\(\w+\)[a-z]")
# What each argument of a call is: m message, p its plural, c the context it is said in.
CALLS = {
    "gettext": "m",
    "gettext_lazy": "m",
    "gettext_noop": "m",
    "ngettext": "mp",
    "ngettext_lazy": "mp",
    "pgettext": "cm",
    "pgettext_lazy": "cm",
    "npgettext": "cmp",
    "npgettext_lazy": "cmp",
}


class Sentence(NamedTuple):
    """A message as Django looks it up."""

    msgid: str
    plural: str = ""
    context: str = ""


def _walk(nodes: NodeList) -> list[Node]:
    found: list[Node] = []
    for node in nodes:
        found.append(node)
        for name in dict.fromkeys((*getattr(node, "child_nodelists", ()), "nodelist")):
            inner = getattr(node, name, None)
            if inner:
                found += _walk(inner)
    return found


def _context(said: FilterExpression | None) -> str:
    return str(said.resolve(Context())) if said else ""


def template_sentences(path: Path) -> set[Sentence]:
    """Messages of one template; a sentence that is not written out cannot be looked up and is a fault."""
    said = set()
    for node in _walk(Engine.get_default().from_string(path.read_text(encoding="utf-8")).nodelist):
        if isinstance(node, TranslateNode):
            literal = node.filter_expression.var.literal
            assert isinstance(literal, str), f"{path}: not written out: {node.filter_expression.token}"
            said.add(Sentence(literal.replace("%", "%%"), context=_context(node.message_context)))
        elif isinstance(node, BlockTranslateNode):
            one = node.render_token_list(node.singular)[0]
            many = node.render_token_list(node.plural)[0] if node.plural else ""
            said.add(Sentence(one, many, _context(node.message_context)))
    return said


def _names(tree: ast.Module) -> dict[str, str]:
    """The names a module calls the translating functions by."""
    return {
        alias.asname or alias.name: CALLS[alias.name]
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation"
        for alias in node.names
        if alias.name in CALLS
    }


def python_sentences(path: Path) -> set[Sentence]:
    """Messages of one module; a sentence that is not written out cannot be looked up and is a fault."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    names, said = _names(tree), set()
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        if isinstance(node.func, ast.Name):
            parts = names.get(node.func.id, "")
        elif isinstance(node.func, ast.Attribute):
            parts = CALLS.get(node.func.attr, "")
        else:
            parts = ""
        told = {}
        for part, argument in zip(parts, node.args, strict=False):
            words = argument.value if isinstance(argument, ast.Constant) else None
            assert isinstance(words, str), f"{path}:{node.lineno}: not written out: {ast.unparse(node)}"
            told[part] = words
        if told:
            said.add(Sentence(told.get("m", ""), told.get("p", ""), told.get("c", "")))
    return said


def every_sentence() -> set[Sentence]:
    """Every message of the house."""
    said: set[Sentence] = set()
    for path in SRC.rglob("*.html"):
        said |= template_sentences(path)
    for path in SRC.rglob("*.py"):
        said |= python_sentences(path)
    return {sentence for sentence in said if sentence.msgid}


def _untold(sentence: Sentence, known: polib.POFile) -> bool:
    entry = known.find(sentence.msgid, msgctxt=sentence.context or False)
    if entry is None or entry.fuzzy:
        return True
    if sentence.plural:
        return entry.msgid_plural != sentence.plural or not all(map(entry.msgstr_plural.get, (0, 1)))
    return not entry.msgstr


def test_every_sentence_is_translated() -> None:
    known = polib.pofile(str(PO))
    assert not sorted(said for said in every_sentence() if _untold(said, known))


def test_english_is_english_and_keeps_its_places() -> None:
    for entry in polib.pofile(str(PO)):
        if entry.obsolete or not entry.msgid:
            continue
        places = set(PLACE.findall(entry.msgid + entry.msgid_plural))
        for text in filter(None, [entry.msgstr, *entry.msgstr_plural.values()]):
            assert not HAN.search(text), entry.msgid
            assert set(PLACE.findall(text)) <= places, entry.msgid
        if entry.msgstr:
            assert set(PLACE.findall(entry.msgstr)) == places, entry.msgid


def test_no_chinese_stands_in_a_template_outside_translation() -> None:
    for path in SRC.rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        text = re.sub(r"\{%\s*blocktranslate.*?endblocktranslate\s*%\}", "", text, flags=re.S)
        text = re.sub(r"\{%.*?%\}|\{\{.*?\}\}", "", text, flags=re.S)
        left = [line.strip() for line in text.splitlines() if HAN.search(line)]
        assert all('lang="zh-CN"' in line for line in left), f"{path}: {left}"


MODULE = """
from django.utils.translation import gettext as _, ngettext, npgettext, pgettext as told
from django.utils import translation
said = [_("满意"), ngettext("%(n)d 人", "%(n)d 人们", 2), told("按钮", "提交"), translation.gettext("派单")]
more = npgettext("列表", "%(n)d 件", "%(n)d 件们", 2)
"""
TEMPLATE = """{% load i18n %}{% if a %}{% for b in c %}{% translate "满意" %}{% empty %}
{% translate "提交" context "按钮" %}{% endfor %}{% else %}
{% blocktranslate count n=n context "列表" %}{{ n }} 件{% plural %}{{ n }} 件们{% endblocktranslate %}
{% endif %}"""


def test_no_way_of_saying_escapes(tmp_path: Path) -> None:
    module, page = tmp_path / "said.py", tmp_path / "said.html"
    module.write_text(MODULE, encoding="utf-8")
    page.write_text(TEMPLATE, encoding="utf-8")
    plain, button = Sentence("满意"), Sentence("提交", context="按钮")
    assert python_sentences(module) == {
        plain,
        button,
        Sentence("派单"),
        Sentence("%(n)d 人", "%(n)d 人们"),
        Sentence("%(n)d 件", "%(n)d 件们", "列表"),
    }
    assert template_sentences(page) == {plain, button, Sentence("%(n)s 件", "%(n)s 件们", "列表")}


@pytest.mark.parametrize("call", ["_(words)", '_(f"{words}好")', '_("好" if words else "不好")'])
def test_a_sentence_not_written_out_is_found(tmp_path: Path, call: str) -> None:
    module = tmp_path / "said.py"
    module.write_text(f"from django.utils.translation import gettext as _\nsaid = {call}\n", encoding="utf-8")
    with pytest.raises(AssertionError, match="not written out"):
        python_sentences(module)


@pytest.mark.parametrize(
    ("sentence", "entry", "untold"),
    [
        (Sentence("件"), polib.POEntry(msgid="件", msgstr="case"), False),
        (Sentence("件"), polib.POEntry(msgid="件", msgstr=""), True),
        (Sentence("件"), polib.POEntry(msgid="件", msgstr="case", flags=["fuzzy"]), True),
        (Sentence("件", context="钮"), polib.POEntry(msgid="件", msgstr="case"), True),
        (
            Sentence("件", "件们"),
            polib.POEntry(msgid="件", msgid_plural="件们", msgstr_plural={0: "a", 1: "b"}),
            False,
        ),
        (
            Sentence("件", "件们"),
            polib.POEntry(msgid="件", msgid_plural="件们", msgstr_plural={0: "a"}),
            True,
        ),
        (Sentence("件", "件们"), polib.POEntry(msgid="件", msgstr="case"), True),
    ],
)
def test_half_a_translation_is_none(sentence: Sentence, entry: polib.POEntry, untold: bool) -> None:
    book = polib.POFile()
    book.append(entry)
    assert _untold(sentence, book) is untold
