// The picture of a view: numbers in its boxes, the way of a step along its edges, and what of it is seen.
const calm = matchMedia("(prefers-reduced-motion: reduce)"), drawn = new Map();
function svgTag(kind, attributes, text) {
  const x = document.createElementNS("http://www.w3.org/2000/svg", kind);
  for (const k in attributes) x.setAttribute(k, attributes[k]);
  if (text !== undefined) x.textContent = text;
  return x;
}
function set(t, text) { if (t && t.textContent !== text) t.textContent = text; }

// The parts of the picture of a view, found once.
function picture(view) {
  if (drawn.has(view)) return drawn.get(view);
  const svg = $(`v${view.k}`), over = svgTag("g", {}), links = new Map();
  for (const g of svg.querySelectorAll(".link")) {
    const { source, target } = g.dataset, k = `${source} ${target}`, called = (id) => view.boxes.find((b) => b.id === Number(id)).name;
    g.prepend(svgTag("title", {}, `${called(source)} → ${called(target)}`));
    links.set(k, [...(links.get(k) || []), g]);
  }
  const boxes = view.boxes.map((box) => {
    const g = $(`v${view.k}-n${box.id}`), b = [...g.querySelectorAll("rect.box")].pop();
    const [x, y] = g.getAttribute("transform").match(/-?[\d.]+/g).map(Number), w = Number(b.getAttribute("width"));
    const fields = ["value", "grad"].map((kind, j) => {
      const cells = g.querySelectorAll(".cells")[j], t = g.querySelector(`.number.${kind}`) || g.querySelector(`.label.${kind}`);
      return { t, cells, final: t && t.textContent, room: Math.floor((w - 32 - 6.5 * (kind.length + (box.outputs.length > 1 ? 4 : 0))) / 7.25), plus: `plus ${kind[0]}`, minus: `minus ${kind[0]}` };
    });
    if (!box.members.every((i) => nodes[i].kind === "constant")) {
      const words = g.querySelector("title"), cut = words.textContent.lastIndexOf(": value ");
      if (cut > 0) words.textContent = words.textContent.slice(0, cut); // else it would tell what is not known yet
      g.setAttribute("role", "button");
      g.setAttribute("tabindex", 0);
      g.addEventListener("click", (e) => { if (e.target === fields[0].t && editable(box)) edit(box); else go(stepOf(box)); });
      if (editable(box)) {
        g.classList.add("editable");
        words.textContent += ". Press E to change its value";
      }
    }
    return { g, x, y, w, h: Number(b.getAttribute("height")), fields };
  });
  const of = new Map(view.boxes.map((box, i) => [box, boxes[i]]));
  const places = new Map();
  nodes.forEach((n) => n.inputs.forEach((i, slot) => {
    const a = view.home[i], b = view.home[n.id], k = `${a.id} ${b.id}`, found = links.get(k) || [];
    const before = n.inputs.slice(0, slot).filter((j) => view.home[j] === a).length;
    if (a !== b && !b.folded) places.set(`${i} ${n.id} ${slot}`, found[Math.min(before, found.length - 1)]);
  }));
  const link = (i, box, slot) => (box.folded ? (links.get(`${view.home[i].id} ${box.id}`) || [])[0] : places.get(`${i} ${box.ops[0]} ${slot}`));
  boxes[0].g.parentNode.append(over);
  const [, , width, height] = svg.getAttribute("viewBox").split(" ").map(Number);
  const made = { svg, over, boxes, of, link, width, height };
  drawn.set(view, made);
  return made;
}
function write(field, xs, outputs) {
  if (!field.t) return;
  const numbers = xs.every((x) => typeof x === "number");
  if (!xs.length) set(field.t, "·");
  else if (!numbers) set(field.t, field.final);
  else if (outputs === 1) set(field.t, fitted(xs[0], field.room));
  else {
    const low = fitted(Math.min(...xs), field.room / 2 - 2), high = fitted(Math.max(...xs), field.room / 2 - 2);
    set(field.t, field.cells ? `■ ${number(Math.max(...xs.map(Math.abs)))}` : low === high ? low : `${low} … ${high}`);
  }
  if (numbers && outputs > 1 && field.cells) squares(field, xs);
}
// Numbers as squares: their areas are the sizes of the numbers, the largest fills its cell.
function squares({ t, cells, plus, minus }, xs) {
  const [left, top, cell] = ["x", "y", "height"].map((k) => Number(cells.getAttribute(k))), paths = { [plus]: "", [minus]: "" };
  const largest = Math.max(...xs.map(Math.abs)) || 1;
  xs.forEach((x, i) => {
    const side = (cell - 2.5) * Math.sqrt(Math.abs(x) / largest);
    if (side > 0.3) paths[x > 0 ? plus : minus] += `M${(left + (i + 0.5) * cell - side / 2).toFixed(1)} ${(top + (cell - side) / 2).toFixed(1)}h${side.toFixed(1)}v${side.toFixed(1)}h-${side.toFixed(1)}z`;
  });
  for (const kind in paths) {
    const old = t.parentNode.querySelector(`.${kind.replace(" ", ".")}`);
    if (old) old.setAttribute("d", paths[kind]);
    else if (paths[kind]) cells.after(svgTag("path", { class: kind, d: paths[kind] }));
  }
}

