"""The parts of the page. Each is one gr.HTML whose template never changes: assets/page.js fills it."""

import gradio as gr

# Each medium's page is filled by a module of its own.
MODULES = {"image": "page", "audio": "sound/sound", "text": "text/text"}

MASTHEAD = """
<div class="mount">
  <header class="masthead">
    <svg class="mark" viewBox="0 0 3 3" aria-hidden="true" shape-rendering="crispEdges">
      <path fill="#b3361b" d="M0 0h1v1H0z"/><path fill="#e8a33d" d="M1 0h1v1H1z"/><path fill="#2f5d8a" d="M2 0h1v1H2z"/>
      <path fill="#e8a33d" d="M0 1h1v1H0z"/><path fill="#2f5d8a" d="M1 1h1v1H1z"/><path fill="#3f7d5a" d="M2 1h1v1H2z"/>
      <path fill="#1d1b18" d="M0 2h1v1H0z"/><path fill="#3f7d5a" d="M1 2h1v1H1z"/><path fill="#b3361b" d="M2 2h1v1H2z"/>
    </svg>
    <h1>Codebook Playground</h1>
    <p class="lead" data-word="{lead}"></p>
    <div class="controls">
      <label class="codec-choice" hidden><span class="visually-hidden" data-word="page.codec"></span>
        <select class="field" data-part="codec"></select></label>
      <nav class="segmented" data-word-label="page.media">{media}</nav>
      <a class="button quiet" href="generate" data-word="generate.link"></a>
      <a class="button quiet" href="joint" data-word="joint.link"></a>
      <a class="button quiet" href="compare#{modality}" data-word="compare.link"></a>
      <a class="button quiet" href="train" data-word="train.link"></a>
      <a class="button quiet" href="lab" data-word="plane.link"></a>
      <button type="button" class="button quiet" data-part="share" data-word="page.share"></button>
      <button type="button" class="button quiet" data-part="theme"></button>
      <button type="button" class="button quiet" data-part="language"></button>
    </div>
  </header>
  <p class="card-line" data-part="card"></p>
  <div class="toast" role="alert" data-part="message" hidden></div>
</div>
"""

LAST = ("quantized", "refill", "blend", "games")
# One table for what differs between media: the widgets of the bench, in reading order.
WIDGETS = {
    "image": ("picture", "grid", "continuous", "passport", "input", "actions", *LAST),
    "audio": ("input", "waves", "tokens", "peel", "passport", "deeds", *LAST),
    "text": ("input", "letters", "passport", "compare", "peel", "pieces", "deeds", *LAST),
}
# Page of each medium, and what its link and its first line say.
PAGES = {
    "image": ("./", "page.pictures", "page.lead"),
    "audio": ("sound", "sound.link", "sound.lead"),
    "text": ("text", "text.link", "text.lead"),
}


def masthead(modality: str = "image") -> gr.HTML:
    """Name, the media, language, theme, and the line in which errors are said."""
    links = "".join(
        f'<a href="{href}" data-word="{word}"{" aria-current=page" if kind == modality else ""}></a>'
        for kind, (href, word, _) in PAGES.items()
    )
    template = MASTHEAD.replace("{media}", links).replace("{lead}", PAGES[modality][2]).replace("{modality}", modality)
    return _html(template, modality, "masthead")


def workbench(modality: str) -> gr.HTML:
    """The bench of one medium: its signal, its tokens, and the picked code."""
    parts = "".join(f'<section class="card" data-widget="{name}"></section>' for name in WIDGETS[modality])
    template = f'<div class="mount"><div class="bench" data-modality="{modality}">{parts}</div></div>'
    return _html(template, modality, f"bench-{modality}")


def codebook(modality: str = "image") -> gr.HTML:
    """Every code there is: atlas, map, usage, table."""
    return _html(_below("codebook"), modality, "codebook")


def take_away(modality: str = "image") -> gr.HTML:
    """Files and the recipe that makes them."""
    return _html(_below("output"), modality, "output")


def _below(widget: str) -> str:
    return f'<div class="mount below"><section class="card" data-widget="{widget}"></section></div>'


def _html(template: str, modality: str, name: str) -> gr.HTML:
    mount = f"import(new URL('page/{MODULES[modality]}.js', document.baseURI).href).then(page => page.mount(element));"
    return gr.HTML(html_template=template, js_on_load=mount, apply_default_css=False, elem_id=name)
