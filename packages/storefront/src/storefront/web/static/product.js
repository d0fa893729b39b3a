// A larger picture over the page, and a bar to buy that stays in sight on a phone. Without this script
// the picture opens by itself, and the button is where it is.

const TEXTS = JSON.parse(document.getElementById("texts").textContent); // in the language of the page

// --- zoom ---

function enlarge(address, text) {
  const dialog = document.createElement("dialog");
  dialog.className = "zoomed";
  dialog.ariaLabel = TEXTS.enlarged;
  const image = new Image();
  image.src = address;
  image.alt = text;
  const form = document.createElement("form");
  form.method = "dialog";
  const button = document.createElement("button");
  button.className = "bare";
  button.ariaLabel = TEXTS.close;
  button.textContent = "×";
  form.append(button);
  dialog.append(form, image);
  image.addEventListener("click", () => dialog.close());
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}

document.querySelector(".gallery")?.addEventListener("click", (event) => {
  const link = event.target.closest(".frame")?.querySelector("[data-zoom]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  enlarge(link.href, link.closest(".frame").querySelector("img").alt);
});

// --- the bar on a phone ---

const bar = document.querySelector(".buy-bar");
const button = document.querySelector(".buy .button");

if (bar && button) {
  // What is below the screen counts as seen: the bar is for a button that has gone above it.
  const below = { rootMargin: "0px 0px 100000px 0px" };
  new IntersectionObserver(([seen]) => (bar.hidden = seen.isIntersecting), below).observe(button);
  bar.querySelector("a").addEventListener("click", () => {
    const size = document.querySelector(".sizes input:not(:disabled)");
    setTimeout(() => size?.focus({ preventScroll: true }), 300);
  });
}
