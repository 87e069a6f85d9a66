// The desk by keyboard: j k x Enter a r n / ? — single letters only while nothing is being typed.
const typing = (el) => el && (el.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(el.tagName) && !/^(checkbox|radio|submit|button)$/.test(el.type));
const rows = [...document.querySelectorAll(".worklist tbody tr[data-href]")];
let at = -1, lastPicked = -1;

function go(to) {
  if (!rows.length) return;
  at = Math.max(0, Math.min(rows.length - 1, to));
  rows.forEach((row, i) => row.setAttribute("aria-selected", String(i === at)));
  rows[at].querySelector("a.t").focus({ preventScroll: true });
  rows[at].scrollIntoView({ block: "nearest" });
}

function pick(upTo, range) {
  const box = (i) => rows[i]?.querySelector("input[name=pick]");
  const here = box(upTo);
  if (!here) return;
  const on = range ? true : !here.checked;
  const from = range && lastPicked >= 0 ? lastPicked : upTo;
  for (let i = Math.min(from, upTo); i <= Math.max(from, upTo); i++) { const one = box(i); if (one) one.checked = on; }
  lastPicked = upTo;
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
  const key = event.key;
  const marked = (name) => document.querySelector(`[data-key="${name}"]`);
  if (key === "j") go(at + 1);
  else if (key === "k") go(at - 1);
  else if (key === "x") pick(Math.max(0, at), false);
  else if (key === "X") pick(Math.max(0, at), true);
  else if (key === "Enter" && at < 0 && rows.length && document.activeElement === document.body) rows[0].querySelector("a.t").click();
  else if (key === "/") document.getElementById("s")?.focus();
  else if (key === "?") document.getElementById("keys")?.showModal();
  else if ("arn".includes(key) && marked(key)) marked(key).focus(); // Enter then presses it: nothing is sent by one key
  else return;
  event.preventDefault();
});

for (const box of document.querySelectorAll("input[name=pick]")) {
  box.addEventListener("click", (event) => {
    const i = rows.indexOf(box.closest("tr"));
    if (event.shiftKey && lastPicked >= 0) { event.stopPropagation(); box.checked = true; pick(i, true); } else lastPicked = i;
  });
}

// On a phone the whole row is the way in.
for (const row of rows) row.addEventListener("click", (event) => { if (!event.target.closest("a, input, button, label")) location.href = row.dataset.href; });

// n on the case page too: the link is in the rail.
if (!document.querySelector('[data-key="n"]')) document.querySelector('.rail a[href="/desk/new"]')?.setAttribute("data-key", "n");
