// Loads the recommendations below a product when they are about to scroll into view. Without this script
// they are a link.

const aside = document.querySelector("[data-more]");

async function load() {
  const answer = await fetch(aside.querySelector("a").href);
  if (!answer.ok) return; // the link stays
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  aside.replaceChildren(...page.querySelector(".shelves").children);
  document.dispatchEvent(new Event("shop:tiles"));
}

const watch = new IntersectionObserver(
  (seen) => {
    if (!seen.some((entry) => entry.isIntersecting)) return;
    watch.disconnect();
    load().catch(() => {}); // no network: the link stays
  },
  { rootMargin: "400px" },
);
watch.observe(aside);
