// Laws of the plane lab: what its quantizers do and how they learn. Run with: node --test tests/browser_modules

import assert from "node:assert/strict";
import test from "node:test";

import { perplexity } from "../../assets/counts.js";
import { cloud, NAMES } from "../../assets/lab/clouds.js";
import { codebook, descend, follow, gather, kmeans, nearest, onPoints, PATIENCE, revive } from "../../assets/lab/codes.js";
import { CONSEQUENCES, decayAt, placeOf, verdict } from "../../assets/lab/controls.js";
import { codeOf, decoded, fsqAxis, lattice, learn, lfqAxis, onLattice } from "../../assets/lab/lattice.js";
import { cellsOfCodes, cellsOfLattice, cellsOfSums, clip, copied, farApart, frameOf, rotated } from "../../assets/lab/plane.js";
import * as race from "../../assets/lab/race.js";
import { normal, seeded } from "../../assets/lab/random.js";
import { colours, ease, gradients, toPlane } from "../../assets/lab/view.js";

const close = (a, b, tolerance = 1e-9) => assert.ok(Math.abs(a - b) < tolerance, `${a} is not ${b}`);
const scattered = (count, seed) => Float64Array.from({ length: 2 * count }, ((draw) => () => normal(draw))(seeded(seed)));
const begun = (settings = {}, seed = 1) => race.newRace({ ...race.BEGINNING, ...settings }, seed);
const go = (now, steps) => {
  for (let i = 0; i < steps; i++) race.step(now);
  return now;
};
const seen = (now, name) => race.measure(now, name);

// --- clouds -----------------------------------------------------------------------------

test("every cloud is centred, of the same spread, and the same again for the same seed", () => {
  for (const name of NAMES) {
    const points = cloud(name, 800, 3);
    const mean = (from) => points.filter((_, i) => i % 2 === from).reduce((sum, value) => sum + value, 0) / 800;
    close(mean(0), 0, 1e-9);
    close(mean(1), 0, 1e-9);
    close(points.reduce((sum, value) => sum + value * value, 0) / 1600, 0.25, 1e-9);
    assert.deepEqual(points, cloud(name, 800, 3));
    assert.notDeepEqual(points, cloud(name, 800, 4));
  }
});

test("random numbers fill the unit interval evenly, and the normal ones have mean 0 and variance 1", () => {
  const draw = seeded(5);
  const tenths = new Uint32Array(10);
  for (let i = 0; i < 10_000; i++) tenths[Math.floor(10 * draw())] += 1;
  for (const count of tenths) assert.ok(count > 850 && count < 1150, String(count));
  const values = Array.from({ length: 10_000 }, () => normal(draw));
  close(values.reduce((sum, value) => sum + value, 0) / 10_000, 0, 0.04);
  close(values.reduce((sum, value) => sum + value * value, 0) / 10_000, 1, 0.06);
});

// --- VQ ---------------------------------------------------------------------------------

test("nearest is nearest, and of two equally near codes the first", () => {
  const codes = scattered(20, 1);
  const points = scattered(200, 2);
  for (let i = 0; i < points.length; i += 2) {
    const distances = Array.from({ length: 20 }, (_, k) => Math.hypot(codes[2 * k] - points[i], codes[2 * k + 1] - points[i + 1]));
    close(distances[nearest(codes, points[i], points[i + 1])], Math.min(...distances));
  }
  assert.equal(nearest([1, 0, -1, 0], 0, 5), 0);
});

test("the EMA rule is N ← dN + (1 − d)n, m ← dm + (1 − d)Σz, e = m / N", () => {
  const book = codebook([0, 0, 10, 10]);
  follow(book, gather(book, [1, 2, 3, 4, 9, 9]), 0.9);
  close(book.counts[0], 0.9 + 0.1 * 2);
  close(book.sums[0], 0.1 * 4);
  close(book.codes[0], 0.4 / 1.1);
  close(book.codes[1], 0.6 / 1.1);
  close(book.codes[2], (9 + 0.9) / 1);
});

