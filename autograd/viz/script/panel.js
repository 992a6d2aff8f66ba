// The panel below the picture: one step in full, with the fields of the quiz, of the inputs and of the update.
function head(...names) {
  return tag("thead", { class: "heads" }, tag("tr", {}, ...names.map(([t, c]) => (t ? tag("th", { scope: "col", class: c || "" }, t) : tag("td", {}, "")))));
}
const cell = (text, c = "") => tag("td", { class: c }, text);
const label = (text) => tag("th", { scope: "row" }, text);

function panel(s) {
  const box = $("panel"), n = s.box && !s.box.folded && nodes[s.box.ops[0]], body = tag("tbody");
  box.replaceChildren();
  box.className = s.kind === "seed" ? "backward" : s.kind;
  if (n && n.source) box.append(tag("span", { class: "from" }, n.source));
  box.append(tag("h2", {}, heading(s)));
  const top = { start, forward: ahead, seed, backward: behind, update }[s.kind](s, box, body);
  if (top && body.childElementCount) box.append(tag("table", {}, top, body));
  if (finished() && s.kind === "backward") box.append(verdict());
  box.scrollTop = 0;
}
function start(s, box) {
  if (updates) box.append(tag("p", { class: "good" }, progress()));
  const inputs = tag("p", { class: "fields" });
  for (const n of leaves) {
    const value = live ? field(n.id) : shown(n.value, n.shape), was = edits.has(n.id) ? [tag("span", { class: "tag" }, `was ${number(n.value)}`)] : [];
    inputs.append(tag("span", {}, tag("b", {}, n.name), " = ", value, ...was));
  }
  box.append(inputs, tag("p", {}, live ? "Change a value, and everything is computed anew." : `Values cannot be edited here: ${barred}.`));
}
function ahead(s, box, body) {
  const b = s.box, then = steps.find((x) => x.kind === "backward" && x.box === b);
  const sends = then ? then.rows : [];
  if (!wrong()) box.append(tag("p", {}, "The local derivatives at these values wait for the backward pass."));
  b.inputs.forEach((i, slot) => {
    const r = sends.find((x) => x.to === i && (b.folded || x.slot === slot));
    const text = r ? local(then, r).text : nodes[i].kind === "constant" ? "a constant: needs none" : "none: its gradient is zero";
    body.append(tag("tr", {}, label(name(i)), cell(shown(run.values[i], nodes[i].shape), "r value"), cell(wrong() && !then ? "" : text)));
  });
  return head(["input"], ["its value", "r"], ["local derivative"]);
}
function seed(s, box) {
  box.append(tag("p", {}, `${root.name} changes exactly as ${root.name} does, so its own gradient is 1.`),
    tag("p", {}, "All others are not known yet (·). Each box now passes upstream × local derivative on to its inputs, " +
      "the last one first, so that a node has heard from all its users before it passes anything on."));
  if (wrong()) box.append(tag("p", { class: "bad" }, "This backward pass is wrong on purpose: see the switches above."));
}
function behind(s, box, body) {
  s.rows.forEach((r, j) => body.append(row(s, r, j)));
  return head(["input"], ["upstream", "r"], [""], ["local derivative"], [""], ["contribution", "r"], ["gradient of the input"]);
}
function row(s, r, j) {
  const shape = nodes[r.to].shape, l = local(s, r), ask = hidden(at, j), [before, after] = added(r), more = cell("", "sum");
  if (ask) more.append("?");
  else {
    more.append(before, tag("b", {}, after));
    if (r.replaced) more.append(tag("span", { class: "tag bad" }, "✗ overwritten"));
    else if (!r.first) more.append(tag("span", { class: "tag added" }, "accumulated"));
    if (wrong() && differs(r.after, r.to)) more.append(tag("span", { class: "tag" }, `right in the end: ${shown(gradient(r.to))}`));
  }
  const c = cell("", "r given");
  if (ask) c.append(question(r, j));
  else {
    c.append(tag("b", {}, shown(r.contribution, shape)));
    const a = answers.get(key(at, j));
    if ($("quiz").checked && a) c.append(tag("span", { class: `tag ${a.right ? "good" : "bad"}` }, a.right ? "✓" : "✗"));
  }
  const tr = tag("tr", {}, label(name(r.to)), cell(upstreamText(s), "r grad"), cell(l.sign, "sign"), cell(l.text), cell("=", "sign"), c, more);
  tr.dataset.to = r.to;
  return tr;
}
function verdict() {
  const g = state(at).grads, p = tag("p", {}), told = new Set(backward(view, run).flatMap((s) => s.rows.map((r) => r.to)));
  const bad = [...told].filter((i) => differs(g.has(i) ? g.get(i) : 0, i));
  if (!wrong()) p.append("Done: every gradient is complete.");
  else if (!bad.length) p.append(tag("span", { class: "tag good" }, "✓"), " Here the wrong way happens to give the right gradients: nothing that was skipped or lost made a difference.");
  else p.append(tag("span", { class: "tag bad" }, `✗ ${bad.length} wrong`), " " + bad.slice(0, 8).map((i) => `${d(i)} = ${shown(g.get(i))}, right ${shown(gradient(i))}`).join("; "));
  return p;
}

