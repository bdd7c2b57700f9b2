"""Personal data and secrets stay where they belong: in the store, in the message, on the page that asked.

A whole life is walked with marked values, refusals included, while every logger listens at
DEBUG. Then everything that a host might log is searched: records, errors with their causes,
the trail, and the `repr` of flows, results and records.
"""

from __future__ import annotations

import logging
import traceback
from contextlib import suppress
from typing import Any

import pytest

from entractes_auth import Channel, Flow, Kind, Step
from entractes_auth.backends.ports import Outgoing, Receipt
from entractes_auth.errors import AuthError, DeliveryFailed
from entractes_auth.flows import account, confirmation, expiry, login, outbox, recovery, registration, review
from entractes_auth.records.event import What
from entractes_auth.records.kinds import MessageState
from entractes_auth.steps import parse_step
from entractes_auth.testing import RecordingMessenger, builders, scenario
from tests.flows.world import World, with_codes

pytestmark = pytest.mark.anyio

EMAIL, MOBILE, NUMBER = "marquee.zyxw@example.fr", "+33698765432", "99700218896"
MARKED = scenario.applicant(
    identity=builders.identity(
        last_name="Zyxwmarquée",
        first_name="Prénommarqué",
        organisation="Cabinet Marqueorga",
        street="3 rue Marquerue",
        city="Marqueville",
    ),
    practice=builders.practice(professional_number=NUMBER),
    contacts=builders.contacts(email=EMAIL, mobile=MOBILE, contact_phone="+33298765431"),
    document=scenario.PDF + b"Marquedocument\n",
)
WORDS = ["Motif marqueraison", "Question marquequestion", "Note marquenote"]


class Witness:
    """Runs flows, and keeps all that a host could write into its log."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.said: list[str] = []
        self.secrets: set[str] = set()

    async def run(self, flow: Flow[Any]) -> Any:
        """Run it; keep the `repr` of the flow, of its result and of its error with all causes."""
        self.said.append(repr(flow))
        result: Any = None
        try:
            result = await self._world.run(flow)
        except AuthError as error:
            self.said += [str(error), repr(error), repr(error.args), *traceback.format_exception(error)]
            self.said += [repr(vars(error))]
        self.said.append(repr(result))
        return result

    def marks(self) -> set[str]:
        """What must be found nowhere."""
        who = MARKED.identity
        personal = {
            who.last_name,
            who.first_name,
            "Marqueorga",
            "Marquerue",
            "Marqueville",
            "marquee.zyxw",
            MOBILE[3:],
            "0698765432",
            "06 98 76 54 32",
            "298765431",
            NUMBER,
            "Marquedocument",
            *(words.split()[1] for words in WORDS),
        }
        return personal | self.secrets


class Moody:
    """A carrier whose errors quote what they should not, at each first try, and for strangers for good."""

    def __init__(self, inbox: RecordingMessenger) -> None:
        self._inbox = inbox
        self._tried: set[str] = set()

    def send(self, outgoing: Outgoing) -> Receipt:
        """Hand over, or fail with a text that holds everything."""
        if outgoing.to.startswith("other."):
            raise DeliveryFailed(f"{outgoing.to} is unknown", permanent=True)
        if outgoing.id not in self._tried:
            self._tried.add(outgoing.id)
            raise ValueError(f"{outgoing.to}: {outgoing.text}")
        return self._inbox.send(outgoing)


async def sign_up(world: World, witness: Witness) -> registration.Draft:
    """The wizard and the double proof, with everything that goes wrong on the way."""
    run, inbox = witness.run, world.inbox
    draft = await run(registration.begin(Kind.PROFESSIONAL, network="192.0.2.77"))
    for page in (*MARKED.pages, builders.practice(professional_number=None, networks=("nowhere",))):
        await run(registration.save(draft.link, page))
    await run(registration.attach(draft.link, [b"Marquedocument"]))
    await run(registration.attach(draft.link, [MARKED.document]))
    await run(registration.detach(draft.link, "0" * 32))
    await run(registration.submit(draft.link, network="192.0.2.77"))
    await deliver(world, witness)
    link, code = scenario.token_in(inbox.last_link_to(EMAIL)), inbox.last_code_to(MOBILE)
    witness.secrets |= {link.reveal(), draft.link.reveal(), code}
    await run(confirmation.resend("Marquedocument"))
    for typed in (scenario.another(code), "Marquedocument", code + "0", code, code):
        await run(confirmation.confirm(link, code=typed))
    await run(confirmation.open(link))
    assert isinstance(draft, registration.Draft)
    return draft


async def be_reviewed(world: World, witness: Witness, draft: registration.Draft) -> None:
    """The operators' side, up to the account, and a second registration of the same mailbox."""
    run, reviewer = witness.run, scenario.REVIEWER
    await run(review.queue(reviewer, email=EMAIL))
    await run(review.queue(reviewer, number=NUMBER))
    dossier = await run(review.read(reviewer, draft.id))
    await run(review.document(reviewer, draft.id, dossier.registration.documents[0].id))
    await run(review.claim(reviewer, draft.id))
    await run(review.note(reviewer, draft.id, text=WORDS[2]))
    await run(review.ask(reviewer, draft.id, question=WORDS[1], steps=frozenset({Step.IDENTITY})))
    await run(registration.save(draft.link, MARKED.identity))
    await run(registration.submit(draft.link))
    await run(review.approve(reviewer, draft.id))
    await run(review.reject(reviewer, draft.id, reason=WORDS[0]))
    await deliver(world, witness)
    calm = world.again(carrier=None)
    twin = await calm.run(scenario.in_review(world.inbox, scenario.applicant(2, contacts=MARKED.contacts)))
    await run(review.approve(reviewer, twin.registration_id))


