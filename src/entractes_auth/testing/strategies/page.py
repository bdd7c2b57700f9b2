"""The wizard's pages as forms send them: mappings that `parse_step` accepts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from entractes_auth.numbers.adeli import Adeli
from entractes_auth.numbers.catalogue import offered_professions
from entractes_auth.numbers.finess import Finess
from entractes_auth.numbers.rpps import Rpps
from entractes_auth.numbers.siren import Siren
from entractes_auth.numbers.siret import Siret
from entractes_auth.policy import NO_NETWORK
from entractes_auth.records.kinds import Kind, Step
from entractes_auth.testing.strategies._built import built
from entractes_auth.testing.strategies.address import Address, addresses
from entractes_auth.testing.strategies.email import typed_emails
from entractes_auth.testing.strategies.name import first_names, last_names
from entractes_auth.testing.strategies.number import professional_numbers, structure_numbers
from entractes_auth.testing.strategies.phone import landlines, mobiles
from entractes_auth.testing.strategies.typed import Typed, as_typed

__all__ = ["Page", "care_pages", "contacts_pages", "identity_pages", "pages", "practice_pages"]

Page = dict[str, Any]
"""Field names and what was typed; lists and booleans where the field has them."""

_ORGANISATIONS: Final = (
    "",
    "Cabinet du Port",
    "Maison de santé Saint-Michel",
    "SCM Durand & Fils",
    "CHU d’Angers (pôle 2)",
    "L'Étoile du 3e",
)
_TICKED: Final = (True, "on", "true", "1", "yes")
_UNTICKED: Final = (False, "off", "false", "0", "no")


def pages(step: Step) -> SearchStrategy[Page]:
    """What may be typed on one page of the wizard."""
    match step:
        case Step.IDENTITY:
            return identity_pages()
        case Step.PRACTICE:
            return practice_pages()
        case Step.CARE:
            return care_pages()
        case Step.CONTACTS:
            return contacts_pages()


def identity_pages(department: str | None = None) -> SearchStrategy[Page]:
    """The first page, of somebody in any department, or in one (an INSEE code)."""
    return built(
        _identity, last_names(), first_names(), st.sampled_from(_ORGANISATIONS), addresses(department)
    )


def practice_pages(
    kind: Kind = Kind.PROFESSIONAL,
    *,
    professional: SearchStrategy[Rpps | Adeli] | None = None,
    structure: SearchStrategy[Finess | Siren | Siret] | None = None,
    networks: Sequence[str] = (NO_NETWORK, "other"),
) -> SearchStrategy[Page]:
    """The second page, with one of the two numbers or both, as the default policy accepts it.

    An establishment may have no profession. Numbers are of the kinds that the strategies give: by default
    all but test identities, which a policy must allow. `networks` are keys of the policy's networks.
    """
    if professional is None:
        professional = professional_numbers(test_identities=False)
    if structure is None:
        structure = structure_numbers(test_identities=False)
    numbers = st.one_of(
        st.tuples(_typed_number(professional), st.sampled_from(("", None))),
        st.tuples(_typed_number(professional), _typed_number(structure)),
        st.tuples(st.sampled_from(("", None)), _typed_number(structure)),
    )
    professions = [one.key for one in offered_professions()]
    no_profession = ["", None] if kind is Kind.ESTABLISHMENT else []
    return built(
        _practice,
        st.sampled_from([*no_profession, *professions]),
        st.sampled_from([*([network] for network in networks), *_several(networks)]),
        numbers,
    )


def care_pages() -> SearchStrategy[Page]:
    """The third page: one of the two ticked or both, as a form, a query or a JSON body says it."""
    ticked, unticked = st.sampled_from(_TICKED), st.sampled_from(_UNTICKED)
    return st.one_of(
        st.fixed_dictionaries({"visit": ticked, "consultation": ticked}),
        st.fixed_dictionaries({"visit": ticked, "consultation": unticked}),
        st.fixed_dictionaries({"visit": unticked, "consultation": ticked}),
        st.builds(Page),
    )


def contacts_pages(region: str | None = None) -> SearchStrategy[Page]:
    """The last page, with a mobile of any French region, or of one."""
    phones = st.one_of(landlines(region), mobiles(region)).map(_as_typed)
    return st.fixed_dictionaries(
        {
            "mobile": mobiles(region).map(_as_typed),
            "contact_phone": st.one_of(st.just(""), phones),
            "email": typed_emails().map(_as_typed),
            "newsletter": st.sampled_from((False, True)),
        }
    )


def _as_typed(typed: Typed[str]) -> str:
    return typed.typed


def _identity(last_name: str, first_name: str, organisation: str, address: Address) -> Page:
    return {
        "last_name": last_name,
        "first_name": first_name,
        "organisation": organisation,
        "street": address.street,
        "postcode": address.postcode,
        "city": address.city,
    }


def _practice(profession: str | None, networks: list[str], numbers: tuple[str | None, str | None]) -> Page:
    return {
        "profession": profession,
        "networks": networks,
        "professional_number": numbers[0],
        "structure_number": numbers[1],
    }


def _several(networks: Sequence[str]) -> list[list[str]]:
    """All that may be ticked together, if that is more than one."""
    together = [network for network in networks if network != NO_NETWORK]
    return [together] if len(together) > 1 else []


def _typed_number(numbers: SearchStrategy[Any]) -> SearchStrategy[str]:
    return as_typed(numbers).map(_with_its_type)


def _with_its_type(typed: Typed[Any]) -> str:
    """A SIREN with the national identifier's `2` in front: nothing tells its nine digits alone from a FINESS."""
    return f"2{typed.typed}" if isinstance(typed.value, Siren) else typed.typed
