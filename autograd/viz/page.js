"use strict";
// Shows a recorded run step by step. All numbers come from the engine; only the two wrong ways of going
// backward are computed here, from the recorded local derivatives.
(() => {
  const $ = (id) => document.getElementById(id);
  const BIG = { nan: NaN, inf: Infinity, "-inf": -Infinity };
  const D = JSON.parse($("data").textContent);
  const numbers = (x) => (Array.isArray(x) ? x.map(numbers) : typeof x === "string" && x in BIG ? BIG[x] : x);
  for (const n of D.nodes) n.value = numbers(n.value);
  for (const s of D.backward) {
    s.upstream = numbers(s.upstream);
    for (const r of s.rows) for (const k of ["local", "contribution", "before", "after"]) r[k] = numbers(r[k]);
  }
  for (const k in D.gradients) D.gradients[k] = numbers(D.gradients[k]);

  const nodes = D.nodes, root = nodes[D.root], name = (i) => nodes[i].name;
  const sends = new Map(D.backward.map((s) => [s.node, s]));
  const operands = nodes.map(() => []);
  for (const e of D.edges) operands[e.target][e.slot] = e.source;
  const scalar = nodes.every((n) => n.kind === "constant" || !n.shape.length);
  const calm = matchMedia("(prefers-reduced-motion: reduce)");

  // Text ---------------------------------------------------------------------------------------------------
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
  const size = (x) => (Array.isArray(x) ? x.reduce((n, y) => n + size(y), 0) : 1);
  const entries = (x) => (Array.isArray(x) ? "[" + x.map(entries).join(", ") + "]" : number(x));
  function shown(x, shape) {
    if (x === undefined) return "·";
    if (x === null || size(x) > 9) return shape && shape.length ? `array ${shape.join(" × ")}` : "array";
    return entries(x);
  }
  const signed = (t) => (t.startsWith("−") ? `(${t})` : t);
  const d = (i) => `∂${root.name}/∂${name(i)}`;
  function tag(kind, attributes, ...children) {
    const x = document.createElement(kind);
    for (const k in attributes || {}) x.setAttribute(k, attributes[k]);
    x.append(...children);
    return x;
  }

  // Steps --------------------------------------------------------------------------------------------------
  let steps, at = 0, timer = 0;
  const answers = new Map(); // "step row" -> {done, right, tries}
  const hasty = () => $("hasty").checked, overwrite = () => $("overwrite").checked, wrong = () => hasty() || overwrite();

  function backward() {
    if (!wrong()) return D.backward;
    const g = new Map([[D.root, 1]]), gone = new Set(), out = [];
    const send = (s, r, upstream) => {
      const before = g.has(r.to) ? g.get(r.to) : 0, c = upstream * r.local;
      const after = overwrite() ? c : before + c;
      const row = { ...r, contribution: c, before, after, first: !g.has(r.to), replaced: overwrite() && g.has(r.to) };
      g.set(r.to, after);
      const last = out[out.length - 1];
      if (last && last.node === s.node) last.rows.push(row);
      else out.push({ node: s.node, upstream, rows: [row] });
    };
    if (hasty()) {
      const stack = sends.has(D.root) ? [[sends.get(D.root), 0, 1]] : [];
      gone.add(D.root);
      while (stack.length) {
        const top = stack[stack.length - 1], [s, k, upstream] = top;
        if (k >= s.rows.length) { stack.pop(); continue; }
        const to = s.rows[top[1]++].to;
        send(s, s.rows[k], upstream);
        if (sends.has(to) && !gone.has(to)) {
          gone.add(to);
          stack.push([sends.get(to), 0, g.get(to)]);
        }
      }
    } else for (const s of D.backward) for (const r of s.rows) send(s, r, g.get(s.node));
    return out;
  }
  function build() {
    steps = [{ kind: "start" }];
    for (const n of nodes) if (n.kind === "op") steps.push({ kind: "forward", node: n.id });
    if (D.gradients[D.root] !== undefined) {
      steps.push({ kind: "seed", node: D.root });
      for (const s of backward()) steps.push({ kind: "backward", ...s });
    }
    $("slider").max = steps.length - 1;
  }
  const begins = () => Math.max(0, steps.findIndex((s) => s.kind === "seed"));
  const key = (k, j) => `${wrong() ? "w" : ""}${hasty()}${k} ${j}`;
  const hidden = (k, j) => {
    const r = steps[k].rows[j];
    return $("quiz").checked && k === at && typeof r.contribution === "number" && !(answers.get(key(k, j)) || {}).done;
  };

  function state(k) {
    const values = new Set(nodes.filter((n) => n.kind !== "op").map((n) => n.id)), grads = new Map(), asked = new Set();
    for (let i = 0; i <= k; i++) {
      const s = steps[i];
      if (s.kind === "forward") values.add(s.node);
      if (s.kind === "seed") grads.set(s.node, D.gradients[D.root]);
      if (s.kind === "backward") s.rows.forEach((r, j) => { grads.set(r.to, r.after); if (hidden(i, j)) asked.add(r.to); });
    }
    return { values, grads, asked };
  }
  const differs = (x, i) => {
    const right = D.gradients[i];
    return typeof x === "number" && typeof right === "number" && Math.abs(x - right) > 1e-9 * Math.max(1, Math.abs(right));
  };

  // Sentences ----------------------------------------------------------------------------------------------
  function heading(s) {
    if (s.kind === "start") return "Start: the inputs have their values";
    if (s.kind === "forward") return `Forward: ${name(s.node)} = ${nodes[s.node].text} = ${shown(nodes[s.node].value, nodes[s.node].shape)}`;
    if (s.kind === "seed") return `Backward begins: ${d(s.node)} = ${shown(D.gradients[D.root], root.shape)}`;
    return `Backward through ${name(s.node)} = ${nodes[s.node].text}: upstream ${d(s.node)} = ${shown(s.upstream, nodes[s.node].shape)}`;
  }
  // What multiplies the upstream gradient: text and number; for rules on arrays the rule itself.
  function local(s, r) {
    const to = nodes[r.to], n = nodes[s.node], number_ = r.local !== null && size(r.local) <= 9 ? shown(r.local, to.shape) : "";
    const rule = n.shape.length > 0 && /(^|[^\w])g($|[^\w])/.test(r.local_text);
    if (rule) return { sign: "in", text: `${r.local_text},  g = upstream`, rule };
    const same = r.local_text.replace("-", "−") === number_ || !number_;
    return { sign: "×", text: `∂${name(s.node)}/∂${name(r.to)} = ${same && number_ ? number_ : r.local_text}${same ? "" : ` = ${number_}`}`, rule };
  }
  function added(r) {
    const shape = nodes[r.to].shape, c = shown(r.contribution, shape), after = shown(r.after, shape);
    if (r.replaced) return [`${shown(r.before, shape)} is lost, now `, after];
    if (shape.length && size(r.after) > 3) return [r.first ? "" : "sum: ", after];
    return [`${shown(r.before, shape)} + ${signed(c)} = `, after];
  }
  function lines(s) {
    const out = [heading(s)];
    if (s.kind === "start") for (const n of nodes) if (n.kind !== "op" && n.kind !== "constant") out.push(`  ${n.name} = ${shown(n.value, n.shape)}`);
    for (const r of s.rows || []) {
      const l = local(s, r), shape = nodes[r.to].shape;
      const [before, after] = added(r);
      out.push(`  ${name(r.to)}: ${shown(s.upstream, nodes[s.node].shape)} ${l.sign} (${l.text}) = ${shown(r.contribution, shape)}; ` +
        `gradient ${before}${after}${r.first ? "" : r.replaced ? " overwritten" : " accumulated"}`);
    }
    return out;
  }
  function allText() {
    const out = [document.title, ""];
    steps.forEach((s, k) => lines(s).forEach((t, j) => out.push(j ? `    ${t}` : `${String(k).padStart(3)} ${t}`)));
    if (wrong()) out.push("", "This backward pass was run wrongly on purpose.");
    return out.join("\n");
  }

  // Panel --------------------------------------------------------------------------------------------------
  function head(...names) {
    return tag("thead", { class: "heads" }, tag("tr", {}, ...names.map(([t, c]) => (t ? tag("th", { scope: "col", class: c || "" }, t) : tag("td", {}, "")))));
  }
  const cell = (text, c = "") => tag("td", { class: c }, text);
  const label = (text) => tag("th", { scope: "row" }, text);

  function panel(s) {
    const box = $("panel"), n = nodes[s.node];
    box.replaceChildren();
    box.className = s.kind === "seed" ? "backward" : s.kind;
    if (n && n.source) box.append(tag("span", { class: "from" }, n.source));
    box.append(tag("h2", {}, heading(s)));
    const body = tag("tbody");
    let top;
    if (s.kind === "start") {
      top = head(["input"], ["is"], ["value", "r"]);
      for (const x of nodes) if (x.kind === "leaf" || x.kind === "parameter") body.append(tag("tr", {}, label(x.name), cell(x.kind), cell(shown(x.value, x.shape), "r value")));
    } else if (s.kind === "forward") {
      box.append(tag("p", {}, "The local derivatives at these values wait for the backward pass."));
      top = head(["input"], ["its value", "r"], ["local derivative"]);
      const rows = (sends.get(s.node) || { rows: [] }).rows;
      operands[s.node].forEach((i, slot) => {
        const r = rows.find((x) => x.slot === slot);
        const text = r ? local(s, r).text : nodes[i].kind === "constant" ? "a constant: needs none" : "none: its gradient is zero";
        body.append(tag("tr", {}, label(name(i)), cell(shown(nodes[i].value, nodes[i].shape), "r value"), cell(text)));
      });
    } else if (s.kind === "seed") {
      box.append(tag("p", {}, `${root.name} changes exactly as ${root.name} does, so its own gradient is 1.`),
        tag("p", {}, `All others are not known yet (·). Each op now passes upstream × local derivative on to its inputs, ` +
          `the last op first, so that a node has heard from all its users before it passes anything on.`));
      if (wrong()) box.append(tag("p", { class: "bad" }, "This backward pass is wrong on purpose: see the switches above."));
    } else {
      top = head(["input"], ["upstream", "r"], [""], ["local derivative"], [""], ["contribution", "r"], ["gradient of the input"]);
      s.rows.forEach((r, j) => body.append(row(s, r, j)));
    }
    if (top && body.childElementCount) box.append(tag("table", {}, top, body));
    if (at === steps.length - 1 && s.kind === "backward") box.append(end());
    box.scrollTop = 0;
  }
  function end() {
    const g = state(at).grads, bad = nodes.filter((n) => n.kind !== "constant" && differs(g.has(n.id) ? g.get(n.id) : 0, n.id));
    const p = tag("p", {});
    if (!wrong()) p.append("Done: every gradient is complete.");
    else if (!bad.length) p.append(tag("span", { class: "tag good" }, "✓"), " Here the wrong way happens to give the right gradients: nothing that was skipped or lost made a difference.");
    else p.append(tag("span", { class: "tag bad" }, `✗ ${bad.length} wrong`), " " + bad.slice(0, 8).map((n) => `${d(n.id)} = ${shown(g.get(n.id))}, right ${shown(D.gradients[n.id])}`).join("; "));
    return p;
  }
  function row(s, r, j) {
    const shape = nodes[r.to].shape, l = local(s, r), ask = hidden(at, j), [before, after] = added(r);
    const sum = cell("", "sum");
    if (ask) sum.append("?");
    else {
      sum.append(before, tag("b", {}, after));
      if (r.replaced) sum.append(tag("span", { class: "tag bad" }, "✗ overwritten"));
      else if (!r.first) sum.append(tag("span", { class: "tag added" }, "accumulated"));
      if (wrong() && differs(r.after, r.to)) sum.append(tag("span", { class: "tag" }, `right in the end: ${shown(D.gradients[r.to])}`));
    }
    const c = cell("", "r given");
    if (ask) c.append(question(r, j));
    else {
      c.append(tag("b", {}, shown(r.contribution, shape)));
      const a = answers.get(key(at, j));
      if ($("quiz").checked && a) c.append(tag("span", { class: `tag ${a.right ? "good" : "bad"}` }, a.right ? "✓" : "✗"));
    }
    const tr = tag("tr", {}, label(name(r.to)), cell(shown(s.upstream, nodes[s.node].shape), "r grad"), cell(l.sign, "sign"), cell(l.text), cell("=", "sign"), c, sum);
    tr.dataset.to = r.to;
    return tr;
  }

  // Quiz ---------------------------------------------------------------------------------------------------
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
      const x = Number(input.value.trim().replace("−", "-").replace(",", ".")), c = r.contribution;
      const near = Math.abs(x - c) <= Math.max(0.01 * Math.abs(c), 0.5 * 10 ** -D.digits) || Object.is(x, c);
      const a = answers.get(k) || { tries: 0 };
      if (near) return finish(!a.tries);
      answers.set(k, { tries: a.tries + 1 });
      note.className = "tag bad";
      note.textContent = "✗ not yet";
      $("said").textContent = "Not yet. Upstream times local derivative.";
      input.select();
    });
    show.addEventListener("click", () => finish(false));
    const span = tag("span", {}, input, show, note);
    return span;
  }
  function score() {
    const done = [...answers.values()].filter((a) => a.done);
    $("score").hidden = !$("quiz").checked;
    $("score").textContent = $("quiz").checked ? `score ${done.filter((a) => a.right).length} / ${done.length}` : "";
  }

  // Graph --------------------------------------------------------------------------------------------------
  const svg = document.querySelector("#graph svg"), NS = svg.namespaceURI;
  const place = nodes.map((n) => $(`s-n${n.id}`));
  const links = new Map(); // "source target" -> the links, in order of slots
  for (const g of svg.querySelectorAll(".link")) {
    const k = `${g.dataset.source} ${g.dataset.target}`;
    links.set(k, [...(links.get(k) || []), g]);
  }
  const link = (source, target, slot) => {
    const slots = D.edges.filter((e) => e.source === source && e.target === target).map((e) => e.slot);
    const found = links.get(`${source} ${target}`) || [];
    return found[Math.min(slots.indexOf(slot), found.length - 1)];
  };
  const over = document.createElementNS(NS, "g");
  place[0].parentNode.append(over);
  const box = place.map((g) => {
    const b = g.querySelector("rect.box"), [x, y] = g.getAttribute("transform").match(/-?[\d.]+/g).map(Number);
    return { x, y, w: Number(b.getAttribute("width")), h: Number(b.getAttribute("height")) };
  });
  const parts = place.map((g) => ({ v: g.querySelector(".number.value"), g: g.querySelector(".number.grad"), mv: g.querySelector(".label.value"), mg: g.querySelector(".label.grad") }));
  const finals = parts.map((p) => [p.v, p.mv, p.mg, p.g].map((t) => t && t.textContent));
  function svgTag(kind, attributes, text) {
    const x = document.createElementNS(NS, kind);
    for (const k in attributes) x.setAttribute(k, attributes[k]);
    if (text !== undefined) x.textContent = text;
    return x;
  }
  function set(t, text) { if (t && t.textContent !== text) t.textContent = text; }

  function pill(kind, x, y, text) {
    const w = text.length * 7.3 + 14, g = svgTag("g", { class: kind, transform: `translate(${(x - w / 2).toFixed(1)} ${(y - 10).toFixed(1)})` });
    g.append(svgTag("rect", { width: w.toFixed(1), height: 20, rx: 10 }), svgTag("text", { x: (w / 2).toFixed(1), y: 14.2, "text-anchor": "middle" }, text));
    over.append(g);
    return w;
  }
  function drawBack(g, text, taken) {
    const path = g.querySelector(".edge"), length = path.getTotalLength(), a = path.getPointAtLength(0), b = path.getPointAtLength(Math.min(9, length));
    const turn = (Math.atan2(a.y - b.y, a.x - b.x) * 180) / Math.PI;
    over.append(svgTag("path", { class: "reversed", d: "M0 0L-12 -5.6L-9 0L-12 5.6Z", transform: `translate(${a.x.toFixed(1)} ${a.y.toFixed(1)}) rotate(${turn.toFixed(1)})` }));
    if (!text) return;
    const w = text.length * 7.3 + 14, hits = (p, list, m) => list.some((r) => p.x + w / 2 + m > r.x && p.x - w / 2 - m < r.x + r.w && p.y + 10 + m > r.y && p.y - 10 - m < r.y + r.h);
    let best = null;
    for (const dy of [0, -17, 17, -34, 34]) for (const t of [0.5, 0.4, 0.6, 0.3, 0.7, 0.2, 0.8]) {
      if (best) continue;
      const q = path.getPointAtLength(length * t), p = { x: q.x, y: q.y + dy };
      if (!hits(p, taken, 2) && !hits(p, box, 1)) best = p;
    }
    if (!best) { const q = path.getPointAtLength(length / 2); best = { x: q.x, y: q.y - 16 }; }
    taken.push({ x: best.x - w / 2, y: best.y - 10, w, h: 20 });
    pill("chip", best.x, best.y, text);
  }
  function drawing(s) {
    const { values, grads, asked } = state(at), back = s.kind === "seed" || s.kind === "backward";
    over.replaceChildren();
    for (const g of svg.querySelectorAll(".on,.link.back")) g.classList.remove("on", "back");
    nodes.forEach((n, i) => {
      const p = parts[i], known = values.has(i), g = grads.get(i), list = place[i].classList;
      list.remove("now", "input", "back");
      list.toggle("later", !known);
      list.toggle("no-value", !known);
      list.toggle("no-grad", g === undefined || asked.has(i));
      set(p.v, known ? finals[i][0] : "·");
      set(p.mv, known ? finals[i][1] : "·");
      set(p.mg, g === undefined ? "·" : finals[i][2]);
      set(p.g, asked.has(i) ? "?" : g === undefined ? "·" : typeof g === "number" ? number(g) : finals[i][3]);
      if (wrong() && at === steps.length - 1 && n.kind !== "constant" && differs(g === undefined ? 0 : g, i)) pill("mark", box[i].x + box[i].w / 2, box[i].y + box[i].h + 11, `✗ right: ${shown(D.gradients[i])}`);
    });
    if (s.node === undefined) return [];
    place[s.node].classList.add("now");
    if (back) place[s.node].classList.add("back");
    const taken = [], near = [];
    if (s.kind === "forward") operands[s.node].forEach((i, slot) => {
      place[i].classList.add("input");
      near.push(i);
      link(i, s.node, slot)?.classList.add("on");
    });
    for (const r of s.rows || []) {
      place[r.to].classList.add("input", "back");
      near.push(r.to);
      const g = link(r.to, s.node, r.slot);
      if (!g) continue;
      g.classList.add("back");
      drawBack(g, typeof r.local === "number" ? `× ${number(r.local)}` : "", taken);
    }
    return near;
  }
  // Bring the node and its inputs into the box, the node first; the page itself does not move.
  function look(s, near) {
    const view = $("graph"), here = view.getBoundingClientRect(), rects = [];
    const list = s.node === undefined ? nodes.filter((n) => n.kind !== "op").slice(0, 1).map((n) => n.id) : [s.node, ...near];
    for (const i of list) {
      const r = place[i].getBoundingClientRect();
      rects.push({ l: r.left - here.left + view.scrollLeft, r: r.right - here.left + view.scrollLeft, t: r.top - here.top + view.scrollTop, b: r.bottom - here.top + view.scrollTop });
    }
    const want = (a, b, room) => {
      let lo = rects[0][a], hi = rects[0][b];
      for (const r of rects) {
        const l = Math.min(lo, r[a]), h = Math.max(hi, r[b]);
        if (h - l < room - 40) [lo, hi] = [l, h];
      }
      return (lo + hi - room) / 2;
    };
    view.scrollTo({ left: want("l", "r", view.clientWidth), top: want("t", "b", view.clientHeight), behavior: calm.matches || !looked ? "auto" : "smooth" });
    looked = true;
  }
  let looked = false;

  // One step -----------------------------------------------------------------------------------------------
  function render() {
    const s = steps[at], phase = $("phase");
    phase.textContent = s.kind === "start" ? "start" : s.kind === "forward" ? "forward →" : wrong() ? "← backward, wrong on purpose" : "← backward";
    phase.className = s.kind === "seed" || s.kind === "backward" ? "phase backward" : "phase";
    look(s, drawing(s));
    panel(s);
    $("slider").value = at;
    $("count").textContent = `step ${at} / ${steps.length - 1}`;
    $("slider").setAttribute("aria-valuetext", `step ${at} of ${steps.length - 1}: ${heading(s)}`);
    $("first").disabled = $("back").disabled = at === 0;
    $("last").disabled = $("step").disabled = at === steps.length - 1;
    const asks = s.rows && s.rows.some((r, j) => hidden(at, j));
    $("said").textContent = `Step ${at}. ` + (asks ? `${heading(s)}. What are the contributions?` : lines(s).join(". "));
    document.body.dataset.step = at;
  }
  function go(k, keep) {
    if (!keep) pause();
    at = Math.max(0, Math.min(steps.length - 1, Number.isFinite(k) ? Math.trunc(k) : 0));
    render();
    try { history.replaceState(null, "", `#step=${at}`); } catch { /* in a frame without an address */ }
  }
  function pause() {
    clearInterval(timer);
    timer = 0;
    $("play").textContent = "▶\uFE0E play";
  }
  function play() {
    if (timer) return pause();
    if (at === steps.length - 1) go(0);
    $("play").textContent = "⏸\uFE0E pause";
    timer = setInterval(() => {
      if (at < steps.length - 1) go(at + 1, true);
      if (at === steps.length - 1 || steps[at].rows?.some((r, j) => hidden(at, j))) pause();
    }, 1100);
  }
  function stepOf(i) {
    const found = (test) => steps.findIndex(test);
    if (nodes[i].kind !== "op") {
      const last = steps.findLastIndex((s) => s.kind === "backward" && s.rows.some((r) => r.to === i));
      return at < begins() || last < 0 ? found((s) => s.kind === "forward" && operands[s.node].includes(i)) : last;
    }
    const k = found((s) => s.kind === "backward" && s.node === i);
    return at < begins() || k < 0 ? found((s) => s.kind === "forward" && s.node === i) : k;
  }
  function rerun() {
    const old = steps[at];
    build();
    const same = steps.findIndex((s) => s.kind === old.kind && s.node === old.node);
    $("text").textContent = allText();
    table();
    go(old.kind === "backward" && same < 0 ? steps.length - 1 : same);
  }
  function table() {
    const last = state(steps.length - 1).grads;
    document.querySelectorAll("#all tr[data-row]").forEach((tr) => {
      const i = Number(tr.dataset.row), g = last.has(i) ? last.get(i) : 0, mark = tr.querySelector(".tag");
      if (mark) mark.remove();
      if (wrong() && differs(g, i)) tr.querySelector(".grad").append(tag("span", { class: "tag bad" }, `✗ wrong way: ${shown(g)}`));
    });
  }
  async function copy() {
    let ok = true;
    try { await navigator.clipboard.writeText(allText()); } catch {
      $("words").open = true;
      getSelection().selectAllChildren($("text"));
      ok = document.execCommand("copy");
    }
    $("copy").textContent = ok ? "copied ✓" : "select and copy below";
    setTimeout(() => { $("copy").textContent = "copy as text"; }, 1800);
  }

  // Begin --------------------------------------------------------------------------------------------------
  const dark = () => (document.documentElement.dataset.theme || (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark";
  $("theme").addEventListener("click", () => {
    document.documentElement.dataset.theme = dark() ? "light" : "dark";
    $("theme").setAttribute("aria-pressed", dark());
  });
  $("theme").setAttribute("aria-pressed", dark());
  const does = { first: () => go(0), last: () => go(steps.length - 1), back: () => go(at - 1), step: () => go(at + 1), jump: () => go(begins()), play, copy };
  for (const id in does) $(id).addEventListener("click", does[id]);
  $("slider").addEventListener("input", () => go($("slider").valueAsNumber));
  $("quiz").addEventListener("change", () => { score(); render(); });
  for (const id of ["hasty", "overwrite"]) {
    $(id).addEventListener("change", rerun);
    $(id).disabled = !scalar;
    if (!scalar) $(id).parentNode.title = "Only for graphs of numbers: arrays have no recorded numbers to multiply";
  }
  nodes.forEach((n, i) => {
    if (n.kind === "constant") return;
    const words = place[i].querySelector("title"), cut = words.textContent.lastIndexOf(": value ");
    if (cut > 0) words.textContent = words.textContent.slice(0, cut); // else it would tell what is not known yet
    place[i].setAttribute("role", "button");
    place[i].setAttribute("tabindex", 0);
    place[i].addEventListener("click", () => go(stepOf(i)));
  });
  document.addEventListener("keydown", (e) => {
    if (e.ctrlKey || e.metaKey || e.altKey || e.target.matches("input[type=text]")) return;
    const range = e.target.matches("input[type=range]"), button = e.target.closest("button,summary,input[type=checkbox],[role=button]");
    const i = e.target.closest && e.target.closest(".node[role=button]");
    if (i && (e.key === "Enter" || e.key === " ")) {
      e.preventDefault();
      return go(stepOf(Number(i.dataset.node)));
    }
    const act = { ArrowRight: "step", ArrowLeft: "back", Home: "first", End: "last", " ": "play", b: "jump", B: "jump" }[e.key];
    if (!act || (range && /^(Arrow|Home|End)/.test(e.key)) || (button && e.key === " ")) return;
    e.preventDefault();
    does[act]();
  });
  addEventListener("hashchange", () => go(wanted()));
  addEventListener("resize", () => look(steps[at], []));
  function wanted() {
    const found = /[#&]step=(\d+)/.exec(location.hash);
    return found ? Number(found[1]) : 0;
  }
  document.documentElement.classList.add("js");
  for (const id of ["controls", "panel", "phase", "keys", "words", "theme"]) $(id).hidden = false;
  $("all").open = false;
  build();
  // The panel is as high as its longest step needs, within reason, and stays so.
  const most = Math.max(2, ...steps.map((s) => (s.kind === "forward" ? operands[s.node].length : (s.rows || []).length)));
  const style = document.documentElement.style;
  style.setProperty("--panel", `${Math.min(104 + 28 * most, 250)}px`);
  style.setProperty("--tall", `${Math.min(92 + 82 * most, 262)}px`);
  style.setProperty("--high", `${Math.max(250, svg.height.baseVal.value + 20)}px`);
  $("text").textContent = allText();
  go(wanted());
})();
