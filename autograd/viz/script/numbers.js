// Numbers: how they are read and written.
const BIG = { nan: NaN, inf: Infinity, "-inf": -Infinity };
const parsed = (x) => (Array.isArray(x) ? x.map(parsed) : typeof x === "string" ? BIG[x] : x);
const plus = (a, b) => (a === null || b === null ? null : Array.isArray(a) ? a.map((x, i) => plus(x, b[i])) : a + b);
const zeros = (x) => (x === null ? null : Array.isArray(x) ? x.map(zeros) : 0);
const size = (x) => (Array.isArray(x) ? x.reduce((n, y) => n + size(y), 0) : 1);
const sum = (list) => list.reduce((a, b) => a + b, 0);

const trimmed = (t) => (t.includes(".") ? t.replace(/0+$/, "").replace(/\.$/, "") : t);
function number(x, digits = D.digits) {
  if (Number.isNaN(x)) return "nan";
  if (!Number.isFinite(x)) return x < 0 ? "−inf" : "inf";
  let t;
  if (x && !(Math.abs(x) >= 10 ** -digits && Math.abs(x) < 1e7)) {
    const [m, e] = x.toExponential(Math.max(digits - 2, 1)).split("e");
    t = trimmed(m) + "e" + Number(e);
  } else t = trimmed(x.toFixed(digits));
  return t === "-0" ? "0" : t.replaceAll("-", "−");
}
// With as many decimals as there is room for.
function fitted(x, room) {
  let digits = D.digits, t = number(x);
  while (t.length > room && digits > 0) t = number(x, --digits);
  return t;
}
const entries = (x) => (Array.isArray(x) ? "[" + x.map(entries).join(", ") + "]" : number(x));
function shown(x, shape) {
  if (x === undefined) return "·";
  if (x === null || size(x) > 9) return shape && shape.length ? `array ${shape.join(" × ")}` : "array";
  return entries(x);
}
const signed = (t) => (t.startsWith("−") ? `(${t})` : t);
// What was typed, undefined if that is no number.
function typed(text) {
  const t = text.trim().replaceAll("−", "-").replace(",", ".").toLowerCase();
  if (t in BIG) return BIG[t];
  return t === "" || Number.isNaN(Number(t)) ? undefined : Number(t);
}
