// A listing without whole page loads: a filter, an order or a chip replaces the listing and keeps the focus
// and the open panels; "Load more" adds the next page below, and coming back shows as much as before.
// Reports that a search's product was opened, but not by whom. Without this script all of these are links.

const TEXTS = JSON.parse(document.getElementById("texts").textContent); // in the language of the page

const parts = (selector, root = document) => [...root.querySelectorAll(selector)];
const listing = () => document.querySelector(".listing");
const tell = () => document.dispatchEvent(new Event("shop:tiles"));
const grid = () => document.querySelector(".results > .grid");
const paging = () => document.querySelector(".paging");

let loading = null; // the request in progress, if any
let shown = addressOf(location);

// Fetches a page of the shop. Returns null where a later request took over. Throws a RangeError for an
// error of the shop, which has a page of its own, and a TypeError where the network is lost.
async function read(address) {
  loading?.abort();
  const request = (loading = new AbortController());
  try {
    const response = await fetch(address, { signal: request.signal });
    if (!response.ok) throw new RangeError(`${address}: ${response.status}`);
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    return request.signal.aborted ? null : { page, address: response.url };
  } catch (error) {
    if (error.name === "AbortError") return null;
    throw error;
  } finally {
    if (loading === request) loading = null;
  }
}

function say(text) {
  document.querySelector(".toast").textContent = text;
}

function mark(isBusy) {
  listing().ariaBusy = String(isBusy);
}

// --- load more ---

function add(page) {
  const tiles = parts(".results > .grid > li", page);
  grid().append(...tiles);
  tell();
  const following = page.querySelector(".paging [rel=next]");
  const next = paging().querySelector("[rel=next]");
  following ? next.replaceWith(following) : next.remove();
  paging().querySelector("span").replaceWith(page.querySelector(".paging span"));
  return tiles[0]?.querySelector("a");
}

async function more(next) {
  if (next.ariaDisabled === "true") return; // it is loading already
  next.ariaDisabled = "true";
  mark(true);
  say(TEXTS.busy);
  try {
    const found = await read(next.href);
    if (!found) return;
    const first = add(found.page);
    say("");
    first?.focus({ preventScroll: true });
    history.replaceState({ added: [...(history.state?.added ?? []), next.href] }, "");
  } catch {
    next.ariaDisabled = null;
    say(TEXTS.lost);
  } finally {
    mark(false);
  }
}

async function restore({ added, at }) {
  history.scrollRestoration = "manual"; // the browser would scroll before there is anything to scroll to
  try {
    for (const address of added) add((await read(address)).page);
    if (!at) return;
    scrollToPlace(at);
    requestAnimationFrame(() => scrollToPlace(at)); // the rows around it have their real heights now
  } catch {
    history.replaceState(null, ""); // the first page is complete without the others
  }
}

// Which tile is the first in sight, and where. Not how far the page was scrolled: rows that nobody has
// looked at yet have only about the height that they will have.
function place() {
  const tiles = [...grid().children];
  const first = tiles.findIndex((one) => one.getBoundingClientRect().bottom > 0);
  return first < 0 ? null : { first, top: tiles[first].getBoundingClientRect().top };
}

function scrollToPlace({ first, top }) {
  const tile = grid().children[first];
  if (tile) scrollBy(0, tile.getBoundingClientRect().top - top);
}

// --- filters ---

function replace(page, key) {
  const wasOpen = new Map(parts("details:not(.sort)", listing()).map((one) => [one.dataset.key, one.open]));
  listing().replaceWith(page.querySelector(".listing"));
  tell();
  document.title = page.title;
  for (const one of parts("details", listing())) one.open = wasOpen.get(one.dataset.key) ?? one.open;
  const same = parts("[data-key]", listing()).find((one) => one.dataset.key === key);
  (same ?? document.getElementById("results")).focus({ preventScroll: Boolean(same) });
}

async function show(address, key, { isNew = true } = {}) {
  mark(true);
  say(TEXTS.busy);
  try {
    const found = await read(address);
    if (!found) return;
    replace(found.page, key);
    if (isNew) history.pushState(null, "", found.address);
    shown = addressOf(location);
    say(document.getElementById("count").textContent);
  } catch (error) {
    if (error instanceof RangeError) location.href = address;
    else say(TEXTS.lost);
  } finally {
    mark(false);
  }
}

