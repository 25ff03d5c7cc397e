"""The pages without Gradio around them: the same templates, modules, head and routes, served by the bare application.

Where a test is about our own modules, Gradio's bundle would only be loaded and mounted anew for every page that is
opened. The templates are read from the built `gr.Blocks`, so that the two cannot differ.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import gradio as gr
import uvicorn
from fastapi.responses import HTMLResponse

from playground.ui import app, server

HTML = """<!doctype html><html><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Codebook Playground</title>
<link rel="icon" href="data:,"><style>* {{ box-sizing: border-box; }} body {{ margin: 0; }}</style></head>
<body>
<gradio-app><div class="gradio-container"><div class="main">{parts}</div></div></gradio-app>
<script type="module">{scripts}</script></body></html>"""
PART = '<div class="html-container" id="{name}">{template}</div>'
SCRIPT = "{{ const element = document.getElementById('{name}'); {mount} }}"


def page_html(blocks: gr.Blocks, route: str) -> str:
    """The page at `route` ("" is the first): what Gradio would mount, already mounted."""
    parts = [block for block in blocks.blocks.values() if isinstance(block, gr.HTML) and block.page == route]
    return HTML.format(
        parts="".join(PART.format(name=part.elem_id, template=part.html_template) for part in parts),
        scripts="\n".join(SCRIPT.format(name=part.elem_id, mount=part.js_on_load) for part in parts),
    )


@contextmanager
def serve_shell(port: int) -> Iterator[str]:
    """All pages on the loopback; gives their address."""
    blocks, application = app.build(), server.make_server()
    for route in {block.page for block in blocks.blocks.values() if isinstance(block, gr.HTML)}:
        _add_page(application, route, page_html(blocks, route))
    config = uvicorn.Config(application, host="127.0.0.1", port=port, log_level="warning")
    running = uvicorn.Server(config)
    thread = threading.Thread(target=running.run, name="shell", daemon=True)
    thread.start()
    while not running.started:
        thread.join(0.01)
    try:
        yield f"http://127.0.0.1:{port}/"
    finally:
        running.should_exit = True
        thread.join()


def _add_page(application: gr.Server, route: str, html: str) -> None:
    @application.get(f"/{route}", response_class=HTMLResponse)
    def page() -> str:
        return html
