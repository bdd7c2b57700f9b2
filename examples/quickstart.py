"""The whole life of one account, on the memory store: run it, read it, change it.

`quickstart_async.py` is the same program for an event loop; the difference is the `await`.
"""

from __future__ import annotations

from dataclasses import replace

from entractes_auth import Auth, Channel, Keyring, Kind, Policy, Reviewer, Site, Step
from entractes_auth.backends.documents.memory import MemoryDocuments
from entractes_auth.backends.storage.memory import MemoryStore
from entractes_auth.flows import confirmation, login, recovery, registration, review
from entractes_auth.steps import parse_step
from entractes_auth.testing.messenger import RecordingMessenger

MOBILE, EMAIL = "+33612345678", "camille.martin@example.fr"
STEPS: dict[Step, dict[str, object]] = {
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
    Step.CONTACTS: {"mobile": "06 12 34 56 78", "email": EMAIL},
}


def main() -> str:
    """Register, prove both contacts, be approved, sign in, recover; gives the name of who signed in."""
    policy = Policy.tutorial()
    rules = replace(policy.registration, accept_test_numbers=True)
    phone_and_mailbox = RecordingMessenger()
    auth = Auth(
        store=MemoryStore(),
        keys=Keyring.generate(),
        site=Site(name="Entr'Actes", origin="https://www.example.fr", support_email="aide@example.fr"),
        messengers={Channel.SMS: phone_and_mailbox, Channel.EMAIL: phone_and_mailbox},
        documents=MemoryDocuments(),
        policy=replace(policy, registration=rules, captcha=False),
    )

    draft = auth.run(registration.begin(Kind.PROFESSIONAL))
    for step, typed in STEPS.items():
        auth.run(registration.save(draft.link, parse_step(step, typed)))
    auth.run(registration.attach(draft.link, [b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n"]))
    auth.run(registration.submit(draft.link))

    link = phone_and_mailbox.last_link_to(EMAIL).rpartition("/")[2]
    code = phone_and_mailbox.last_code_to(MOBILE)
    waiting = auth.run(confirmation.confirm(link, code=code))

    operator = Reviewer(id="r1", name="Dominique")
    auth.run(review.approve(operator, waiting.registration_id))
    identifier = phone_and_mailbox.last_identifier_to(EMAIL)
    password = phone_and_mailbox.last_password_to(MOBILE)

    page = auth.run(login.begin(identifier, password))
    auth.run(login.send_code(page.ticket, Channel.SMS))
    auth.run(login.verify(page.ticket, code=phone_and_mailbox.last_code_to(MOBILE)))

    auth.run(recovery.begin(EMAIL))
    link = phone_and_mailbox.last_link_to(EMAIL).rpartition("/")[2]
    auth.run(recovery.send_code(link))
    auth.run(recovery.complete(link, code=phone_and_mailbox.last_code_to(MOBILE)))

    page = auth.run(login.begin(identifier, phone_and_mailbox.last_password_to(MOBILE)))
    auth.run(login.send_code(page.ticket, Channel.EMAIL))
    member = auth.run(login.verify(page.ticket, code=phone_and_mailbox.last_code_to(EMAIL)))
    return f"{member.first_name} {member.last_name}"


if __name__ == "__main__":
    print(f"{main()} signed in, forgot the password, and signed in again.")
