"""No sign of French punctuation can stand alone at the start of a line, in any text but SMS."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import pytest

import entractes_auth
from entractes_auth.errors import AuthError, InvalidInput, Limited, NumberRefused, Problem
from entractes_auth.gsm7 import septets
from entractes_auth.numbers import explain as explain_number
from entractes_auth.numbers import finding_texts, offered_professions, refusal_texts
from entractes_auth.numbers.findings import Finding
from entractes_auth.numbers.kinds import CARE_TYPES, KINDS
from entractes_auth.records.kinds import Channel, Locale
from entractes_auth.records.message import Message
from entractes_auth.site import Site
from entractes_auth.texts import explain, explain_error, field_label, render
from entractes_auth.texts.french import FRENCH
from entractes_auth.texts.french_refusals import FRENCH_REFUSALS
from entractes_auth.typography import NO_BREAK, french

_ROOT: Final = Path(entractes_auth.__file__).parent
_NOW: Final = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
# Written here a second time: a rule that lost a sign would not miss it.
_LOOSE: Final = re.compile(r" [:;?!»]|« |[nN]° |\d [KMkm]o\b")
# What passes through the rule when it is read, and what is never set: a terminal's lines and tests.
_SET: Final = {
    "texts/french.py",
    "texts/french_refusals.py",
    "numbers/finding_texts.py",
    "numbers/refusal_texts.py",
}
_NEVER_SET: Final = ("cli/", "testing/")


def _of_problems() -> Iterator[str]:
    everything: dict[str, str | int] = {
        **{"maximum": 80, "minimum": 2, "position": 3, "digits": 4, "maximum_bytes": 10 * 2**20}
    }
    for key in [*FRENCH_REFUSALS.problems, "unheard_of"]:
        field, _, code = key.rpartition(":")
        for params in (everything, {}):
            yield explain(Problem(field or "contacts.mobile", code, params), Locale.FR)
    for field in FRENCH_REFUSALS.labels:
        yield field_label(field, Locale.FR)
        yield explain(Problem(field, "missing"), Locale.FR)
    yield explain(Problem("practice.structure_number", "number_unheard_of"), Locale.FR)


def _of_errors() -> Iterator[str]:
    for kind in FRENCH_REFUSALS.errors:
        if kind is not NumberRefused:
            yield explain_error(Limited(_NOW) if kind is Limited else _bare(kind), Locale.FR)
    for wait in (timedelta(0), timedelta(minutes=9), timedelta(hours=9), timedelta(days=9)):
        yield explain_error(Limited(_NOW + wait), Locale.FR, now=_NOW)


def _bare(kind: type[AuthError]) -> AuthError:
    """An error of this class; what it holds is not told, but for the problems of an input."""
    return kind() if issubclass(kind, InvalidInput) else kind.__new__(kind)


def _of_numbers() -> Iterator[str]:
    kinds = refusal_texts._FRENCH_KINDS  # pyright: ignore[reportPrivateUsage]
    general = refusal_texts._FRENCH  # pyright: ignore[reportPrivateUsage]
    special = refusal_texts._FRENCH_SPECIAL  # pyright: ignore[reportPrivateUsage]
    for kind, detail in [*((kind, detail) for kind in kinds for detail in general), *special]:
        yield explain_number(NumberRefused(kind, "format", detail, position=3), "fr")


def _of_findings() -> Iterator[str]:
    params = {"kind": "adeli", "department": "75", "practice": "13", "listed": "2A"}
    for code in finding_texts._FRENCH:  # pyright: ignore[reportPrivateUsage]
        said = Finding(code, "info", {**params, "since": "2021-10", "label_fr": "Infirmier"})
        yield finding_texts.sentence(said, "fr")


def _of_lists() -> Iterator[str]:
    yield from (one.label_fr for one in (*KINDS, *CARE_TYPES))
    yield from (one.label_fr for one in offered_professions())


def _of_messages(channel: Channel) -> Iterator[str]:
    site = Site(name="Entr'Actes", origin="https://www.example.fr", support_email="help@example.fr")
    filled = {"first_name": "Zoé", "last_name": "Durand", "masked_mobile": "06 •• •• •• 78"}
    written = {"identifier": "12345", "question": "Votre carte.", "reason": "Trop loin."}
    secrets = {"code": "1234", "password": "123456", "link": "https://www.example.fr/x"}
    for template in FRENCH.sms if channel is Channel.SMS else FRENCH.emails:
        message = Message(
            id="1",
            template=template,
            channel=channel,
            address="somebody",
            locale=Locale.FR,
            created_at=_NOW,
            deadline=_NOW,
            params={**filled, **written},
        )
        outgoing = render(message, site=site, secrets=secrets)
        # The styles of the HTML part are no text.
        yield from (outgoing.subject, outgoing.text, re.sub(r"<[^>]*>", "\n", outgoing.html))


_TOLD: Final[Mapping[str, Callable[[], Iterator[str]]]] = {
    "problems": _of_problems,
    "errors": _of_errors,
    "numbers": _of_numbers,
    "findings": _of_findings,
    "lists": _of_lists,
    "e-mails": lambda: _of_messages(Channel.EMAIL),
}


@pytest.mark.parametrize("source", _TOLD)
def test_no_french_text_can_break_before_its_punctuation(source: str) -> None:
    told = list(_TOLD[source]())
    assert len(told) > 8
    assert [text for text in told if _LOOSE.search(text)] == []


def test_an_sms_keeps_ordinary_spaces_which_its_alphabet_has() -> None:
    for text in _of_messages(Channel.SMS):
        assert NO_BREAK not in text
        assert septets(text) is not None


def test_a_french_sentence_stands_where_the_rule_is_applied() -> None:
    """A sentence written elsewhere would reach its reader as it was typed."""
    found = {
        path.relative_to(_ROOT).as_posix()
        for path in _ROOT.rglob("*.py")
        if any(re.search(r" [:;?!»](\s|$)|« ", text) for text in _literals(path))
    }
    assert {path for path in found if not path.startswith(_NEVER_SET)} == _SET


def _literals(path: Path) -> Iterator[str]:
    """The texts of a module, without its docstrings."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    silent = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in silent:
            yield node.value


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("Ici : là ; oui ! Non ?", "Ici\u00a0: là\u00a0; oui\u00a0! Non\u00a0?"),
        ("la page « Contacts »", "la page «\u00a0Contacts\u00a0»"),
        ("{megabytes} Mo, 4 ko, N° 3", "{megabytes}\u00a0Mo, 4\u00a0ko, N°\u00a03"),
        ("{site} : {code}", "{site}\u00a0: {code}"),
        ("Montréal, https://x.example/a?b=c:d", "Montréal, https://x.example/a?b=c:d"),
    ],
)
def test_the_space_that_belongs_to_a_sign_keeps_it_on_its_line(written: str, read: str) -> None:
    assert french(written) == read
    assert french(read) == read
