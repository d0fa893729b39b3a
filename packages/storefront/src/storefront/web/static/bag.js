// Opens the drawer that "Add to bag" has put into the page; without this script the bag's page is shown.
// Keeps a button of a form from being pressed again while its request is under way.

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

// The fields of an address depend on its country; without this script a button beside it does this.
for (const select of document.querySelectorAll("select[data-submits]")) {
  const button = document.getElementById(select.dataset.submits);
  button.hidden = true;
  select.addEventListener("change", () => select.form.requestSubmit(button));
}
