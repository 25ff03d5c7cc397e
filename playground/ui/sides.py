"""The pages beside the bench: one gr.HTML each, which a module in a folder of its own fills.

The plane lab needs nothing of the server; the trainings of the Train page are in studio.py.
"""

import gradio as gr

PAGE = """
<div class="mount">
  <header class="masthead">
    <h1 data-word="{title}"></h1>
    <p class="lead" data-word="{lead}"></p>
    <div class="controls">
      <a class="button quiet" href="./" data-word="{back}"></a>
      <a class="button quiet" href="{other}" data-word="{link}"></a>
      <button type="button" class="button quiet" data-part="theme"></button>
      <button type="button" class="button quiet" data-part="language"></button>
    </div>
  </header>
  <div class="{look}" data-{name}></div>
  <div class="toast" role="alert" data-part="message" hidden></div>
</div>
"""


def lab() -> gr.HTML:
    """Four quantizers that learn side by side from points in the plane."""
    words = {"title": "plane.title", "lead": "plane.lead", "back": "plane.back", "link": "train.link"}
    return _page("lab", look="lab", other="train", **words)


def train() -> gr.HTML:
    """A small training to watch, to break and to mend."""
    words = {"title": "train.title", "lead": "train.lead", "back": "train.back", "link": "plane.link"}
    return _page("train", look="studio", other="lab", **words)


def compare() -> gr.HTML:
    """One picture, sound or text through all codecs and through those that everybody knows."""
    words = {"title": "compare.title", "lead": "compare.lead", "back": "compare.back", "link": "train.link"}
    return _page("compare", look="compare", other="train", **words)


def _page(name: str, **parts: str) -> gr.HTML:
    mount = f"import(new URL('page/{name}/{name}.js', document.baseURI).href).then(page => page.mount(element));"
    template = PAGE.format(name=name, **parts)
    return gr.HTML(html_template=template, js_on_load=mount, apply_default_css=False, elem_id=name)
