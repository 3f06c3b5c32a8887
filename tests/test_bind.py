from pathlib import Path

import pytest

from mailpit_py.bind import Bind


@pytest.mark.parametrize(
    ("text", "hosts", "port", "loopback", "shown"),
    [
        ("localhost:1025", ("127.0.0.1", "::1"), 1025, True, "localhost:1025"),
        ("127.0.0.1:0", ("127.0.0.1",), 0, True, "127.0.0.1:0"),
        ("127.0.0.9:25", ("127.0.0.9",), 25, True, "127.0.0.9:25"),
        ("[::1]:8025", ("::1",), 8025, True, "[::1]:8025"),
        ("[::]:8025", ("::",), 8025, False, "[::]:8025"),
        (":8025", ("::",), 8025, False, "[::]:8025"),
        ("0.0.0.0:1025", ("0.0.0.0",), 1025, False, "0.0.0.0:1025"),
        ("mail.internal:2525", ("mail.internal",), 2525, False, "mail.internal:2525"),
    ],
)
def test_an_address_is_read(text, hosts, port, loopback, shown):
    bind = Bind.parse(text)
    assert (bind.hosts, bind.port, bind.is_loopback, str(bind)) == (hosts, port, loopback, shown)


@pytest.mark.parametrize(
    ("text", "path", "mode"),
    [("unix:/run/mail.sock", "/run/mail.sock", 0o660), ("unix:/run/mail.sock:0600", "/run/mail.sock", 0o600)],
)
def test_a_socket_file_is_read(text, path, mode):
    bind = Bind.parse(text)
    assert (bind.path, bind.mode, bind.is_loopback) == (Path(path), mode, True)


@pytest.mark.parametrize(
    "text", ["", "1025", "localhost", "localhost:", "localhost:x", "localhost:65536", "::1:25", "[::1]", "unix:/x:99"]
)
def test_a_wrong_address_is_refused_with_advice(text):
    with pytest.raises(ValueError, match="write "):
        Bind.parse(text)
