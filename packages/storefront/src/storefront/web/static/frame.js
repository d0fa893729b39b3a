// The header: on a desk a department opens under the pointer, Escape or a press beside it closes it.
// The hearts of tiles: saved without leaving the page. Rows that scroll sideways get buttons.
// Without this script all of it works by its links, folds and forms.

const wide = matchMedia("(min-width: 64rem)");
const departments = [...document.querySelectorAll(".department")];
let waiting = 0;

function close(but = null) {
  for (const one of departments) if (one !== but) one.open = false;
}

for (const one of departments) {
  one.addEventListener("pointerenter", ({ pointerType }) => {
    clearTimeout(waiting);
    if (!wide.matches || pointerType !== "mouse") return;
    waiting = setTimeout(() => {
      close(one);
      one.open = true;
    }, 120);
  });
  one.addEventListener("pointerleave", ({ pointerType }) => {
    clearTimeout(waiting);
    if (wide.matches && pointerType === "mouse") waiting = setTimeout(close, 250);
  });
  // The pointer has opened it already: a press must not close it again.
  one.querySelector("summary").addEventListener("click", (event) => {
    if (wide.matches && one.open && event.detail) event.preventDefault();
  });
}

document.addEventListener("click", ({ target }) => {
  if (wide.matches && !target.closest(".menu")) close();
});
document.addEventListener("keydown", ({ key }) => {
  if (key !== "Escape") return;
  const open = departments.find((one) => one.open) ?? document.querySelector(".menu[open]");
  if (!open || (open.matches(".menu") && wide.matches)) return;
  open.open = false;
  open.querySelector("summary").focus();
});

// --- hearts ---

const SAVED = "has-saved"; // whether this browser ever saved something: only then is it asked what

let changes = 0; // beginnings and ends of changes: what was read before one is outdated

function mark(button, isSaved) {
  button.ariaPressed = String(isSaved);
}

async function markSaved() {
  try {
    if (!localStorage.getItem(SAVED)) return;
    const before = changes;
    const answer = await fetch("/wishlist/products");
    const ids = answer.ok && new Set(await answer.json());
    if (changes !== before) return markSaved();
    if (!ids) return;
    for (const box of document.querySelectorAll("[data-product]")) {
      const button = box.querySelector(".heart button");
      if (button) mark(button, ids.has(box.dataset.product));
    }
  } catch {
    // storage is blocked or the network is lost: the hearts stay as they are
  }
}

function rememberThatSomethingIsSaved() {
  try {
    localStorage.setItem(SAVED, "yes");
  } catch {
    // storage is blocked: the hearts of the next page are empty, the wishlist is not
  }
}

let sent = Promise.resolve(); // one after the other: of two quick presses the second could overtake the first

document.addEventListener("submit", (event) => {
  const form = event.target.closest(".heart");
  if (!form || event.defaultPrevented) return;
  event.preventDefault();
  const button = form.querySelector("button");
  mark(button, button.ariaPressed !== "true");
  rememberThatSomethingIsSaved();
  changes += 1;
  sent = sent.then(() => send(form.action, button));
});

async function send(address, button) {
  try {
    const headers = { "HX-Request": "true" };
    const answer = await fetch(address, { method: "POST", headers, keepalive: true });
    if (!answer.ok) throw new RangeError(answer.status);
    mark(button, (await answer.text()) === "saved");
  } catch {
    mark(button, button.ariaPressed !== "true");
    document.dispatchEvent(new CustomEvent("shop:failed"));
  }
  changes += 1;
}

document.addEventListener("shop:tiles", markSaved); // more tiles have come into the page
markSaved();

// --- a visit without a network (home/service_worker.js) ---

addEventListener("load", () => navigator.serviceWorker?.register("/service-worker.js"));

// --- rows that scroll sideways ---

document.addEventListener("click", ({ target }) => {
  const button = target.closest(".rail-buttons button");
  if (!button) return;
  const rail = document.getElementById(button.getAttribute("aria-controls"));
  const isCalm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const isFromTheRight = document.documentElement.dir === "rtl";
  const way = (button.dataset.way === "back") === isFromTheRight ? 1 : -1;
  rail.scrollBy({ left: way * rail.clientWidth * 0.8, behavior: isCalm ? "auto" : "smooth" });
});