function addressOf({ pathname, search }) {
  return pathname + search;
}

async function comeBack() {
  if (addressOf(location) === shown) return; // only the fragment changed, as by a skip link
  const { state } = history;
  await show(location.href, null, { isNew: false });
  if (state?.added) await restore(state);
}

function isPlain(event) {
  return !(event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey);
}

document.addEventListener("click", (event) => {
  if (!isPlain(event)) return;
  const link = event.target.closest?.(".filters a, .chips a, .sort a");
  if (!link) return;
  event.preventDefault();
  show(link.href, link.dataset.key);
});
document.addEventListener("click", (event) => {
  const next = event.target.closest?.(".paging [rel=next]");
  if (!next || !isPlain(event)) return;
  event.preventDefault();
  more(next);
});
// The last button of the drawer on a phone, and its cross.
document.addEventListener("click", (event) => {
  if (!event.target.closest?.("[data-close]")) return;
  const drawer = event.target.closest("details");
  drawer.open = false;
  drawer.querySelector("summary").focus();
});
document.addEventListener("keydown", (event) => {
  const drawer = event.key === "Escape" && event.target.closest?.(".filters[open]");
  if (!drawer || matchMedia("(min-width: 60rem)").matches) return;
  drawer.open = false;
  drawer.querySelector("summary").focus();
});

// Narrows a long group of values to those that contain what is typed.
document.addEventListener("input", ({ target }) => {
  if (!target.matches?.("[data-within]")) return;
  const wanted = target.value.trim().toLocaleLowerCase();
  const group = target.closest("nav");
  const rest = group.querySelector(".rest");
  if (rest && wanted) rest.open = true;
  for (const item of parts("li", group))
    item.hidden = !item.textContent.toLocaleLowerCase().includes(wanted);
});

// The two thumbs of the price range write into the fields beside them; letting go applies them.
document.addEventListener("input", ({ target }) => {
  if (!target.matches?.(".slider input")) return;
  const [low, high] = parts("input", target.parentElement);
  if (+low.value > +high.value) target.value = target === low ? high.value : low.value;
  const isWhole = target.value === (target === low ? low.min : high.max);
  target.form.elements[target.dataset.for].value = isWhole ? "" : target.value;
});
document.addEventListener("change", ({ target }) => {
  if (target.matches?.(".slider input")) target.form.requestSubmit();
});
// --- swatches: another colour's picture, price and link; a second press leads there ---

const ownPrices = new WeakMap(); // of tiles whose price was replaced: their own one

document.addEventListener("click", (event) => {
  const dot = event.target.closest?.(".dots a");
  if (!dot || !isPlain(event) || !dot.dataset.picture || dot.ariaCurrent === "true") return;
  event.preventDefault();
  const box = dot.closest(".tile-box");
  const { picture, width } = dot.dataset;
  for (const source of parts(".tile picture source", box)) source.remove();
  const image = box.querySelector(".tile img");
  image.srcset = "";
  image.src = `${picture}?w=480`;
  image.width = +width;
  box.querySelector(".tile").href = dot.href;
  const price = box.querySelector(".price");
  if (!ownPrices.has(box)) ownPrices.set(box, price.outerHTML);
  price.outerHTML = dot.dataset.price ?? ownPrices.get(box);
  for (const other of parts(".dots a", box)) other.ariaCurrent = other === dot ? "true" : null;
});

document.addEventListener("submit", (event) => {
  if (!event.target.matches(".prices")) return;
  event.preventDefault();
  const filled = [...new FormData(event.target)].filter(([, value]) => value.trim());
  show(`${event.target.action.split("?")[0]}?${new URLSearchParams(filled)}`, "prices");
});
addEventListener("popstate", comeBack);
addEventListener("pagehide", () => {
  if (history.state?.added) history.replaceState({ ...history.state, at: place() }, "");
});
if (history.state?.added && paging()) restore(history.state);

// --- what a search led to ---

function report(event) {
  const tiles = event.target.closest?.(".tile")?.closest("[data-opened]");
  if (tiles) navigator.sendBeacon(tiles.dataset.opened);
}
document.addEventListener("click", report);
document.addEventListener("auxclick", (event) => event.button === 1 && report(event)); // into a new tab
