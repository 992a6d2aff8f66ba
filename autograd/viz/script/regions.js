// What the model says of the plane in a film's frame: regions of its classes, hatched, and the line between them.
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
