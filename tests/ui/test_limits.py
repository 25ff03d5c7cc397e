"""The queue for slots: nobody is forgotten, clients take turns, and who waits holds no thread."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import httpx
import pytest

from playground.ui import calls, compare, limits
from playground.ui.limits import Asker, BusyError, GoneError, Slots
from playground.ui.server import make_server
from tests import coroutines
from tests.served import Served

PAGE_FILES = ("", "page/store.js", "page/style.css", "bench/words/zh")
MANY = 60


@contextmanager
def occupied(slots: Slots) -> Iterator[None]:
    """All slots in use, by threads of their own, for as long as the block lasts."""
    leave, taken = threading.Event(), threading.Barrier(slots.count + 1)

    def occupy() -> None:
        with slots:
            taken.wait()
            leave.wait()

    threads = [threading.Thread(target=occupy) for _ in range(slots.count)]
    for thread in threads:
        thread.start()
    taken.wait()
    try:
        yield
    finally:
        leave.set()
        for thread in threads:
            thread.join()


async def until(condition: Callable[[], bool]) -> None:
    """Goes on as soon as a condition holds."""
    while not condition():
        await asyncio.sleep(0)


def test_a_page_and_its_files_are_answered_while_sixty_requests_wait(site: Served) -> None:
    message = {"kind": "image", "original": "bench/square/temple"}

    async def ask() -> list[int]:
        most = httpx.Limits(max_connections=MANY + 10)
        async with httpx.AsyncClient(base_url=site.address, limits=most, timeout=60) as client:
            with occupied(limits.SLOTS):
                waiting = [asyncio.create_task(client.post("bench/compare/output", json=message)) for _ in range(MANY)]
                await until(lambda: limits.SLOTS.waiting == MANY)
                for path in PAGE_FILES:
                    assert (await client.get(path)).status_code == 200
                    assert limits.SLOTS.waiting == MANY
            return [(await task).status_code for task in waiting]

    assert coroutines.run(ask()) == [422] * MANY  # nobody takes part under no name: the cheapest answer there is


def test_a_stream_that_waits_for_its_next_step_holds_no_thread_either(site: Served) -> None:
    message = {"kind": "image", "original": "bench/square/temple"}

    async def ask() -> None:
        async with (
            httpx.AsyncClient(base_url=site.address, timeout=60) as client,
            client.stream("POST", "bench/compare", json=message) as answer,
        ):
            lines = answer.aiter_lines()
            assert "begin" in await anext(lines)
            with occupied(limits.SLOTS):
                await until(lambda: limits.SLOTS.waiting == 1)
                assert (await client.get("page/store.js")).status_code == 200
            assert [line async for line in lines]

    coroutines.run(ask())


def granted(slots: Slots, askers: list[Asker]) -> list[str]:
    """The clients of some requests in the order in which they get their slots."""
    order = []

    async def ask() -> None:
        with occupied(slots):
            tasks = []
            for number, asker in enumerate(askers):
                work = lambda asker=asker: order.append(asker.client)  # noqa: E731
                tasks.append(asyncio.create_task(slots.run(work, asker)))
                await until(lambda number=number: slots.waiting == number + 1)
        await asyncio.gather(*tasks)

    coroutines.run(ask())
    return order


def test_clients_take_turns() -> None:
    askers = [Asker("a", "x")] * 4 + [Asker("b", "x")] * 2 + [Asker("c", "x")]
    assert granted(Slots(1), askers) == ["a", "b", "c", "a", "b", "a", "a"]


def test_a_route_for_which_too_many_wait_says_the_position_and_when_to_come_again() -> None:
    slots = Slots(1, most_waiting=2)

    async def ask() -> None:
        with occupied(slots):
            waiting = [asyncio.create_task(slots.run(lambda: 1, Asker("a", "x"))) for _ in range(2)]
            await until(lambda: slots.waiting == 2)
            with pytest.raises(BusyError) as refused:
                await slots.run(lambda: 1, Asker("a", "x"))
            assert refused.value.sentence.values["position"] == 3 and refused.value.seconds >= 1
            waiting.append(asyncio.create_task(slots.run(lambda: 1, Asker("a", "y"))))
            await until(lambda: slots.waiting == 3)  # another route has room
        assert await asyncio.gather(*waiting) == [1, 1, 1]

    coroutines.run(ask())


def test_one_client_cannot_keep_a_queue_full() -> None:
    slots = Slots(1, most_waiting=3)

    async def ask() -> None:
        with occupied(slots):
            greedy = [asyncio.create_task(slots.run(lambda: 1, Asker("a", "x"))) for _ in range(3)]
            await until(lambda: slots.waiting == 3)
            other = asyncio.create_task(slots.run(lambda: 2, Asker("b", "x")))
            with pytest.raises(BusyError):
                await greedy[-1]
        assert await other == 2 and [await task for task in greedy[:2]] == [1, 1]

    coroutines.run(ask())


def test_who_gives_up_or_goes_away_leaves_the_queue() -> None:
    slots = Slots(1)

    async def gone() -> bool:
        return True

    async def ask() -> None:
        with occupied(slots):
            given_up = asyncio.create_task(slots.run(lambda: 1, Asker("a", "x")))
            await until(lambda: slots.waiting == 1)
            given_up.cancel()
            await until(lambda: slots.waiting == 0)
            closed = asyncio.create_task(slots.run(lambda: pytest.fail("computed for nobody"), Asker("a", "x"), gone))
            await until(lambda: slots.waiting == 1)
        with pytest.raises(GoneError):
            await closed
        with pytest.raises(ZeroDivisionError):
            await slots.run(lambda: 1 / 0, Asker("a", "x"))
        assert await slots.run(lambda: 3, Asker("a", "x")) == 3, "all slots came back"

    coroutines.run(ask())


def test_the_slot_of_a_request_is_the_slot_of_what_it_calls() -> None:
    slots = Slots(1)

    def nested() -> str:
        with slots, slots:
            return "done"

    assert coroutines.run(slots.run(nested, Asker("a", "x"))) == "done" == nested()


def test_long_work_lets_others_go_first_between_its_parts() -> None:
    slots, order = Slots(1), []
    started, queued = threading.Event(), threading.Event()

    def long() -> None:
        for part in range(2):
            with slots:
                order.append(part)
            started.set()
            queued.wait()

    async def ask() -> None:
        first = asyncio.create_task(slots.run(long, Asker("a", "x")))
        await until(started.is_set)
        second = asyncio.create_task(slots.run(lambda: order.append("other"), Asker("b", "x")))
        await until(lambda: slots.waiting == 1)
        queued.set()
        await asyncio.gather(first, second)

    coroutines.run(ask())
    assert order == [0, "other", 1]


@pytest.mark.parametrize(
    ("host", "passed_on", "client"),
    [
        ("93.184.216.34", "", "93.184.216.34"),
        ("93.184.216.34", "198.51.100.1", "93.184.216.34"),
        ("10.0.0.2", "198.51.100.1", "198.51.100.1"),
        ("10.0.0.2", "invented, 198.51.100.1", "198.51.100.1"),
        ("testclient", "198.51.100.1", "testclient"),
    ],
)
def test_a_client_cannot_name_itself(host: str, passed_on: str, client: str) -> None:
    scope = {"type": "http", "client": (host, 1), "headers": [(b"x-forwarded-for", passed_on.encode())]}
    assert limits.client_of(limits.Request(scope)) == client


@pytest.mark.parametrize("route", ["compare", "decode"])
def test_a_full_queue_answers_503_with_a_sentence(monkeypatch: pytest.MonkeyPatch, route: str) -> None:
    slots = Slots(1, most_waiting=1)
    monkeypatch.setattr(limits, "SLOTS", slots)
    transport = httpx.ASGITransport(make_server())

    async def ask() -> httpx.Response:
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            with occupied(slots):
                waiting = asyncio.create_task(client.post(f"/bench/{route}", json={}))
                await until(lambda: slots.waiting == 1)
                refused = await client.post(f"/bench/{route}", json={})
            await waiting
            return refused

    answer = coroutines.run(ask())
    assert answer.status_code == 503 and int(answer.headers["retry-after"]) >= 1
    assert "number 2 in the queue" in answer.json()["error"]["text"]


def test_the_functions_behind_the_routes_take_a_slot_when_nobody_did() -> None:
    assert calls.SLOTS is limits.SLOTS
    found = list(compare.run({"kind": "text", "original": "bench/text/verse"}))
    assert "begin" in found[0] and len(found) > 1
