"""The two robot checks for tests always say the same."""

from __future__ import annotations

import pytest

from entractes_auth.backends.captcha.fixed import AcceptingCaptcha, RefusingCaptcha
from entractes_auth.backends.ports import Captcha, CaptchaPassed


@pytest.mark.parametrize("answer", ["", "right", "wrong"])
def test_one_takes_every_answer_and_the_other_takes_none(answer: str) -> None:
    accepting: Captcha = AcceptingCaptcha()
    refusing: Captcha = RefusingCaptcha()
    assert accepting.verify(answer, "192.0.2.1") == CaptchaPassed()
    assert refusing.verify(answer, "192.0.2.1") is None
