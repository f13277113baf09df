from __future__ import annotations

import pytest

from corpus.errors import ConfigurationError
from crawl.policy.identity import user_agent


@pytest.mark.parametrize(
    "contact", ["mailto:team@moeys.gov.kh", "team@moeys.gov.kh", "https://moeys.gov.kh/bot"]
)
def test_a_contact_stands_in_the_user_agent(contact):
    assert user_agent(contact).startswith("SastraBot/")
    assert user_agent(contact).endswith(f"(+{contact})")


@pytest.mark.parametrize("contact", ["", "me", "https://", "a@b", "x) y (", "team@moeys.gov.kh\r\nX-A: 1"])
def test_nobody_crawls_without_one(contact):
    with pytest.raises(ConfigurationError, match="contact: got"):
        user_agent(contact)
