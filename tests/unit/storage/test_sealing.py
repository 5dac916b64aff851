"""Sealed text opens with its key, in its place, unchanged, and never otherwise."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import ConfigError, StorageError
from bot.storage.sealing import Vault, open_sealed, open_text, seal

KEY, OTHER = b"k" * 32, b"o" * 32
any_text = st.text(st.characters(codec=None), max_size=200)


@given(any_text)
def test_any_text_comes_back(text: str) -> None:
    assert open_text(KEY, seal(KEY, text)) == text


@given(st.binary(max_size=200), st.data())
def test_a_changed_byte_is_noticed(content: bytes, data: st.DataObject) -> None:
    sealed = bytearray(seal(KEY, content))
    place = data.draw(st.integers(0, len(sealed) - 1))
    sealed[place] ^= data.draw(st.integers(1, 255))
    with pytest.raises(StorageError):
        open_sealed(KEY, bytes(sealed))


def test_sealed_text_belongs_to_its_key_and_its_place() -> None:
    sealed = seal(KEY, "电话", bound_to="SD-1")
    assert open_text(KEY, sealed, bound_to="SD-1") == "电话"
    for key, place in ((OTHER, "SD-1"), (KEY, "SD-2"), (KEY, "")):
        with pytest.raises(StorageError):
            open_text(key, sealed, bound_to=place)


def test_the_same_text_never_looks_the_same() -> None:
    assert seal(KEY, "一样") != seal(KEY, "一样")


@pytest.mark.parametrize("rubbish", [b"", b"\x01", b"\x02" + b"x" * 40])
def test_rubbish_is_refused(rubbish: bytes) -> None:
    with pytest.raises(StorageError):
        open_sealed(KEY, rubbish)


def test_keys_are_wrapped_by_the_master_key_alone() -> None:
    key, wrapped = Vault(KEY).new_key()
    assert key not in wrapped
    assert Vault(KEY).unwrap(wrapped) == key
    with pytest.raises(ConfigError, match="another master key"):
        Vault(OTHER).unwrap(wrapped)
    damaged = wrapped[:-1] + bytes([wrapped[-1] ^ 1])
    with pytest.raises(StorageError):
        Vault(KEY).unwrap(damaged)


def test_an_old_master_key_still_opens_and_finds() -> None:
    old, changed = Vault(KEY), Vault(OTHER, [KEY])
    key, wrapped = old.new_key()
    assert changed.unwrap(wrapped) == key
    assert not changed.is_current(wrapped)
    assert changed.is_current(changed.wrap(key))
    assert old.address_hash("web", "a") in changed.address_hashes("web", "a")
    assert changed.address_hash("web", "a") != old.address_hash("web", "a")


def test_an_address_belongs_to_its_channel() -> None:
    vault = Vault(KEY)
    assert vault.address_hash("web", "a") == Vault(KEY).address_hash("web", "a")
    assert vault.address_hash("web", "a") != vault.address_hash("telegram", "a")
    assert len(vault.address_hash("web", "odd\ud800")) == 32


def test_purposes_get_different_keys() -> None:
    assert len({Vault(KEY).derive(purpose) for purpose in ("wrap", "address", "cookie")}) == 3


def test_a_short_master_key_is_refused() -> None:
    with pytest.raises(ConfigError, match="32"):
        Vault(b"short")
