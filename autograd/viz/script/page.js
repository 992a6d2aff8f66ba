// What all pages share: their data, elements, light and dark, steps, keys, links.
const $ = (id) => document.getElementById(id), D = JSON.parse($("data").textContent);
let at = 0, timer = 0;
function tag(kind, attributes, ...children) {
  const x = document.createElement(kind);
  for (const k in attributes || {}) x.setAttribute(k, attributes[k]);
  x.append(...children);
  return x;
}

const system = matchMedia("(prefers-color-scheme: dark)");
const dark = () => (document.documentElement.dataset.theme || (system.matches ? "dark" : "light")) === "dark";
const showTheme = () => $("theme").setAttribute("aria-pressed", dark());
function theme() {
  document.documentElement.dataset.theme = dark() ? "light" : "dark";
  showTheme();
}

const among = (k, n) => Math.max(0, Math.min(n - 1, Number.isFinite(k) ? Math.trunc(k) : 0));
function showPlace(n, word, text) {
  $("slider").value = at;
  $("slider").setAttribute("aria-valuetext", text);
  $("count").textContent = `${word} ${at} / ${n - 1}`;
  $("first").disabled = $("back").disabled = at === 0;
  $("last").disabled = $("step").disabled = at === n - 1;
  document.body.dataset.step = at;
}
function pause() {
  clearInterval(timer);
  timer = 0;
  $("play").textContent = "▶\uFE0E play";
}
function playing(tick, milliseconds) {
  $("play").textContent = "⏸\uFE0E pause";
  timer = setInterval(tick, milliseconds);
}
function link(text) {
  try { history.replaceState(null, "", text); } catch { /* in a frame without an address */ }
}
const linked = () => Number((/[#&]step=(\d+)/.exec(location.hash) || [0, 0])[1]);

const KEYS = { ArrowRight: "step", ArrowLeft: "back", Home: "first", End: "last", " ": "play" };
// What a key stands for among these, unless the control that has the focus takes it.
function meant(e, keys) {
  const takes = (e.target.matches("input[type=range]") && /^(Arrow|Home|End)/.test(e.key)) ||
    (e.key === " " && e.target.closest("button,summary,input[type=checkbox],[role=button]"));
  return takes ? undefined : { ...KEYS, ...keys }[e.key.length === 1 ? e.key.toLowerCase() : e.key];
}
async function copyText() {
  let ok = true;
  try { await navigator.clipboard.writeText($("text").textContent); } catch {
    $("words").open = true;
    getSelection().selectAllChildren($("text"));
    ok = document.execCommand("copy");
  }
  $("copy").textContent = ok ? "copied ✓" : "select and copy below";
  setTimeout(() => { $("copy").textContent = "copy as text"; }, 1800);
}
