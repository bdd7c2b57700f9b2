"""The wizard's pages: problems in page order, nothing personal in a repr, and the store's round trip."""

from __future__ import annotations

import json
import pickle
from collections.abc import Mapping
from dataclasses import replace
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from entractes_auth.errors import InvalidInput, Problem
from entractes_auth.numbers.adeli import Adeli
from entractes_auth.numbers.finess import Finess
from entractes_auth.numbers.rpps import Rpps
from entractes_auth.numbers.siren import Siren
from entractes_auth.policy import Policy
from entractes_auth.records.kinds import Kind, Step
from entractes_auth.steps import (
    Care,
    Contacts,
    Identity,
    Practice,
    StepData,
    check_step,
    dump_step,
    load_step,
    parse_step,
)
from entractes_auth.testing import strategies as fr
from tests.numbers.samples import with_key

NURSE = "TRE_G15-ProfessionSante/60"
RPPS = with_key("1010000001")
TEST_RPPS = "99700218896"
ADELI = with_key("75600001")
SIREN = "732829320"

IDENTITY: dict[str, object] = {
    "last_name": "Dupont",
    "first_name": "Marie",
    "street": "12 rue des Lilas",
    "postcode": "75011",
    "city": "Paris",
}
PRACTICE: dict[str, object] = {"profession": NURSE, "networks": ["none"], "professional_number": RPPS}
CONTACTS: dict[str, object] = {"mobile": "06 12 34 56 78", "email": "marie.dupont@example.fr"}
PAGES: list[tuple[Step, dict[str, object]]] = [
    (Step.IDENTITY, IDENTITY),
    (Step.PRACTICE, PRACTICE),
    (Step.CARE, {}),
    (Step.CONTACTS, CONTACTS),
]

_MODELS: dict[Step, type[Identity | Practice | Care | Contacts]] = {
    Step.IDENTITY: Identity,
    Step.PRACTICE: Practice,
    Step.CARE: Care,
    Step.CONTACTS: Contacts,
}

