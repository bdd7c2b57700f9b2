"""What the package as a whole promises: its names, what an import costs, its errors, its reprs, its twins."""

from __future__ import annotations

import inspect
import pkgutil
import re
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest

import entractes_auth
from entractes_auth import AsyncAuth, Auth, errors
from entractes_auth.backends import ports, store
from entractes_auth.testing import builders
from tests.samples_of_values import MARK, a_value, values

# ---------------------------------------------------------------- names and imports


def test_the_public_names_are_sorted_and_each_is_there() -> None:
    assert entractes_auth.__all__ == sorted(set(entractes_auth.__all__))
    for name in entractes_auth.__all__:
        assert getattr(entractes_auth, name).__name__ == name
    assert set(entractes_auth.__all__) <= set(dir(entractes_auth))


def test_no_public_name_is_that_of_a_module() -> None:
    """Importing a submodule puts it over an equal name of the package: what a host gets would depend on the order."""
    modules = {found.name for found in pkgutil.iter_modules(entractes_auth.__path__)}
    assert not modules & set(entractes_auth.__all__)


def test_a_name_that_does_not_exist_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="'Nonsense'"):
        getattr(entractes_auth, "Nonsense")  # noqa: B009 - written out, it would be a type error


def imported_by(program: str) -> set[str]:
    """The modules that a fresh interpreter holds after running the program."""
    script = f"import sys; before = set(sys.modules); {program}; print(*(set(sys.modules) - before))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True, text=True)
    return set(done.stdout.split())


HEAVY = {
    "alembic",
    "anyio",
    "argon2",
    "email_validator",
    "flask",
    "limits",
    "phonenumbers",
    "pydantic",
    "pyotp",
    "sqlalchemy",
}


def test_importing_the_package_imports_nothing_else() -> None:
    imported = imported_by("import entractes_auth")
    assert not imported & HEAVY
    ours = {name for name in imported if name.startswith("entractes_auth")}
    assert ours == {"entractes_auth", "entractes_auth.lazy"}


def test_the_runners_import_no_database_no_web_framework_no_test_kit_and_no_telephone_data() -> None:
    imported = imported_by("from entractes_auth import AsyncAuth, Auth")
    assert "entractes_auth.auth" in imported
    assert not imported & {"alembic", "flask", "hypothesis", "phonenumbers", "pytest", "sqlalchemy"}
    assert not any(name.startswith("entractes_auth.testing") for name in imported)


# ---------------------------------------------------------------- errors


def drawn_tree() -> Iterator[tuple[int, str]]:
    """(depth, name) of each line of the tree in the docstring of `errors`."""
    for line in (errors.__doc__ or "").splitlines():
        found = re.fullmatch(r"    ([│ ├└─]*)([A-Z]\w+)  +\S.*", line)
        if found:
            yield len(found[1]) // 4, found[2]


def real_tree(root: type[BaseException], depth: int = 0) -> Iterator[tuple[int, str]]:
    yield depth, root.__name__
    for child in root.__subclasses__():
        if child.__module__ == errors.__name__:
            yield from real_tree(child, depth + 1)


def test_the_tree_of_errors_is_the_one_that_is_drawn() -> None:
    drawn, real = list(drawn_tree()), list(real_tree(errors.AuthError))
    # A refused document is an invalid input too; it is drawn where hosts look for it.
    assert sorted(name for _, name in drawn) == sorted(name for _, name in real)
    assert {name: depth for depth, name in drawn if name != "DocumentRefused"} == {
        name: depth for depth, name in real if name != "DocumentRefused"
    }
    assert errors.__all__ == sorted([*(name for _, name in drawn), "Problem", "Reason"])


def test_each_error_hangs_in_the_drawing_under_its_own_base() -> None:
    bases: list[str] = []
    for depth, name in drawn_tree():
        bases[depth:] = [name]
        if depth:
            assert issubclass(getattr(errors, name), getattr(errors, bases[depth - 1]))


# ---------------------------------------------------------------- reprs

# What may be printed: ids and tokens that the package drew itself, names of reasons, steps, budgets
# and fields, and the host's own references. Whatever else a value holds is a person's, or a secret.
PRINTABLE = re.compile(
    r"(\w+_)?ids?|token|field|budget|code|reason|params|details|reference|media_type|text_version"
    r"|after|next|close|withdraw|severity"
)


@pytest.mark.parametrize("kind", list(values()), ids=lambda kind: kind.__name__)
def test_no_value_prints_personal_data_or_a_secret(kind: type) -> None:
    value = a_value(kind)
    shown = repr(value) + str(value)
    assert [name for name in re.findall(rf"{MARK}(\w+)", shown) if not PRINTABLE.fullmatch(name)] == []
    for page in (builders.identity(1), builders.practice(1), builders.contacts(1)):
        for held in page.model_dump().values():
            assert not isinstance(held, str) or held not in shown


def test_enough_values_are_tried_and_they_do_hold_marks() -> None:
    kinds = list(values())
    assert len(kinds) > 50
    message = next(kind for kind in kinds if kind.__name__ == "Message")
    assert a_value(message).address == f"{MARK}address"


# ---------------------------------------------------------------- twins

TWINS = [
    ("Store", store),
    *((name, ports) for name in ("Limits", "Hasher", "Captcha", "Documents", "Messenger")),
]


def methods(protocol: type) -> dict[str, Any]:
    return {
        name: value for name, value in vars(protocol).items() if inspect.isfunction(value) and name[0] != "_"
    }


@pytest.mark.parametrize(("name", "module"), TWINS, ids=[name for name, _ in TWINS])
def test_twin_protocols_have_the_same_methods_in_two_colours(name: str, module: object) -> None:
    sync, twin = methods(getattr(module, name)), methods(getattr(module, f"Async{name}"))
    assert list(sync) == list(twin)
    for method, function in sync.items():
        # Names, kinds, defaults, annotations and the result: all that a caller can notice.
        assert inspect.signature(function) == inspect.signature(twin[method])
        assert not inspect.iscoroutinefunction(function)
        assert inspect.iscoroutinefunction(twin[method])
        assert function.__doc__
        assert twin[method].__doc__ == f"See `{name}.{method}`."


def test_each_port_has_its_twin_here() -> None:
    public = {*ports.__all__, *store.__all__}
    assert {name.removeprefix("Async") for name in public if name.startswith("Async")} == {
        name for name, _ in TWINS
    }


def test_both_runners_take_the_same_settings_and_offer_the_same() -> None:
    sync, twin = inspect.signature(Auth.__init__).parameters, inspect.signature(AsyncAuth.__init__).parameters
    assert [(each.name, each.kind, each.default) for each in sync.values()] == [
        (each.name, each.kind, each.default) for each in twin.values()
    ]
    public = [{name for name in vars(kind) if name[0] != "_"} for kind in (Auth, AsyncAuth)]
    assert public[0] == public[1] == {"policy", "run", "site"}
    assert inspect.iscoroutinefunction(AsyncAuth.run)
    assert not inspect.iscoroutinefunction(Auth.run)
