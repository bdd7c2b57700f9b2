"""How hard Hypothesis tries: HYPOTHESIS_PROFILE=ci (the default) or HYPOTHESIS_PROFILE=long."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

# Servers that are started when a test first asks for one.
pytest_plugins = ["tests.servers.postgres"]

# The same examples at each run, so that a red build is about the change; no deadline, because a
# busy machine is not a wrong program.
settings.register_profile(
    "ci",
    derandomize=True,
    deadline=None,
    max_examples=100,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)
# New examples at each run, many of them; what fails is kept in .hypothesis/ and tried first next time.
settings.register_profile(
    "long",
    deadline=None,
    max_examples=5_000,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))
