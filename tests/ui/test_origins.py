"""Another website's page changes nothing here, shares no answer with cookies, and cannot be mixed into ours."""

import httpx
import pytest

from playground.ui.head import PAGES
from tests.served import Served

FOREIGN = {"origin": "https://elsewhere.example", "sec-fetch-site": "cross-site"}
BEHIND_A_PROXY = {"host": "playground.example", "origin": "https://playground.example", "sec-fetch-site": "same-origin"}
CHANGES = ["bench/decode", "bench/encode?codec=image-vq", "bench/studio", "gradio_api/call/encode", "gradio_api/upload"]


def post(site: Served, path: str, headers: dict[str, str]) -> httpx.Response:
    return httpx.post(site.address + path, json={}, headers=headers)


@pytest.mark.parametrize("path", CHANGES)
@pytest.mark.parametrize("host", ["", "playground.example"])
def test_what_another_website_sends_is_refused(site: Served, path: str, host: str) -> None:
    named = {"host": host} if host else {}
    for headers in (FOREIGN, {"origin": "https://elsewhere.example"}):  # with, and without what newer browsers say
        answer = post(site, path, headers | named)
        assert answer.status_code == 403 and "Another website" in answer.json()["error"]["text"]


@pytest.mark.parametrize("headers", [{}, {"origin": "null", "sec-fetch-site": "cross-site"}, BEHIND_A_PROXY])
def test_ones_own_page_a_sandboxed_one_and_a_script_are_not(site: Served, headers: dict[str, str]) -> None:
    assert post(site, "bench/decode", headers).status_code == 422, "asked, and found to be empty"


@pytest.mark.parametrize("path", ["", "page/store.js", "bench/catalogue", "config", "gradio_api/info"])
@pytest.mark.parametrize("host", ["", "playground.example"])
def test_no_answer_is_shared_with_credentials(site: Served, path: str, host: str) -> None:
    named = {"host": host} if host else {}
    headers = httpx.get(site.address + path, headers=FOREIGN | named).headers
    assert headers.get("access-control-allow-origin") in (None, "*")
    assert "access-control-allow-credentials" not in headers
    assert headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("page", PAGES)
def test_every_page_has_a_policy_and_may_be_framed(site: Served, page: str) -> None:
    headers = httpx.get(site.address + page).headers
    assert "object-src 'none'" in headers["content-security-policy"]
    assert "frame-ancestors" not in headers["content-security-policy"] and "x-frame-options" not in headers