test("a code that no point chooses stays where it is, by either rule and however long", () => {
  for (const settings of [{ rule: "ema", decay: 0.5 }, { rule: "gradient" }]) {
    const now = begun({ ...settings, start: "corner" });
    const before = now.vq.book.codes.slice(2);
    go(now, 400);
    assert.deepEqual(now.vq.book.codes.slice(2), before);
  }
});

test("the gradient rule goes down the mean of |z − e|², and never past it", () => {
  const points = scattered(100, 4);
  for (const size of [1, 2, 8]) {
    const book = codebook(onPoints(points, size, seeded(6)));
    const error = () => points.reduce((sum, _, i) => (i % 2 ? sum : sum + off(book, points, i)), 0) / 100;
    let last = error();
    for (let i = 0; i < 50; i++) {
      descend(book, gather(book, points), 100);
      assert.ok(error() <= last + 1e-12);
      last = error();
    }
  }
});

const off = ({ codes }, points, i) => {
  const code = nearest(codes, points[i], points[i + 1]);
  return (points[i] - codes[2 * code]) ** 2 + (points[i + 1] - codes[2 * code + 1]) ** 2;
};

test("the EMA rule can take over from the gradient rule without a jump", () => {
  const now = go(begun({ rule: "gradient" }), 50);
  const before = now.vq.book.codes.slice();
  Object.assign(now.settings, { rule: "ema", decay: 0.999 });
  race.step(now);
  now.vq.book.codes.forEach((value, i) => close(value, before[i], 0.2));
});

test("a code is revived once it was idle for some batches, onto a point of the batch", () => {
  const book = codebook([0, 0, 9, 9]);
  const points = scattered(50, 7);
  const gathered = { taken: [50, 0], sums: new Float64Array(4) };
  for (let i = 1; i < PATIENCE; i++) assert.equal(revive(book, gathered, points, seeded(1)), 0);
  assert.equal(revive(book, gathered, points, seeded(1)), 1);
  const places = Array.from({ length: 50 }, (_, i) => `${points[2 * i]},${points[2 * i + 1]}`);
  assert.ok(places.includes(`${book.codes[2]},${book.codes[3]}`));
});

test("k-means leaves a smaller error than codes on random points", () => {
  for (const name of NAMES) {
    const points = cloud(name, 600, 1);
    const error = (codes) => points.reduce((sum, _, i) => (i % 2 ? sum : sum + off({ codes }, points, i)), 0);
    assert.ok(error(kmeans(points, 16, seeded(2))) < error(onPoints(points, 16, seeded(2))));
  }
});

test("perplexity is V for uniform use", () => close(perplexity(Array(64).fill(7)), 64, 1e-9));

// --- RVQ --------------------------------------------------------------------------------

test("two stages of an RVQ are never worse than the first alone", () => {
  for (const shape of NAMES)
    for (const size of [4, 16, 64]) {
      const now = begun({ shape, size, start: "kmeans" });
      const { coarse } = now.rvq;
      const alone = now.points.reduce((sum, _, i) => (i % 2 ? sum : sum + off(coarse, now.points, i)), 0) / (now.points.length / 2);
      assert.ok(seen(now, "rvq").error <= alone + 1e-12, `${shape} ${size}`);
    }
});

test("the codes of an RVQ are all sums of a coarse and a fine code", () => {
  const now = begun({ size: 12 });
  const sums = race.codesOf(now, "rvq");
  const [coarse, fine] = [now.rvq.coarse.codes, now.rvq.fine.codes];
  assert.equal(sums.length / 2, 12);
  for (let a = 0; a < 4; a++)
    for (let b = 0; b < 3; b++) for (const k of [0, 1]) close(sums[2 * (3 * a + b) + k], coarse[2 * a + k] + fine[2 * b + k]);
});

test("the sizes of two stages multiply to V or just below", () => {
  for (let size = 2; size <= 64; size++) {
    const [more, less] = race.split(size);
    assert.ok(more >= less && more * less <= size && more * less > size - less);
  }
  assert.deepEqual(race.split(64), [8, 8]);
});

test("a dead code of an RVQ is a row of a codebook; a sum nobody needs is none", () => {
  const now = go(begun({ shape: "ring", start: "kmeans" }), 100);
  const { counts, dead } = seen(now, "rvq");
  assert.ok(counts.includes(0));
  assert.equal(dead, 0);
  Object.assign(now.settings, race.COLLAPSE);
  race.restartCodebooks(now);
  assert.equal(seen(go(now, 100), "rvq").dead, 3 + 3);
});

