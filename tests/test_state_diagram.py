"""The page on the state machine says what the table says."""

from __future__ import annotations

import re

from entractes_auth.records.kinds import State
from entractes_auth.records.transitions import TRANSITIONS
from scripts.state_diagram import PAGE, page


def test_the_page_in_the_docs_is_what_the_table_gives_today() -> None:
    """When it is not: `python scripts/state_diagram.py`."""
    assert PAGE.read_text(encoding="utf-8") == page()


def test_the_diagram_has_every_transition_of_the_table_and_no_other() -> None:
    drawn = {
        (source, change, target)
        for source, target, names in re.findall(r"^    (\w+) --> (\w+) : (.+)$", page(), re.MULTILINE)
        for change in names.split(", ")
    }
    assert drawn == {
        (source.value, change.__name__, target.value)
        for source, row in TRANSITIONS.items()
        for change, target in row.items()
    }


def test_the_diagram_begins_with_a_draft_and_ends_where_nothing_leads_on() -> None:
    assert re.findall(r"^    \[\*\] --> (\w+)$", page(), re.MULTILINE) == [State.DRAFT.value]
    ends = re.findall(r"^    (\w+) --> \[\*\]$", page(), re.MULTILINE)
    assert ends == [state.value for state in State if not TRANSITIONS[state]]


def test_the_table_says_what_each_change_is() -> None:
    rows = re.findall(r"^\| `\w+` \| `\w+` \| `\w+` \| (.+) \|$", page(), re.MULTILINE)
    assert len(rows) == sum(len(row) for row in TRANSITIONS.values())
    assert all("(" not in meaning and len(meaning) > 10 for meaning in rows)
