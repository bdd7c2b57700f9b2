"""What should not be typed, sent or plugged out: a typed error that names it, nothing lost, nothing half-written."""

from __future__ import annotations

import re
import shutil
import sqlite3
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from entractes_auth import Channel, Flow, Keyring, Kind, Locale, Step
from entractes_auth.backends.documents.filesystem import FilesystemDocuments
from entractes_auth.backends.documents.memory import MemoryDocuments
from entractes_auth.backends.storage.sqlalchemy import SqlStore
from entractes_auth.errors import (
    AuthError,
    DocumentRefused,
    InvalidInput,
    KeyMissing,
    LinkRefused,
    Problem,
    StoreUnavailable,
)
from entractes_auth.flows import account, confirmation, expiry, login, outbox, recovery, registration, review
from entractes_auth.steps import dump_step, parse_step
from entractes_auth.testing import builders, scenario
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


async def type_in(
    world: World, draft: registration.Draft, field: str, value: object
) -> registration.Progress:
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


class Endless:
    """A body of so many bytes, made as it is read, that counts what was read of it."""

    def __init__(self, size: int, head: bytes = scenario.PDF) -> None:
        self._size = size
        self._head = head
        self.read = 0
        self.largest = 0

    def __iter__(self) -> Iterator[bytes]:
        piece = 64 * 1024
        while self.read < self._size:
            chunk = (self._head if not self.read else b"").ljust(min(piece, self._size - self.read), b"\n")
            self.read += len(chunk)
            self.largest = max(self.largest, len(chunk))
            yield chunk


class TestDocuments:
    """What is sent as a document."""

    @pytest.fixture(params=["memory", "filesystem"])
    def documents(
        self, request: pytest.FixtureRequest, tmp_path: Path
    ) -> MemoryDocuments | FilesystemDocuments:
        """An empty port, and a folder that can be looked into."""
        (tmp_path / "documents").mkdir(mode=0o700)
        if request.param == "memory":
            return MemoryDocuments()
        return FilesystemDocuments(tmp_path / "documents")

    @staticmethod
    def kept(documents: MemoryDocuments | FilesystemDocuments, tmp_path: Path) -> int:
        """How many there are, parts of documents included."""
        if isinstance(documents, MemoryDocuments):
            return len(documents)
        return len(list((tmp_path / "documents").iterdir()))

    async def test_three_hundred_megabytes_are_not_read(
        self,
        documents: MemoryDocuments | FilesystemDocuments,
        sqlite: World,
        tmp_path: Path,
        dump: Callable[[], str],
    ) -> None:
        """Refused as soon as the maximum is passed: one chunk more is read, and nothing of it is kept."""
        world = sqlite.again(documents=documents)
        draft = await world.run(registration.begin(Kind.PROFESSIONAL))
        before = dump()
        body = Endless(300 * 1024 * 1024)
        with pytest.raises(DocumentRefused) as refused:
            await world.run(registration.attach(draft.link, body))
        maximum = world.policy.documents.maximum_bytes
        assert refused.value.problems == (Problem("document", "too_large", {"maximum_bytes": maximum}),)
        assert maximum < body.read <= maximum + body.largest
        assert self.kept(documents, tmp_path) == 0
        assert dump() == before

    async def test_the_maximum_itself_is_accepted(
        self, documents: MemoryDocuments | FilesystemDocuments, memory: World, tmp_path: Path
    ) -> None:
        """To the byte."""
        rules = replace(memory.policy.documents, maximum_bytes=200_000)
        world = memory.again(documents=documents, policy=replace(memory.policy, documents=rules))
        draft = await world.run(registration.begin(Kind.PROFESSIONAL))
        await world.run(registration.attach(draft.link, Endless(200_000)))
        with pytest.raises(DocumentRefused):
            await world.run(registration.attach(draft.link, Endless(200_001)))
        assert self.kept(documents, tmp_path) == 1

    @pytest.mark.parametrize(
        ("content", "code"),
        [
            (b"", "empty"),
            (b"GIF89a\x01\0\x01\0", "not_accepted"),
            (b"\xff\xd8\xff\xe0<script>alert(1)</script>", "ambiguous"),
            (b"\xff\xd8\xff\xe0" + scenario.PDF, "ambiguous"),
            (scenario.PDF + b"PK\x05\x06" + bytes(18), "ambiguous"),
            (b"\n\n" + scenario.PDF, "not_accepted"),
        ],
        ids=["empty", "gif", "page", "pdf in jpeg", "zip behind pdf", "pdf behind space"],
    )
    async def test_polyglots_and_others(
        self,
        content: bytes,
        code: str,
        documents: MemoryDocuments | FilesystemDocuments,
        memory: World,
        tmp_path: Path,
    ) -> None:
        """Named by what is wrong with it; nothing is kept."""
        world = memory.again(documents=documents)
        draft = await world.run(registration.begin(Kind.PROFESSIONAL))
        with pytest.raises(DocumentRefused) as refused:
            await world.run(registration.attach(draft.link, [content]))
        assert refused.value.problems == (Problem("document", code),)
        assert self.kept(documents, tmp_path) == 0
        assert (await world.run(registration.resume(draft.link))).documents == ()

    async def test_a_name_says_nothing(self, memory: World) -> None:
        """There is no name to believe: a PDF that was called .jpg is shown to the reviewer as the PDF it is."""
        waiting = await memory.in_review()
        (document,) = (await memory.registration(waiting.registration_id)).documents
        seen = await memory.run(review.document(scenario.REVIEWER, waiting.registration_id, document.id))
        assert seen.document.media_type == "application/pdf"

    async def test_a_body_that_breaks_off(
        self, documents: MemoryDocuments | FilesystemDocuments, memory: World, tmp_path: Path
    ) -> None:
        """The host's own error comes back, and no half of a document is kept."""

        def broken() -> Iterator[bytes]:
            yield scenario.PDF
            raise ConnectionResetError

        world = memory.again(documents=documents)
        draft = await world.run(registration.begin(Kind.PROFESSIONAL))
        with pytest.raises(ConnectionResetError):
            await world.run(registration.attach(draft.link, broken()))
        assert self.kept(documents, tmp_path) == 0
        assert (await world.run(registration.resume(draft.link))).documents == ()


