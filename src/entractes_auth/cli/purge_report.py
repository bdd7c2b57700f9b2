"""What `purge` says: the rules with their periods and counts, and how far it has come."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Final

from typing_extensions import override

from entractes_auth.cli.console import Console
from entractes_auth.cli.progress import Progress

if TYPE_CHECKING:
    from entractes_auth.policy import RetentionPolicy

__all__ = ["LABELS", "RowsProgress", "as_text"]

LABELS: Final[Mapping[str, tuple[str, str]]] = {
    "documents": ("documents of decided registrations", "pièces des inscriptions décidées"),
    "withdrawn_registrations": ("withdrawn registrations", "inscriptions abandonnées"),
    "expired_registrations": ("expired registrations", "inscriptions expirées"),
    "rejected_registrations": ("rejected registrations", "inscriptions refusées"),
    "sent_messages": ("messages that were sent", "messages envoyés"),
    "withdrawn_messages": ("messages that became pointless", "messages devenus sans objet"),
    "dead_messages": ("messages that could not be sent", "messages non distribués"),
    "challenges": ("codes and links that are over", "codes et liens terminés"),
    "events": ("lines of the audit trail", "lignes du journal"),
    "unnamed_documents": ("files that no record names", "fichiers orphelins"),
}
"""Each rule of `RetentionPolicy`, in English and in French."""


def as_text(counts: Mapping[str, int], periods: RetentionPolicy, console: Console) -> str:
    """A line for each rule, and their sum."""
    return "\n".join(_lines(counts, periods, console))


def _lines(counts: Mapping[str, int], periods: RetentionPolicy, console: Console) -> Iterator[str]:
    day = console.say("d", "j")
    for name, count in counts.items():
        days = getattr(periods, name).days
        yield f"  {console.say(*LABELS[name]):38} {days:>5} {day}  {count:>12,}"
    total = console.say("in all", "en tout")
    yield f"  {total:38} {'':>5} {'':1}  {sum(counts.values()):>12,}"


class RowsProgress(Progress):
    """Rows of all that the preview counted."""

    @override
    def line(self, seconds: float) -> str:
        """What is drawn after so many seconds."""
        speed = f"{self._rows / max(seconds, 0.001):,.0f} rows/s"
        if not self._total:
            return speed
        share = min(self._rows / self._total, 1.0)
        bar = ("█" * round(24 * share)).ljust(24, "░")
        return f"{bar} {share:4.0%}  {self._rows:,} / {self._total:,}  {speed}"
