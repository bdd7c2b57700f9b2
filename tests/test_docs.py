"""The documentation says what the code does: its programs run, its lists are complete, its links lead somewhere."""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path
from types import CodeType
from typing import Any, get_args

import pytest

from entractes_auth import Auth, AuthError, Channel, Site, errors, flows
from entractes_auth.backends.captcha.fixed import AcceptingCaptcha
from entractes_auth.backends.documents.memory import MemoryDocuments
from entractes_auth.backends.storage.sqlalchemy import SqlStore
from entractes_auth.numbers import offered_professions
from entractes_auth.numbers.findings import FindingCode
from entractes_auth.records.message import Template
from entractes_auth.testing import scenario
from examples.pages.strings.applicant import APPLICANT
from examples.pages.strings.common import COMMON
from examples.pages.strings.member import MEMBER
from examples.pages.strings.office import OFFICE
from examples.pages.strings.outcome import OUTCOME
from tests.docs.pages import DOCS, ROOT, Block, all_pages, anchors, blocks, links, rows
from tests.docs.policy_rows import policy_rows
from tests.docs.worlds import PAGES, World


def _compiled(page: str, block: Block) -> CodeType:
    # As many empty lines before it as the page has: a traceback then names the page's own line.
    source = "\n" * (block.line - 1) + block.code
    code: CodeType = compile(
        source,
        str(ROOT / page),
        "exec",
        flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT,
        dont_inherit=True,  # the annotations of a page are a reader's, not this file's
    )
    return code


@pytest.mark.parametrize(("page", "block"), [(page, block) for page in all_pages() for block in blocks(page)])
def test_each_block_is_python(page: str, block: Block) -> None:
    """Every Python block of every page compiles, those that need a framework included."""
    assert _compiled(page, block).co_filename.endswith(page)


