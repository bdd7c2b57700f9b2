"""A host with one approved member, made by the real flows, for the measures to sign in as."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Final, TypeVar

from entractes_auth import Channel, Keyring, Kind, Policy, Reviewer, Site, Step
from entractes_auth.flow import Flow
from entractes_auth.flows import confirmation, registration, review
from entractes_auth.policy import Budget, LimitPolicy
from entractes_auth.steps import parse_step
from entractes_auth.testing.messenger import RecordingMessenger

__all__ = ["EMAIL", "MOBILE", "PDF", "REVIEWER", "SITE", "STEPS", "Host", "Run", "enrol", "roomy_policy"]

T = TypeVar("T")
Run = Callable[[Flow[Any]], Any]

MOBILE: Final = "+33612345678"
EMAIL: Final = "camille.martin@example.fr"
PDF: Final = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n"
REVIEWER: Final = Reviewer(id="r1", name="Dominique")
SITE: Final = Site(name="Entr'Actes", origin="https://www.example.fr", support_email="aide@example.fr")
STEPS: Final[dict[Step, dict[str, object]]] = {
    Step.IDENTITY: {
        "last_name": "MARTIN",
        "first_name": "Camille",
        "street": "12 rue des Lilas",
        "postcode": "75013",
        "city": "Paris",
    },
    Step.PRACTICE: {
        "profession": "TRE_G15-ProfessionSante/60",
        "networks": ["none"],
        "professional_number": "997 000 750 64",
    },
    Step.CARE: {"visit": True, "consultation": True},
    Step.CONTACTS: {"mobile": MOBILE, "email": EMAIL},
}


@dataclass(frozen=True, slots=True)
class Host:
    """What every runner is built from; `arguments` are keyword arguments of `Auth` and of `AsyncAuth`."""

    phone: RecordingMessenger
    keys: Keyring
    policy: Policy

    @classmethod
    def fresh(cls, policy: Policy) -> Host:
        """A host with a phone, a mailbox and keys of its own."""
        return cls(RecordingMessenger(), Keyring.generate(), policy)

    @property
    def arguments(self) -> dict[str, Any]:
        """Messengers, keys, site and policy."""
        return {
            "messengers": {Channel.SMS: self.phone, Channel.EMAIL: self.phone},
            "keys": self.keys,
            "site": SITE,
            "policy": self.policy,
        }


@dataclass(frozen=True, slots=True)
class Member:
    """What the member types to sign in, and the phone that the code goes to."""

    identifier: str
    password: str
    mobile: str


def roomy_policy() -> Policy:
    """The tutorial's policy with budgets that a thousand sign-ins of one member do not use up.

    The Argon2 parameters are the default ones. Budgets are counted all the same.
    """
    policy = Policy.tutorial()
    vast = Budget(amount=1_000_000, per=policy.limits.sms_per_phone.per)
    limits = LimitPolicy(
        sms_per_phone=vast,
        emails_per_address=vast,
        codes_per_subject=vast,
        code_attempts_per_subject=vast,
        codes_per_network=vast,
        password_attempts_per_identifier=vast,
        password_attempts_per_network=vast,
        registrations_per_network=vast,
    )
    rules = replace(policy.registration, accept_test_numbers=True)
    return replace(policy, limits=limits, registration=rules, captcha=False)


def enrol(run: Run, phone: RecordingMessenger, number: int = 0) -> Member:
    """Register, confirm and approve one member; `run` runs flows and has them delivered inline.

    Members of different `number` (0 to 999) share neither a phone nor a mailbox.
    """
    mobile, email = f"+3361234{5678 + number:04d}", f"{number}{EMAIL}" if number else EMAIL
    steps = {**STEPS, Step.CONTACTS: {"mobile": mobile, "email": email}}
    draft = run(registration.begin(Kind.PROFESSIONAL))
    for step, typed in steps.items():
        run(registration.save(draft.link, parse_step(step, typed)))
    run(registration.attach(draft.link, [PDF]))
    run(registration.submit(draft.link))
    link = phone.last_link_to(email).rpartition("/")[2]
    waiting = run(confirmation.confirm(link, code=phone.last_code_to(mobile)))
    run(review.approve(REVIEWER, waiting.registration_id))
    return Member(phone.last_identifier_to(email), phone.last_password_to(mobile), mobile)
