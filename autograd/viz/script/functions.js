// The functions of NumPy that Math lacks, with NumPy's values at the edges.
const step = (x) => (x > 0 ? 1 : x <= 0 ? 0 : x);
const power = (a, b) => (a === 1 || (a === -1 && Math.abs(b) === Infinity) ? 1 : a ** b);
const logaddexp = (a, b) => (a === b ? a + Math.LN2 : Math.max(a, b) + Math.log1p(Math.exp(-Math.abs(a - b))));
const even = (x) => (Math.abs(x % 1) === 0.5 ? 2 * Math.round(x / 2) : Math.round(x));
const round = (x, digits) => (digits < 0 ? even(x / 10 ** -digits) * 10 ** -digits : even(x * 10 ** digits) / 10 ** digits);
function erf(x) {
  const a = Math.abs(x);
  if (!(a < 6)) return Number.isNaN(x) ? x : Math.sign(x);
  let t = a;
  if (a < 2) { // a series without cancellation
    for (let n = 1, term = a; term > 1e-17 * t; n++) t += term *= (2 * a * a) / (2 * n + 1);
    return (Math.sign(x) * 2 * t * Math.exp(-a * a)) / Math.sqrt(Math.PI);
  }
  for (let n = 60; n > 0; n--) t = a + n / 2 / t; // the continued fraction of 1 - erf
  return Math.sign(x) * (1 - Math.exp(-a * a) / (t * Math.sqrt(Math.PI)));
}
