// On a listing: counts for the search log that something found was opened. Nothing is said of who it was.

const grid = document.querySelector("[data-opened]");

function tell(event) {
  if (event.target.closest(".tile")) navigator.sendBeacon(grid.dataset.opened);
}

grid?.addEventListener("click", tell);
grid?.addEventListener("auxclick", (event) => event.button === 1 && tell(event)); // into a new tab
