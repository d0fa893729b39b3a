// On a listing: "Load more" adds the next page below, and coming back shows as much as before. Counts for
// the search log that something found was opened; nothing is said of who it was.
// Without this script "Load more" leads to the next page.

const grid = document.querySelector(".results > .grid");
const paging = document.querySelector(".paging");

async function read(address) {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(`${address}: ${answer.status}`);
  return new DOMParser().parseFromString(await answer.text(), "text/html");
}

function add(page) {
  const tiles = [...page.querySelectorAll(".results > .grid > li")];
  grid.append(...tiles);
  const following = page.querySelector(".paging [rel=next]");
  const next = paging.querySelector("[rel=next]");
  following ? next.replaceWith(following) : next.remove();
  paging.querySelector("span").replaceWith(page.querySelector(".paging span"));
  tiles[0]?.querySelector("a").focus({ preventScroll: true });
}

async function more(address) {
  try {
    add(await read(address));
    history.replaceState({ added: [...(history.state?.added ?? []), address] }, "");
  } catch {
    location.href = address; // as without this script
  }
}

async function restore({ added, at }) {
  history.scrollRestoration = "manual"; // the browser would scroll before there is anything to scroll to
  try {
    for (const page of await Promise.all(added.map(read))) add(page);
    scrollTo(0, at ?? 0);
  } catch {
    history.replaceState(null, ""); // the first page stands by itself
  }
}

function tell(event) {
  if (event.target.closest(".tile")) navigator.sendBeacon(grid.dataset.opened);
}

paging?.addEventListener("click", (event) => {
  const next = event.target.closest("[rel=next]");
  if (!next || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  more(next.href);
});
addEventListener("pagehide", () => {
  if (history.state?.added) history.replaceState({ ...history.state, at: scrollY }, "");
});
if (history.state?.added && paging) restore(history.state);

if (grid?.dataset.opened) {
  grid.addEventListener("click", tell);
  grid.addEventListener("auxclick", (event) => event.button === 1 && tell(event)); // into a new tab
}
