// The call-back desk by keyboard: one letter chooses an answer; sending is a key and Enter, never one key alone.
const typing = (el) => el && /^(INPUT|TEXTAREA|SELECT)$/.test(el.tagName) && !/^(checkbox|radio|submit|button)$/.test(el.type);

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
  const found = document.querySelector(`[data-press="${CSS.escape(event.key)}"]`);
  if (!found) return;
  event.preventDefault();
  if (found.type === "radio") found.checked = true;
  found.focus();
  if (event.key === "p") found.click();
});
