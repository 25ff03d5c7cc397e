"""What Gradio does by default and we do not want: fetching addresses that a visitor names.

A file argument of any endpoint may be given as an address, and Gradio fetches it before our
function is asked; /gradio_api/file=ADDRESS fetches it for anyone. Gradio keeps to public addresses,
but nothing here needs those either. A test knocks on both doors, and notices when Gradio moves them.
"""

import logging
from contextlib import suppress
from pathlib import Path
from typing import NoReturn

import gradio.component_meta as component_meta
from fastapi import HTTPException
from gradio import routes
from gradio.blocks import Block
from gradio.exceptions import Error
from gradio.route_utils import GradioMultiPartParser
from gradio_client.utils import is_http_url_like
from starlette.datastructures import FormData

log = logging.getLogger(__name__)
NO_ROOM = "There is no room for uploads on the server at the moment. Try again later."
REFUSAL = "Addresses are not fetched. Upload the file itself."


def put_up() -> None:
    """Puts the guards up, for this process. Doing it twice changes nothing."""
    component_meta.create_or_modify_pyi = _nothing  # stub files beside our source: nobody reads them
    if Block.move_resource_to_block_cache is not _move:
        Block.move_resource_to_block_cache = _move
        Block.async_move_resource_to_block_cache = _async_move
    routes.secure_url_stream_response = _refuse
    GradioMultiPartParser.parse = _parse
    routes.upload_fn = _upload


_original_parse = GradioMultiPartParser.parse
_original_upload = routes.upload_fn
_original = Block.move_resource_to_block_cache
_async_original = Block.async_move_resource_to_block_cache


def _move(block: Block, place):
    _check(place)
    return _original(block, place)


async def _async_move(block: Block, place):
    _check(place)
    return await _async_original(block, place)


def _check(place: object) -> None:
    if place is not None and is_http_url_like(str(place)):
        raise Error(REFUSAL, print_exception=False)


async def _refuse(url: str, request: object) -> NoReturn:
    raise HTTPException(403, REFUSAL)


async def _parse(parser: GradioMultiPartParser) -> FormData:
    """Gradio removes the files of an upload that it refuses, but not of one that breaks off or finds no room."""
    try:
        return await _original_parse(parser)
    except BaseException:
        for file in parser._files_to_close_on_error:
            with suppress(OSError):  # what cannot be written any more can still be removed
                file.close()
            Path(file.name).unlink(missing_ok=True)
        raise


async def _upload(*arguments: object, **named: object) -> tuple:
    try:
        return await _original_upload(*arguments, **named)
    except OSError as error:
        log.error("an upload was not kept", exc_info=error)
        raise HTTPException(507, NO_ROOM) from None


def _nothing(*arguments: object, **named: object) -> None:
    return None
