// Says that a request of the page went wrong, as on a lost network: what was pressed is as it was before, and
// can be pressed again. Other scripts report with the event "shop:failed"; its detail is the answer, if any.

const TEXTS = JSON.parse(document.getElementById("texts").textContent); // in the language of the page
const toast = document.querySelector(".toast");

function say(text) {
  (document.querySelector("dialog[open]") ?? document.body).append(toast); // above an open dialog
  toast.textContent = "";
  setTimeout(() => (toast.textContent = text)); // said again, if it is the same
}

// The reason that the shop gives where a request was refused.
function reasonIn(answer) {
  if (!answer) return TEXTS.failed;
  if (answer.status >= 500) return TEXTS.unavailable;
  const page = new DOMParser().parseFromString(answer.text ?? "", "text/html");
  return page.querySelector(".notice .lead")?.textContent ?? TEXTS.failed;
}

document.addEventListener("shop:failed", ({ detail }) => say(reasonIn(detail)));
for (const kind of ["htmx:sendError", "htmx:timeout"]) {
  document.addEventListener(kind, () => say(TEXTS.failed));
}
document.addEventListener("htmx:responseError", ({ detail: { xhr } }) => {
  say(reasonIn({ status: xhr.status, text: xhr.responseText }));
});
document.addEventListener("htmx:beforeRequest", () => (toast.textContent = ""));
