// A listing without whole page loads: a filter, an order or a chip replaces the listing and keeps the focus
// and the open panels; "Load more" adds the next page below, and coming back shows as much as before.
// Reports that a search's product was opened, but not by whom. Without this script all of these are links.

const LOST = "That did not load. Check your connection and try again.";
const BUSY = "Loading…";

const parts = (selector, root = document) => [...root.querySelectorAll(selector)];
const listing = () => document.querySelector(".listing");
const grid = () => document.querySelector(".results > .grid");
const paging = () => document.querySelector(".paging");

let loading = null; // the request that is under way, if any
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
  say(BUSY);
  try {
    const found = await read(next.href);
    if (!found) return;
    const first = add(found.page);
    say("");
    first?.focus({ preventScroll: true });
    history.replaceState({ added: [...(history.state?.added ?? []), next.href] }, "");
  } catch {
    next.ariaDisabled = null;
    say(LOST);
  } finally {
    mark(false);
  }
}

async function restore({ added, at }) {
  history.scrollRestoration = "manual"; // the browser would scroll before there is anything to scroll to
  try {
    for (const address of added) add((await read(address)).page);
    scrollTo(0, at ?? 0);
  } catch {
    history.replaceState(null, ""); // the first page is complete without the others
  }
}

// --- filters ---

function replace(page, key) {
  const open = parts("details[open]", listing()).map((one) => one.dataset.key);
  listing().replaceWith(page.querySelector(".listing"));
  document.title = page.title;
  for (const one of parts("details", listing())) if (open.includes(one.dataset.key)) one.open = true;
  const same = parts("[data-key]", listing()).find((one) => one.dataset.key === key);
  (same ?? document.getElementById("results")).focus({ preventScroll: Boolean(same) });
}

async function show(address, key, { isNew = true } = {}) {
  mark(true);
  say(BUSY);
  try {
    const found = await read(address);
    if (!found) return;
    replace(found.page, key);
    if (isNew) history.pushState(null, "", found.address);
    shown = addressOf(location);
    say(document.getElementById("count").textContent);
  } catch (error) {
    if (error instanceof RangeError) location.href = address;
    else say(LOST);
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
document.addEventListener("submit", (event) => {
  if (!event.target.matches(".prices")) return;
  event.preventDefault();
  const filled = [...new FormData(event.target)].filter(([, value]) => value.trim());
  show(`${event.target.action.split("?")[0]}?${new URLSearchParams(filled)}`, "prices");
});
addEventListener("popstate", comeBack);
addEventListener("pagehide", () => {
  if (history.state?.added) history.replaceState({ ...history.state, at: scrollY }, "");
});
if (history.state?.added && paging()) restore(history.state);

// --- what a search led to ---

function report(event) {
  const tiles = event.target.closest?.(".tile")?.closest("[data-opened]");
  if (tiles) navigator.sendBeacon(tiles.dataset.opened);
}
document.addEventListener("click", report);
document.addEventListener("auxclick", (event) => event.button === 1 && report(event)); // into a new tab
