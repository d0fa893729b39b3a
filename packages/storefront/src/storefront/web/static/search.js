// Suggestions while one types in the search box: a combobox with a listbox (WAI-ARIA Authoring Practices
// 1.2). Without this script the form still searches.

const form = document.querySelector("form[role=search]");
const box = form.querySelector("input");
const announcer = form.querySelector("[role=status]");
const TEXTS = JSON.parse(document.getElementById("texts").textContent); // in the language of the page
const RECENT = "recent-searches";
const WAIT_MS = 120;

const list = document.createElement("ul");
list.id = "suggestions";
list.role = "listbox";
list.ariaLabel = TEXTS.suggestions;
list.hidden = true;
form.append(list);
box.role = "combobox";
box.setAttribute("aria-controls", list.id);
box.setAttribute("aria-autocomplete", "list");
box.ariaExpanded = "false";

let asking = new AbortController();
let waiting = 0;

function recent() {
  try {
    return JSON.parse(localStorage.getItem(RECENT)) ?? [];
  } catch {
    return []; // storage is blocked, or holds what another script wrote
  }
}

function remember(text) {
  const kept = [text, ...recent().filter((other) => other !== text)].slice(0, 5);
  try {
    localStorage.setItem(RECENT, JSON.stringify(kept));
  } catch {
    // storage is blocked: nothing is remembered
  }
}

function searchFor(text) {
  const address = new URL(form.action);
  address.searchParams.set("q", text);
  return address.href;
}

function option(href, text, { note = "", picture = null } = {}) {
  const item = document.createElement("li");
  item.role = "option";
  item.id = `suggestion-${list.childElementCount}`;
  item.dataset.href = href;
  item.ariaSelected = "false";
  if (picture) {
    const image = document.createElement("img");
    Object.assign(image, { src: picture, alt: "", width: 40, height: 53, loading: "lazy" });
    item.append(image);
  }
  const words = document.createElement("span");
  words.textContent = text;
  item.append(words);
  if (note) {
    const small = document.createElement("span");
    small.className = "small";
    small.textContent = note;
    item.append(small);
  }
  list.append(item);
}

function show() {
  const count = list.childElementCount;
  list.hidden = !count;
  box.ariaExpanded = String(!list.hidden);
  box.removeAttribute("aria-activedescendant");
  const isTyping = document.activeElement === box;
  announcer.textContent = isTyping && count ? `${TEXTS.suggestions}: ${count}` : "";
}

// Closes the list, and stops whatever would open it again.
function hide() {
  clearTimeout(waiting);
  asking.abort();
  list.replaceChildren();
  show();
}

function offerRecent() {
  list.replaceChildren();
  for (const text of recent()) option(searchFor(text), text, { note: TEXTS.searched });
  show();
}

function folded(text) {
  return text.trim().toLocaleLowerCase();
}

async function offer(text) {
  asking.abort();
  const asked = (asking = new AbortController());
  const address = new URL(form.dataset.suggest, location.href);
  address.searchParams.set("q", text);
  try {
    const answer = await fetch(address, { signal: asked.signal });
    if (!answer.ok) return hide();
    const found = await answer.json();
    if (asked !== asking || document.activeElement !== box) return; // too late
    list.replaceChildren();
    const links = [...found.categories.map((one) => one.label), ...found.brands.map((one) => one.name)];
    const linked = new Set(links.map(folded));
    for (const term of found.terms) if (!linked.has(folded(term))) option(searchFor(term), term);
    for (const one of found.categories) option(one.url, one.label, { note: one.count.toLocaleString(document.documentElement.lang) });
    for (const one of found.brands) option(one.url, one.name, { note: TEXTS.brand });
    for (const one of found.products) {
      const note = new Intl.NumberFormat(document.documentElement.lang, {
        style: "currency",
        currency: one.currency,
      }).format(one.price);
      option(one.url, one.name, { note, picture: one.image_url });
    }
    show();
  } catch (error) {
    if (asked === asking && error.name !== "AbortError") hide();
  }
}

function choose(step) {
  const options = [...list.children];
  const was = options.findIndex((item) => item.ariaSelected === "true");
  const now = was < 0 && step < 0 ? options.length - 1 : was + step;
  options.forEach((item, at) => (item.ariaSelected = String(at === now)));
  const chosen = options[now];
  if (!chosen) return box.removeAttribute("aria-activedescendant");
  box.setAttribute("aria-activedescendant", chosen.id);
  chosen.scrollIntoView({ block: "nearest" });
}

box.addEventListener("input", () => {
  clearTimeout(waiting);
  const text = box.value.trim();
  asking.abort();
  if (!text) return offerRecent();
  waiting = setTimeout(offer, WAIT_MS, text);
});
box.addEventListener("focus", () => {
  if (!box.value.trim()) offerRecent();
});
box.addEventListener("blur", hide);
box.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && !list.hidden) {
    event.preventDefault(); // the first Escape closes the list, the second clears the box
    return hide();
  }
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step && !list.hidden) {
    event.preventDefault();
    return choose(step);
  }
  const chosen = list.querySelector("[aria-selected=true]");
  if (event.key === "Enter" && chosen) {
    event.preventDefault();
    location.href = chosen.dataset.href;
  }
});
list.addEventListener("pointerdown", (event) => event.preventDefault()); // the box keeps the focus
list.addEventListener("click", (event) => {
  const chosen = event.target.closest("[role=option]");
  if (chosen) location.href = chosen.dataset.href;
});
form.addEventListener("submit", () => {
  if (box.value.trim()) remember(box.value.trim());
});