pages: st.SearchStrategy[StepData] = st.one_of(
    [fr.pages(step).map(partial(parse_step, step)) for step in Step],
)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary() | st.just("0612345678"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


def _problems(step: Step, data: object) -> list[tuple[str, str]]:
    with pytest.raises(InvalidInput) as caught:
        parse_step(step, data)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    return [(problem.field, problem.code) for problem in caught.value.problems]


def _refused(
    data: Mapping[str, object], policy: Policy, kind: Kind = Kind.PROFESSIONAL
) -> list[tuple[str, str]]:
    step = Step.CONTACTS if "mobile" in data else Step.PRACTICE
    with pytest.raises(InvalidInput) as caught:
        check_step(parse_step(step, data), policy, kind)
    return [(problem.field, problem.code) for problem in caught.value.problems]


# ---------------------------------------------------------------- reading a page


def test_each_page_is_read_into_its_own_model() -> None:
    assert [type(parse_step(step, data)) for step, data in PAGES] == [Identity, Practice, Care, Contacts]


def test_an_empty_identity_names_every_field_in_page_order() -> None:
    missing = ["last_name", "first_name", "street", "postcode", "city"]
    assert _problems(Step.IDENTITY, {}) == [(f"identity.{name}", "missing") for name in missing]


def test_all_problems_of_a_page_are_told_at_once_in_page_order() -> None:
    typed = {
        "email": "marie",
        "contact_phone": "0899 12 34 56",
        "mobile": "01 12 34 56 78",
        "newsletter": "perhaps",
    }
    assert _problems(Step.CONTACTS, typed) == [
        ("contacts.mobile", "not_a_mobile"),
        ("contacts.contact_phone", "premium_not_accepted"),
        ("contacts.email", "not_an_email"),
        ("contacts.newsletter", "not_a_choice"),
    ]


def test_a_problem_says_how_long_and_where_and_never_what() -> None:
    with pytest.raises(InvalidInput) as caught:
        parse_step(Step.IDENTITY, IDENTITY | {"last_name": "D" * 81, "city": "Par<is"})
    assert caught.value.problems == (
        Problem("identity.last_name", "too_long", {"maximum": 80}),
        Problem("identity.city", "bad_character", {"position": 4}),
    )


@pytest.mark.parametrize("step", Step)
def test_an_unknown_field_is_refused_without_repeating_its_name(step: Step) -> None:
    assert _problems(step, {"is_admin": True, "x" * 1000: 1}) == [(step.value, "unknown_field")]


@pytest.mark.parametrize("body", [None, [], "visit", 3])
def test_a_body_that_is_no_object_is_refused(body: object) -> None:
    """An empty list would otherwise read as a page of defaults."""
    assert _problems(Step.CARE, body) == [("care", "not_an_object")]


def test_the_last_name_is_kept_as_typed_but_for_its_spaces() -> None:
    identity = Identity.model_validate(IDENTITY | {"last_name": "  de  L’Étang "})
    assert identity.last_name == "de L’Étang"


# ---------------------------------------------------------------- numbers


@pytest.mark.parametrize(
    ("typed", "kind"),
    [
        (RPPS, Rpps),
        (f"8{RPPS}", Rpps),
        (f" {RPPS[:3]} {RPPS[3:]}", Rpps),
        (ADELI, Adeli),
        (f"0{ADELI}", Adeli),
    ],
)
def test_the_professional_number_is_read_as_on_the_card(typed: str, kind: type) -> None:
    page = Practice.model_validate(PRACTICE | {"professional_number": typed})
    assert type(page.professional_number) is kind


def test_a_refused_number_says_which_kind_and_why() -> None:
    wrong = RPPS[:-1] + ("0" if RPPS[-1] != "0" else "1")
    with pytest.raises(InvalidInput) as caught:
        parse_step(Step.PRACTICE, PRACTICE | {"professional_number": wrong, "structure_number": "75A"})
    assert caught.value.problems == (
        Problem("practice.professional_number", "number_checksum", {"kind": "rpps", "detail": "key"}),
        Problem("practice.structure_number", "number_length", {"kind": "structure", "detail": "too_short"}),
    )


@pytest.mark.parametrize("nothing", [{}, {"professional_number": "", "structure_number": " "}])
def test_one_of_the_two_numbers_is_needed(nothing: dict[str, object]) -> None:
    typed = {"profession": NURSE, "networks": ["none"], **nothing}
    assert _problems(Step.PRACTICE, typed) == [("practice.professional_number", "one_number_needed")]


def test_a_wrong_number_is_not_also_a_missing_one() -> None:
    typed = PRACTICE | {"professional_number": "1"}
    assert _problems(Step.PRACTICE, typed) == [("practice.professional_number", "number_length")]


def test_a_structure_number_alone_is_enough() -> None:
    page = Practice.model_validate({"networks": ["none"], "structure_number": "750100125"})
    assert (page.professional_number, type(page.structure_number)) == (None, Finess)


# ---------------------------------------------------------------- lists and ticks


@pytest.mark.parametrize(
    ("networks", "code"),
    [
        ((), "missing"),
        (None, "missing"),
        ([""], "missing"),
        ("none", "not_a_list"),
        (["none"] * 21, "too_many"),
        (["x" * 65], "too_long"),
        (["a\nb"], "unknown_network"),
        ([3], "not_text"),
        (["none", "other"], "none_with_another"),
        (["cpts-13", "none", "none"], "none_with_another"),
    ],
)
def test_networks_are_a_short_list_of_keys(networks: object, code: str) -> None:
    assert _problems(Step.PRACTICE, PRACTICE | {"networks": networks}) == [("practice.networks", code)]


def test_a_network_ticked_twice_counts_once() -> None:
    assert Practice.model_validate(PRACTICE | {"networks": ["b", "a", "b"]}).networks == ("b", "a")
    assert Practice.model_validate(PRACTICE | {"networks": ["none", "none"]}).networks == ("none",)


def test_a_page_that_was_saved_with_no_network_and_another_is_still_readable() -> None:
    """Such drafts were accepted once: they are kept as they are, and refused when the page is sent again."""
    stored = dump_step(Practice.model_validate(PRACTICE)) | {"networks": ["none", "other"]}
    back = load_step(Step.PRACTICE, stored)
    assert isinstance(back, Practice)
    assert back.networks == ("none", "other")
    assert _problems(Step.PRACTICE, stored) == [("practice.networks", "none_with_another")]


def test_an_unknown_profession_is_refused() -> None:
    assert _problems(Step.PRACTICE, PRACTICE | {"profession": "60"}) == [
        ("practice.profession", "unknown_profession")
    ]


def test_care_is_both_unless_said_otherwise() -> None:
    assert parse_step(Step.CARE, {}) == Care(visit=True, consultation=True)


def test_neither_visit_nor_consultation_is_refused() -> None:
    assert _problems(Step.CARE, {"visit": False, "consultation": "off"}) == [
        ("care.visit", "one_choice_needed")
    ]


# ---------------------------------------------------------------- nothing personal is shown


@given(pages)
def test_a_page_shows_nothing_when_it_is_printed(page: StepData) -> None:
    assert repr(page) == f"{type(page).__name__}()"
    assert repr([page]) == f"[{type(page).__name__}()]"
    assert f"{page}" == ""


def test_a_validation_error_does_not_quote_what_was_typed() -> None:
    with pytest.raises(ValidationError) as caught:
        Contacts(mobile="SECRET", email="SECRET@", contact_phone="SECRET")
    assert "SECRET" not in str(caught.value)
    assert "SECRET" not in repr(caught.value)


def test_the_traceback_of_a_refusal_does_not_carry_the_models_error() -> None:
    """Error trackers send each chained exception with its values, and pydantic's holds what was typed."""
    with pytest.raises(InvalidInput) as caught:
        parse_step(Step.CONTACTS, CONTACTS | {"email": "marie@", "mobile": "1"})
    assert (caught.value.__cause__, caught.value.__context__) == (None, None)
    assert str(caught.value) == "contacts.mobile: not_a_phone; contacts.email: not_an_email"


@pytest.mark.parametrize("field", ["visit", "consultation", "other"])
def test_a_page_does_not_change(field: str) -> None:
    page = Care()
    with pytest.raises(ValidationError):
        setattr(page, field, False)


def test_a_model_built_directly_cleans_and_refuses_like_the_form() -> None:
    assert Contacts(mobile="06 12 34 56 78", email="M@Example.fr").mobile == "+33612345678"
    with pytest.raises(ValidationError) as caught:
        Contacts(mobile="01 12 34 56 78", email="m@example.fr")
    assert [(error["loc"], error["type"]) for error in caught.value.errors()] == [
        (("mobile",), "not_a_mobile")
    ]


@pytest.mark.parametrize("model", [Identity, Practice, Care, Contacts])
def test_each_page_has_a_json_schema(model: type[StepData]) -> None:
    schema = TypeAdapter(model).json_schema()
    assert list(schema["properties"]) == list(model.model_fields)


# ---------------------------------------------------------------- the host's policy


@pytest.mark.parametrize("data", [PRACTICE, CONTACTS])
def test_an_ordinary_page_passes_both_presets(data: dict[str, object]) -> None:
    step = Step.CONTACTS if data is CONTACTS else Step.PRACTICE
    for policy in (Policy.tutorial(), Policy.hardened()):
        check_step(parse_step(step, data), policy, Kind.PROFESSIONAL)


def test_identity_and_care_have_nothing_to_ask_of_the_policy() -> None:
    check_step(parse_step(Step.IDENTITY, IDENTITY), Policy.hardened(), Kind.PROFESSIONAL)
    check_step(Care(), Policy.hardened(), Kind.PROFESSIONAL)


def test_only_an_establishment_has_no_profession() -> None:
    typed = PRACTICE | {"profession": ""}
    check_step(parse_step(Step.PRACTICE, typed), Policy(), Kind.ESTABLISHMENT)
    for kind in (Kind.PROFESSIONAL, Kind.SOCIAL_CARE):
        assert _refused(typed, Policy(), kind) == [("practice.profession", "missing")]


def test_a_profession_that_its_table_has_dropped_is_not_offered() -> None:
    typed = PRACTICE | {"profession": "TRE_G15-ProfessionSante/35"}
    assert _refused(typed, Policy()) == [("practice.profession", "profession_not_offered")]


def test_networks_are_those_of_the_policy() -> None:
    assert _refused(PRACTICE | {"networks": ["other", "guild"]}, Policy()) == [
        ("practice.networks", "unknown_network")
    ]


def test_the_policy_decides_whether_adeli_is_still_taken() -> None:
    typed = PRACTICE | {"professional_number": ADELI}
    check_step(parse_step(Step.PRACTICE, typed), Policy.tutorial(), Kind.PROFESSIONAL)
    assert _refused(typed, Policy.hardened()) == [("practice.professional_number", "adeli_not_accepted")]


@pytest.mark.parametrize(
    ("field", "number"),
    [
        ("professional_number", TEST_RPPS),
        ("professional_number", with_key("0B105729")),
        ("structure_number", with_key("0B017280")),
    ],
)
def test_the_agencys_test_identities_need_the_policys_consent(field: str, number: str) -> None:
    """Otherwise a published test number opens an account."""
    typed = PRACTICE | {field: number}
    assert _refused(typed, Policy()) == [(f"practice.{field}", "test_number_not_accepted")]
    policy = Policy(registration=replace(Policy().registration, accept_test_numbers=True))
    check_step(parse_step(Step.PRACTICE, typed), policy, Kind.PROFESSIONAL)


def test_the_policys_regions_narrow_those_of_the_form() -> None:
    policy = Policy(registration=replace(Policy().registration, phone_regions=frozenset({"FR"})))
    typed = CONTACTS | {"mobile": "0692 12 34 56"}
    assert _refused(typed, policy) == [("contacts.mobile", "region_not_accepted")]


# ---------------------------------------------------------------- the store


@given(pages)
def test_a_page_comes_back_from_the_store_as_it_was(page: StepData) -> None:
    """Through real JSON text, with each number in its own class."""
    step = next(step for step, _ in PAGES if type(page) is _MODELS[step])
    back = load_step(step, json.loads(json.dumps(dump_step(page))))
    assert back == page
    assert [type(value) for _, value in back] == [type(value) for _, value in page]


def test_nine_digits_come_back_as_the_kind_that_they_were() -> None:
    """Compared with `==` a SIREN and a FINESS of the same digits are equal: the class is the point."""
    for number in (Siren(SIREN), Finess(SIREN)):
        page = Practice.model_validate(PRACTICE | {"structure_number": number})
        back = load_step(Step.PRACTICE, dump_step(page))
        assert isinstance(back, Practice)
        assert type(back.structure_number) is type(number)


@given(pages)
def test_reading_what_was_read_changes_nothing(page: StepData) -> None:
    step = next(step for step, _ in PAGES if type(page) is _MODELS[step])
    assert parse_step(step, dump_step(page)) == page


@given(pages)
def test_a_page_survives_pickling(page: StepData) -> None:
    assert pickle.loads(pickle.dumps(page)) == page  # noqa: S301 - what was just pickled


def test_what_was_stored_is_readable_after_the_libraries_changed_their_mind() -> None:
    """A number that the metadata no longer knows: refused from a form, given back by the store."""
    stored = CONTACTS | {"mobile": "+33700000000"}
    assert _problems(Step.CONTACTS, stored) == [("contacts.mobile", "not_a_phone")]
    back = load_step(Step.CONTACTS, stored)
    assert isinstance(back, Contacts)
    assert back.mobile == "+33700000000"


@pytest.mark.parametrize(
    "stored", [{}, {"mobile": "+33612345678"}, {"mobile": 3, "email": "m@example.fr"}, {"phone": "x"}]
)
def test_a_row_that_no_page_wrote_is_refused(stored: dict[str, object]) -> None:
    with pytest.raises(InvalidInput):
        load_step(Step.CONTACTS, stored)


# ---------------------------------------------------------------- anything at all


@given(st.sampled_from(Step), st.data())
def test_any_input_is_a_page_or_a_refusal(step: Step, data: st.DataObject) -> None:
    """Nothing but `InvalidInput` is raised, and its problems name fields of that page."""
    fields = list(_MODELS[step].model_fields)
    good = dict(PAGES)[step]
    typed = good | data.draw(st.dictionaries(st.sampled_from(fields), values))
    try:
        page = parse_step(step, typed)
    except InvalidInput as refused:
        places = [problem.field for problem in refused.problems]
        assert places == sorted(places, key=[f"{step.value}.{name}" for name in fields].index)
    else:
        assert parse_step(step, dump_step(page)) == page


@given(st.sampled_from(Step), values)
def test_any_body_is_a_page_or_a_refusal(step: Step, body: object) -> None:
    for read in (parse_step, load_step):
        try:
            page = read(step, body)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
        except InvalidInput:
            continue
        assert type(page) is _MODELS[step]
