// Says how much is in the bag. Opens quick views, and the drawer that "Add to bag" has put into the page;
// without this script the bag's page is shown. Keeps a button of a form from being pressed again while its
// request is in progress.

const counter = document.querySelector("[data-count]");
const place = document.getElementById("drawer-place");
const asPart = { headers: { "HX-Request": "true" } }; // the part of a page that htmx would get
let loading = null;
let asked = 0; // how often: an answer that a later one has overtaken is outdated

async function count() {
  const turn = (asked += 1);
  const answer = await fetch(counter.dataset.count, asPart);
  if (!answer.ok) return;
  const part = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (turn !== asked) return;
  const below = part.getElementById("bag-below");
  below.remove();
  counter.replaceChildren(...part.body.childNodes);
  document.getElementById("bag-below").replaceChildren(...below.childNodes);
}

function countAgain() {
  count().catch(() => {}); // no network: the number stays
}

document.body.addEventListener("bag-changed", countAgain); // sent by htmx (HX-Trigger)
countAgain();

// What a quick view contains needs htmx, which starts only in a page that is complete.
async function loadHtmx() {
  if ("htmx" in window) return;
  if (document.readyState !== "complete") {
    await new Promise((resolve) => addEventListener("load", resolve, { once: true }));
  }
  if ("htmx" in window) return;
  const script = document.createElement("script");
  script.src = place.dataset.htmx;
  await new Promise((resolve, reject) => {
    Object.assign(script, { onload: resolve, onerror: reject });
    document.head.append(script);
  });
}

async function showQuickView(address) {
  loading ??= loadHtmx();
  const [answer] = await Promise.all([fetch(address, asPart), loading]);
  if (!answer.ok) throw new RangeError(`${address}: ${answer.status}`);
  place.innerHTML = await answer.text();
  htmx.process(place);
  place.querySelector("dialog").showModal();
}

document.addEventListener("click", ({ target }) => {
  const button = target.closest(".quick");
  if (!button) return;
  const page = button.closest(".tile-box").querySelector(".tile").href;
  showQuickView(button.dataset.quick).catch(() => (location.href = page));
});

document.addEventListener("htmx:afterSwap", ({ target }) => {
  if (target.id === "drawer-place") target.querySelector("dialog")?.showModal();
});

document.addEventListener("submit", ({ target }) => {
  const button = target.querySelector("[data-once]");
  if (button) setTimeout(() => (button.disabled = true)); // after the form was sent, with the button's value
});
addEventListener("pageshow", () => {
  for (const button of document.querySelectorAll("[data-once]")) button.disabled = false; // back button
});

// The bag is replaced with each change: what had the focus has gone, or is another element. Where it was
// not one that is still there, what the change led to gets it, so that a keyboard does not start again.
document.addEventListener("htmx:afterSettle", () => {
  if (document.activeElement !== document.body) return;
  const bag = document.getElementById("bag");
  const next = ["[aria-invalid=true]", ".flash button", "h1"].map((one) => bag?.querySelector(one));
  next.find(Boolean)?.focus();
});

// A form that was refused: to the first field to look at again.
document.querySelector("main form [aria-invalid=true]")?.focus();

// The fields of an address depend on its country. They are replaced beside the choice, which keeps the focus:
// with the keyboard each step through the list is a choice. Without scripts a button beside it does this.
async function showFieldsOf(select, signal) {
  const { form } = select;
  const body = new URLSearchParams([...new FormData(form), ["change", "country"]]);
  const answer = await fetch(form.action, { method: "POST", body, signal });
  if (!answer.ok) throw new RangeError(answer.status);
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  document.getElementById("address-fields").replaceWith(page.getElementById("address-fields"));
}

for (const select of document.querySelectorAll("select[data-country]")) {
  let latest = null;
  select.addEventListener("change", () => {
    latest?.abort();
    const { signal } = (latest = new AbortController());
    showFieldsOf(select, signal).catch(() => {
      if (!signal.aborted) document.dispatchEvent(new CustomEvent("shop:failed"));
    });
  });
}
