from __future__ import annotations

import asyncio
import socket

import pytest

from corpus.errors import ConfigurationError
from crawl.download.names import Addresses, Names, PrivateAddressError, Route, is_public


def test_only_names_in_the_mapping_are_moved():
    names = Names(["*.khmer.test=127.0.0.1:8080", "one.test=tls://127.0.0.1:9090"])
    given = Route("news.khmer.test", "127.0.0.1", 8080, is_tls=False, is_given=True)
    assert names.route("http://news.khmer.test/x") == given
    assert names.route("https://news.khmer.test:444/") == given
    assert names.route("http://one.test/") == Route("one.test", "127.0.0.1", 9090, is_tls=True, is_given=True)
    assert names.route("http://khmer.test/") == Route("khmer.test", "khmer.test", 80, False, False)
    assert names.route("https://a.kh:8443/?q") == Route("a.kh", "a.kh", 8443, True, False)
    assert names.route("https://[2001:db8::1]/") == Route("2001:db8::1", "2001:db8::1", 443, True, False)


@pytest.mark.parametrize(
    "entry", ["*.test", "a=b", "a=127.0.0.1:0", "a=127.0.0.1:99999", "=127.0.0.1:80", "a=tls://:1"]
)
def test_entries_that_name_nothing(entry):
    with pytest.raises(ConfigurationError, match="resolve: got"):
        Names([entry])


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.215.14", True),
        ("2606:2800:21f::1", True),
        ("::ffff:93.184.215.14", True),
        ("127.0.0.1", False),
        ("127.9.9.9", False),
        ("0.0.0.0", False),
        ("10.1.2.3", False),
        ("172.16.0.1", False),
        ("192.168.1.1", False),
        ("100.64.0.1", False),
        ("169.254.169.254", False),
        ("224.0.0.1", False),
        ("255.255.255.255", False),
        ("::1", False),
        ("::", False),
        ("fe80::1%eth0", False),
        ("fc00::1", False),
        ("ff02::1", False),
        ("::ffff:127.0.0.1", False),
        ("2002:7f00:1::", False),
        ("64:ff9b::a00:1", False),
        ("64:ff9b::5db8:d70e", True),
        ("", False),
    ],
)
def test_public_addresses(address, public):
    assert is_public(address) is public


def resolved(monkeypatch, *found):
    answers = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 0)) for address in found]
    asked = []

    def getaddrinfo(host, *_arguments, **_options):
        asked.append(host)
        return answers

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    return asked


def addresses_of(*hosts):
    async def found():
        addresses = Addresses()
        try:
            return [await addresses.of(Route(host, host, 80, False, False)) for host in hosts]
        finally:
            addresses.close()

    return asyncio.run(found())


def test_a_name_is_looked_up_once_and_its_public_addresses_count(monkeypatch):
    asked = resolved(monkeypatch, "10.0.0.1", "93.184.215.14", "93.184.215.15")
    assert addresses_of("a.kh", "a.kh") == [["93.184.215.14", "93.184.215.15"]] * 2
    assert asked == ["a.kh"]


@pytest.mark.parametrize("host", ["127.0.0.1", "2130706433", "0x7f.1", "localhost", "::1"])
def test_whatever_leads_to_this_machine_is_refused(host):
    with pytest.raises(PrivateAddressError):
        addresses_of(host)


def test_a_configured_address_is_not_looked_at(monkeypatch):
    asked = resolved(monkeypatch, "10.0.0.1")
    route = Names(["a.kh=127.0.0.1:80"]).route("http://a.kh/")
    assert asyncio.run(Addresses().of(route)) == ["127.0.0.1"]
    assert asked == []
