// A canvas that stays sharp on every screen. It draws at most once a frame, and only while it is
// seen, so that the views far down the page cost nothing while you paint at the top.

// `draw(pen, width, height)` works in CSS pixels. Returns a function that asks for a redraw.
export function stage(canvas, draw) {
  const pen = canvas.getContext("2d");
  let seen = false;
  let asked = false;

  function paint() {
    asked = false;
    const [width, height] = [canvas.clientWidth, canvas.clientHeight];
    if (!seen || !width || !height) return;
    canvas.width = Math.round(width * devicePixelRatio); // also wipes what was there
    canvas.height = Math.round(height * devicePixelRatio);
    pen.scale(canvas.width / width, canvas.height / height);
    draw(pen, width, height);
  }

  function redraw() {
    if (!asked && seen) requestAnimationFrame(paint);
    asked = seen;
  }

  new ResizeObserver(redraw).observe(canvas);
  new MutationObserver(redraw).observe(document.body, { attributeFilter: ["class"] }); // light or dark
  const watcher = new IntersectionObserver((entries) => {
    seen = entries.at(-1).isIntersecting;
    redraw();
  });
  watcher.observe(canvas);
  return redraw;
}

// The value of one of the page's colours, such as "--ink", where `element` stands.
export const colour = (element, name) => getComputedStyle(element).getPropertyValue(name).trim();
