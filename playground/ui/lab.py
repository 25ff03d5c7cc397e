"""The plane lab: a page of its own, whose gr.HTML assets/lab/lab.js fills. Nothing of it needs the server."""

import gradio as gr

MOUNT = "import(new URL('page/lab/lab.js', document.baseURI).href).then(lab => lab.mount(element));"

PAGE = """
<div class="mount">
  <header class="masthead">
    <h1 data-word="plane.title"></h1>
    <p class="lead" data-word="plane.lead"></p>
    <div class="controls">
      <a class="button quiet" href="./" data-word="plane.back"></a>
      <button type="button" class="button quiet" data-part="theme"></button>
      <button type="button" class="button quiet" data-part="language"></button>
    </div>
  </header>
  <div class="lab" data-lab></div>
  <div class="toast" role="alert" data-part="message" hidden></div>
</div>
"""


def lab() -> gr.HTML:
    """Four quantizers that learn side by side from points in the plane."""
    return gr.HTML(html_template=PAGE, js_on_load=MOUNT, apply_default_css=False, elem_id="lab")
