// The desk by keyboard: j k x Enter a r n / ? — single letters only while nothing is being typed.
const typing = (el) => el && (el.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(el.tagName) && !/^(checkbox|radio|submit|button)$/.test(el.type));
const rows = [...document.querySelectorAll(".worklist tbody tr[data-href], .found li[data-href]")];
const way = (row) => row.querySelector("a.t, a.cell");
const box = (i) => rows[i]?.querySelector("input[name=pick]");
let at = -1, lastPicked = -1;

function go(to) {
  if (!rows.length) return;
  at = Math.max(0, Math.min(rows.length - 1, to));
  rows.forEach((row, i) => row.tagName === "TR" ? row.setAttribute("aria-selected", String(i === at)) : row.toggleAttribute("data-here", i === at));
  way(rows[at]).focus({ preventScroll: true });
  rows[at].scrollIntoView({ block: "nearest" });
}

// x: pick this one and go on to the next, so that twenty are twenty keys.
function pick(i) {
  const here = box(i);
  if (here) { here.checked = !here.checked; lastPicked = i; }
  go(i + 1);
}

function range(from, to) {
  for (let i = Math.min(from, to); i <= Math.max(from, to); i++) { const one = box(i); if (one) one.checked = true; }
}

// X: from the last one picked to here; with no move in between, to the end of the page.
function pickOn() {
  const from = Math.max(0, lastPicked), to = lastPicked < 0 || at === lastPicked + 1 || at === lastPicked ? rows.length - 1 : at;
  range(from, to);
  lastPicked = to;
}

// a on the list: with nothing picked it means the row one stands on, the most urgent at first.
function ready(button) {
  if (button.form?.id === "bulk" && !rows.some((_, i) => box(i)?.checked)) {
    const here = at >= 0 ? at : rows.findIndex((_, i) => box(i));
    if (box(here)) box(here).checked = true;
  }
  // a list goes on to the page that shows what goes where: nothing is sent by one key
  if (button.form?.id === "bulk") button.form.requestSubmit(button); else button.focus();
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target) || document.querySelector("dialog[open]")) return;
  const key = event.key, marked = (name) => document.querySelector(`[data-key="${name}"]`);
  if (key === "j" && rows.length) go(at + 1);
  else if (key === "k" && rows.length) go(at - 1);
  else if ((key === "j" || key === "k") && marked(key)) marked(key).click(); // the case after or before this one
  else if (key === "x" && rows.length) pick(Math.max(0, at));
  else if (key === "X" && rows.length) pickOn();
  else if (key === "Enter" && at < 0 && rows.length && document.activeElement === document.body) way(rows[0]).click();
  else if (key === "/") document.getElementById("s")?.select(); // what stood there is written over
  else if (key === "?") document.getElementById("keys")?.showModal();
  else if (key === "n" && marked("n")) marked("n").click();
  else if (key === "a" && marked("a")) ready(marked("a"));
  else if (key === "r" && marked("r")) marked("r").focus();
  else return;
  event.preventDefault();
});

for (const one of document.querySelectorAll("input[name=pick]")) {
  one.addEventListener("click", (event) => {
    const i = rows.indexOf(one.closest("tr"));
    if (event.shiftKey && lastPicked >= 0) range(lastPicked, i);
    lastPicked = i;
  });
}

// The whole row is the way in.
for (const row of rows) row.addEventListener("click", (event) => { if (!event.target.closest("a, input, button, label")) location.href = row.dataset.href; });

// Choosing is asking: filters and the dispatch form follow a changed choice at once, without their buttons.
for (const button of document.querySelectorAll("[data-without-script]")) button.hidden = true;
for (const field of document.querySelectorAll("[data-send]")) field.addEventListener("change", () => field.form.requestSubmit());
for (const field of document.querySelectorAll("[data-refresh]")) {
  field.addEventListener("change", () => field.form.requestSubmit(field.form.querySelector("[name=again]")));
}

// What is said about a reply appears beside it when the writer pauses; without an answer nothing is said.
const hints = document.getElementById("hints"), reply = document.getElementById("text");
let pause = 0;
async function look() {
  const said = new FormData();
  said.set("text", reply.value);
  said.set("csrfmiddlewaretoken", reply.form.elements.csrfmiddlewaretoken.value);
  const answer = await fetch(hints.dataset.check, { method: "POST", body: said, headers: { "X-Part": "1" } }).catch(() => null);
  if (answer?.ok && !answer.redirected) hints.innerHTML = await answer.text();
}
if (hints && reply) {
  reply.addEventListener("input", () => { clearTimeout(pause); pause = setTimeout(look, 700); });
  if (reply.value && !hints.textContent.trim()) look(); // a template was filled in
}

// Printing is the browser's: the button is there only where a script can press it.
for (const button of document.querySelectorAll("[data-print]")) { button.hidden = false; button.addEventListener("click", () => window.print()); }
