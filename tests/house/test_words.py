"""Every sentence on a screen is there in Chinese and in full English."""

import ast
import re
from pathlib import Path

import polib
from django.template import Engine
from django.template.base import Node, NodeList
from django.templatetags.i18n import BlockTranslateNode, TranslateNode

ROOT = Path(__file__).resolve().parents[2]
SRC = ROOT / "src" / "liren"
PO = SRC / "locale" / "en" / "LC_MESSAGES" / "django.po"
HAN = re.compile(r"[\u4e00-\u9fff]")
CALLS = {"_", "gettext", "gettext_lazy", "ngettext"}


def _walk(nodes: NodeList) -> list[Node]:
    found: list[Node] = []
    for node in nodes:
        found.append(node)
        for name in (*getattr(node, "child_nodelists", ()), "nodelist"):
            inner = getattr(node, name, None)
            if inner:
                found += _walk(inner)
    return found


def template_sentences(path: Path) -> set[str]:
    """Message ids of one template, as Django looks them up."""
    engine = Engine.get_default()
    template = engine.from_string(path.read_text(encoding="utf-8"))
    said = set()
    for node in _walk(template.nodelist):
        if isinstance(node, TranslateNode):
            said.add(str(node.filter_expression.var.literal))
        elif isinstance(node, BlockTranslateNode):
            said.add(node.render_token_list(node.singular)[0])
    return said


def python_sentences(path: Path) -> set[str]:
    """Message ids of one module."""
    said = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id in CALLS
            and node.args
        ):
            first = node.args[0]
            if isinstance(first, ast.Constant) and isinstance(first.value, str):
                said.add(first.value)
    return said


def every_sentence() -> set[str]:
    """Every message id of the house."""
    said: set[str] = set()
    for path in SRC.rglob("*.html"):
        said |= template_sentences(path)
    for path in SRC.rglob("*.py"):
        said |= python_sentences(path)
    return {sentence for sentence in said if sentence}


def test_every_sentence_is_translated() -> None:
    known = {
        entry.msgid: entry.msgstr for entry in polib.pofile(str(PO)) if not entry.obsolete and not entry.fuzzy
    }
    missing = sorted(said for said in every_sentence() if not known.get(said))
    assert not missing


def test_english_is_english_and_keeps_its_places() -> None:
    for entry in polib.pofile(str(PO)):
        if entry.obsolete or not entry.msgid:
            continue
        texts = [entry.msgstr, *entry.msgstr_plural.values()]
        for text in filter(None, texts):
            assert set(re.findall(r"%\((\w+)\)", text)) <= set(re.findall(r"%\((\w+)\)", entry.msgid)), (
                entry.msgid
            )


def test_no_chinese_stands_in_a_template_outside_translation() -> None:
    for path in SRC.rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        text = re.sub(r"\{%\s*blocktranslate.*?endblocktranslate\s*%\}", "", text, flags=re.S)
        text = re.sub(r"\{%.*?%\}|\{\{.*?\}\}", "", text, flags=re.S)
        left = [line.strip() for line in text.splitlines() if HAN.search(line)]
        assert all('lang="zh-CN"' in line for line in left), f"{path}: {left}"
