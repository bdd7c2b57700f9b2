"""The shared pages: every text in both languages, and templates that any framework can render."""

from __future__ import annotations

import re
from pathlib import Path
from string import Formatter

import pytest
from jinja2 import Environment, nodes

from entractes_auth.records.kinds import Locale
from examples.pages import STATIC, TEMPLATES
from examples.pages.strings import TEXTS, text

_TEMPLATES = sorted(TEMPLATES.glob("*.html"))
# What `base.html` and the templates say that a site gives; and Jinja's own names.
_FUNCTIONS = {"t", "url", "when", "csrf_field"}


def _values(sentence: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(sentence) if name}


def test_each_text_is_in_both_languages_with_the_same_values() -> None:
    for key, (french, english) in TEXTS.items():
        assert french, key
        assert english, key
        assert _values(french) == _values(english), key


def test_each_text_that_a_template_names_is_there() -> None:
    named = {
        key
        for path in _TEMPLATES
        for key in re.findall(r"""\bt\(["']([\w.]+)["']\s*[,)]""", path.read_text("utf-8"))
    }
    assert len(named) > 150
    assert named <= TEXTS.keys()


def test_french_punctuation_does_not_stand_alone_on_a_line() -> None:
    assert text("error.prefix", Locale.FR) == "Erreur\u00a0:"
    assert text("error.prefix", Locale.EN) == "Error:"


@pytest.mark.parametrize("path", _TEMPLATES, ids=[path.name for path in _TEMPLATES])
def test_templates_call_the_given_functions_and_nothing_of_a_framework(path: Path) -> None:
    source = path.read_text("utf-8")
    tree = Environment(autoescape=True).parse(source)
    macros = {macro.name for macro in tree.find_all(nodes.Macro)}
    called = {call.node.name for call in tree.find_all(nodes.Call) if isinstance(call.node, nodes.Name)}
    assert called <= _FUNCTIONS | macros


@pytest.mark.parametrize("path", _TEMPLATES, ids=[path.name for path in _TEMPLATES])
def test_templates_hold_no_script_no_inline_style_and_no_outside_address(path: Path) -> None:
    source = path.read_text("utf-8")
    assert not re.search(r"<script|\sstyle=|\son\w+=|https?://", source)


def test_the_style_sheet_fetches_nothing() -> None:
    sheet = STATIC.joinpath("style.css").read_text("utf-8")
    assert not re.search(r"@import|url\(|https?:", sheet)
