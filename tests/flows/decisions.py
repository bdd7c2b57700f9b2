"""The decisions of reviewers, as tests make them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from entractes_auth import Flow, Reviewer, Step
from entractes_auth.flows import review

OTHER = Reviewer(id="reviewer-2", name="Camille")
NOBODY = "0" * 32
IDENTITY = frozenset({Step.IDENTITY})
Decision = Callable[[Reviewer, str], Flow[Any]]


def ask(reviewer: Reviewer, registration_id: str) -> Flow[Any]:
    return review.ask(reviewer, registration_id, question="Votre nom ?", steps=IDENTITY)


def reject(reviewer: Reviewer, registration_id: str) -> Flow[Any]:
    return review.reject(reviewer, registration_id, reason="Document illisible.")


def note(reviewer: Reviewer, registration_id: str) -> Flow[Any]:
    return review.note(reviewer, registration_id, text="Rappeler lundi.")


DECISIONS: dict[str, Decision] = {
    "claim": review.claim,
    "release": review.release,
    "approve": review.approve,
    "reject": reject,
    "ask": ask,
}