// --- FSQ and LFQ ------------------------------------------------------------------------

test("FSQ has exactly L1 × L2 codes, and rounding a code gives it again", () => {
  for (const levels of [[2, 2], [3, 2], [5, 4], [8, 8]]) {
    const model = lattice(levels.map(fsqAxis));
    const found = new Set();
    for (let x = -8; x < 8; x += 0.05) for (let y = -8; y < 8; y += 0.05) found.add(codeOf(model, x, y));
    assert.deepEqual([...found].sort((a, b) => a - b), Array.from({ length: levels[0] * levels[1] }, (_, code) => code));
    for (const axis of model.axes)
      for (let level = 0; level < axis.levels; level++) {
        const scale = Math.max(1, Math.floor(axis.levels / 2));
        assert.equal(Math.round(axis.value(level) * scale), level - scale);
        assert.ok(Math.abs(axis.value(level)) <= 1);
      }
  }
});

test("FSQ changes its level exactly at its borders", () => {
  for (const levels of [2, 3, 4, 5, 8]) {
    const axis = fsqAxis(levels);
    axis.borders.forEach((border, i) => {
      assert.equal(axis.level(border - 1e-6), i);
      assert.equal(axis.level(border + 1e-6), i + 1);
    });
  }
});

test("FSQ bounds: however far a point lies, its level is one of the L", () => {
  for (const levels of [1, 2, 5, 8])
    for (const u of [-1e6, -3, 0, 3, 1e6]) {
      const level = fsqAxis(levels).level(u);
      assert.ok(level >= 0 && level < levels);
    }
});

test("LFQ is the sign of each axis", () => {
  const model = lattice([lfqAxis(), lfqAxis()]);
  model.encoder = [1, 0, 0, 0, 1, 0];
  for (const [x, y] of [[1, 2], [-1, 2], [1, -0.1], [-3, -3]])
    assert.deepEqual(onLattice(model, codeOf(model, x, y)), [Math.sign(x), Math.sign(y)]);
});

test("what a lattice learns makes its error smaller, and its decoder is the best for its codes", () => {
  for (const axes of [[fsqAxis(4), fsqAxis(4)], [lfqAxis(), lfqAxis()]]) {
    const model = lattice(axes);
    const points = cloud("gaussian", 400, 2);
    const error = (rows = model.decoder) => {
      const codes = decoded({ axes, decoder: rows });
      return points.reduce((sum, value, i) => sum + (value - codes[2 * codeOf(model, points[i - (i % 2)], points[i - (i % 2) + 1]) + (i % 2)]) ** 2, 0) / 400;
    };
    learn(model, points);
    const first = error();
    for (let i = 0; i < 200; i++) learn(model, points);
    assert.ok(error() < first);
    model.moments = null;
    const { encoder } = model;
    learn(model, points);
    model.encoder = encoder;
    for (let i = 0; i < 6; i++) for (const change of [-0.05, 0.05]) assert.ok(error(model.decoder.with(i, model.decoder[i] + change)) > error());
  }
});

// --- cells ------------------------------------------------------------------------------

const holds = (cell, x, y) => cell.every(([ax, ay], i) => {
  const [bx, by] = cell[(i + 1) % cell.length];
  return (bx - ax) * (y - ay) - (by - ay) * (x - ax) >= -1e-9;
});

test("the cell drawn around a code holds the points that choose it, for every quantizer", () => {
  const now = go(begun({ shape: "moons", size: 20 }), 60);
  const frame = [-2, -2, 4];
  const cells = {
    vq: cellsOfCodes(now.vq.book.codes, frame),
    rvq: cellsOfSums(now.rvq.coarse.codes, now.rvq.fine.codes, frame),
    fsq: cellsOfLattice(now.fsq, frame),
    lfq: cellsOfLattice(now.lfq, frame),
  };
  for (const name of race.RACERS)
    for (let i = 0; i < now.points.length; i += 2) {
      const [x, y] = [now.points[i], now.points[i + 1]];
      assert.ok(holds(cells[name][race.encode(now, name, x, y)], x, y), name);
    }
});

