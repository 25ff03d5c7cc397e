"""What Gradio does by default and we do not want: fetching addresses that a visitor names.

A file argument of any endpoint may be given as an address, and Gradio fetches it before our
function is asked; /gradio_api/file=ADDRESS fetches it for anyone. Gradio keeps to public addresses,
but nothing here needs those either. A test knocks on both doors, and notices when Gradio moves them.
"""

from typing import NoReturn

import gradio.component_meta as component_meta
from fastapi import HTTPException
from gradio import routes
from gradio.blocks import Block
from gradio.exceptions import Error
from gradio_client.utils import is_http_url_like

REFUSAL = "Addresses are not fetched. Upload the file itself."


def put_up() -> None:
    """Puts the guards up, for this process. Doing it twice changes nothing."""
    component_meta.create_or_modify_pyi = _nothing  # stub files beside our source: nobody reads them
    if Block.move_resource_to_block_cache is not _move:
        Block.move_resource_to_block_cache = _move
        Block.async_move_resource_to_block_cache = _async_move
    routes.secure_url_stream_response = _refuse


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


def _nothing(*arguments: object, **named: object) -> None:
    return None
