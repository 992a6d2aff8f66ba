// The run: values forward, gradients backward, and the steps of a view through them. The numbers of the recorded
// run are the engine's; from other leaves they come from ROWS, the rows of the table as Python printed them.
const nodes = D.nodes.map((n, id) => ({ id, kind: "op", shape: [], inputs: [], text: "", ...n, value: parsed(n.value) }));
for (const n of nodes) n.sends = n.sends && n.sends.map(([slot, text, local, c]) => [slot, text, parsed(local), parsed(c)]);
const root = nodes[D.root], name = (i) => nodes[i].name, isOp = (i) => nodes[i].kind === "op";
const leaves = nodes.filter((n) => n.kind === "leaf" || n.kind === "parameter");
const scalar = nodes.every((n) => n.kind === "constant" || !n.shape.length);
const users = nodes.map(() => []);
for (const n of nodes) n.inputs.forEach((i) => users[i].push(n.id));

function forward(edits) {
  const values = nodes.map((n) => n.value);
  for (const [i, x] of edits) values[i] = x;
  for (const n of nodes) if (n.kind === "op") values[n.id] = ROWS[n.row][0](...n.inputs.map((i) => values[i]));
  return values;
}
// Both passes, op by op: `sent` has what each op sends to its operands, last op first.
function passes(edits, anew = edits.size > 0) {
  const values = anew ? forward(edits) : nodes.map((n) => n.value);
  const gradients = new Map(), sent = new Map();
  if (D.seed !== undefined) gradients.set(D.root, parsed(D.seed));
  for (let i = D.root; i >= 0; i--) {
    const n = nodes[i], g = gradients.get(i);
    if (!n.sends || g === undefined) continue;
    sent.set(i, n.sends.map(([slot, text, local, contribution]) => {
      const to = n.inputs[slot], rule = (g) => ROWS[n.row][1 + slot](g, values[i], ...n.inputs.map((j) => values[j]));
      if (anew) [local, contribution] = [rule(1), rule(g)];
      gradients.set(to, gradients.has(to) ? plus(gradients.get(to), contribution) : contribution);
      return { to, slot, text, local, contribution };
    }));
  }
  return { values, gradients, sent };
}
function differences(edits) {
  if (!edits.size) return D.differences;
  const found = {};
  if (Object.keys(D.differences).length) for (const { id, value } of leaves) {
    const x = edits.has(id) ? edits.get(id) : value, h = 1e-5 * Math.max(1, Math.abs(x));
    const at = (x) => forward(new Map([...edits, [id, x]]))[D.root], slope = (at(x + h) - at(x - h)) / (2 * h);
    if (Number.isFinite(slope)) found[id] = slope;
  }
  return found;
}
// Why values cannot be edited; nothing if they can.
function obstacle() {
  if (D.obstacle) return D.obstacle;
  const again = passes(new Map(), true), same = (a, b) => Object.is(a, b) || Math.abs(a - b) <= 1e-9 * Math.max(1, Math.abs(b));
  const off = nodes.find((n) => !same(again.values[n.id], n.value) ||
    (n.sends || []).some(([, , , c], k) => again.sent.has(n.id) && !same(again.sent.get(n.id)[k].contribution, c)));
  return off && `computed anew here, ${off.name} = ${off.text} does not give what was recorded`;
}

