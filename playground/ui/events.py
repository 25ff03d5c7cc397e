"""Answers that come bit by bit: server-sent events, each a JSON object."""

import json
import logging
import secrets
from collections.abc import Iterable, Iterator

from fastapi.responses import StreamingResponse

from ..core.errors import InputError
from .answers import HEADERS, as_json, refusal

log = logging.getLogger(__name__)


def as_events(messages: Iterable[dict]) -> StreamingResponse:
    """Answers with messages as they come; of one that fails the last is {error}, as `answers.refusal` says it.

    The type is that of server-sent events, since these alone nobody on the way holds back to compress them.
    """
    headers = HEADERS | {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(_lines(messages), media_type="text/event-stream", headers=headers)


def _lines(messages: Iterable[dict]) -> Iterator[str]:
    try:
        for message in messages:
            yield _line(message)
    except InputError as error:
        yield _line(json.loads(refusal(error, 422).body))
    except Exception:
        number = secrets.token_hex(2)
        log.exception("failure %s", number)
        failure = InputError("Something failed on our side (id {id}). Your work is kept.", id=number)
        yield _line(json.loads(refusal(failure, 500).body))


def _line(message: dict) -> str:
    return f"data: {as_json(message).body.decode()}\n\n"
