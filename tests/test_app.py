"""`python app.py` says in one sentence why it does not start, and stops at once whenever it is told to."""

import errno
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

import app

ROOT = Path(__file__).parents[1]


def refusal(host: str, port: int) -> str:
    with pytest.raises(SystemExit) as raised:
        app.check_address(host, port)
    return str(raised.value)


def test_a_free_port_is_taken_only_once_somebody_listens() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        port = other.getsockname()[1]
        other.listen()
        assert "taken" in refusal("127.0.0.1", port)
    app.check_address("127.0.0.1", port)


@pytest.mark.parametrize("host", ["no.such.host.invalid", "not a host", "\udc80", "a" * 300])
def test_an_unknown_host_is_not_called_taken(host: str) -> None:
    said = refusal(host, 7860)
    assert "no host called" in said and "taken" not in said and len(said) < 200


def test_an_address_of_another_machine_is_said() -> None:
    assert "no address 192.0.2.1" in refusal("192.0.2.1", 7860)  # of RFC 5737: nobody has it


def test_an_address_of_the_newer_kind_will_do() -> None:
    try:
        app.check_address("::1", 0)
    except SystemExit as error:
        assert "no address ::1" in str(error)  # where it is switched off


def test_a_port_of_root_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(self: socket.socket, address: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(socket.socket, "bind", refuse)
    assert "rights of root" in refusal("127.0.0.1", 80)


@pytest.mark.parametrize("port", ["99999", "0", "-1", "many", "", "7" * 5000])
def test_what_is_no_port_is_said(port: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture) -> None:
    monkeypatch.setattr(sys, "argv", ["app.py", f"--port={port}"])
    with pytest.raises(SystemExit):
        app.parse()
    said = capsys.readouterr().err.splitlines()[-1]
    assert "a port is a number from 1 to 65535" in said and len(said) < 160


def test_empty_variables_are_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["app.py"])
    for name in ("GRADIO_SERVER_NAME", "GRADIO_SERVER_PORT"):
        monkeypatch.setenv(name, "")
    assert (app.parse().host, app.parse().port) == ("127.0.0.1", 7860)
    monkeypatch.setenv("GRADIO_SERVER_PORT", "99999")
    with pytest.raises(SystemExit):
        app.parse()


def has_mapped(process: subprocess.Popen, library: str) -> bool:
    """Whether a process has begun to load a library."""
    return library in Path(f"/proc/{process.pid}/maps").read_text()


@pytest.mark.parametrize("moment", ["libtorch", "_imaging", "served"])
@pytest.mark.skipif(not Path("/proc/self/maps").exists(), reason="only Linux tells what a process has loaded")
def test_it_stops_with_one_line_at_any_moment(moment: str, tmp_path: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    (tmp_path / "codecs").mkdir()
    command = [sys.executable, "app.py", "--port", str(port), "--checkpoints", str(tmp_path / "codecs")]
    environment = os.environ | {"GRADIO_TEMP_DIR": str(tmp_path / "uploads")}
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    process = subprocess.Popen(command, cwd=ROOT, env=environment, **pipes)
    if moment == "served":
        assert "Codebook Playground is at" in process.stdout.readline()
    else:
        while not has_mapped(process, moment):
            assert process.poll() is None
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=120)
    assert errors.split("\n") == ["", "Stopped.", ""]
    assert process.returncode == 130
