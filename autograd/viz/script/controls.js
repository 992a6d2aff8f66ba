// What the reader does: steps, levels, switches, values, keys.
const barred = scalar ? obstacle() : D.obstacle, live = !barred;
const views = D.views.map(viewOf), answers = new Map(); // "step row" -> {done, right, tries}
let view = views[0], run, steps, near = [];
let edits = new Map(), turn = 0, updates = 0, losses = [], rate = 0.1, chosen = new Set(D.update);
const hasty = () => $("hasty").checked, overwrite = () => $("overwrite").checked, wrong = () => hasty() || overwrite();
const begins = () => Math.max(0, steps.findIndex((s) => s.kind === "seed"));
const finished = () => at >= steps.findLastIndex((s) => s.kind === "backward") && at > 0;
const gradient = (i) => (run.gradients.has(i) ? run.gradients.get(i) : 0);
const key = (k, j) => `${turn} ${view.key} ${wrong() ? "w" : ""}${hasty()}${k} ${j}`;
function hidden(k, j) {
  const r = steps[k].rows[j];
  return $("quiz").checked && k === at && typeof r.contribution === "number" && !(answers.get(key(k, j)) || {}).done;
}
// What is known at step k.
function state(k) {
  const values = new Set(nodes.filter((n) => n.kind !== "op").map((n) => n.id)), grads = new Map(), asked = new Set();
  for (let i = 0; i <= k; i++) {
    const s = steps[i];
    if (s.kind === "forward") for (const j of s.box.ops) values.add(j);
    if (s.kind === "seed") grads.set(D.root, run.gradients.get(D.root));
    if (s.kind === "backward") s.rows.forEach((r, j) => { grads.set(r.to, r.after); if (hidden(i, j)) asked.add(r.to); });
  }
  return { values, grads, asked };
}
function differs(x, i) {
  const right = gradient(i);
  return typeof x === "number" && typeof right === "number" && Math.abs(x - right) > 1e-9 * Math.max(1, Math.abs(right));
}

// Steps ----------------------------------------------------------------------------------------------------
function render() {
  const s = steps[at], phase = $("phase");
  phase.textContent = s.kind === "start" || s.kind === "update" ? s.kind : s.kind === "forward" ? "forward →" : wrong() ? "← backward, wrong on purpose" : "← backward";
  phase.className = s.kind === "seed" || s.kind === "backward" ? "phase backward" : "phase";
  near = drawing(s);
  look(near);
  panel(s);
  showPlace(steps.length, "step", `step ${at} of ${steps.length - 1}: ${heading(s)}`);
  const asks = s.rows && s.rows.some((r, j) => hidden(at, j));
  $("said").textContent = `Step ${at}. ` + (asks ? `${heading(s)}. What are the contributions?` : lines(s).join(". "));
}
function go(k, keep) {
  if (!keep) pause();
  at = among(k, steps.length);
  render();
  link(`#step=${at}&view=${view.key}${$("quiz").checked ? "&quiz" : ""}`);
}
function play() {
  if (timer) return pause();
  if (at === steps.length - 1) go(0);
  playing(() => {
    if (at < steps.length - 1) go(at + 1, true);
    if (at === steps.length - 1 || steps[at].rows?.some((r, j) => hidden(at, j))) pause();
  }, 1100);
}
// The step of a box: in the pass that is under way.
function stepOf(box) {
  const has = (s, kind) => s.kind === kind && s.box === box, early = at < begins();
  if (!box.ops.length) {
    const last = steps.findLastIndex((s) => s.kind === "backward" && s.rows.some((r) => box.members.includes(r.to)));
    return early || last < 0 ? steps.findIndex((s) => s.kind === "forward" && s.box.inputs.some((i) => box.members.includes(i))) : last;
  }
  const k = steps.findIndex((s) => has(s, "backward"));
  return early || k < 0 ? steps.findIndex((s) => has(s, "forward")) : k;
}
// The steps anew, for another view or other numbers, and to the step that is most like this one.
function rerun() {
  const old = steps && steps[at];
  steps = stepsOf(view, run, { hasty: hasty(), overwrite: overwrite(), live });
  $("slider").max = steps.length - 1;
  table();
  if (!old) return;
  const alike = (s) => s.kind === old.kind && (!old.box || s.box.members.includes(old.box.id)), k = steps.findIndex(alike);
  if (k < 0) go(steps.findLastIndex((s) => s.kind === old.kind));
  else go(k);
}
function switchTo(k) {
  if (k >= views.length) return;
  $("level").value = views[k].key;
  view = views[k];
  views.forEach((v) => $(`v${v.k}`).toggleAttribute("hidden", v !== view));
  scale();
  looked = false;
  rerun();
}