@pytest.mark.parametrize("page", PAGES)
def test_the_program_of_each_page_runs(page: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The blocks of a page, one after the other, are a program that runs to its end."""
    namespace: dict[str, Any] = {"__name__": "page", **PAGES[page](World(tmp_path))}
    run = [block for block in blocks(page) if block.runs]
    assert run, "a page without a program has no place in PAGES"
    for block in run:
        exec(_compiled(page, block), namespace)  # noqa: S102 - the page is ours
    said = capsys.readouterr().out.strip()
    if said:
        # What a program prints stands in the page, so that the reader knows what to expect.
        assert said in (ROOT / page).read_text(encoding="utf-8")


def test_every_page_with_a_program_is_run() -> None:
    """A page with a block that could run is listed, but for the one that speaks to authors of stores."""
    with_programs = {page for page in all_pages() if any(block.runs for block in blocks(page))}
    assert with_programs - {"docs/store-authors.md"} == set(PAGES)


def test_the_flask_application_of_the_page_signs_a_member_in(tmp_path: Path) -> None:
    """The views that the page on hosts shows lead from the password to a session."""
    world = World(tmp_path)
    namespace: dict[str, Any] = {"__name__": "page", **PAGES["docs/hosts.md"](world)}
    exec(_compiled("docs/hosts.md", next(blocks("docs/hosts.md"))), namespace)  # noqa: S102
    member = world.member()
    client = namespace["create_app"](world.auth, secret_key="k" * 32).test_client()
    base = "https://www.example.fr"
    wrong = client.post("/connexion", base_url=base, data={"identifier": "00000", "password": "000000"})
    assert wrong.status_code == 422
    typed = {"identifier": member.identifier, "password": member.password}
    assert client.post("/connexion", base_url=base, data=typed).status_code == 302
    code = world.inbox.last_code_to(member.applicant.contacts.mobile)
    client.post("/connexion/validation", base_url=base, data={"code": code})
    with client.session_transaction(base_url=base) as session:
        assert dict(session) == {"account_id": member.account_id}


def test_the_flask_application_of_the_page_tells_an_outage_from_a_mistake(tmp_path: Path) -> None:
    """A database that is away is 503, and a host's own mistake is 500: neither is the visitor's."""
    world = World(tmp_path)
    namespace: dict[str, Any] = {"__name__": "page", **PAGES["docs/hosts.md"](world)}
    exec(_compiled("docs/hosts.md", next(blocks("docs/hosts.md"))), namespace)  # noqa: S102
    away = Auth(
        store=SqlStore(f"sqlite:///{tmp_path / 'absent.db'}"),
        keys=world.keys,
        site=Site(name="Entr'Actes", origin="https://www.example.fr", support_email="aide@example.fr"),
        messengers={Channel.SMS: world.inbox, Channel.EMAIL: world.inbox},
        documents=MemoryDocuments(),
        policy=scenario.quick_policy(),
    )
    app = namespace["create_app"](away, secret_key="k" * 32)

    def mistake() -> None:
        raise errors.KeyMissing("k1")

    app.add_url_rule("/mistake", view_func=mistake)
    typed = {"identifier": "00000", "password": "000000"}
    assert app.test_client().post("/connexion", data=typed).status_code == 503
    assert app.test_client().get("/mistake").status_code == 500


def test_the_django_runner_of_the_page_is_one(tmp_path: Path) -> None:
    """What the page on Django builds can be built as it stands, with the policy that is the default."""
    world = World(tmp_path)
    namespace: dict[str, Any] = {"__name__": "page", **PAGES["docs/django.md"](world)}
    for block in blocks("docs/django.md"):
        if "INSTALLED_APPS" in block.code or "def runner" in block.code:
            exec(_compiled("docs/django.md", block), namespace)  # noqa: S102
    made = namespace["runner"](world.keys, world.inbox, world.inbox, tmp_path, AcceptingCaptcha())
    assert made.policy.captcha


# ---------------------------------------------------------------- complete lists


def _flows() -> Iterator[tuple[str, str]]:
    """Each flow that a host calls: its module's name and its own."""
    for found in pkgutil.iter_modules(flows.__path__):
        module = importlib.import_module(f"{flows.__name__}.{found.name}")
        for name in module.__all__:
            value = getattr(module, name)
            # A flow is a function around its coroutine function. `approve` is known by `review`'s name.
            if inspect.isfunction(value) and hasattr(value, "__wrapped__") and found.name != "approval":
                yield found.name, name


@pytest.mark.parametrize(("module", "flow"), list(_flows()))
def test_each_flow_stands_on_the_page_of_its_module(module: str, flow: str) -> None:
    """One feature, one module, one page of the same name, and no flow that the page leaves out."""
    page = (DOCS / f"{module}.md").read_text(encoding="utf-8")
    assert f"`entractes_auth.flows.{module}`" in page
    assert f"| `{module}.{flow}(" in page


def test_the_index_leads_to_every_page() -> None:
    """No page is hidden from who begins at the index."""
    assert {f"docs/{target.partition('#')[0]}" for target in links("docs/index.md")} >= {
        page for page in all_pages() if page not in {"README.md", "docs/index.md"}
    }


def test_the_page_of_reasons_is_the_closed_list() -> None:
    """Each reason has its row, in the order of the code, and no other row stands beside them."""
    documented = [row[0] for row in rows("docs/reasons.md", 3)][1:]
    assert documented == [f"`{reason.value}`" for reason in errors.Reason]


def test_each_error_is_documented() -> None:
    """Each class of the tree has its row, and no row is about a class that is gone."""
    classes = {
        name
        for name in errors.__all__
        if inspect.isclass(value := getattr(errors, name)) and issubclass(value, AuthError)
    }
    assert {row[0].strip("`") for row in rows("docs/errors.md", 4)[1:]} == classes


def test_the_tree_of_errors_is_the_one_of_the_code() -> None:
    """The page draws the tree as the module's docstring does."""
    tree = [line[4:] for line in str(errors.__doc__).splitlines() if line.startswith("    ")]
    assert "\n".join(tree) in (DOCS / "errors.md").read_text(encoding="utf-8")


def test_the_table_of_the_policy_equals_the_code() -> None:
    """Each value of the policy has one row with what both presets hold, in the order of the code."""
    documented = [tuple(row[:3]) for row in rows("docs/policy.md", 4) if row[0].startswith("`")]
    assert documented == [(f"`{name}`", *presets) for name, presets in policy_rows().items()]


def test_each_budget_is_told_on_the_page_of_limits() -> None:
    """The page on limits says of each budget what counts it and what clears it."""
    told = {name for row in rows("docs/limits.md", 3) for name in re.findall(r"`(\w+)`", row[0])}
    budgets = {name.removeprefix("limits.") for name in policy_rows() if name.startswith("limits.")}
    assert budgets <= told


def test_each_message_is_listed() -> None:
    """The page on messages has every template, and none that is gone."""
    listed = [row[0].strip("`") for row in rows("docs/messages.md", 4)][1:]
    assert sorted(listed) == sorted(template.value for template in Template)


def test_each_finding_is_listed() -> None:
    """The page on numbers has every finding, and none that is gone."""
    listed = [code for row in rows("docs/numbers.md", 2) for code in re.findall(r"`(\w+)`", row[0])]
    assert sorted(listed) == sorted(get_args(FindingCode))


def test_the_tutorial_calls_everything_as_the_pages_do() -> None:
    """What the tutorial prints in bold is a text of the French pages, or a profession."""
    bold = re.findall(r"\*\*(.+?)\*\*", (DOCS / "tutorial.md").read_text(encoding="utf-8"), re.DOTALL)
    professions = {one.label_fr for one in offered_professions()}
    shown = {french for texts in (COMMON, APPLICANT, MEMBER, OFFICE, OUTCOME) for french, _ in texts.values()}
    assert bold
    assert {" ".join(name.split()) for name in bold} <= shown | professions


# ---------------------------------------------------------------- links


@pytest.mark.parametrize("page", all_pages())
def test_internal_links_resolve(page: str) -> None:
    """Each link leads to a file that is there, and to a heading that is in it."""
    folder = (ROOT / page).parent
    for target in links(page):
        path, _, anchor = target.partition("#")
        file = folder / path if path else ROOT / page
        assert file.exists(), target
        assert not anchor or anchor in anchors(file), target
