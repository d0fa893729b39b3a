// Takes in what stands below a product when one scrolls near it; without this script it is a link.

const aside = document.querySelector("[data-more]");

async function takeIn() {
  const answer = await fetch(aside.querySelector("a").href);
  if (!answer.ok) return; // the link stays
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  aside.replaceChildren(...page.querySelector(".shelves").children);
}

const watch = new IntersectionObserver(
  (seen) => {
    if (!seen.some((one) => one.isIntersecting)) return;
    watch.disconnect();
    takeIn().catch(() => {}); // no network: the link stays
  },
  { rootMargin: "400px" },
);
watch.observe(aside);
