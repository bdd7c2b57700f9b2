"""What should not be typed: a typed error that names the field, nothing lost, nothing half-written."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest
from hypothesis import given

from entractes_auth import Keyring, Locale, Step
from entractes_auth.errors import (
    InvalidInput,
    KeyMissing,
    LinkRefused,
)
from entractes_auth.flows import login, registration
from entractes_auth.flows.progress import Progress
from entractes_auth.steps import dump_step, parse_step
from entractes_auth.testing import builders, scenario
from entractes_auth.testing import strategies as fr
from entractes_auth.texts import explain
from tests.flows.world import World

pytestmark = pytest.mark.anyio

GOOD: Mapping[Step, Mapping[str, object]] = {
    Step.IDENTITY: dump_step(builders.identity()),
    Step.PRACTICE: {**dump_step(builders.practice()), "structure_number": ""},
    Step.CARE: dump_step(builders.care()),
    Step.CONTACTS: dump_step(builders.contacts()),
}

ZALGO = "Z" + "\u0301\u0327\u0323" * 5 + "oé"

REFUSED: list[tuple[str, object, str]] = [
    ("identity.last_name", "", "missing"),
    ("identity.last_name", " \u00a0 ", "missing"),
    ("identity.last_name", "x" * 81, "too_long"),
    ("identity.last_name", "x" * 3_000_000, "too_long"),
    ("identity.last_name", "Le\0fèvre", "bad_character"),
    ("identity.last_name", "Lefèvre\r\nBcc: x", "bad_character"),
    ("identity.last_name", "Lefèvre\x1b[2J", "bad_character"),
    ("identity.last_name", "Lefèvre\u202egro.live", "bad_character"),
    ("identity.last_name", "Lefèvre 🩺", "bad_character"),
    ("identity.last_name", "Lefèvre\ud83e", "bad_character"),
    ("identity.last_name", "Lefe\u200bvre", "bad_character"),
    ("identity.first_name", ZALGO, "bad_character"),
    ("identity.first_name", "<script>", "bad_character"),
    ("identity.first_name", 12, "not_text"),
    ("identity.first_name", ["Zoé"], "not_text"),
    ("identity.postcode", "٢٩٢٠٠", "not_a_postcode"),
    ("identity.postcode", "2920", "not_a_postcode"),
    ("identity.city", "---", "no_letter"),
    ("practice.professional_number", "٩٩٧٠٠٢١٨٨٩٦", "number_format"),
    ("practice.professional_number", "997002188O6", "number_format"),
    ("practice.professional_number", "99700218895", "number_checksum"),
    ("practice.professional_number", "9970021889", "number_"),
    ("practice.professional_number", "1" * 3_000_000, "number_length"),
    ("practice.professional_number", "", "one_number_needed"),
    ("practice.profession", "TRE_G15-ProfessionSante/00", "unknown_profession"),
    ("practice.networks", [], "missing"),
    ("practice.networks", ["nowhere"], "unknown_network"),
    ("practice.networks", ["none", "other"], "none_with_another"),
    ("practice.networks", "none", "not_a_list"),
    ("practice.networks", ["none"] * 21, "too_many"),
    ("care.visit", "perhaps", "not_a_choice"),
    ("contacts.mobile", "02 98 12 34 56", "not_a_mobile"),
    ("contacts.mobile", "+1 202 555 0143", "region_not_accepted"),
    ("contacts.mobile", "+32 470 12 34 56", "region_not_accepted"),
    ("contacts.mobile", "٠٦١٢٣٤٥٦٧٨", "bad_character"),
    ("contacts.mobile", "06 12 34 56 7", "not_a_phone"),
    ("contacts.mobile", "06 12 34 56 78\0", "bad_character"),
    ("contacts.mobile", "", "missing"),
    ("contacts.contact_phone", "0899 12 34 56", "premium_not_accepted"),
    ("contacts.email", "zoé@example.fr", "email_not_ascii"),
    ("contacts.email", "zoe@example.fr\nBcc: x@example.fr", "bad_character"),
    ("contacts.email", "zoe@", "not_an_email"),
    ("contacts.email", "zoe@localhost", "not_an_email"),
    ("contacts.email", "z" * 65 + "@example.fr", "not_an_email"),
    ("contacts.email", "", "missing"),
]

ACCEPTED: list[tuple[str, object, str]] = [
    ("identity.last_name", "  D\u2019Aubigné\u00a0 d'Estrées-Ñandú ", "D\u2019Aubigné d'Estrées-Ñandú"),
    ("identity.last_name", "Nguye\u0302\u0303n", "Nguyễn"),
    ("identity.last_name", "𠮷田", "𠮷田"),
    ("identity.last_name", "x" * 80, "x" * 80),
    ("identity.postcode", " 2A 000".replace("A", "0"), "20000"),
    ("practice.professional_number", " 997 002.188-96 ", "99700218896"),
    ("practice.professional_number", "899700218896", "99700218896"),
    ("contacts.mobile", "06.12.34.56.78", "+33612345678"),
    ("contacts.mobile", "+33 (0)6 12 34 56 78", "+33612345678"),
    ("contacts.mobile", "0692 12 34 56", "+262692123456"),
    ("contacts.email", "Zoe@Hôpital.fr", "Zoe@xn--hpital-ixa.fr"),
]


def _ids(table: list[tuple[str, object, str]]) -> list[str]:
    return [f"{field}-{code[:20]}-{place}" for place, (field, _, code) in enumerate(table)]


async def type_in(world: World, draft: registration.Draft, field: str, value: object) -> Progress:
    """Post one page with one field changed, as a host does."""
    step, _, name = field.partition(".")
    page = parse_step(Step(step), {**GOOD[Step(step)], name: value})
    return await world.run(registration.save(draft.link, page))


class TestTyped:
    """Fields of the wizard."""

    @pytest.mark.parametrize(("field", "value", "code"), REFUSED, ids=_ids(REFUSED))
    async def test_refused(
        self, field: str, value: object, code: str, sqlite: World, dump: Callable[[], str]
    ) -> None:
        """The error names the field; the page of before is still there; no row changed."""
        draft = await sqlite.run(scenario.drafted(scenario.applicant()))
        before = dump()
        with pytest.raises(InvalidInput) as refused:
            await type_in(sqlite, draft, field, value)
        assert [problem.field for problem in refused.value.problems] == [field]
        assert refused.value.problems[0].code.startswith(code)
        assert dump() == before
        for locale in Locale:
            assert explain(refused.value.problems[0], locale)
        text = str(value)
        assert not text or len(text) < 3 or text not in f"{refused.value} {refused.value!r}"

    @pytest.mark.parametrize(("field", "value", "kept"), ACCEPTED, ids=_ids(ACCEPTED))
    async def test_accepted(self, field: str, value: object, kept: str, world: World) -> None:
        """What is merely typed by hand is cleaned, stored, and read back the same."""
        draft = await world.run(scenario.drafted(scenario.applicant()))
        await type_in(world, draft, field, value)
        seen = await world.run(registration.resume(draft.link))
        step, _, name = field.partition(".")
        assert str(getattr(getattr(seen, step), name)) == kept
        assert seen.missing == ()

    async def test_every_problem_at_once(self, memory: World) -> None:
        """In page order, so that the page can list them."""
        draft = await memory.run(scenario.drafted(scenario.applicant()))
        with pytest.raises(InvalidInput) as refused:
            parse_step(Step.IDENTITY, {"city": "\0", "first_name": "Zoé", "postcode": "x"})
        fields = [problem.field.partition(".")[2] for problem in refused.value.problems]
        assert fields == ["last_name", "street", "postcode", "city"]
        assert (await memory.run(registration.resume(draft.link))).missing == ()


@given(fr.refused_pages())
def test_any_page_with_one_thing_wrong_is_explained_without_being_quoted(page: fr.RefusedPage) -> None:
    """The sentence, in both languages, and the error itself hold nothing of what was typed."""
    with pytest.raises(InvalidInput) as refused:
        parse_step(page.step, page.data)
    (problem,) = refused.value.problems
    assert problem.field == page.field
    typed = page.data.get(page.field.partition(".")[2])
    told = " ".join([str(refused.value), *(explain(problem, locale) for locale in Locale)])
    assert not isinstance(typed, str) or len(typed) < 8 or typed not in told


class TestKeys:
    """A keyring without the key that a row names."""

    async def test_each_is_named(self, world: World) -> None:
        """Passwords and codes name their key; the operator is told which to put back; nothing is counted wrong."""
        member = await world.member(1)
        ticket, code = await world.run(scenario.ticketed(world.inbox, member))
        old_key = world.keys
        fresh = Keyring.from_text(f"k2:{Keyring.new_key()}")
        lost = world.again(keys=fresh)
        with pytest.raises(KeyMissing) as missing:
            await lost.run(login.begin(member.identifier, member.password))
        assert missing.value.key_id == "k1"
        with pytest.raises(LinkRefused):
            await lost.run(login.verify(ticket, code=code))
        back = world.again(keys=old_key)
        await back.run(login.verify(ticket, code=code))
