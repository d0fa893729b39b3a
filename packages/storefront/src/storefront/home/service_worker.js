// Keeps the frame of the shop and the last pages of the catalogue for a visit without a network.
// A page always comes from the network where there is one. A stored one says that it is, and of when,
// since its prices may have changed. Bag, checkout, account and orders are never stored.

const FRAME = `frame-${SHOP.version}`;
const PAGES = "pages";
const PICTURES = "pictures";
const MOST = { [PAGES]: 20, [PICTURES]: 80 };
const PREFIX = new RegExp(`^(?:${Object.keys(SHOP.languages).filter(Boolean).join("|")})(?=/)`); // of a language
const STORED_PAGE = /^\/(?:$|products$|p\/[^/]+$|help(?:\/|$)|policies\/)/;

addEventListener("install", (event) => {
  event.waitUntil(caches.open(FRAME).then((frame) => frame.addAll(SHOP.shell)));
  skipWaiting();
});

addEventListener("activate", (event) => {
  const isOld = (name) => name.startsWith("frame-") && name !== FRAME;
  event.waitUntil(
    caches.keys().then((names) => Promise.all(names.filter(isOld).map((name) => caches.delete(name)))),
  );
});

addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== location.origin) return;
  if (pathname.startsWith("/static/")) event.respondWith(storedFirst(request, FRAME));
  else if (pathname.startsWith("/images/")) event.respondWith(storedFirst(request, PICTURES));
  else if (request.mode === "navigate") event.respondWith(networkFirst(event, pathname));
});

// Addresses of static files and pictures never change their content.
async function storedFirst(request, name) {
  const stored = await caches.match(request);
  if (stored) return stored;
  const answer = await fetch(request);
  if (answer.status === 200) await store(name, request, answer.clone());
  return answer;
}

async function networkFirst(event, pathname) {
  try {
    const answer = await fetch(event.request);
    const isPrivate = /no-store/.test(answer.headers.get("cache-control"));
    if (answer.status === 200 && !answer.redirected && !isPrivate && STORED_PAGE.test(pathname.replace(PREFIX, ""))) {
      event.waitUntil(store(PAGES, event.request, answer.clone()));
    }
    return answer;
  } catch {
    const stored = await (await caches.open(PAGES)).match(event.request);
    const language = SHOP.languages[pathname.match(PREFIX)?.[0] ?? ""];
    return stored ? marked(stored, language) : caches.match(language.offline);
  }
}

async function store(name, request, answer) {
  const cache = await caches.open(name);
  await cache.put(request, answer);
  const all = await cache.keys(); // the oldest first
  const excess = MOST[name] ? all.slice(0, Math.max(0, all.length - MOST[name])) : [];
  await Promise.all(excess.map((one) => cache.delete(one)));
}

async function marked(stored, { note: said, code }) {
  const when = new Date(stored.headers.get("date")).toLocaleString(code);
  const note = `<p class="flash" role="status">${said.replace("%(when)s", when)}</p>`;
  const page = (await stored.text()).replace('<main id="content">', `$&${note}`);
  const headers = new Headers(stored.headers); // the content security policy among them
  headers.delete("content-length");
  headers.delete("content-encoding");
  return new Response(page, { headers });
}