test("clipping keeps the near half of a square", () => {
  const square = [[0, 0], [1, 0], [1, 1], [0, 1]];
  assert.deepEqual(clip(square, 1, 0, 0.25), [[0, 0], [0.25, 0], [0.25, 1], [0, 1]]);
  assert.deepEqual(clip(square, 1, 0, 2), square);
  assert.deepEqual(clip(square, 1, 0, -1), []);
});

test("the frame holds everything, square, and is there for no points at all", () => {
  const [left, bottom, side] = frameOf([0, 0, 4, 1], [2, -3]);
  assert.ok(left < 0 && left + side > 4 && bottom < -3 && bottom + side > 1);
  assert.ok(frameOf([])[2] > 0);
});

// --- gradients --------------------------------------------------------------------------

test("the rotation trick keeps the length of the gradient, times λ = |e| / |z|", () => {
  const draw = seeded(9);
  for (let i = 0; i < 50; i++) {
    const [g, z, e] = [0, 1, 2].map(() => [normal(draw), normal(draw)]);
    close(Math.hypot(...rotated(g, z, e)), (Math.hypot(...g) * Math.hypot(...e)) / Math.hypot(...z), 1e-9);
  }
});

test("the rotation trick keeps the angle between gradient and code as that between rotated gradient and point", () => {
  const angle = ([ax, ay], [bx, by]) => Math.atan2(ax * by - ay * bx, ax * bx + ay * by);
  const [g, z, e] = [[0.3, -1], [1, 0.2], [-0.4, 0.9]];
  close(angle(rotated(g, z, e), z), angle(g, e));
  assert.deepEqual(copied(g), g);
  rotated(g, z, z).forEach((value, i) => close(value, g[i]));
  assert.deepEqual(rotated(g, [0, 0], e), g);
});

test("the points chosen for arrows lie far apart, and there are never more than points", () => {
  assert.deepEqual(farApart([0, 0, 1, 0, 10, 0, 5, 9], 3), [0, 3, 2]);
  assert.deepEqual(farApart([1, 1], 8), [0]);
  assert.deepEqual(farApart([], 8), []);
});

test("arrows start at points and come in pairs", () => {
  const now = begun({ size: 4 });
  const shown = gradients({ race: now, measured: seen(now, "vq") });
  assert.ok(shown.length >= 5);
  for (const { point, place, copied } of shown) [0, 1].forEach((k) => close(point[k] + -copied[k], place[k]));
});

// --- learning, collapsing, being cured --------------------------------------------------

for (const [shape, size] of [...NAMES.map((name) => [name, 16]), ["ring", 6], ["gaussian", 64]]) {
  test(`${shape}, V = ${size}: it collapses, and either cure brings the codes back`, () => {
    const now = go(begun({ shape, size }), 30);
    const collapse = () => {
      Object.assign(now.settings, race.COLLAPSE);
      race.restartCodebooks(now);
      go(now, 200);
      assert.ok(seen(now, "vq").perplexity < 2);
      assert.ok(seen(now, "rvq").perplexity < 2);
      assert.equal(verdict(now, seen(now, "vq")), "collapsed");
    };
    collapse();
    now.settings.revival = true;
    go(now, 300);
    assert.ok(seen(now, "vq").perplexity > 0.7 * size, String(seen(now, "vq").perplexity));
    collapse();
    now.settings.start = "kmeans";
    race.restartCodebooks(now);
    go(now, 100);
    assert.ok(seen(now, "vq").perplexity > 0.7 * size);
    assert.notEqual(verdict(now, seen(now, "vq")), "collapsed");
  });
}

test("EMA alone is no cure: dead codes stay dead", () => {
  const now = go(begun({ ...race.COLLAPSE, rule: "gradient" }), 200);
  now.settings.rule = "ema";
  assert.ok(seen(go(now, 200), "vq").perplexity < 2);
});

