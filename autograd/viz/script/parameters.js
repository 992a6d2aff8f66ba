// The parameters of a film's frame, as a network or as squares, and the numbers of what is pointed at.
const n = D.losses.length;
const bytes = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
const held = { values: new Float32Array(bytes(D.values).buffer), gradients: new Float32Array(bytes(D.gradients).buffer) };
const count = D.groups.length;
const arrayOf = D.groups.map((_, k) => D.arrays.findLastIndex((x) => x.start <= k));
let which = "values", pinned = null, pointed = null;
const entry = (kind, k) => held[kind][at * count + k];
const known = (kind, k) => kind === "values" || !D.absent[at].includes(arrayOf[k]);
const text = (kind, k) => (known(kind, k) ? number(entry(kind, k)) : "·");
const scale = (group) => (which === "values" ? D.scales.values : D.scales.gradients[at])[group];
function share(k) {
  return known(which, k) ? Math.min(Math.abs(entry(which, k)) / scale(D.groups[k]), 1) || 0 : 0; // 0 / 0 and nan are 0
}
const sign = (k) => (entry(which, k) < 0 ? "minus" : "plus");

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
    line.setAttribute("stroke-width", (0.5 + 6 * share(k)).toFixed(2));
    line.setAttribute("stroke-opacity", (0.25 + 0.75 * share(k)).toFixed(2));
    line.classList.toggle("minus", sign(k) === "minus");
    line.classList.toggle("plus", sign(k) === "plus");
  }
  for (const disc of discs) {
    const k = Number(disc.dataset.entry);
    disc.setAttribute("r", (6.5 * Math.sqrt(share(k))).toFixed(2));
    disc.setAttribute("class", `bias ${sign(k)}`);
  }
  for (const map of maps) {
    const { start } = D.arrays[map.dataset.array], [columns, all] = extent(map), paths = { plus: "", minus: "" };
    for (let i = 0; i < all; i++) paths[sign(start + i)] += square(Math.floor(i / columns), i % columns, share(start + i));
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
