// Starts the components of nhsuk-frontend. The pages work without it.
// The address of its module comes from the page, where it carries the hash of its content.
const { href } = document.getElementById("nhsuk-frontend");

document.body.classList.add("js-enabled", "nhsuk-frontend-supported");
const { initAll } = await import(href);
initAll();
