// The game of round trips: encode, decode, encode again. Bars say how many tokens moved with each pass; each is a
// button that shows what was left then.

import { fromBase64 } from "../asking.js";
import { word } from "../words.js";

const PASSES = 16;

const sum = (counts) => counts.reduce((all, count) => all + count, 0);

export const drift = {
  path: "drift",
  map: "away",
  plot: true,
  placed: false,
  controls: (box, view) => {
    Object.assign(view, { trips: [], start: null });
    view.find(".games-plot").replaceChildren();
    return () => ({ passes: PASSES });
  },
  async follow(view, message) {
    const frame = await view.medium.unpack(message.data);
    if (message.kind === "start") {
      Object.assign(view, { trips: [], start: { frame, ...message } });
      view.find(".games-plot").replaceChildren();
    } else {
      view.trips.push({ ...message, frame, cells: fromBase64(message.cells, Uint8Array) });
      lay(view);
    }
    if (view.trips.length) look(view, view.trips.length - 1);
  },
  verdict({ trip, count }) {
    const values = { number: trip.number, moved: sum(trip.moved), away: sum(trip.away), count };
    const end = trip.like === null ? "" : trip.like === trip.number - 1 ? "fixed" : "circle";
    const told = word("blend.games.drift.said", values);
    return end ? `${told} ${word(`blend.games.drift.${end}`, { number: trip.like, period: trip.number - trip.like })}` : told;
  },
};

// What was left after a pass.
function look(view, place) {
  const trip = view.trips[place];
  const { start } = view;
  const codebooks = trip.moved.length;
  view.result = { before: start.frame, after: trip.frame, map: trip.cells, grid: start.grid, codebooks, trip, count: start.count * codebooks, levels: null };
  [...view.find(".games-plot").children].forEach((bar, i) => bar.setAttribute("aria-pressed", String(i === place)));
  view.show();
}

function lay(view) {
  const most = Math.max(1, ...view.trips.map(({ moved }) => sum(moved)));
  view.find(".games-plot").replaceChildren(...view.trips.map((trip, i) => {
    const bar = Object.assign(document.createElement("button"), { type: "button" });
    const moved = sum(trip.moved);
    bar.innerHTML = "<b></b><i></i><span></span>";
    bar.querySelector("b").textContent = String(moved);
    bar.querySelector("i").style.height = `${(100 * moved) / most}%`;
    bar.querySelector("span").textContent = trip.number;
    bar.title = word("blend.games.drift.bar", { number: trip.number, moved });
    bar.setAttribute("aria-label", bar.title);
    bar.onclick = () => look(view, i);
    return bar;
  }));
}