test("an encoder that learns moves its points β / (1 + β) of the way to their codes", () => {
  for (const beta of [0, 0.25, 2]) {
    const now = go(begun({ moving: true, beta, start: "kmeans" }), 500);
    const { chosen, codes } = seen(now, "vq");
    let [asked, gone] = [0, 0];
    for (let i = 0; i < now.points.length; i++) {
      const to = codes[2 * chosen[i >> 1] + (i % 2)] - now.points[i];
      asked += to * to;
      gone += to * (now.vq.latents[i] - now.points[i]);
    }
    close(gone / asked, beta / (1 + beta), 0.03);
  }
});

test("without an encoder that learns, the points stand where the data has them", () => {
  const now = go(begun({ moving: true, beta: 2 }), 20);
  now.settings.moving = false;
  race.step(now);
  assert.deepEqual(now.vq.latents, now.points);
  assert.deepEqual(now.rvq.latents, now.points);
});

test("the same seed is the same race", () => {
  const numbers = (seed) => race.RACERS.map((name) => seen(go(begun({ revival: true }, seed), 40), name).error);
  assert.deepEqual(numbers(3), numbers(3));
  assert.notDeepEqual(numbers(3), numbers(4));
});

test("bits per point are log2 of the codes there are", () => {
  const now = begun({ size: 64 });
  assert.deepEqual(race.RACERS.map((name) => seen(now, name).bits), [6, 6, 6, 2]);
});

// --- drawing ----------------------------------------------------------------------------

test("a drawing begins empty, grows under the brush, and can be cleared", () => {
  const now = begun({ shape: "drawing" });
  assert.equal(now.points.length, 0);
  assert.equal(race.step(now), 0);
  assert.equal(verdict(now, seen(now, "vq")), "empty");
  for (let i = 0; i < 20; i++) race.addPoints(now, Math.cos(i), Math.sin(i));
  assert.equal(now.points.length / 2, 160);
  now.settings.revival = true;
  go(now, 200);
  assert.ok(seen(now, "vq").perplexity > 0.6 * 16);
  for (let i = 0; i < 1000; i++) race.addPoints(now, 0, 0);
  assert.equal(now.points.length / 2, 3000);
  race.clearPoints(now);
  assert.equal(now.points.length, 0);
});

test("a pixel is the place in the plane that is drawn there", () => {
  assert.deepEqual(toPlane([-1, -2, 4], 200, 0, 200), [-1, -2]);
  assert.deepEqual(toPlane([-1, -2, 4], 200, 200, 0), [3, 2]);
});

// --- what is said -----------------------------------------------------------------------

test("the slider of d covers 0.5 to 0.999 and shows what it sets", () => {
  assert.equal(decayAt(0), 0.5);
  assert.equal(decayAt(1), 0.999);
  for (const decay of [0.5, 0.9, 0.99, 0.999]) close(decayAt(placeOf(decay)), decay, 1e-9);
});

test("each slider says what it brings about, or that it brings about nothing", () => {
  const said = (name, settings) => CONSEQUENCES[name]({ ...race.BEGINNING, ...settings });
  assert.deepEqual(said("size", { size: 12 })[1], { size: 12, bits: 3.58, more: 4, less: 3 });
  assert.deepEqual([0.5, 0.9, 0.999].map((decay) => said("decay", { decay })[0]), ["plane.decay.quick", "plane.decay.middle", "plane.decay.slow"]);
  assert.equal(said("decay", { rule: "gradient" })[0], "plane.decay.off");
  assert.equal(said("beta", {})[0], "plane.beta.off");
  assert.deepEqual(said("beta", { moving: true, beta: 1 })[1], { percent: 50 });
  assert.equal(said("beta", { moving: true, beta: 0 })[0], "plane.beta.none");
});

test("the view comes nearer to its goal until it is there", () => {
  const frame = [0, 0, 1];
  let looks = 0;
  while (!ease(frame, [1, -1, 3], 0.12)) assert.ok((looks += 1) < 100);
  assert.deepEqual(frame, [1, -1, 3]);
});

test("every code has a colour of its own", () => {
  for (const [name, count, fine] of [["vq", 64, 1], ["rvq", 64, 8], ["fsq", 64, 1], ["lfq", 4, 1]])
    assert.equal(new Set(colours(name, count, fine, false)).size, count);
});
