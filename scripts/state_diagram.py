"""Writes docs/state-machine.md from the table of transitions: `python scripts/state_diagram.py`.

A test compares the page with what this gives, so the page cannot say what the code does not do.
"""

from __future__ import annotations

from collections.abc import Iterator
from inspect import cleandoc
from pathlib import Path
from typing import Final

from entractes_auth.records.kinds import State
from entractes_auth.records.transitions import TRANSITIONS, Change

__all__ = ["PAGE", "page"]

PAGE: Final = Path(__file__).parent.parent / "docs" / "state-machine.md"

_TEXT: Final = """\
# State machine

Where a registration stands, and what may happen to it there. The diagram and the table are written by
`python scripts/state_diagram.py` from `TRANSITIONS` in `entractes_auth.records.transitions`, which is the
rule itself: what it does not hold raises `NotPossibleNow` and changes nothing.

```mermaid
{diagram}
```

- Nothing but `Approved` leads to `approved`, and only from `in_review`: no account without a human.
- Nothing leads to `in_review` without the proof of both contacts, as they stand in the registration.
- From {ends} nothing leads on.
- {expiring} have a time limit.
  Past it, a registration counts as expired at that very instant, whether or not `expiry.expire` has run.

## Every transition

| in state | change | leads to | what happened |
| --- | --- | --- | --- |
{table}

## What a change must fit, beside the state

- `StepSaved`, `DocumentAttached` and `DocumentRemoved` in `needs_information`: only what the operator
  flagged is open. The rest was checked already.
- `ContactsProven`: the proof is of the challenge in progress, and of exactly the mobile and the e-mail address
  that the registration holds now.
- `Resubmitted`: the contacts are still those that were proved. Others must be proved again, by `Submitted`.
- `Amended` goes back to the draft from a first submission, `Reopened` to the operator's question from an
  answer to one. Were it the draft in both cases, every step would open again after a question about one.
- `InformationRequested` flags at least one step, or a document.
"""


def page() -> str:
    """The whole page."""
    return _TEXT.format(
        diagram="\n".join(_diagram()),
        table="\n".join(_table()),
        ends=_listed(state for state in State if not TRANSITIONS[state]),
        expiring=_listed(state for state in State if State.EXPIRED in TRANSITIONS[state].values()),
    )


def _diagram() -> Iterator[str]:
    yield "stateDiagram-v2"
    yield f"    [*] --> {State.DRAFT.value}"
    for state, row in TRANSITIONS.items():
        for target in dict.fromkeys(row.values()):
            names = ", ".join(change.__name__ for change in row if row[change] is target)
            yield f"    {state.value} --> {target.value} : {names}"
        if not row:
            yield f"    {state.value} --> [*]"


def _table() -> Iterator[str]:
    for state, row in TRANSITIONS.items():
        for change, target in row.items():
            yield f"| `{state.value}` | `{change.__name__}` | `{target.value}` | {_meaning(change)} |"


def _meaning(change: type[Change]) -> str:
    return " ".join(cleandoc(change.__doc__ or "").splitlines()).rstrip(".")


def _listed(states: Iterator[State]) -> str:
    names = [f"`{state.value}`" for state in states]
    return f"{', '.join(names[:-1])} and {names[-1]}"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
