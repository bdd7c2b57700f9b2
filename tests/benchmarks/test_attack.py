"""The attacks say what deviated: a limit that lets one more through does not pass for one that holds."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from benchmarks.attack.rounds import Tally, Target, deviation_of, right_codes, wrong_codes
from benchmarks.attack.servers import SERVERS, served
from benchmarks.host import Host
from entractes_auth import Keyring
from entractes_auth.backends.storage.sqlalchemy import SqlStore
from entractes_auth.testing import RecordingMessenger, scenario

HELD = Tally(3, 0, Counter({403: 200}))


@pytest.mark.parametrize(
    ("tally", "said"),
    [
        (HELD, ""),
        (Tally(4, 0, Counter({403: 200})), "4 wrong codes judged"),
        (Tally(2, 0, Counter({403: 200})), "2 wrong codes judged"),
        (Tally(3, 1, Counter({403: 199, 200: 1})), "1 sign-ins"),
        (Tally(3, 0, Counter({403: 199, 200: 1})), "1 answers of success"),
        (Tally(3, 0, Counter({403: 199, 503: 1})), "1 answers of failure"),
    ],
    ids=["held", "one too many", "one too few", "signed in", "said yes", "failed"],
)
def test_each_deviation_is_named(tally: Tally, said: str) -> None:
    """Judged, signed in, answered: each is looked at by itself."""
    assert deviation_of(tally, wrong=(3, 3), signed_in=(0, 0)) == said


def test_a_server_of_other_rules_deviates(tmp_path: Path) -> None:
    """Codes of a challenge that the server did not make are judged by nobody, and the rounds notice."""
    url = f"sqlite:///{tmp_path / 'attack.sqlite3'}"
    store = SqlStore(url)
    store.upgrade()
    store.close()
    theirs, ours = Keyring.new_key(), Keyring.new_key()
    with served(next(iter(SERVERS)), tmp_path, url, f"k1:{theirs}") as address:
        host = Host(RecordingMessenger(), Keyring.from_text(f"k1:{ours}"), scenario.quick_policy())
        target = Target.of(host, url, address)
        assert wrong_codes(target) == "0 wrong codes judged"
        assert right_codes(target) == "0 sign-ins"
        target.store.close()