// Values ---------------------------------------------------------------------------------------------------
function assign(pairs, words) {
  for (const [i, x] of pairs) if (Object.is(x, nodes[i].value)) edits.delete(i); else edits.set(i, x);
  turn++;
  run = passes(edits);
  $("reset").hidden = !edits.size && !updates;
  rerun();
  $("said").textContent = `${words}: ${root.name} = ${number(run.values[D.root])}`;
}
function reset() {
  updates = 0;
  losses = [];
  assign([...edits.keys()].map((i) => [i, nodes[i].value]), "All values as they were");
}
const reached = (i) => { const { grads } = state(steps.length - 1); return grads.has(i) ? grads.get(i) : 0; };
const updated = (i) => run.values[i] - rate * reached(i);
const moves = () => [...chosen].map((i) => [i, updated(i)]);
const forecast = () => `${root.name}: ${number(run.values[D.root])} → ${number(forward(new Map([...edits, ...moves()]))[D.root])}`;
function descend() {
  const before = run.values[D.root], next = moves();
  updates++;
  at = 0;
  if (!losses.length) losses = [before];
  losses.push(forward(new Map([...edits, ...next]))[D.root]);
  assign(next, progress());
  go(0);
  $("step").focus({ preventScroll: true });
}
const listed = [...leaves, ...nodes.filter((n) => n.kind === "op")]; // as the table has them
function table() {
  const last = state(steps.length - 1).grads, found = differences(edits), away = wrong();
  document.querySelectorAll("#all tbody tr").forEach((tr, k) => {
    const { id, shape } = listed[k], [, value, grad, slope] = tr.querySelectorAll("td");
    tr.querySelector(".tag")?.remove();
    if (scalar) {
      if (live && !isOp(id)) value.replaceChildren(field(id));
      else set(value, shown(run.values[id], shape));
      set(grad, shown(gradient(id), shape));
      set(slope, id in found ? number(found[id]) : "");
    }
    if (away && last.has(id) && differs(last.get(id), id)) grad.append(tag("span", { class: "tag bad" }, `✗ wrong way: ${shown(last.get(id))}`));
  });
  if ($("words").open) $("text").textContent = allText();
}
function copy() {
  $("text").textContent = allText();
  copyText();
}

// Begin ----------------------------------------------------------------------------------------------------
const does = {
  first: () => go(0), last: () => go(steps.length - 1), back: () => go(at - 1), step: () => go(at + 1), jump: () => go(begins()),
  play, copy, reset, theme, fit: () => zoomTo("fit"), zoom: () => zoomTo(1), larger: () => zoomBy(1.25), smaller: () => zoomBy(0.8),
};
const MORE_KEYS = { b: "jump", "+": "larger", "-": "smaller", 0: "zoom", f: "fit" };
function pressed(e) {
  if (e.ctrlKey || e.metaKey || e.altKey || e.target.matches("input[type=text],select")) return;
  const node = e.target.closest(".node[role=button]"), box = node && view.boxes.find((b) => b.id === Number(node.dataset.node));
  const act = box && (e.key === "Enter" || e.key === " ") ? () => go(stepOf(box))
    : box && e.key.toLowerCase() === "e" && editable(box) ? () => edit(box)
    : /^[1-9]$/.test(e.key) ? () => switchTo(Number(e.key) - 1)
    : does[meant(e, MORE_KEYS)];
  if (!act) return;
  e.preventDefault();
  act();
}
function wanted() {
  const step = linked(), level = /[#&]view=(\w+)/.exec(location.hash);
  const k = level ? views.findIndex((v) => v.key === level[1]) : -1;
  if (/[#&]quiz\b/.test(location.hash)) $("quiz").checked = true;
  score();
  if (k >= 0 && views[k] !== view) switchTo(k);
  return step; // read at first: a switch writes a link of its own
}
function begin() {
  for (const id in does) $(id).addEventListener("click", does[id]);
  for (const v of views) $("level").append(tag("option", { value: v.key }, v.label));
  $("level").disabled = views.length < 2;
  $("level").addEventListener("change", () => switchTo(views.findIndex((v) => v.key === $("level").value)));
  $("slider").addEventListener("input", () => go($("slider").valueAsNumber));
  $("quiz").addEventListener("change", () => { score(); go(at, true); });
  for (const id of ["hasty", "overwrite"]) {
    $(id).addEventListener("change", rerun);
    $(id).disabled = !scalar;
    if (!scalar) $(id).parentNode.title = "Only for graphs of numbers: arrays have no recorded numbers to multiply";
  }
  $("words").addEventListener("toggle", () => { if ($("words").open) $("text").textContent = allText(); });
  document.addEventListener("keydown", pressed);
  addEventListener("hashchange", () => go(wanted()));
  addEventListener("resize", () => { scale(); look(near); });
  document.documentElement.classList.add("js");
  for (const id of ["controls", "panel", "phase", "keys", "words", "theme"]) $(id).hidden = false;
  showTheme();
  $("all").open = false;
  run = passes(edits);
  rerun();
  // The panel is as high as its longest step needs, within reason, and the picture's frame as its largest view.
  const most = Math.max(2, ...steps.map((s) => (s.box ? s.box.inputs.length : 0))), style = document.documentElement.style;
  style.setProperty("--panel", `${Math.min(104 + 28 * most, 250)}px`);
  style.setProperty("--tall", `${Math.min(92 + 82 * most, 262)}px`);
  style.setProperty("--high", `${Math.max(250, ...views.map((v) => $(`v${v.k}`).viewBox.baseVal.height + 20))}px`);
  scale();
  go(wanted());
}
begin();
