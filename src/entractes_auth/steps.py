"""The four pages of the sign-up wizard: what each holds, once it is clean.

Each page is a frozen pydantic model that validates however it is built (a form, a JSON body, Python)
and shows nothing of a person in its `repr` or in the text of a validation error. Its fields' types
are in `step_fields`. `parse_step` is for forms: its `InvalidInput` lists the problems in page order.
`check_step` adds what the host's policy says. `dump_step` and `load_step` are for stores.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final, TypeAlias, cast

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    ValidationInfo,
    field_serializer,
    field_validator,
)
from pydantic_core import ErrorDetails
from typing_extensions import override

from entractes_auth import contacts
from entractes_auth.errors import InvalidInput, Problem
from entractes_auth.numbers.adeli import Adeli
from entractes_auth.numbers.catalogue import find_profession
from entractes_auth.numbers.finess import Finess
from entractes_auth.numbers.siren import Siren
from entractes_auth.numbers.siret import Siret
from entractes_auth.policy import Policy
from entractes_auth.records.kinds import Kind, Step
from entractes_auth.step_fields import (
    FROM_STORE,
    City,
    ContactPhone,
    Email,
    Mobile,
    Name,
    Networks,
    Organisation,
    Postcode,
    ProfessionalNumber,
    ProfessionKey,
    Street,
    StructureNumber,
    refusal,
)

__all__ = [
    "Care",
    "Contacts",
    "Identity",
    "Practice",
    "StepData",
    "check_step",
    "dump_step",
    "load_step",
    "parse_step",
]


class _Page(BaseModel):
    """Frozen, closed, and silent: what it holds is personal data."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    @override
    def __repr_args__(self) -> Iterator[tuple[str | None, Any]]:
        """Nothing: this feeds `repr`, `str` and the pretty printers alike."""
        return iter(())


class Identity(_Page):
    """Who registers and where they practise. Names as the RPPS has them, spelt as typed."""

    last_name: Name
    first_name: Name
    organisation: Organisation = ""
    street: Street
    postcode: Postcode
    city: City


class Practice(_Page):
    """What they practise, and the numbers that say so: at least one of the two.

    `profession` is a catalogue key ("TRE_G15-ProfessionSante/60"), empty for an establishment;
    `networks` are keys of the policy's networks, or `NO_NETWORK` alone.
    """

    profession: ProfessionKey = ""
    networks: Networks
    professional_number: ProfessionalNumber = None
    structure_number: StructureNumber = Field(default=None, validate_default=True)

    @field_validator("structure_number")
    @classmethod
    def _one_number(
        cls, value: Finess | Siren | Siret | None, info: ValidationInfo
    ) -> Finess | Siren | Siret | None:
        # A refused number is absent from `info.data`: it has its own problem, and is not missing.
        if value is None and info.data.get("professional_number", "refused") is None:
            raise refusal(Problem("practice.professional_number", "one_number_needed"))
        return value

    @field_serializer("structure_number", when_used="json-unless-none")
    def _with_its_kind(self, number: Finess | Siren | Siret) -> str:
        """A SIREN takes the national identifier's `2`: its nine digits alone would come back a FINESS."""
        return f"2{number}" if isinstance(number, Siren) else str(number)


class Care(_Page):
    """Visits at home, consultations at the practice: at least one. Both unless said otherwise.

    A form sends nothing for an unticked box: the host passes False for it.
    """

    visit: bool = True
    consultation: bool = Field(default=True, validate_default=True)

    @field_validator("consultation")
    @classmethod
    def _one_choice(cls, value: bool, info: ValidationInfo) -> bool:
        if not value and info.data.get("visit") is False:
            raise refusal(Problem("care.visit", "one_choice_needed"))
        return value


class Contacts(_Page):
    """How codes, links and patients reach them. Phones in E.164; `contact_phone` is public, or empty."""

    mobile: Mobile
    contact_phone: ContactPhone = ""
    email: Email
    newsletter: bool = False


StepData: TypeAlias = Identity | Practice | Care | Contacts

_MODELS: Final[Mapping[Step, type[StepData]]] = {
    Step.IDENTITY: Identity,
    Step.PRACTICE: Practice,
    Step.CARE: Care,
    Step.CONTACTS: Contacts,
}
# A problem of two fields together is shown at the first of them.
_SHOWN_AT: Final[Mapping[str, str]] = {
    "one_number_needed": "professional_number",
    "one_choice_needed": "visit",
}
_PYDANTIC_CODES: Final[Mapping[str, str]] = {"bool_parsing": "not_a_choice", "bool_type": "not_a_choice"}