async def be_a_member(world: World, witness: Witness) -> None:
    """Sign-in with both factors, recovery, and what is left in the end."""
    run, inbox = witness.run, world.inbox
    identifier, password = inbox.last_identifier_to(EMAIL), inbox.last_password_to(MOBILE)
    await run(login.begin(identifier, scenario.another(password)))
    page = await run(login.begin(identifier, password))
    for channel in (Channel.SMS, Channel.EMAIL):
        await run(login.send_code(page.ticket, channel))
    await deliver(world, witness)
    code = inbox.last_code_to(MOBILE)
    witness.secrets |= {page.ticket.reveal(), password, code}
    signed_in = await run(login.verify(page.ticket, code=code))
    await run(account.profile(signed_in.account_id))
    for address in (EMAIL, "marquee.zyxw@", "other.marquee.zyxw@example.fr"):
        await run(recovery.begin(address))
    await deliver(world, witness)
    link = scenario.token_in(inbox.last_link_to(EMAIL))
    await run(recovery.send_code(link))
    await deliver(world, witness)
    witness.secrets |= {link.reveal(), inbox.last_code_to(MOBILE)}
    await run(recovery.complete(link, code=inbox.last_code_to(MOBILE)))
    await deliver(world, witness)
    witness.secrets.add(inbox.last_password_to(MOBILE))
    world.wait(days=100)
    await run(expiry.expire())
    await run(review.dead_letters(scenario.REVIEWER))


async def deliver(world: World, witness: Witness) -> None:
    """Let the relay run until nothing waits, within the codes' lifetime."""
    for _ in range(20):
        await witness.run(outbox.deliver())
        if not await world.outbox(MessageState.QUEUED):
            break
        world.wait(seconds=20)


@pytest.mark.parametrize("carrier", ["calm", "moody"])
async def test_nothing_is_said_that_should_not_be(
    carrier: str, world: World, caplog: pytest.LogCaptureFixture
) -> None:
    """No log record, no error, no `repr` and no audit line holds a name, an address, a number or a secret."""
    caplog.set_level(logging.DEBUG)
    moody = Moody(world.inbox) if carrier == "moody" else None
    world = world.again(policy=with_codes(world.policy), deliver="relay", carrier=moody)
    witness = Witness(world)
    draft = await sign_up(world, witness)
    await be_reviewed(world, witness, draft)
    await be_a_member(world, witness)
    said = [*witness.said, *(repr(event) for event in await world.events())]
    for state in MessageState:
        said += [f"{stored!r} {stored.reason}" for stored in await world.outbox(state)]
    for record in caplog.records:
        said += [record.getMessage(), repr(record.args), str(record.exc_text), str(record.exc_info)]
    everything = "\n".join(said)
    assert len(witness.secrets) == 9
    assert len(await world.events(what=What.SIGNED_IN)) == len(await world.events(what=What.RECOVERED)) == 1
    assert {mark for mark in witness.marks() if mark in everything} == set()


async def test_a_refused_page_does_not_quote_what_was_typed(memory: World) -> None:
    """Not in the error, nor in what it was raised from."""
    typed = {
        "mobile": "Marquedocument 0698765432",
        "email": "marquee.zyxw@example.fr\n",
        "newsletter": "Zyxw",
    }
    with pytest.raises(AuthError) as refused:
        parse_step(Step.CONTACTS, typed)
    said = "".join(traceback.format_exception(refused.value)).split("Traceback")[-1]
    shown = f"{refused.value} {refused.value!r} {vars(refused.value)} {refused.value.__context__!r}"
    for mark in ("Marquedocument", "0698765432", "marquee.zyxw", "Zyxw"):
        assert mark not in shown
        assert said.count(mark) == 0
    with suppress(AuthError):
        await memory.run(recovery.begin(typed["email"]))