// Views: boxes of one or more nodes, in forward order ------------------------------------------------------
function viewOf({ key, label, boxes: listed }, k) {
  const boxes = (listed.length ? listed : nodes.map((n) => [n.id, n.name, [n.id], {}])).map(([id, name, members, texts]) => {
    const ops = members.filter(isOp), inside = new Set(members);
    const used = (i) => i === D.root || users[i].some((j) => !inside.has(j));
    const outputs = (ops.length ? ops : members).filter(used);
    const outer = ops.flatMap((i) => nodes[i].inputs).filter((i) => !inside.has(i) || nodes[i].kind === "leaf" || nodes[i].kind === "parameter");
    return { id, name, members, texts, ops, outputs, folded: members.length > 1 && ops.length > 0, inputs: ops.length > 1 ? [...new Set(outer)] : ops.length ? nodes[ops[0]].inputs : [] };
  });
  const home = [];
  for (const b of boxes) for (const i of b.members) home[i] = b;
  return { key, label, boxes, home, k };
}
// What a box as a whole sends: to operands outside, to leaves inside, and to results that it uses itself.
function through(view, box, run) {
  if (!box.folded) return run.sent.get(box.ops[0]).map((r) => ({ ...r, local: [r.local] }));
  const rows = new Map(), last = [...box.ops].reverse();
  for (const i of last) for (const { to, contribution } of run.sent.get(i) || []) {
    if (isOp(to) && view.home[to] === box && !box.outputs.includes(to)) continue;
    rows.set(to, { to, contribution: rows.has(to) ? plus(rows.get(to).contribution, contribution) : contribution });
  }
  const locals = scalar && box.outputs.map((output) => { // the reverse pass inside the box, from one output
    const g = new Map([[output, 1]]);
    for (const i of last) if (g.get(i)) for (const r of run.sent.get(i) || []) g.set(r.to, (g.get(r.to) || 0) + g.get(i) * r.local);
    g.delete(output);
    return g;
  });
  return [...rows.values()].map((r) => ({ ...r, local: scalar ? locals.map((g) => g.get(r.to) || 0) : [null] }));
}
// The backward pass of a view, box by box.
function backward(view, run) {
  const g = new Map([[D.root, run.gradients.get(D.root)]]), out = [];
  for (const box of [...view.boxes].reverse()) {
    if (!box.ops.some((i) => run.sent.has(i))) continue;
    const upstream = box.outputs.map((i) => (g.has(i) ? g.get(i) : 0));
    const rows = through(view, box, run).map((r) => {
      const first = !g.has(r.to), before = first ? zeros(r.contribution) : g.get(r.to), after = plus(before, r.contribution);
      g.set(r.to, after);
      return { ...r, before, after, first };
    });
    out.push({ kind: "backward", box, outputs: box.outputs, upstream, rows });
  }
  return out;
}
// The same with a mistake: each path is followed at once, or a gradient is replaced where it should be added to.
function astray(view, right, hasty, overwrite) {
  const g = new Map([[D.root, 1]]), gone = new Set(), out = [], sends = new Map(right.map((s) => [s.box, s]));
  const received = (s) => s.outputs.map((i) => (g.has(i) ? g.get(i) : 0));
  const send = (s, r, upstream) => {
    const known = g.has(r.to), before = known ? g.get(r.to) : 0, contribution = sum(upstream.map((u, i) => u * r.local[i]));
    const after = overwrite ? contribution : before + contribution;
    const row = { ...r, contribution, before, after, first: !known, replaced: overwrite && known }, last = out[out.length - 1];
    g.set(r.to, after);
    if (last && last.box === s.box) last.rows.push(row);
    else out.push({ ...s, upstream, rows: [row] });
  };
  if (!hasty) for (const s of right) for (const r of s.rows) send(s, r, received(s));
  const stack = [], visit = (box) => {
    if (gone.has(box) || !sends.has(box)) return;
    gone.add(box);
    stack.push([sends.get(box), 0, received(sends.get(box))]);
  };
  if (hasty) visit(view.home[D.root]);
  while (stack.length) {
    const top = stack[stack.length - 1], [s, k, upstream] = top;
    if (k >= s.rows.length) { stack.pop(); continue; }
    top[1]++;
    send(s, s.rows[k], upstream);
    if (isOp(s.rows[k].to)) visit(view.home[s.rows[k].to]);
  }
  return out;
}
function stepsOf(view, run, { hasty, overwrite, live }) {
  const steps = [{ kind: "start" }];
  for (const box of view.boxes) if (box.ops.length) steps.push({ kind: "forward", box });
  if (D.seed === undefined) return steps;
  const right = backward(view, run);
  steps.push({ kind: "seed", box: view.home[D.root] }, ...(hasty || overwrite ? astray(view, right, hasty, overwrite) : right));
  if (live) steps.push({ kind: "update" });
  return steps;
}