// Editing --------------------------------------------------------------------------------------------------
// A field for the value of a leaf. What is no number is marked, and changes nothing.
function field(i) {
  const x = tag("input", { type: "text", inputmode: "decimal", autocomplete: "off", "aria-label": `value of ${name(i)}`, value: String(run.values[i]).replace("-", "−") });
  x.dataset.leaf = i;
  const take = () => {
    const value = typed(x.value);
    x.toggleAttribute("aria-invalid", value === undefined);
    if (value !== undefined && !Object.is(value, run.values[i])) assign([[i, value]], `${name(i)} is now ${number(value)}`);
  };
  x.addEventListener("change", take);
  x.addEventListener("keydown", (e) => { if (e.key === "Enter") take(); });
  return x;
}
const editable = (box) => live && !box.ops.length && box.members.length === 1 && leaves.includes(nodes[box.members[0]]);
// The field of a leaf over its number in the picture.
function edit(box) {
  const { g, w } = picture(view).of.get(box), frame = $("graph"), r = g.getBoundingClientRect(), here = frame.getBoundingClientRect();
  const x = field(box.members[0]), close = () => g.focus({ preventScroll: true });
  x.className = "over";
  Object.assign(x.style, { left: `${r.left - here.left + frame.scrollLeft}px`, top: `${r.top - here.top + frame.scrollTop + r.height * 0.36}px`, width: `${Math.max(r.width, w, 150)}px` });
  x.addEventListener("blur", () => x.remove());
  x.addEventListener("keydown", (e) => { if (e.key === "Escape" || (e.key === "Enter" && typed(x.value) !== undefined)) close(); });
  frame.append(x);
  x.focus({ preventScroll: true });
  x.select();
}
function update(s, box) {
  const lr = tag("input", { id: "rate", type: "text", inputmode: "decimal", value: rate, "aria-label": "learning rate" });
  const act = tag("button", { type: "button", id: "update", class: "main" }, "update, and start again");
  lr.addEventListener("change", () => {
    const x = typed(lr.value);
    lr.toggleAttribute("aria-invalid", x === undefined);
    if (x !== undefined && x !== rate) { rate = x; rerun(); $("rate")?.focus(); }
  });
  act.addEventListener("click", descend);
  box.append(tag("p", { class: "ask" }, tag("label", {}, "value − learning rate ", lr, " × gradient"), act, tag("span", { id: "after" }, forecast())));
  if (wrong()) box.append(tag("p", { class: "bad" }, "With the gradients of a backward pass that is wrong on purpose."));
  const fields = tag("p", { class: "fields" });
  for (const { id } of leaves) {
    const check = tag("input", { type: "checkbox" }), on = chosen.has(id);
    check.checked = on;
    check.dataset.update = id;
    check.addEventListener("change", () => {
      chosen[check.checked ? "add" : "delete"](id);
      rerun();
      document.querySelector(`[data-update="${id}"]`)?.focus();
    });
    const sum = `${number(run.values[id])} − ${number(rate)} × ${signed(number(reached(id)))} = `;
    fields.append(tag("label", {}, check, tag("b", {}, name(id)), tag("span", { class: "sum" }, ...(on ? [sum, tag("b", {}, number(updated(id)))] : [`stays ${number(run.values[id])}`]))));
  }
  box.append(fields);
}

// Quiz -----------------------------------------------------------------------------------------------------
function question(r, j) {
  const k = key(at, j), input = tag("input", { type: "text", inputmode: "decimal", autocomplete: "off", "aria-label": `contribution to ${name(r.to)}`, placeholder: "?" });
  const note = tag("span", {}), show = tag("button", { type: "button" }, "show");
  const finish = (right) => {
    answers.set(k, { done: true, right });
    score();
    render();
    const next = $("panel").querySelector("input");
    (next || $("step")).focus({ preventScroll: true });
  };
  input.addEventListener("keydown", (e) => {
    if (e.key !== "Enter" || !input.value.trim()) return;
    const x = typed(input.value), c = r.contribution, a = answers.get(k) || { tries: 0 };
    if (Math.abs(x - c) <= Math.max(0.01 * Math.abs(c), 0.5 * 10 ** -D.digits) || Object.is(x, c)) return finish(!a.tries);
    answers.set(k, { tries: a.tries + 1 });
    note.className = "tag bad";
    note.textContent = "✗ not yet";
    $("said").textContent = "Not yet. Upstream times local derivative.";
    input.select();
  });
  show.addEventListener("click", () => finish(false));
  return tag("span", {}, input, show, note);
}
function score() {
  const done = [...answers.values()].filter((a) => a.done);
  $("score").hidden = !$("quiz").checked;
  $("score").textContent = $("quiz").checked ? `score ${done.filter((a) => a.right).length} / ${done.length}` : "";
}
