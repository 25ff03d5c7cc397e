"""The page as a table of contents: which parts it has, in which order."""

import threading

import gradio as gr

from . import api, api_blend, api_compare, api_generate, api_joint, api_refill, calls, guards, server
from . import generate as generating
from .sides import compare, generate, joint, lab, train
from .workbench import codebook, masthead, take_away, workbench


def build() -> gr.Blocks:
    """The whole page, and the named endpoints a script can call."""
    guards.put_up()
    with gr.Blocks(title="Codebook Playground", analytics_enabled=False, fill_width=True) as page:
        masthead()
        workbench("image")
        codebook()
        take_away()
        api.add_endpoints()
        api_blend.add_endpoints()
        api_compare.add_endpoints()
        api_generate.add_endpoints()
        api_refill.add_endpoints()
        api_joint.add_endpoints()
    with page.route("Sound", "sound", show_in_navbar=False):
        masthead("audio")
        workbench("audio")
        codebook("audio")
        take_away("audio")
    with page.route("Text", "text", show_in_navbar=False):
        masthead("text")
        workbench("text")
        codebook("text")
        take_away("text")
    with page.route("Plane lab", "lab", show_in_navbar=False):
        lab()
    with page.route("Train", "train", show_in_navbar=False):
        train()
    with page.route("Compare", "compare", show_in_navbar=False):
        compare()
    with page.route("Joint", "joint", show_in_navbar=False):
        joint()
    with page.route("Generate", "generate", show_in_navbar=False):
        generate()
    return page


def launch(page: gr.Blocks, *, host: str, port: int, wait: bool = True) -> str:
    """Serves `page` with our routes around it; gives its address. `wait` keeps the process alive."""
    threading.Thread(target=_warm, name="warm", daemon=True).start()
    _, address, _ = page.queue(max_size=64).launch(
        _app=server.make_server(),
        server_name=host,
        server_port=port,
        prevent_thread_lock=not wait,
        show_error=False,
        run_history=False,
        enable_monitoring=False,
        max_file_size=server.LARGEST_UPLOAD,
        state_session_capacity=300,
        ssr_mode=False,
        footer_links=[],
        theme=gr.themes.Base(font=["system-ui"], font_mono=["monospace"]),
        quiet=True,
    )
    return address


def _warm() -> None:
    """Does once what the first visitors would otherwise wait for."""
    calls.warm()
    generating.menu()
