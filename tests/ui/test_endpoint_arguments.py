"""Whatever is sent to a named endpoint is answered with one short sentence, and a broken upload leaves no file."""

import asyncio
from pathlib import Path

import gradio as gr
import pytest
from fastapi import HTTPException
from gradio.route_utils import GradioMultiPartParser
from starlette.datastructures import Headers

from playground.core.errors import InputError
from playground.ui import answers, api, api_generate, guards
from tests import coroutines


def said(function, *arguments: object) -> str:
    """The sentence with which an endpoint refuses arguments."""
    with pytest.raises(gr.Error) as error:
        api._told(function)(*arguments)
    error.value.message.encode()  # a lone surrogate would break the stream of events
    assert len(error.value.message) <= answers.LONGEST
    return error.value.message


@pytest.mark.parametrize("name", [7, None, ["x"], {"a": 1}, "x" * 100_000, "\ud800", "", "\0"])
def test_names_that_are_none_get_a_sentence(name: object) -> None:
    assert said(api_generate.generate, name)
    assert said(api.codebook, name)
    assert said(api.decode, {}, name)


def test_numbers_have_to_be_numbers() -> None:
    assert "seed" in said(api_generate.generate, "tiny", "", "seven")
    assert "cell" in said(api_generate.cell_probabilities, "tiny", {}, float("nan"))


def test_what_fails_on_our_side_is_said_in_the_one_way(caplog: pytest.LogCaptureFixture) -> None:
    def broken(name: str) -> str:
        raise RuntimeError("a secret")

    assert said(broken, "x").startswith("Something failed on our side (id ")
    assert "a secret" in caplog.text


def test_an_error_repeats_little_of_what_was_sent() -> None:
    body = answers.refusal(InputError("There is no “{name}”.", name="\ud800" + "x" * 100_000), 422).body
    assert len(body) < 1000
    body.decode()


def parser(chunks, folder: Path) -> GradioMultiPartParser:
    guards.put_up()
    headers = Headers({"content-type": "multipart/form-data; boundary=b"})
    return GradioMultiPartParser(headers, chunks, upload_dir=folder, max_file_size=10**6)


START = b'--b\r\nContent-Disposition: form-data; name="files"; filename="a.png"\r\n\r\nsome bytes'


@pytest.mark.parametrize("end", [ConnectionError, OSError, asyncio.CancelledError])
def test_an_upload_that_breaks_off_leaves_no_file(tmp_path: Path, end: type[BaseException]) -> None:
    async def chunks():
        yield START
        assert list(tmp_path.iterdir()), "it is being written"
        raise end

    with pytest.raises(end):
        coroutines.run(parser(chunks(), tmp_path).parse())
    assert not list(tmp_path.iterdir())


def test_a_full_disk_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    async def full(*_: object) -> tuple:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(guards, "_original_upload", full)
    with pytest.raises(HTTPException, match="no room") as error:
        coroutines.run(guards._upload())
    assert error.value.status_code == 507
