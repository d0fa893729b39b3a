// Opens the drawer that "Add to bag" has put into the page; without this script the bag's page is shown.

document.addEventListener("htmx:afterSwap", ({ target }) => {
  if (target.id === "drawer-place") target.querySelector("dialog")?.showModal();
});
