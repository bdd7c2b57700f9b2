"""A policy that makes no sense is refused when it is built, by the dotted name of the value."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import FrozenInstanceError, fields, is_dataclass, replace
from datetime import timedelta
from typing import Any

import pytest

from entractes_auth.errors import PolicyError
from entractes_auth.policy import (
    Budget,
    CodePolicy,
    CredentialPolicy,
    DevicePolicy,
    DocumentPolicy,
    HashPolicy,
    LimitPolicy,
    LinkPolicy,
    MessagePolicy,
    Network,
    Policy,
    RegistrationPolicy,
    RetentionPolicy,
    ReviewPolicy,
)
from entractes_auth.records.kinds import Locale

Part = Callable[..., object]
DAY, HOUR, MINUTE, SECOND = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1), timedelta(seconds=1)

# (dotted name, part, the least and the most that is accepted, the smallest step beyond)
BOUNDS: list[tuple[str, Part, Any, Any, Any]] = [
    ("codes.digits", CodePolicy, 4, 9, 1),
    ("codes.attempts", CodePolicy, 1, 10, 1),
    ("codes.lifetime", CodePolicy, MINUTE, HOUR, SECOND),
    ("codes.sends", CodePolicy, 1, 10, 1),
    ("codes.resend_after", CodePolicy, timedelta(0), 10 * MINUTE - SECOND, SECOND),
    ("links.confirm_lifetime", LinkPolicy, 5 * MINUTE, 7 * DAY, SECOND),
    ("links.recovery_lifetime", LinkPolicy, 5 * MINUTE, 7 * DAY, SECOND),
    ("links.login_lifetime", LinkPolicy, 5 * MINUTE, 7 * DAY, SECOND),
    ("devices.lifetime", DevicePolicy, DAY, 400 * DAY, SECOND),
    ("devices.accounts", DevicePolicy, 1, 16, 1),
    ("credentials.hash.time_cost", HashPolicy, 1, 20, 1),
    ("credentials.hash.parallelism", HashPolicy, 1, 16, 1),
    ("credentials.hash.memory_kib", HashPolicy, 32, 4 * 1024 * 1024, 1),
    ("credentials.identifier_digits", CredentialPolicy, 5, 12, 1),
    ("credentials.password_digits", CredentialPolicy, 6, 30, 1),
    ("credentials.password_delivery", CredentialPolicy, 10 * MINUTE, 7 * DAY, SECOND),
    ("registration.draft_lifetime", RegistrationPolicy, DAY, 366 * DAY, SECOND),
    ("registration.answer_lifetime", RegistrationPolicy, DAY, 366 * DAY, SECOND),
    ("documents.maximum_bytes", DocumentPolicy, 1024, 100 * 1024 * 1024, 1),
    ("documents.maximum_count", DocumentPolicy, 1, 20, 1),
    ("review.claim", ReviewPolicy, MINUTE, 2 * DAY, SECOND),
    ("messages.lease", MessagePolicy, 10 * SECOND, HOUR, SECOND),
    ("messages.first_retry", MessagePolicy, SECOND, 15 * MINUTE, SECOND),
    ("messages.longest_retry", MessagePolicy, 5 * SECOND, DAY, SECOND),
    ("messages.news_deadline", MessagePolicy, HOUR, 30 * DAY, SECOND),
    ("retention.documents", RetentionPolicy, DAY, 180 * DAY, SECOND),
    ("retention.withdrawn_registrations", RetentionPolicy, DAY, 1096 * DAY, SECOND),
    ("retention.expired_registrations", RetentionPolicy, DAY, 1096 * DAY, SECOND),
    ("retention.rejected_registrations", RetentionPolicy, 30 * DAY, 1096 * DAY, SECOND),
    ("retention.sent_messages", RetentionPolicy, DAY, 1096 * DAY, SECOND),
    ("retention.withdrawn_messages", RetentionPolicy, DAY, 1096 * DAY, SECOND),
    ("retention.dead_messages", RetentionPolicy, DAY, 1096 * DAY, SECOND),
    ("retention.challenges", RetentionPolicy, DAY, 1096 * DAY, SECOND),
    ("retention.events", RetentionPolicy, 180 * DAY, 1096 * DAY, SECOND),
    ("retention.unnamed_documents", RetentionPolicy, DAY, 7 * DAY, SECOND),
    ("runs", Policy, 1, 20, 1),
]
# Below its least value, a bound of two fields is told under the other field's name.
TOLD_AS = {
    "messages.longest_retry": "messages.first_retry",
    "retention.rejected_registrations": "retention.documents",
}


def bounds() -> Iterator[Any]:
    for name, part, least, most, step in BOUNDS:
        yield pytest.param(name, part, least, least - step, id=f"{name}-least")
        yield pytest.param(name, part, most, most + step, id=f"{name}-most")


@pytest.mark.parametrize(("name", "part", "good", "bad"), list(bounds()))
def test_each_value_is_taken_up_to_its_bound_and_refused_by_name_beyond(
    name: str, part: Part, good: Any, bad: Any
) -> None:
    field = name.rpartition(".")[2]
    assert getattr(part(**{field: good}), field) == good
    with pytest.raises(PolicyError) as caught:
        part(**{field: bad})
    assert caught.value.field in (name, TOLD_AS.get(name))
    assert str(caught.value).startswith(f"{caught.value.field}: ")


def test_every_number_and_duration_of_the_policy_has_its_bounds_in_this_test() -> None:
    bounded = {name for name, *_ in BOUNDS}
    whole = Policy.tutorial()
    parts = {f"{each.name}.": getattr(whole, each.name) for each in fields(whole)}
    parts |= {"": whole, "credentials.hash.": whole.credentials.hash}
    numbers = {
        f"{prefix}{each.name}"
        for prefix, part in parts.items()
        if is_dataclass(part)
        for each in fields(part)
        if type(getattr(part, each.name)) in (int, timedelta)
    }
    assert numbers == bounded


@pytest.mark.parametrize("name", [each.name for each in fields(LimitPolicy)])
@pytest.mark.parametrize(
    ("budget", "what"),
    [
        (Budget(amount=0, per=DAY), "amount"),
        (Budget(amount=-5, per=DAY), "amount"),
        (Budget(amount=2**31, per=DAY), "amount"),
        (Budget(amount=1, per=timedelta(0)), "per"),
        (Budget(amount=1, per=-DAY), "per"),
        (Budget(amount=1, per=31 * DAY + SECOND), "per"),
    ],
)
def test_a_budget_that_grants_nothing_or_never_ends_is_refused_by_its_own_name(
    name: str, budget: Budget, what: str
) -> None:
    with pytest.raises(PolicyError) as caught:
        LimitPolicy(**{name: budget})
    assert caught.value.field == f"limits.{name}.{what}"


def test_a_network_has_the_label_of_the_readers_language_and_a_proper_name_has_one() -> None:
    own: dict[str, str | Network] = {
        "cpts-13": "CPTS Paris 13",
        "dac": Network("Dispositif d'appui", "Support network"),
    }
    registration = RegistrationPolicy(networks={**RegistrationPolicy().networks, **own})
    assert {key: registration.network_label(key, Locale.FR) for key in registration.networks} == {
        "none": "Aucun réseau",
        "other": "Autre réseau",
        "cpts-13": "CPTS Paris 13",
        "dac": "Dispositif d'appui",
    }
    assert {key: registration.network_label(key, Locale.EN) for key in registration.networks} == {
        "none": "No network",
        "other": "Another network",
        "cpts-13": "CPTS Paris 13",
        "dac": "Support network",
    }


def test_a_network_that_is_no_longer_offered_is_shown_by_its_key() -> None:
    assert RegistrationPolicy().network_label("gone", Locale.FR) == "gone"


CONTRADICTIONS: dict[str, tuple[Callable[[], object], str]] = {
    "no networks": (lambda: RegistrationPolicy(networks={}), "registration.networks"),
    "no regions": (lambda: RegistrationPolicy(phone_regions=frozenset()), "registration.phone_regions"),
    "small letters": (
        lambda: RegistrationPolicy(phone_regions=frozenset({"fr"})),
        "registration.phone_regions",
    ),
    "a country's name": (
        lambda: RegistrationPolicy(phone_regions=frozenset({"France"})),
        "registration.phone_regions",
    ),
    "not ASCII": (lambda: RegistrationPolicy(phone_regions=frozenset({"ÉÉ"})), "registration.phone_regions"),
    "no version": (
        lambda: RegistrationPolicy(consent_text_version=" "),
        "registration.consent_text_version",
    ),
    "memory for fewer lanes": (
        lambda: HashPolicy(parallelism=16, memory_kib=127),
        "credentials.hash.memory_kib",
    ),
    "resend after the end": (lambda: CodePolicy(lifetime=MINUTE, resend_after=MINUTE), "codes.resend_after"),
    "retries that begin long": (
        lambda: MessagePolicy(first_retry=HOUR, longest_retry=MINUTE),
        "messages.first_retry",
    ),
}


@pytest.mark.parametrize("what", CONTRADICTIONS)
def test_a_part_that_contradicts_itself_is_refused(what: str) -> None:
    build, field = CONTRADICTIONS[what]
    with pytest.raises(PolicyError) as caught:
        build()
    assert caught.value.field == field


def small_day(amount: int) -> LimitPolicy:
    return replace(LimitPolicy(), code_attempts_per_subject=Budget(amount=amount, per=DAY))


@pytest.mark.parametrize(
    ("build", "field"),
    [
        (lambda: Policy(limits=small_day(2)), "limits.code_attempts_per_subject"),
        (lambda: Policy(links=LinkPolicy(login_lifetime=9 * MINUTE)), "links.login_lifetime"),
        (lambda: Policy(links=LinkPolicy(recovery_lifetime=9 * MINUTE)), "links.recovery_lifetime"),
        (lambda: Policy(links=LinkPolicy(confirm_lifetime=9 * MINUTE)), "links.confirm_lifetime"),
        (lambda: Policy(credentials=CredentialPolicy(password_digits=6)), "credentials.password_digits"),
    ],
)
def test_parts_that_contradict_each_other_are_refused(build: Callable[[], Policy], field: str) -> None:
    with pytest.raises(PolicyError) as caught:
        build()
    assert caught.value.field == field


def test_a_blind_guesser_has_at_most_one_chance_in_a_thousand_under_every_policy_there_is() -> None:
    worst = CodePolicy(digits=4, attempts=10)
    assert worst.attempts / 10**worst.digits <= 1 / 1000
    for digits, attempts in ((3, 1), (4, 11)):
        with pytest.raises(PolicyError):
            CodePolicy(digits=digits, attempts=attempts)


def test_the_tutorials_policy_is_what_the_tutorial_shows() -> None:
    policy = Policy.tutorial()
    assert (policy.codes.digits, policy.codes.attempts) == (4, 3)
    assert (policy.credentials.identifier_digits, policy.credentials.password_digits) == (5, 6)
    assert policy.captcha
    assert policy.registration.document_required


def test_the_hardened_policy_is_nowhere_laxer_than_the_tutorials() -> None:
    lax, hard = Policy.tutorial(), Policy.hardened()
    assert hard.codes.digits > lax.codes.digits
    assert hard.codes.attempts <= lax.codes.attempts
    assert hard.credentials.identifier_digits > lax.credentials.identifier_digits
    assert hard.credentials.password_digits >= 2 * lax.credentials.password_digits
    assert hard.captcha >= lax.captcha
    assert not hard.registration.accept_adeli
    for each in fields(LimitPolicy):
        budget, laxer = getattr(hard.limits, each.name), getattr(lax.limits, each.name)
        assert (budget.amount <= laxer.amount, budget.per) == (True, laxer.per)


@pytest.mark.parametrize(
    "preset", [Policy.tutorial, Policy.hardened, Policy], ids=["tutorial", "hardened", "default"]
)
def test_a_preset_is_frozen_equal_to_itself_and_a_base_to_change(preset: Callable[[], Policy]) -> None:
    policy = preset()
    assert policy == preset()
    with pytest.raises(FrozenInstanceError):
        policy.runs = 3  # type: ignore[misc]  # pyright: ignore[reportAttributeAccessIssue]
    assert replace(policy, runs=3).runs == 3
    with pytest.raises(PolicyError):
        replace(policy, runs=0)
