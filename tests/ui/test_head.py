"""What is put at the top of the page: there once, first, and of the right length."""

import re

import pytest
from fastapi import FastAPI, Response
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import StreamingResponse
from starlette.testclient import TestClient

from playground.ui import head

SIDES = [page for page in head.PAGES if page]
PAGE = "<!doctype html><html><head><title>é</title></head><body>" + "text " * 500 + "<head></body></html>"


@pytest.fixture
def client() -> TestClient:
    site = FastAPI()
    site.add_middleware(head.EarlyHead)
    site.add_middleware(GZipMiddleware, minimum_size=1000)

    @site.get("/page")
    def page() -> Response:
        return Response(PAGE, media_type="text/html; charset=utf-8")

    def side() -> Response:
        return Response(PAGE, media_type="text/html")

    for name in SIDES:
        site.get(f"/{name}")(side)

    @site.get("/stream")
    def stream() -> Response:
        return StreamingResponse((PAGE[start : start + 7] for start in range(0, len(PAGE), 7)), media_type="text/html")

    @site.get("/other")
    def other() -> Response:
        return Response(PAGE, media_type="text/plain")

    @site.post("/page")
    def posted() -> Response:
        return Response(PAGE, media_type="text/html")

    return TestClient(site)


@pytest.mark.parametrize("encoding", ["identity", "gzip"])
@pytest.mark.parametrize("path", ["/page", "/stream"])
def test_it_stands_first_in_the_head_of_every_page(client: TestClient, path: str, encoding: str) -> None:
    answer = client.get(path, headers={"Accept-Encoding": encoding})
    assert answer.text == PAGE.replace("<head>", "<head>" + head.head(""), 1)
    if encoding == "identity":
        assert int(answer.headers["content-length"]) == len(answer.content)


@pytest.mark.parametrize("name", SIDES)
def test_a_side_page_gets_its_own_and_the_bench_nothing_of_it(client: TestClient, name: str) -> None:
    assert client.get(f"/{name}").text == PAGE.replace("<head>", "<head>" + head.head(name), 1)
    assert f"page/{name}/{name}.js" in head.head(name)
    assert "page/page.js" not in head.head(name)
    assert f"{name}/" not in head.head("")


@pytest.mark.parametrize("name", SIDES)
def test_a_side_page_names_every_module_that_its_own_import(name: str) -> None:
    """And so all are loaded at once: one that is not named is found only when another has arrived."""
    named = set(re.findall(r'href="page/([^"]*\.js)"', head.head(name)))
    for name in named:
        path = head.ASSETS / name
        for imported in re.findall(r'from "(\.[^"]+)"', path.read_text(encoding="utf-8")):
            assert (path.parent / imported).resolve().relative_to(head.ASSETS).as_posix() in named, (name, imported)


@pytest.mark.parametrize(("method", "path"), [("GET", "/other"), ("POST", "/page")])
def test_nothing_else_is_touched(client: TestClient, method: str, path: str) -> None:
    assert client.request(method, path).text == PAGE


def test_it_names_only_files_that_are_there_and_ours() -> None:
    places = re.findall(r'(?:href|src)="([^"]*)"', "".join(map(head.head, head.PAGES)))
    assert len(places) > 30
    for place in places:
        assert place.startswith("page/")
        assert (head.ASSETS / place.removeprefix("page/")).is_file()


def test_every_stylesheet_is_named() -> None:
    assert {f"page/{path.name}" for path in head.ASSETS.glob("*.css")} == set(
        re.findall(r'"(page/\w+\.css)"', head.head(""))
    )
