"""Every refusal is told in both languages, with what to do about it, and shows nothing private."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import pytest

import entractes_auth
from entractes_auth import errors
from entractes_auth.errors import InvalidInput, Limited, NumberRefused, Problem
from entractes_auth.numbers import refusal_texts
from entractes_auth.records.kinds import Locale
from entractes_auth.texts import explain, explain_error, field_label
from entractes_auth.texts.english_refusals import ENGLISH_REFUSALS
from entractes_auth.texts.french_refusals import FRENCH_REFUSALS

_NOW: Final = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def _error_classes(root: type[errors.AuthError] = errors.AuthError) -> Iterator[type[errors.AuthError]]:
    """The tree as the package defines it; other tests may define subclasses of their own."""
    for child in root.__subclasses__():
        if child.__module__ == errors.__name__:
            yield child
            yield from _error_classes(child)


def _codes_raised() -> set[str]:
    """Every problem code that stands in the package's source as a literal."""
    calls = {"Problem": 1, "PydanticCustomError": 0}
    codes: set[str] = set()
    for path in Path(entractes_auth.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in calls:
                at = calls[node.func.id]
                code = node.args[at] if len(node.args) > at else None
                if isinstance(code, ast.Constant) and isinstance(code.value, str):
                    codes.add(code.value)
    return codes


def test_every_problem_that_the_package_raises_has_its_sentence_in_both_languages() -> None:
    raised = _codes_raised() - {"number_refused"}
    assert len(raised) > 20
    for wording in (FRENCH_REFUSALS, ENGLISH_REFUSALS):
        assert raised - set(wording.problems) == set()


def test_both_languages_tell_the_same_problems_fields_and_errors() -> None:
    assert FRENCH_REFUSALS.problems.keys() == ENGLISH_REFUSALS.problems.keys()
    assert FRENCH_REFUSALS.labels.keys() == ENGLISH_REFUSALS.labels.keys()
    assert FRENCH_REFUSALS.errors.keys() == ENGLISH_REFUSALS.errors.keys()


@pytest.mark.parametrize("locale", Locale)
@pytest.mark.parametrize("code", [*FRENCH_REFUSALS.problems, "a_code_of_a_later_version"])
def test_a_problem_is_told_with_or_without_its_params(code: str, locale: Locale) -> None:
    full: dict[str, str | int] = {
        "maximum": 80,
        "minimum": 2,
        "position": 3,
        "digits": 4,
        "maximum_bytes": 10 * 2**20,
    }
    for params in (full, {}):
        sentence = explain(Problem("contacts.mobile", code, params), locale)
        assert sentence.endswith(".")
        assert "{" not in sentence


@pytest.mark.parametrize(
    ("problem", "french", "english"),
    [
        (
            Problem("identity.last_name", "missing"),
            "Remplissez le champ «\u00a0Nom\u00a0».",
            "Fill in the field “Last name”.",
        ),
        (
            Problem("identity.city", "too_long", {"maximum": 80}),
            "Le champ «\u00a0Ville\u00a0» est trop long\u00a0: 80 caractères au plus.",
            "The field “City” is too long: 80 characters at most.",
        ),
        (
            Problem("document", "too_large", {"maximum_bytes": 1_600_000}),
            "Ce fichier est trop lourd\u00a0: 1,5\u00a0Mo au plus. Une photo du document suffit.",
            "This file is too large: 1.5 MB at most. A photo of the document will do.",
        ),
        (
            Problem("identity", "missing"),
            "Remplissez la page «\u00a0Identité et adresse d'exercice\u00a0».",
            "Fill in the page “Identity and practice address”.",
        ),
        (
            Problem("care.visit", "one_choice_needed"),
            "Choisissez au moins un type de prise en charge\u00a0: visite, consultation, ou les deux.",
            "Choose at least one type of care: visits, consultations, or both.",
        ),
        (
            Problem("steps", "one_choice_needed"),
            "Faites au moins un choix pour «\u00a0Pages à revoir\u00a0».",
            "Make at least one choice for “Pages to look at again”.",
        ),
        (
            Problem("unknown.field", "unheard_of"),
            "Vérifiez le champ «\u00a0unknown.field\u00a0».",
            "Check the field “unknown.field”.",
        ),
    ],
)
def test_a_sentence_names_the_field_and_the_bound(problem: Problem, french: str, english: str) -> None:
    assert (explain(problem, Locale.FR), explain(problem, Locale.EN)) == (french, english)


@pytest.mark.parametrize("locale", Locale)
def test_a_refused_number_is_told_as_the_numbers_tell_it(locale: Locale) -> None:
    refused = NumberRefused("rpps", "format", "letter", position=3)
    problem = Problem(
        "practice.professional_number",
        "number_format",
        {"kind": "rpps", "detail": "letter", "position": 3},
    )
    assert explain(problem, locale) == refusal_texts.explain(refused, locale.value)
    assert explain_error(refused, locale) == refusal_texts.explain(refused, locale.value)


@pytest.mark.parametrize("locale", Locale)
def test_a_refused_number_of_an_unknown_kind_still_says_to_check_the_card(locale: Locale) -> None:
    sentence = explain(Problem("practice.professional_number", "number_format", {"kind": "x"}), locale)
    assert ("carte" if locale is Locale.FR else "card") in sentence


def test_every_error_of_the_tree_has_a_sentence_of_its_own_in_both_languages() -> None:
    tree = {errors.AuthError, *_error_classes()}
    assert len(tree) > 15
    assert set(FRENCH_REFUSALS.errors) == set(ENGLISH_REFUSALS.errors) == tree


def _example(kind: type[errors.AuthError]) -> errors.AuthError:
    arguments: dict[type[errors.AuthError], tuple[Any, ...]] = {
        errors.Limited: (_NOW,),
        errors.NumberRefused: ("rpps", "checksum", "key"),
        errors.NotPossibleNow: ("draft", "approve"),
        errors.Taken: ("email",),
        errors.DeliveryFailed: ("the server refused the recipient (550)",),
        errors.PolicyError: ("codes.digits", "must be 4 to 9"),
        errors.KeyMissing: ("k1",),
    }
    return kind(*arguments.get(kind, ()))


@pytest.mark.parametrize("locale", Locale)
@pytest.mark.parametrize("kind", [errors.AuthError, *_error_classes()])
def test_an_error_is_told_in_a_sentence_that_shows_nothing_private(
    kind: type[errors.AuthError], locale: Locale
) -> None:
    error = _example(kind)
    sentence = explain_error(error, locale)
    assert sentence.endswith(".")
    assert not str(error) or str(error) not in sentence


def test_an_error_of_the_hosts_own_is_told_as_its_parent() -> None:
    class Closed(errors.NotPossibleNow):
        """A host's refinement."""

    assert (
        explain_error(Closed("draft", "approve"), Locale.FR) == FRENCH_REFUSALS.errors[errors.NotPossibleNow]
    )


def test_all_problems_of_an_input_are_told_once_each_in_their_order() -> None:
    error = InvalidInput(
        Problem("identity.last_name", "missing"),
        Problem("practice.structure_number", "one_number_needed"),
        Problem("practice.professional_number", "one_number_needed"),
    )
    assert explain_error(error, Locale.FR) == (
        "Remplissez le champ «\u00a0Nom\u00a0». Indiquez un N°\u00a0RPPS (ADELI), un N°\u00a0FINESS/SIRET, ou les deux."
    )


@pytest.mark.parametrize(
    ("wait", "french", "english"),
    [
        (timedelta(0), "maintenant", "now"),
        (timedelta(seconds=1), "dans 1 minute", "in 1 minute"),
        (timedelta(minutes=4, seconds=1), "dans 5 minutes", "in 5 minutes"),
        (timedelta(minutes=59), "dans 59 minutes", "in 59 minutes"),
        (timedelta(minutes=60), "dans 1 heure", "in 1 hour"),
        (timedelta(minutes=61), "dans 2 heures", "in 2 hours"),
        (timedelta(hours=48, seconds=1), "dans 3 jours", "in 3 days"),
    ],
)
def test_a_limit_says_when_to_come_back_and_never_too_early(
    wait: timedelta, french: str, english: str
) -> None:
    limited = Limited(_NOW + wait)
    assert explain_error(limited, Locale.FR, now=_NOW).endswith(f"Réessayez {french}.")
    assert explain_error(limited, Locale.EN, now=_NOW).endswith(f"Try again {english}.")


@pytest.mark.parametrize(
    ("retry_at", "french"),
    [
        (datetime(2026, 1, 5, 9, 0, tzinfo=UTC), "le 05/01/2026 à 10:00 (Paris)"),
        (datetime(2026, 7, 5, 22, 0, 0, 1, tzinfo=UTC), "le 06/07/2026 à 00:01 (Paris)"),
    ],
)
def test_without_a_clock_a_limit_says_the_hour_in_paris(retry_at: datetime, french: str) -> None:
    assert explain_error(Limited(retry_at), Locale.FR).endswith(f"Réessayez {french}.")


_WITHOUT_ZONES = """
import sys
from datetime import UTC, datetime
sys.modules["tzdata"] = None
from entractes_auth.errors import Limited
from entractes_auth.records.kinds import Locale
from entractes_auth.texts import explain_error
print(explain_error(Limited(datetime(2026, 1, 5, 9, 0, tzinfo=UTC)), Locale.EN))
"""


def test_a_machine_without_time_zones_says_the_hour_in_utc() -> None:
    done = subprocess.run(
        [sys.executable, "-c", _WITHOUT_ZONES],
        env={**os.environ, "PYTHONTZPATH": ""},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "There were too many tries. Try again on 2026-01-05 at 09:00 (UTC).\n"


def test_fields_have_the_labels_of_the_page() -> None:
    assert field_label("contacts.mobile", Locale.FR) == "Téléphone portable"
    assert field_label("contacts.mobile", Locale.EN) == "Mobile phone"
    assert field_label("elsewhere", Locale.FR) == "elsewhere"
