// Search by photograph: a picture that is dropped, pasted or chosen is sent at once.
// Without this script the form sends the chosen file all the same.

const TEXTS = JSON.parse(document.getElementById("texts").textContent); // in the language of the page
const form = document.querySelector(".photo-upload");
const label = form.querySelector("button").textContent;
const file = form.querySelector("#photo-file");
const tooLarge = form.querySelector(".too-large");

function send(files) {
  const picture = [...files].find((one) => one.type.startsWith("image/"));
  if (!picture) return false;
  const chosen = new DataTransfer();
  chosen.items.add(picture);
  file.files = chosen.files;
  form.requestSubmit();
  return true;
}

for (const input of form.querySelectorAll("input[type=file]"))
  input.addEventListener("change", () => input.files.length && form.requestSubmit());

// A file that is too large is not sent: the shop would refuse it after the whole way there.
form.addEventListener("submit", (event) => {
  const inputs = [...form.querySelectorAll("input[type=file]")];
  const sizes = inputs.flatMap((input) => [...input.files].map((one) => one.size));
  tooLarge.hidden = !sizes.some((size) => size > Number(form.dataset.maxBytes));
  if (tooLarge.hidden) return;
  event.preventDefault();
  for (const input of inputs) input.value = "";
});

form.addEventListener("submit", (event) => {
  if (event.defaultPrevented) return;
  form.setAttribute("aria-busy", "true");
  form.querySelector("button").textContent = TEXTS.looking;
});

// Back from the results, the browser shows the page as it was left.
window.addEventListener("pageshow", () => {
  form.removeAttribute("aria-busy");
  form.querySelector("button").textContent = label;
});

document.addEventListener("paste", (event) => {
  if (event.clipboardData && send(event.clipboardData.files)) event.preventDefault();
});

document.addEventListener("dragover", (event) => {
  if (![...event.dataTransfer.types].includes("Files")) return;
  event.preventDefault(); // else the browser opens the file in place of the page
  document.body.classList.add("dropping");
});
document.addEventListener("dragleave", (event) => {
  if (!event.relatedTarget) document.body.classList.remove("dropping");
});
document.addEventListener("drop", (event) => {
  document.body.classList.remove("dropping");
  if (!event.dataTransfer.files.length) return;
  event.preventDefault();
  send(event.dataTransfer.files);
});
