from __future__ import annotations

import re

import pytest

from mailpit_py.application.account import CACHE_SIZE, Accounts, accounts_of
from mailpit_py.errors import ConfigError


@pytest.fixture(scope="module")
def hashed() -> Accounts:
    import bcrypt
    import passlib.hash as known

    lines = {
        "bcrypt": bcrypt.hashpw(b"sesame", bcrypt.gensalt(4)).decode(),
        "apr1": known.apr_md5_crypt.hash("sesame"),
        "md5": known.md5_crypt.hash("sesame"),
        "sha256": known.sha256_crypt.using(rounds=1000).hash("sesame"),
        "sha512": known.sha512_crypt.using(rounds=1000).hash("sesame"),
        "sha": known.ldap_sha1.hash("sesame"),
        "ssha": known.ldap_salted_sha1.hash("sesame"),
        "plain": "{PLAIN}sesame",
        "bare": "sesame",
    }
    return Accounts.parse("".join(f"{name}:{value}\n" for name, value in lines.items()))


@pytest.mark.parametrize("name", ["bcrypt", "apr1", "md5", "sha256", "sha512", "sha", "ssha", "plain", "bare"])
def test_each_scheme_knows_its_password(hashed, name):
    assert hashed.verify(name, "sesame")
    assert not hashed.verify(name, "sesame ")
    assert not hashed.verify(name, "")


@pytest.mark.parametrize("password", ["sesame", "", "a" * 100, "\0"])
def test_an_unknown_name_is_refused(hashed, password):
    assert not hashed.verify("nobody", password)


def test_colons_and_other_letters_are_fine():
    accounts = Accounts.parse("\ufeff# people\n\ncolon:a:b:c\nünï:pässwörd\n")
    assert accounts.verify("colon", "a:b:c")
    assert accounts.verify("ünï", "pässwörd")
    assert not accounts.verify("colon", "a")
    assert not accounts.verify("# people", "")


@pytest.mark.parametrize(
    ("words", "place"),
    [("ann:one bob", "word 2 of MP_UI_AUTH is not name:password"), ("ann:$9$x", "word 1 of MP_UI_AUTH has a hash")],
)
def test_a_wrong_word_of_a_variable_is_named_by_its_place(words, place):
    with pytest.raises(ConfigError, match=place):
        accounts_of("", words, "MP_UI_AUTH")


def test_a_wrong_line_is_named_with_its_file(tmp_path):
    file = tmp_path / "people"
    file.write_text("ann:x\n\nbob\n")
    with pytest.raises(ConfigError, match=re.escape(f"line 3 of {file} is not name:password")):
        accounts_of(str(file), "", "")


@pytest.mark.parametrize("value", ["$2y$05$broken", "{SHA}!", "$6$", "$apr1$x", "{SSHA}"])
def test_a_damaged_hash_lets_nobody_in(value):
    assert not Accounts.parse(f"ann:{value}").verify("ann", "sesame")


def test_a_line_without_a_password_is_named():
    with pytest.raises(ConfigError, match="line 2"):
        Accounts.parse("ann:x\nbob\n")


def test_words_are_read_as_a_variable_has_them():
    accounts = Accounts.parse_words("ann:one  bob:two")
    assert accounts.verify("ann", "one")
    assert accounts.verify("bob", "two")


def test_an_empty_file_lets_nobody_in():
    assert not Accounts.parse("").verify("", "")


def test_plain_text_can_be_asked_for(hashed):
    assert hashed.password("plain") == hashed.password("bare") == "sesame"
    assert hashed.password("bcrypt") is None
    assert hashed.password("nobody") is None
    assert not hashed.is_plain_text
    assert Accounts.parse("ann:x").is_plain_text


def test_only_successes_are_remembered_and_not_too_many():
    accounts = Accounts.parse("".join(f"n{number}:x\n" for number in range(CACHE_SIZE + 1)))
    assert not accounts.verify("n0", "y")
    assert not accounts.was_accepted("n0", "y")
    assert accounts.verify("n0", "x")
    assert accounts.was_accepted("n0", "x")
    assert not accounts.was_accepted("n0", "y")
    for number in range(1, CACHE_SIZE + 1):
        accounts.verify(f"n{number}", "x")
    assert not accounts.was_accepted("n0", "x")


@pytest.mark.parametrize("value", ["$argon2id$v=19$m=1$abc", "$7$abc", "{CRYPT}rqXexS6ZhobKA", "{MD5}abc"])
def test_a_hash_that_cannot_be_checked_never_becomes_the_password(value):
    with pytest.raises(ConfigError, match="line 2 of the password file has a hash that cannot be checked"):
        Accounts.parse(f"ann:secret\nbob:{value}\n")
