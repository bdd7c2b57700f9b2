"""The shared pages: every text in both languages, and templates that any framework can render."""

from __future__ import annotations

import re
from pathlib import Path
from string import Formatter

import pytest
from jinja2 import Environment, nodes

import examples.flask_app
from entractes_auth.records.event import What
from entractes_auth.records.kinds import Channel, Kind, Locale, State, Step
from entractes_auth.records.message import Template
from examples.pages import STATIC, TEMPLATES
from examples.pages.strings import TEXTS, text

_TEMPLATES = sorted(TEMPLATES.glob("*.html"))
# What `base.html` and the templates say that a site gives; and Jinja's own names.
_FUNCTIONS = {"t", "url", "csrf_field"}


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


def _named_by_a_value() -> set[str]:
    """The keys that a template or a view ends with a value of the package."""
    over = (State.APPROVED, State.REJECTED, State.WITHDRAWN, State.EXPIRED)
    return {
        *(f"state.{state}" for state in State),
        *(f"status.{state}{part}" for state in over for part in ("", ".text")),
        *(f"{key}.{kind}" for kind in Kind for key in ("kind", "home.about", "identity.organisation")),
        *(f"{key}.{step}" for step in Step for key in ("step", "step.short")),
        *(f"{key}.{channel}" for channel in Channel for key in ("demo", "verify.by")),
        *(f"message.{template}" for template in Template),
        *(f"severity.{severity}" for severity in ("info", "warning")),
        *(f"{key}.{count}" for key in ("time.minutes", "code.attempts") for count in ("one", "many")),
    }


def test_each_text_is_used_and_each_value_that_names_one_finds_it() -> None:
    """No sentence is left over from a page that is gone, and none is missing for a state or a message."""
    folder = Path(examples.flask_app.__file__).parent
    source = "".join(path.read_text("utf-8") for path in [*_TEMPLATES, *folder.glob("*.py")])
    literal = set(re.findall(r"""["']([\w.]+)["']""", source))
    notices = {f"{key}{part}" for key in literal for part in (".title", ".text")} & TEXTS.keys()
    events = {f"event.{what}" for what in What} & TEXTS.keys()  # the others are told as "event.other"
    assert _named_by_a_value() <= TEXTS.keys()
    assert TEXTS.keys() == (literal & TEXTS.keys()) | notices | _named_by_a_value() | events


def test_french_punctuation_does_not_stand_alone_on_a_line() -> None:
    read = {
        key: text(key, Locale.FR, **dict.fromkeys(_values(written), 1)) for key, (written, _) in TEXTS.items()
    }
    loose = re.compile(r" [:;?!»]|« |[nN]° |\d [KMkm]o\b")
    assert {key: sentence for key, sentence in read.items() if loose.search(sentence)} == {}
    assert text("error.prefix", Locale.FR) == "Erreur\u00a0:"
    assert text("error.prefix", Locale.EN) == "Error:"
    assert text("practice.professional_number", Locale.FR) == "N°\u00a0RPPS (ADELI)"


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
