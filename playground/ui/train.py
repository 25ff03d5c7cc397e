"""The Train page: a page of its own, whose gr.HTML assets/train/train.js fills. Its trainings are in studio.py."""

import gradio as gr

MOUNT = "import(new URL('page/train/train.js', document.baseURI).href).then(train => train.mount(element));"

PAGE = """
<div class="mount">
  <header class="masthead">
    <h1 data-word="train.title"></h1>
    <p class="lead" data-word="train.lead"></p>
    <div class="controls">
      <a class="button quiet" href="./" data-word="train.back"></a>
      <a class="button quiet" href="lab" data-word="plane.link"></a>
      <button type="button" class="button quiet" data-part="theme"></button>
      <button type="button" class="button quiet" data-part="language"></button>
    </div>
  </header>
  <div class="studio" data-train></div>
  <div class="toast" role="alert" data-part="message" hidden></div>
</div>
"""


def train() -> gr.HTML:
    """A small training to watch, to break and to mend."""
    return gr.HTML(html_template=PAGE, js_on_load=MOUNT, apply_default_css=False, elem_id="train")
