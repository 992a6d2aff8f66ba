// A training step by step. All numbers come from the engine; nothing is computed here but how it looks.
let curve = "linear";
function marker() {
  const x = `${n > 1 ? (100 * at) / (n - 1) : 0}%`;
  for (const line of document.querySelectorAll(".now")) for (const end of ["x1", "x2"]) line.setAttribute(end, x);
  $("mark").setAttribute("cx", x);
  $("mark").setAttribute("cy", `${D.curves[curve][at]}%`);
  for (const g of document.querySelectorAll("[data-curve]")) g.setAttribute("visibility", g.dataset.curve === curve ? "visible" : "hidden");
}
const cells = [...document.querySelectorAll("[data-number]")];
const said = () => `${D.position} ${at}: ` + cells.map((x) => `${x.dataset.number} ${D.numbers[x.dataset.number][at]}`).join(", ");
function render() {
  $("at").textContent = at;
  for (const x of cells) x.textContent = D.numbers[x.dataset.number][at];
  parameters();
  readout();
  marker();
  regions();
  showPlace(n, D.position, said());
  if (!timer) $("said").textContent = said();
}
function go(k, keep) {
  if (!keep) pause();
  at = among(k, n);
  render();
  if (!timer) link(`#step=${at}`);
}
function play() {
  if (timer) return go(at);
  if (at === n - 1) go(0);
  playing(() => (at < n - 2 ? go(at + 1, true) : go(n - 1)), 1000 / Number($("speed").value));
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

// Begin --------------------------------------------------------------------------------------------------
$("theme").addEventListener("click", () => { theme(); regions(); });
system.addEventListener("change", regions);
showTheme();
const does = { first: () => go(0), last: () => go(n - 1), back: () => go(at - 1), step: () => go(at + 1), play, swap, log, copy: copyText };
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
  const g = e.target.closest(".neuron");
  if (g && (e.key === "Enter" || e.key === " ")) {
    e.preventDefault();
    return g.dispatchEvent(new MouseEvent("click", { bubbles: true }));
  }
  const act = meant(e, { g: "swap" });
  if (!act) return;
  e.preventDefault();
  does[act]();
});
addEventListener("hashchange", () => go(linked()));
addEventListener("resize", regions);
document.documentElement.classList.add("js");
for (const id of ["controls", "keys", "theme", "copy"]) $(id).hidden = false;
for (const id of ["swap", "readout"]) $(id).hidden = !net && !maps.length;
$("log").hidden = !D.curves.log;
if (canvas) canvas.hidden = false;
go(linked());
