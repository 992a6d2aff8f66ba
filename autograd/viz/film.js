"use strict";
// Shows a training step by step. All numbers come from the engine; nothing is computed here but how it looks.
(() => {
  const $ = (id) => document.getElementById(id);
  const D = JSON.parse($("data").textContent), n = D.losses.length;
  const bytes = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
  const entries = { values: new Float32Array(bytes(D.values).buffer), gradients: new Float32Array(bytes(D.gradients).buffer) };
  const count = D.groups.length, root = document.documentElement;
  const arrayOf = D.groups.map((_, k) => D.arrays.findLastIndex((x) => x.start <= k));
  let at = n - 1, timer = 0, which = "values", curve = "linear", pinned = null, pointed = null;

  // Numbers ------------------------------------------------------------------------------------------------
  const trimmed = (t) => (t.includes(".") ? t.replace(/0+$/, "").replace(/\.$/, "") : t);
  function number(x) {
    if (Number.isNaN(x)) return "nan";
    if (!Number.isFinite(x)) return x < 0 ? "−inf" : "inf";
    let t;
    if (x && !(Math.abs(x) >= 10 ** -D.digits && Math.abs(x) < 1e7)) {
      const [m, e] = x.toExponential(Math.max(D.digits - 2, 1)).split("e");
      t = trimmed(m) + "e" + Number(e);
    } else t = trimmed(x.toFixed(D.digits));
    return t === "-0" ? "0" : t.replaceAll("-", "−");
  }
  const entry = (kind, k) => entries[kind][at * count + k];
  const known = (kind, k) => kind === "values" || !D.absent[at].includes(arrayOf[k]);
  const text = (kind, k) => (known(kind, k) ? number(entry(kind, k)) : "·");
  const scale = (group) => (which === "values" ? D.scales.values : D.scales.gradients[at])[group];
  function size(k) {
    return known(which, k) ? Math.min(Math.abs(entry(which, k)) / scale(D.groups[k]), 1) || 0 : 0; // 0 / 0 and nan are 0
  }
  const sign = (k) => (entry(which, k) < 0 ? "minus" : "plus");
  function tag(kind, attributes, ...children) {
    const x = document.createElement(kind);
    for (const k in attributes || {}) x.setAttribute(k, attributes[k]);
    x.append(...children);
    return x;
  }

  // Parameters ---------------------------------------------------------------------------------------------
  const net = $("network"), lines = net ? [...net.querySelectorAll("line")] : [], discs = net ? [...net.querySelectorAll(".bias")] : [];
  const neurons = net ? [...net.querySelectorAll(".neuron")] : [], maps = [...document.querySelectorAll(".map")];
  const ends = new Map(); // entry of a weight -> its layer and neurons
  D.layers.forEach(([weights], l) => weights.forEach((row, i) => row.forEach((k, j) => ends.set(k, { layer: l + 1, from: i, to: j }))));
  function square(row, column, size) {
    const side = 0.9 * Math.sqrt(size), x = column + 0.5 - side / 2, y = row + 0.5 - side / 2;
    return side ? `M${x.toFixed(3)} ${y.toFixed(3)}h${side.toFixed(3)}v${side.toFixed(3)}h${(-side).toFixed(3)}z` : "";
  }
  function extent(map) {
    const { width, height } = map.viewBox.baseVal;
    return [width, width * height];
  }
  function parameters() {
    for (const line of lines) {
      const k = Number(line.dataset.entry);
      line.setAttribute("stroke-width", (0.5 + 6 * size(k)).toFixed(2));
      line.setAttribute("stroke-opacity", (0.25 + 0.75 * size(k)).toFixed(2));
      line.classList.toggle("minus", sign(k) === "minus");
      line.classList.toggle("plus", sign(k) === "plus");
    }
    for (const disc of discs) {
      const k = Number(disc.dataset.entry);
      disc.setAttribute("r", (6.5 * Math.sqrt(size(k))).toFixed(2));
      disc.setAttribute("class", `bias ${sign(k)}`);
    }
    for (const map of maps) {
      const { start } = D.arrays[map.dataset.array], [columns, all] = extent(map), paths = { plus: "", minus: "" };
      for (let i = 0; i < all; i++) paths[sign(start + i)] += square(Math.floor(i / columns), i % columns, size(start + i));
      for (const kind in paths) map.querySelector(`.${kind}`).setAttribute("d", paths[kind]);
    }
    for (const row of document.querySelectorAll(".scalars tr[data-entry]")) {
      row.querySelector(".value").textContent = text("values", Number(row.dataset.entry));
      row.querySelector(".grad").textContent = text("gradients", Number(row.dataset.entry));
    }
    const name = which === "values" ? "weight" : "gradient", any = which === "values" || D.absent[at].length < D.arrays.length;
    $("what").textContent = `${name}s`;
    $("scale").textContent = !any ? "no gradients here" : net ? `widest: ${number(scale(0))}` : maps.length ? "the larger, the more area" : "";
  }

  // What is pointed at: a neuron, an edge, or an array ---------------------------------------------------------
  const neuronName = (l, i) => (l === 0 ? `x${i}` : `neuron ${i} of ${l === D.layers.length ? "the output" : `layer ${l}`}`);
  const item = (label, k) => tag("li", {}, tag("b", {}, label), tag("span", { class: "number value" }, text("values", k)), tag("span", { class: "number grad" }, text("gradients", k)));
  function readout() {
    const what = pointed || pinned, box = $("readout"), on = new Set();
    if (!what) box.replaceChildren(net ? "Point at a neuron or an edge, or tab to a neuron, for its numbers. A click keeps it." : "Point at a square for its numbers.");
    else if (what.array !== undefined) {
      const x = D.arrays[what.array], list = tag("ul");
      if (what.entry !== undefined) list.append(item(what.index, what.entry));
      else box.scrollTop = 0;
      const all = [...Array(x.shape.reduce((a, b) => a * b)).keys()].map((i) => entry(which, x.start + i));
      const low = Math.min(...all), high = Math.max(...all);
      box.replaceChildren(tag("h3", {}, x.name), `${which} from ${known(which, x.start) ? `${number(low)} to ${number(high)}` : "·"}`, list);
    } else if (what.edge !== undefined) {
      const { layer, from, to } = ends.get(what.edge);
      on.add(what.edge);
      box.replaceChildren(tag("h3", {}, `from ${neuronName(layer - 1, from)} to ${neuronName(layer, to)}`), tag("ul", {}, item("weight", what.edge)));
    } else {
      const { layer: l, neuron: i } = what, list = tag("ul");
      if (l) {
        const [weights, biases] = D.layers[l - 1];
        if (biases) list.append(item("bias", biases[i]));
        weights.forEach((row, j) => { on.add(row[i]); list.append(item(l === 1 ? `x${j}` : `from ${j}`, row[i])); });
      } else D.layers[0][0][i].forEach((k, j) => { on.add(k); list.append(item(`to ${j}`, k)); });
      const head = tag("h3", {}, neuronName(l, i));
      head.append(tag("span", { class: "soft" }, " · "), tag("span", { class: "value" }, "weight"), tag("span", { class: "soft" }, " and "), tag("span", { class: "grad" }, "gradient"));
      box.replaceChildren(head, list);
    }
    if (!net) return;
    net.classList.toggle("some", on.size > 0);
    for (const line of lines) line.classList.toggle("chosen", on.has(Number(line.dataset.entry)));
    for (const g of neurons) g.classList.toggle("chosen", Boolean(what) && what.layer === Number(g.dataset.layer) && what.neuron === Number(g.dataset.neuron));
  }
  const point = (what) => {
    const same = JSON.stringify(what) === JSON.stringify(pointed);
    pointed = what;
    if (!same) readout();
  };
  function nearest(e) {
    const r = net.getBoundingClientRect(), x = e.clientX - r.left, y = e.clientY - r.top;
    let best = null, least = 7;
    for (const line of lines) {
      const [x1, y1, x2, y2] = ["x1", "y1", "x2", "y2"].map((a) => (parseFloat(line.getAttribute(a)) / 100) * (a[0] === "x" ? r.width : r.height));
      if (x < x1 + 12 || x > x2 - 12) continue;
      const t = (x - x1) / (x2 - x1), d = (Math.abs(y1 + t * (y2 - y1) - y) * (x2 - x1)) / Math.hypot(x2 - x1, y2 - y1);
      if (d < least) [best, least] = [line, d];
    }
    return best && { edge: Number(best.dataset.entry) };
  }

  // Loss and decisions -----------------------------------------------------------------------------------------
  function marker() {
    const x = `${n > 1 ? (100 * at) / (n - 1) : 0}%`;
    for (const line of document.querySelectorAll(".now")) for (const end of ["x1", "x2"]) line.setAttribute(end, x);
    $("mark").setAttribute("cx", x);
    $("mark").setAttribute("cy", `${D.curves[curve][at]}%`);
    for (const g of document.querySelectorAll("[data-curve]")) g.setAttribute("visibility", g.dataset.curve === curve ? "visible" : "hidden");
  }
  const canvas = $("regions"), grids = D.plane && bytes(D.plane.grids), points = [...document.querySelectorAll(".point")];
  const colour = (name) => getComputedStyle(document.body).getPropertyValue(name).trim();
  const rgb = (hex) => (hex.length === 4 ? [1, 2, 3].map((i) => 17 * parseInt(hex[i], 16)) : [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16)));
  function regions() {
    if (!canvas) return;
    const [rows, columns, k = 1] = D.plane.shape, read = (b) => (k === 1 ? Math.sign(b - 128) * ((b - 128) / 127) ** 2 : b / 255), area = rows * columns, start = at * area * k;
    const w = (canvas.width = Math.max(2, Math.round(canvas.clientWidth * Math.min(devicePixelRatio, 2))));
    const h = (canvas.height = Math.max(2, Math.round(canvas.clientHeight * Math.min(devicePixelRatio, 2))));
    const context = canvas.getContext("2d"), image = context.createImageData(w, h), out = image.data;
    const paper = rgb(colour("--paper")), ink = rgb(colour("--ink"));
    const mixed = (to, share) => paper.map((x, i) => x + share * (to[i] - x));
    // For each class ten shades, the surer the stronger, each with the darker one of its hatching.
    const shades = [...Array(Math.max(k, 2)).keys()].map((c) => [...Array(10).keys()].flatMap((s) => [0.1, 0.19].map((a) => mixed(rgb(colour(`--k${c % 6}`)), a + 0.036 * s))));
    const said = Float32Array.from(grids.subarray(start, start + k * area), read), cell = (v, most) => Math.min(Math.floor(v), most - 2);
    const chosen = new Uint8Array(w * h), lead = new Float32Array(w * h); // of the likeliest class over the next
    for (let y = 0; y < h; y++) {
      const v = (1 - y / (h - 1)) * (rows - 1), i = cell(v, rows), fy = v - i;
      for (let x = 0; x < w; x++) {
        const u = (x / (w - 1)) * (columns - 1), j = cell(u, columns), fx = u - j, o = y * w + x;
        let best = 0, most = -2, next = -2;
        for (let c = 0; c < k; c++) {
          const g = c * area + i * columns + j;
          const p = (1 - fy) * ((1 - fx) * said[g] + fx * said[g + 1]) + fy * ((1 - fx) * said[g + columns] + fx * said[g + columns + 1]);
          if (p > most) [best, most, next] = [c, p, most];
          else if (p > next) next = p;
        }
        chosen[o] = k === 1 ? Number(most > 0) : best;
        lead[o] = k === 1 ? Math.abs(most) : most - next;
      }
    }
    const pitch = Math.round((9 * w) / Math.max(1, canvas.clientWidth)), wide = (1.1 * w) / Math.max(1, canvas.clientWidth);
    const slope = (o, before, after) => Math.max(Math.abs(lead[o + after] - lead[o]), Math.abs(lead[o - before] - lead[o]));
    for (let y = 0; y < h; y++) for (let x = 0; x < w; x++) {
      const o = y * w + x, c = chosen[o];
      const hatched = c > 0 && (c % 2 ? x + y : x - y + h) % (pitch * Math.ceil(c / 2)) === 0;
      const shade = shades[c][2 * Math.min(9, Math.floor(10 * lead[o])) + hatched];
      const near = Math.min(1, wide + 0.5 - lead[o] / (Math.hypot(slope(o, x && 1, x < w - 1 && 1), slope(o, y && w, y < h - 1 && w)) || 1e-9)); // 1 on the line
      for (let i = 0; i < 3; i++) out[4 * o + i] = near > 0 ? shade[i] + near * (ink[i] - shade[i]) : shade[i];
      out[4 * o + 3] = 255;
    }
    context.putImageData(image, 0, 0);
    const wrong = new Set(D.plane.wrong[at]);
    points.forEach((g, i) => g.classList.toggle("wrong", wrong.has(i)));
  }

  // One step -----------------------------------------------------------------------------------------------
  const cells = [...document.querySelectorAll("[data-number]")];
  const said = () => `${D.position} ${at}: ` + cells.map((x) => `${x.dataset.number} ${D.numbers[x.dataset.number][at]}`).join(", ");
  function render() {
    $("at").textContent = at;
    for (const x of cells) x.textContent = D.numbers[x.dataset.number][at];
    parameters();
    readout();
    marker();
    regions();
    $("slider").value = at;
    $("count").textContent = `${D.position} ${at} / ${n - 1}`;
    $("slider").setAttribute("aria-valuetext", said());
    $("first").disabled = $("back").disabled = at === 0;
    $("last").disabled = $("step").disabled = at === n - 1;
    if (!timer) $("said").textContent = said();
    document.body.dataset.step = at;
  }
  function go(k, keep) {
    if (!keep) pause();
    at = Math.max(0, Math.min(n - 1, Number.isFinite(k) ? Math.trunc(k) : 0));
    render();
    if (!timer) try { history.replaceState(null, "", `#step=${at}`); } catch { /* in a frame without an address */ }
  }
  function pause() {
    clearInterval(timer);
    timer = 0;
    $("play").textContent = "▶\uFE0E play";
  }
  function play() {
    if (timer) return go(at);
    if (at === n - 1) go(0);
    $("play").textContent = "⏸\uFE0E pause";
    timer = setInterval(() => (at < n - 2 ? go(at + 1, true) : go(n - 1)), 1000 / Number($("speed").value));
  }
  function swap() {
    which = which === "values" ? "gradients" : "values";
    $("swap").setAttribute("aria-pressed", which === "gradients");
    parameters();
    readout();
  }
  function log() {
    curve = curve === "linear" ? "log" : "linear";
    $("log").setAttribute("aria-pressed", curve === "log");
    marker();
  }
  async function copy() {
    let ok = true;
    try { await navigator.clipboard.writeText($("text").textContent); } catch {
      getSelection().selectAllChildren($("text"));
      ok = document.execCommand("copy");
    }
    $("copy").textContent = ok ? "copied ✓" : "select and copy below";
    setTimeout(() => { $("copy").textContent = "copy as text"; }, 1800);
  }

  // Begin --------------------------------------------------------------------------------------------------
  const system = matchMedia("(prefers-color-scheme: dark)"), dark = () => (root.dataset.theme || (system.matches ? "dark" : "light")) === "dark";
  $("theme").addEventListener("click", () => {
    root.dataset.theme = dark() ? "light" : "dark";
    $("theme").setAttribute("aria-pressed", dark());
    regions();
  });
  system.addEventListener("change", regions);
  $("theme").setAttribute("aria-pressed", dark());
  const does = { first: () => go(0), last: () => go(n - 1), back: () => go(at - 1), step: () => go(at + 1), play, swap, log, copy };
  for (const id in does) $(id).addEventListener("click", does[id]);
  $("slider").addEventListener("input", () => go($("slider").valueAsNumber));
  $("speed").addEventListener("change", () => { if (timer) { pause(); play(); } });
  $("curve").addEventListener("click", (e) => {
    const r = $("curve").getBoundingClientRect();
    go(Math.round(((e.clientX - r.left) / r.width) * (n - 1)));
  });
  for (const g of neurons) {
    const what = { layer: Number(g.dataset.layer), neuron: Number(g.dataset.neuron) };
    g.querySelector("title").remove(); // it tells of the last frame
    g.setAttribute("role", "button");
    g.setAttribute("tabindex", 0);
    g.setAttribute("aria-label", neuronName(what.layer, what.neuron));
    g.addEventListener("focus", () => point(what));
    g.addEventListener("blur", () => point(null));
    g.addEventListener("click", () => {
      pinned = JSON.stringify(pinned) === JSON.stringify(what) ? null : what;
      readout();
    });
  }
  net?.addEventListener("pointermove", (e) => {
    const g = e.target.closest(".neuron");
    point(g ? { layer: Number(g.dataset.layer), neuron: Number(g.dataset.neuron) } : nearest(e));
  });
  net?.addEventListener("click", (e) => {
    if (e.target.closest(".neuron")) return;
    pinned = nearest(e);
    readout();
  });
  net?.addEventListener("pointerleave", () => point(null));
  for (const map of maps) {
    const array = Number(map.dataset.array), { shape, start } = D.arrays[array], [columns, all] = extent(map), rows = all / columns;
    map.addEventListener("focus", () => point({ array }));
    map.addEventListener("blur", () => point(null));
    map.addEventListener("pointerleave", () => point(null));
    map.addEventListener("pointermove", (e) => {
      const r = map.getBoundingClientRect(), cell = (x, room, m) => Math.max(0, Math.min(m - 1, Math.floor((x / room) * m)));
      const row = cell(e.clientY - r.top, r.height, rows), column = cell(e.clientX - r.left, r.width, columns);
      let rest = row * columns + column;
      const index = shape.map((_, axis) => {
        const below = shape.slice(axis + 1).reduce((a, b) => a * b, 1), i = Math.floor(rest / below);
        rest -= i * below;
        return i;
      });
      point({ array, entry: start + row * columns + column, index: `[${index.join(", ")}]` });
    });
  }
  document.addEventListener("keydown", (e) => {
    if (e.ctrlKey || e.metaKey || e.altKey || e.target.matches("select")) return;
    const range = e.target.matches("input[type=range]"), button = e.target.closest("button,summary");
    const g = e.target.closest(".neuron");
    if (g && (e.key === "Enter" || e.key === " ")) {
      e.preventDefault();
      return g.dispatchEvent(new MouseEvent("click", { bubbles: true }));
    }
    const act = { ArrowRight: "step", ArrowLeft: "back", Home: "first", End: "last", " ": "play", g: "swap", G: "swap" }[e.key];
    if (!act || (range && /^(Arrow|Home|End)/.test(e.key)) || (button && e.key === " ")) return;
    e.preventDefault();
    does[act]();
  });
  addEventListener("hashchange", () => go(wanted()));
  addEventListener("resize", regions);
  function wanted() {
    const found = /[#&]step=(\d+)/.exec(location.hash);
    return found ? Number(found[1]) : 0;
  }
  root.classList.add("js");
  for (const id of ["controls", "keys", "theme", "copy"]) $(id).hidden = false;
  for (const id of ["swap", "readout"]) $(id).hidden = !net && !maps.length;
  $("log").hidden = !D.curves.log;
  if (canvas) canvas.hidden = false;
  go(wanted());
})();
