// Small comforts on top of pages that work without them. One module for every face, no library.

// 朗读: only with voices that stay on this device; without one the button does not appear.
const button = document.querySelector("[data-read-aloud]");
if (button && "speechSynthesis" in window) {
  const lang = document.documentElement.lang;
  const local = () => speechSynthesis.getVoices().find((v) => v.localService && v.lang.replace("_", "-").startsWith(lang.slice(0, 2)));
  const offer = () => { button.hidden = !local(); };
  speechSynthesis.addEventListener?.("voiceschanged", offer);
  offer();
  button.addEventListener("click", () => {
    if (speechSynthesis.speaking) { speechSynthesis.cancel(); button.setAttribute("aria-pressed", "false"); return; }
    const speech = new SpeechSynthesisUtterance(document.getElementById("main").innerText);
    speech.voice = local(); speech.lang = lang; speech.rate = 0.9;
    speech.onend = () => button.setAttribute("aria-pressed", "false");
    button.setAttribute("aria-pressed", "true");
    speechSynthesis.speak(speech);
  });
}

// A form sent twice by an impatient thumb is sent once.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.dataset.sending) { event.preventDefault(); return; }
  if (form.method === "post") form.dataset.sending = "1";
});
addEventListener("pageshow", () => document.querySelectorAll("form[data-sending]").forEach((f) => delete f.dataset.sending));

// Where the phone says it is, only when a person is about to say something and the browser may tell.
for (const form of document.querySelectorAll("[data-locate]")) {
  form.addEventListener("focusin", () => {
    if (form.dataset.located || !navigator.geolocation) return;
    form.dataset.located = "1";
    navigator.geolocation.getCurrentPosition(({ coords }) => {
      form.elements.latitude.value = coords.latitude.toFixed(6);
      form.elements.longitude.value = coords.longitude.toFixed(6);
    }, () => {}, { maximumAge: 60000, timeout: 8000 });
  });
}

// 拍照: a chosen photo shows at once; from the home page it goes straight on to the page that checks it.
for (const input of document.querySelectorAll("input[type=file][data-shots]")) {
  input.addEventListener("change", () => {
    const shown = document.getElementById(input.dataset.shots);
    shown.replaceChildren(...[...input.files].slice(0, 9).map((file) => {
      const image = new Image(72, 72);
      image.alt = file.name;
      image.src = URL.createObjectURL(file);
      return image;
    }));
    if ("go" in input.dataset && input.files.length) input.form.requestSubmit();
  });
}

// What went wrong is where the reader lands.
document.getElementById("problems")?.focus();
