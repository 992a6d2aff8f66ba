// The functions of NumPy that Math lacks, with NumPy's values at the edges.
const step = (x) => (x > 0 ? 1 : x <= 0 ? 0 : x);
const power = (a, b) => (a === 1 || (a === -1 && Math.abs(b) === Infinity) ? 1 : a ** b);
const logaddexp = (a, b) => (a === b ? a + Math.LN2 : Math.max(a, b) + Math.log1p(Math.exp(-Math.abs(a - b))));
const even = (x) => (Math.abs(x % 1) === 0.5 ? 2 * Math.round(x / 2) : Math.round(x));
const round = (x, digits) => (digits < 0 ? even(x / 10 ** -digits) * 10 ** -digits : even(x * 10 ** digits) / 10 ** digits);
const copysign = (a, b) => (b < 0 || Object.is(b, -0) ? -Math.abs(a) : Math.abs(a));
function mod(a, b) { // with the sign of b
  const m = a % b;
  return m === 0 ? copysign(0, b) : m < 0 === b < 0 || Number.isNaN(m) ? m : m + b;
}
function floorDivide(a, b) {
  if (b === 0 || Number.isNaN(a % b)) return b === 0 ? a / b : NaN;
  const quotient = (a - (a % b)) / b - (a % b && a % b < 0 !== b < 0 ? 1 : 0);
  return quotient ? even(quotient) : copysign(0, a / b);
}
function erfc(x) {
  if (!(x >= 2)) return 1 - erf(x);
  let t = x;
  for (let n = 60; n > 0; n--) t = x + n / 2 / t; // its continued fraction
  return x === Infinity ? 0 : Math.exp(-x * x) / (t * Math.sqrt(Math.PI));
}
function erf(x) {
  const a = Math.abs(x);
  if (!(a < 6)) return Number.isNaN(x) ? x : Math.sign(x);
  if (a >= 2) return Math.sign(x) * (1 - erfc(a));
  let t = a; // a series without cancellation
  for (let n = 1, term = a; term > 1e-17 * t; n++) t += term *= (2 * a * a) / (2 * n + 1);
  return (Math.sign(x) * 2 * t * Math.exp(-a * a)) / Math.sqrt(Math.PI);
}
