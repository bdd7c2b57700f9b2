"""Robot checks: `fixed` has two that check nothing, for tests and demonstrations."""