function pill(over, kind, x, y, text) {
  const w = text.length * 7.3 + 14, g = svgTag("g", { class: kind, transform: `translate(${(x - w / 2).toFixed(1)} ${(y - 10).toFixed(1)})` });
  g.append(svgTag("rect", { width: w.toFixed(1), height: 20, rx: 10 }), svgTag("text", { x: (w / 2).toFixed(1), y: 14.2, "text-anchor": "middle" }, text));
  over.append(g);
}
function drawBack({ over, boxes }, g, text, taken) {
  const path = g.querySelector(".edge"), length = path.getTotalLength(), a = path.getPointAtLength(0), b = path.getPointAtLength(Math.min(9, length));
  const turn = (Math.atan2(a.y - b.y, a.x - b.x) * 180) / Math.PI;
  over.append(svgTag("path", { class: "reversed", d: "M0 0L-12 -5.6L-9 0L-12 5.6Z", transform: `translate(${a.x.toFixed(1)} ${a.y.toFixed(1)}) rotate(${turn.toFixed(1)})` }));
  if (!text) return;
  const w = text.length * 7.3 + 14, hits = (p, list, m) => list.some((r) => p.x + w / 2 + m > r.x && p.x - w / 2 - m < r.x + r.w && p.y + 10 + m > r.y && p.y - 10 - m < r.y + r.h);
  const near = (dy, t) => { const q = path.getPointAtLength(length * t); return { x: q.x, y: q.y + dy }; };
  const tries = [0, -17, 17, -34, 34].flatMap((dy) => [0.5, 0.4, 0.6, 0.3, 0.7, 0.2, 0.8].map((t) => [dy, t]));
  const free = tries.find(([dy, t]) => { const p = near(dy, t); return !hits(p, taken, 2) && !hits(p, boxes, 1); });
  const best = near(...(free || [-16, 0.5]));
  taken.push({ x: best.x - w / 2, y: best.y - 10, w, h: 20 });
  pill(over, "chip", best.x, best.y, text);
}
// Draws the step and gives the boxes that take part in it.
function drawing(s) {
  const { values, grads, asked } = state(at), back = s.kind === "seed" || s.kind === "backward", p = picture(view);
  p.over.replaceChildren();
  for (const g of p.svg.querySelectorAll(".on,.link.back")) g.classList.remove("on", "back");
  view.boxes.forEach((box, k) => {
    const { g, x, y, w, h, fields } = p.boxes[k], list = g.classList, marks = [];
    const known = box.outputs.filter((i) => values.has(i)), sent = box.outputs.filter((i) => grads.has(i)), ask = box.outputs.some((i) => asked.has(i));
    list.remove("now", "input", "back");
    list.toggle("later", !known.length);
    list.toggle("no-value", !known.length);
    list.toggle("no-grad", !sent.length || ask);
    write(fields[0], known.map((i) => run.values[i]), box.outputs.length);
    if (ask) set(fields[1].t, "?");
    else write(fields[1], sent.map((i) => grads.get(i)), box.outputs.length);
    if (wrong() && finished()) for (const i of box.outputs) if (nodes[i].kind !== "constant" && differs(grads.has(i) ? grads.get(i) : 0, i)) marks.push(shown(gradient(i)));
    if (marks.length) pill(p.over, "mark", x + w / 2, y + h + 11, `✗ right: ${marks.slice(0, 2).join(", ")}`);
  });
  if (!s.box) return [];
  const now = p.of.get(s.box), near = [now], taken = [];
  now.g.classList.add("now");
  if (back) now.g.classList.add("back");
  const join = (i, slot, kinds) => {
    const other = p.of.get(view.home[i]), g = other !== now && p.link(i, s.box, slot);
    if (other === now) return undefined;
    other.g.classList.add(...kinds);
    near.push(other);
    return g;
  };
  if (s.kind === "forward") s.box.inputs.forEach((i, slot) => join(i, slot, ["input"])?.classList.add("on"));
  for (const r of s.rows || []) {
    const g = join(r.to, r.slot, ["input", "back"]);
    if (!g || (s.box.folded && g.classList.contains("back"))) continue;
    g.classList.add("back");
    drawBack(p, g, r.local.length === 1 && typeof r.local[0] === "number" ? `× ${number(r.local[0])}` : "", taken);
  }
  return near;
}
// Bring the box of the step and its inputs into view, the first of all; the page itself does not move.
let looked = false;
function look(near) {
  const frame = $("graph"), here = frame.getBoundingClientRect();
  const rects = (near.length ? near : [picture(view).boxes.reduce((a, b) => (b.x < a.x ? b : a))]).map(({ g }) => {
    const r = g.getBoundingClientRect(), x = frame.scrollLeft - here.left, y = frame.scrollTop - here.top;
    return { l: r.left + x, r: r.right + x, t: r.top + y, b: r.bottom + y };
  });
  const want = (a, b, room) => {
    let lo = rects[0][a], hi = rects[0][b];
    for (const r of rects) {
      const l = Math.min(lo, r[a]), h = Math.max(hi, r[b]);
      if (h - l < room - 40) [lo, hi] = [l, h];
    }
    return (lo + hi - room) / 2;
  };
  frame.scrollTo({ left: want("l", "r", frame.clientWidth), top: want("t", "b", frame.clientHeight), behavior: calm.matches || !looked ? "auto" : "smooth" });
  looked = true;
}

// Zoom -----------------------------------------------------------------------------------------------------
let zoom = 1;
function scale() {
  const { svg, width, height } = picture(view), frame = $("graph");
  const fit = Math.min((frame.clientWidth - 4) / width, (frame.clientHeight - 4) / height, 2), z = zoom === "fit" ? fit : zoom;
  svg.setAttribute("width", (width * z).toFixed(1));
  svg.setAttribute("height", (height * z).toFixed(1));
  $("zoom").textContent = `${Math.round(100 * z)} %`;
  $("fit").setAttribute("aria-pressed", zoom === "fit");
  return z;
}
function zoomTo(z) {
  zoom = z;
  scale();
  looked = false;
  look(near);
}
const zoomBy = (factor) => zoomTo(Math.max(0.25, Math.min(4, scale() * factor)));