def parse_step(step: Step, data: Mapping[str, object]) -> StepData:
    """The page that `data` holds; lists (`networks`) as lists, ticks as booleans, "on", "true" or "1".

    Raises `InvalidInput` with every problem in page order. Codes, beside those of `typed_text` and
    `contacts`: unknown_field and not_an_object (on the page itself), not_a_choice, not_a_list,
    too_many (maximum), unknown_profession, unknown_network, none_with_another, one_number_needed,
    one_choice_needed, and number_format, number_length, number_checksum, number_component (kind, detail,
    position).
    """
    return _validated(step, data, context=None)


def load_step(step: Step, stored: Mapping[str, object]) -> StepData:
    """The page that `dump_step` wrote, equal to what it was, even if it would no longer be accepted today.

    Raises `InvalidInput` for what `dump_step` cannot have written.
    """
    return _validated(step, stored, context=FROM_STORE)


def dump_step(data: StepData) -> dict[str, Any]:
    """`data` as JSON values, for a store. Personal data: for a store only."""
    return data.model_dump(mode="json")


def check_step(data: StepData, policy: Policy, kind: Kind) -> None:
    """What the host's policy adds to a well-formed page; raises `InvalidInput`.

    Codes: missing, profession_not_offered, unknown_network, adeli_not_accepted,
    test_number_not_accepted, region_not_accepted.
    """
    problems: tuple[Problem, ...] = ()
    match data:
        case Practice():
            problems = (*_practice_problems(data, policy, kind),)
        case Contacts():
            problems = (*_contact_problems(data, policy),)
        case Identity() | Care():
            pass  # the policy says nothing of these
    if problems:
        raise InvalidInput(*problems)


def _validated(step: Step, data: object, *, context: object) -> StepData:
    model = _MODELS[step]
    if not isinstance(data, Mapping):
        raise InvalidInput(Problem(step.value, "not_an_object"))
    fields = cast("Mapping[object, object]", data)
    if any(name not in model.model_fields for name in fields):
        # Said once and without the name, which is the sender's text, and may come ten thousand times.
        raise InvalidInput(Problem(step.value, "unknown_field"))
    try:
        # One by one: the form dictionaries of web frameworks give lists when they are copied whole.
        return model.model_validate({name: fields[name] for name in fields}, context=context)
    except ValidationError as error:
        details = error.errors(include_url=False, include_input=False)
    # Raised out of the handler: pydantic's error holds what was typed, and must not travel along.
    problems = [_problem(step, detail) for detail in details]
    order = [f"{step.value}.{name}" for name in model.model_fields]
    raise InvalidInput(*sorted(problems, key=lambda problem: order.index(problem.field)))


def _problem(step: Step, detail: ErrorDetails) -> Problem:
    kind = detail["type"]
    name = _SHOWN_AT.get(kind, str(detail["loc"][0]))
    return Problem(f"{step.value}.{name}", _PYDANTIC_CODES.get(kind, kind), detail.get("ctx", {}))


def _practice_problems(data: Practice, policy: Policy, kind: Kind) -> Iterator[Problem]:
    rules = policy.registration
    profession = find_profession(data.profession)
    if not data.profession:
        if kind is not Kind.ESTABLISHMENT:
            yield Problem("practice.profession", "missing")
    elif profession is None or not profession.offered:
        yield Problem("practice.profession", "profession_not_offered")
    if any(network not in rules.networks for network in data.networks):
        yield Problem("practice.networks", "unknown_network")
    number, structure = data.professional_number, data.structure_number
    if isinstance(number, Adeli) and not rules.accept_adeli:
        yield Problem("practice.professional_number", "adeli_not_accepted")
    elif number is not None and number.is_test_identity and not rules.accept_test_numbers:
        yield Problem("practice.professional_number", "test_number_not_accepted")
    if isinstance(structure, Finess) and structure.is_test_identity and not rules.accept_test_numbers:
        yield Problem("practice.structure_number", "test_number_not_accepted")


def _contact_problems(data: Contacts, policy: Policy) -> Iterator[Problem]:
    """Only the mobile: the contact phone receives nothing from us."""
    try:
        contacts.parse_mobile(data.mobile, regions=policy.registration.phone_regions)
    except InvalidInput as refused:
        yield from refused.problems
