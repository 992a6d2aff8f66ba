// Sentences: what a step says, in the panel, to screen readers and as text.
const d = (i) => `∂${root.name}/∂${name(i)}`;
const shapeOf = (s) => (s.outputs.length === 1 ? nodes[s.outputs[0]].shape : []);
const upstreamText = (s) => (s.upstream.length === 1 ? shown(s.upstream[0], shapeOf(s)) : s.upstream.length < 10 ? entries(s.upstream) : `${s.upstream.length} gradients`);
const results = (box) => {
  const list = box.outputs.slice(0, 4).map((i) => `${name(i)} = ${shown(run.values[i], nodes[i].shape)}`);
  return list.join(", ") + (box.outputs.length > 4 ? `, … (${box.outputs.length} values)` : "");
};

function heading(s) {
  if (s.kind === "start") return updates ? `Start: forward pass ${updates + 1}, from the updated values` : "Start: the inputs have their values";
  if (s.kind === "update") return `Update: the ticked inputs go a little against their gradients, to make ${root.name} smaller`;
  if (s.kind === "seed") return `Backward begins: ${d(D.root)} = ${shown(run.gradients.get(D.root), root.shape)}`;
  const { box } = s, n = nodes[box.ops[0]], what = box.folded ? box.name : `${n.name} = ${n.text}`;
  if (s.kind === "forward") return box.folded ? `Forward through ${what}: ${results(box)}` : `Forward: ${what} = ${shown(run.values[n.id], n.shape)}`;
  const of = s.outputs.length === 1 ? d(s.outputs[0]) : s.outputs.length < 5 ? s.outputs.map(d).join(", ") : `gradients of ${s.outputs.length} values`;
  return `Backward through ${what}: upstream ${of} = ${upstreamText(s)}`;
}
// What multiplies the upstream gradient: text and number; for rules on arrays the rule itself.
function local(s, r) {
  const to = nodes[r.to], { box } = s, one = r.local.length === 1, x = one ? r.local[0] : r.local;
  const value = x !== null && size(x) <= 9 ? shown(x, to.shape) : "";
  if (box.folded) {
    const text = (box.texts[r.to] || "").replace(/^-(?=[\d.]+$)/, "−");
    if (!scalar) return { sign: "through", text: box.name };
    const of = one ? `∂${name(s.outputs[0])}` : s.outputs.length < 4 ? `∂(${s.outputs.map(name).join(", ")})` : `∂(${s.outputs.length} values)`;
    return { sign: one ? "×" : "·", text: `${of}/∂${to.name} through ${box.name}${text && text !== value ? ` = ${text}` : ""}${value && ` = ${value}`}` };
  }
  const n = nodes[box.ops[0]];
  if (n.shape.length && /(^|[^\w])g($|[^\w])/.test(r.text)) return { sign: "in", text: `${r.text},  g = upstream` };
  const same = r.text.replace("-", "−") === value || !value;
  return { sign: "×", text: `∂${n.name}/∂${to.name} = ${same && value ? value : r.text}${same ? "" : ` = ${value}`}` };
}
function added(r) {
  const shape = nodes[r.to].shape, c = shown(r.contribution, shape), after = shown(r.after, shape);
  if (r.replaced) return [`${shown(r.before, shape)} is lost, now `, after];
  if (shape.length && size(r.after) > 3) return [r.first ? "" : "sum: ", after];
  return [`${shown(r.before, shape)} + ${signed(c)} = `, after];
}
function lines(s) {
  const out = [heading(s)];
  if (s.kind === "start") {
    for (const n of leaves) out.push(`  ${n.name} = ${shown(run.values[n.id], n.shape)}`);
    if (updates) out.push(`  ${progress()}`);
  }
  if (s.kind === "update") for (const { id } of leaves) if (chosen.has(id)) out.push(`  ${name(id)}: ${number(run.values[id])} − ${rate} × ${signed(number(reached(id)))} = ${number(updated(id))}`);
  for (const r of s.rows || []) {
    const l = local(s, r), shape = nodes[r.to].shape, [before, after] = added(r);
    out.push(`  ${name(r.to)}: ${upstreamText(s)} ${l.sign} (${l.text}) = ${shown(r.contribution, shape)}; ` +
      `gradient ${before}${after}${r.first ? "" : r.replaced ? " overwritten" : " accumulated"}`);
  }
  return out;
}
const progress = () => `After ${updates === 1 ? "1 update" : `${updates} updates`}: ${root.name} = ${number(losses[0])} → ${losses.slice(1).slice(-3).map((x) => number(x)).join(" → ")}`;
function allText() {
  const out = [document.title, ""];
  steps.forEach((s, k) => lines(s).forEach((t, j) => out.push(j ? `    ${t}` : `${String(k).padStart(3)} ${t}`)));
  if (wrong()) out.push("", "This backward pass was run wrongly on purpose.");
  return out.join("\n");
}
