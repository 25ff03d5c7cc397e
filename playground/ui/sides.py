"""The pages beside the bench: one gr.HTML each, which a module in a folder of its own fills.

The plane lab needs nothing of the server; the trainings of the Train page are in studio.py.
"""

import gradio as gr

# Every page beside the bench, and what a link to it says.
LINKS = {
    "generate": "generate.link",
    "joint": "joint.link",
    "compare": "compare.link",
    "train": "train.link",
    "lab": "plane.link",
}
PAGE = """
<div class="mount">
  <header class="masthead">
    <h1 data-word="{title}"></h1>
    <p class="lead" data-word="{lead}"></p>
    <div class="controls">
      <a class="button quiet" href="./" data-word="{back}"></a>
      {links}
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
    return _page("lab", look="lab", title="plane.title", lead="plane.lead", back="plane.back")


def train() -> gr.HTML:
    """A small training to watch, to break and to mend."""
    return _page("train", look="studio", title="train.title", lead="train.lead", back="train.back")


def compare() -> gr.HTML:
    """One picture, sound or text through all codecs and through those that everybody knows."""
    return _page("compare", look="compare", title="compare.title", lead="compare.lead", back="compare.back")


def generate() -> gr.HTML:
    """New pictures from codes alone: three priors at work, side by side."""
    return _page("generate", look="generate", title="generate.title", lead="generate.lead", back="generate.back")


def joint() -> gr.HTML:
    """One codebook for what is seen, heard and written."""
    return _page("joint", look="joint", title="joint.title", lead="joint.lead", back="joint.back")


def _page(name: str, **parts: str) -> gr.HTML:
    mount = f"import(new URL('page/{name}/{name}.js', document.baseURI).href).then(page => page.mount(element));"
    others = (f'<a class="button quiet" href="{o}" data-word="{word}"></a>' for o, word in LINKS.items() if o != name)
    template = PAGE.format(name=name, links="\n      ".join(others), **parts)
    return gr.HTML(html_template=template, js_on_load=mount, apply_default_css=False, elem_id=name)