@contextmanager
def locked(world: World, database: Path) -> Generator[None]:
    """Another process writes, and does not stop."""
    with closing(sqlite3.connect(database, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


@contextmanager
def pragma(world: World, text: str, undo: str) -> Generator[None]:
    """A setting on the one connection that writes."""
    assert isinstance(world.store, SqlStore)
    writer = world.store.database.engines.writer
    for setting in (text, undo):
        with closing(writer.raw_connection()) as connection:
            connection.cursor().execute(setting)
        if setting is text:
            yield


@contextmanager
def read_only(world: World, database: Path) -> Generator[None]:
    """The database takes no writes."""
    with pragma(world, "PRAGMA query_only = ON", "PRAGMA query_only = OFF"):
        yield


@contextmanager
def gone(world: World, database: Path) -> Generator[None]:
    """The volume is not there, for a while."""
    away = database.parent.with_name("away")
    database.parent.rename(away)
    yield
    away.rename(database.parent)


HARMS = {"locked": locked, "read_only": read_only, "gone": gone}


@pytest.fixture
def home(empty_database: Path, tmp_path: Path) -> Path:
    """A database in a folder of its own, which can be taken away."""
    (tmp_path / "home").mkdir()
    return Path(shutil.copy(empty_database, tmp_path / "home" / "auth.db"))


@pytest.fixture
def impatient(home: Path) -> Generator[World]:
    """A world that waits for a lock no longer than it must."""
    store = SqlStore(f"sqlite:///{home}", busy_timeout=timedelta(milliseconds=20))
    yield World(store=store)
    store.close()


def rows(database: Path) -> str:
    """Every row."""
    with closing(sqlite3.connect(database)) as connection:
        return "\n".join(connection.iterdump())


def without_attempts(dump: str) -> str:
    """The rows, but for how many attempts each challenge has left."""
    return re.sub(r"(INSERT INTO \"challenges\" VALUES\(.*,)[0-3](,\d+,\d+,(?:\d+|NULL)\);)", r"\1?\2", dump)


async def everything(world: World) -> dict[str, Flow[Any]]:
    """One flow of each kind that writes, each of which would succeed now."""
    draft = await world.run(scenario.drafted(scenario.applicant(1)))
    submitted, in_review, claimed = (
        await world.submitted(2),
        await world.in_review(3),
        await world.in_review(4),
    )
    member = await world.member(5)
    ticket, code = await world.run(scenario.ticketed(world.inbox, member))
    half = await world.run(scenario.recovering(world.inbox, await world.member(6)))
    fresh = (await world.run(login.begin(member.identifier, member.password))).ticket
    await world.again(deliver="relay").run(recovery.begin("nobody@example.fr"))
    world.wait(minutes=1)
    await world.again(deliver="relay").run(scenario.drafted(scenario.applicant(7)))
    reviewer, text = scenario.REVIEWER, "Illisible. " * 90
    return {
        "begin": registration.begin(Kind.PROFESSIONAL),
        "save": registration.save(draft.link, builders.identity(street="1 " + "rue " * 30)),
        "attach": registration.attach(draft.link, [scenario.PDF]),
        "submit": registration.submit(draft.link),
        "amend": registration.amend(submitted.resume_link),
        "withdraw": registration.withdraw(submitted.resume_link),
        "restart": confirmation.restart(submitted.resume_link),
        "resend": confirmation.resend(submitted.confirm_link),
        "confirm": confirmation.confirm(submitted.confirm_link, code=submitted.code),
        "claim": review.claim(reviewer, claimed.registration_id),
        "note": review.note(reviewer, claimed.registration_id, text=text),
        "ask": review.ask(reviewer, in_review.registration_id, question=text, document=True),
        "reject": review.reject(reviewer, in_review.registration_id, reason=text),
        "approve": review.approve(reviewer, in_review.registration_id),
        "login": login.begin(member.identifier, member.password),
        "wrong password": login.begin(member.identifier, scenario.another(member.password)),
        "send_code": login.send_code(fresh, Channel.EMAIL),
        "verify": login.verify(ticket, code=code),
        "recover": recovery.begin(member.applicant.contacts.email),
        "complete": recovery.complete(half.link, code=half.code),
        "deliver": outbox.deliver(),
    }


class TestTheDatabase:
    """A database that is locked, read-only, gone or full."""

    @pytest.mark.parametrize("harm", list(HARMS))
    async def test_unavailable_and_nothing_written(self, harm: str, impatient: World, home: Path) -> None:
        """Each flow says so; no row changed and nothing was sent; afterwards everything works."""
        flows = await everything(impatient)
        sent = impatient.inbox.messages
        before = rows(home)
        with HARMS[harm](impatient, home):
            for name, flow in flows.items():
                with pytest.raises(StoreUnavailable) as refused:
                    await impatient.run(flow)
                assert str(home.parent) not in str(refused.value), name
                assert "example.fr" not in str(refused.value), name
        assert rows(home) == before
        assert impatient.inbox.messages == sent
        for name in ("save", "confirm", "approve", "verify", "complete", "deliver"):
            await impatient.run(flows[name])

    async def test_a_full_database(self, impatient: World, home: Path) -> None:
        """What does not fit any more is refused whole; what still finds room is written whole."""
        flows = await everything(impatient)
        refused: set[str] = set()
        # As many pages as there are: a small change may still fit into one of them.
        with pragma(impatient, "PRAGMA max_page_count = 1", "PRAGMA max_page_count = 1073741823"):
            for name, flow in flows.items():
                before = rows(home)
                try:
                    await impatient.run(flow)
                except StoreUnavailable:
                    # An attempt at a code was counted before, and stays counted.
                    assert without_attempts(rows(home)) == without_attempts(before), name
                    refused.add(name)
                except AuthError:
                    continue  # another flow of this list found room, and changed what this one was for
        assert len(refused) > 3
        before = rows(home)
        await impatient.member(9)
        assert rows(home) != before

    async def test_no_file_stays_of_an_upload_that_the_record_could_not_name(
        self, impatient: World, home: Path
    ) -> None:
        """A document is kept where the store's answer is unknown, and only there."""
        draft = await impatient.run(registration.begin(Kind.PROFESSIONAL))
        assert isinstance(impatient.documents, MemoryDocuments)
        with read_only(impatient, home), pytest.raises(StoreUnavailable):
            await impatient.run(registration.attach(draft.link, [scenario.PDF]))
        assert (await impatient.run(registration.resume(draft.link))).documents == ()
        await impatient.run(registration.attach(draft.link, [scenario.PDF]))
        assert len((await impatient.run(registration.resume(draft.link))).documents) == 1

    async def test_reading_goes_on_while_another_writes(self, impatient: World, home: Path) -> None:
        """Pages are shown; only what writes is refused."""
        member = await impatient.member(1)
        waiting = await impatient.submitted(2)
        with locked(impatient, home):
            await impatient.run(registration.resume(waiting.resume_link))
            await impatient.run(confirmation.open(waiting.confirm_link))
            await impatient.run(account.profile(member.account_id))
            await impatient.run(review.queue(scenario.REVIEWER))
            await impatient.run(review.read(scenario.REVIEWER, waiting.registration_id))
            with pytest.raises(StoreUnavailable):
                await impatient.run(expiry.expire())


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
