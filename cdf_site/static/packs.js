// Follows the making of a pack: the bar moves by itself, and now and then somebody who listens is told.
//
// Where no reply comes it asks less and less often; where the person is signed out, or the pack is done,
// it stops. Without it the page has a link to look again.

const EVERY = 2_000; // milliseconds
const LONGEST = 30_000;
const SAID_EVERY = 10_000;

const box = document.getElementById("pack");
const spoken = document.getElementById("pack-said");
const { address } = box.dataset;
let pause = EVERY;
let saidAt = Date.now(); // the page itself has just said it

if (address) {
  document.getElementById("pack-look").hidden = true;
  setTimeout(ask, pause);
}

async function ask() {
  if (document.hidden) {
    document.addEventListener("visibilitychange", ask, { once: true });
    return;
  }
  try {
    const response = await fetch(address, { headers: { Accept: "application/json" }, redirect: "manual" });
    if (response.ok) {
      const { html, isUnderWay } = await response.json();
      show(html, isUnderWay);
      if (!isUnderWay) {
        return;
      }
      pause = EVERY;
    } else if (response.status < 500) {
      return stop(); // signed out, or not theirs any more: the link says so
    } else {
      pause = Math.min(pause * 2, LONGEST);
    }
  } catch {
    pause = Math.min(pause * 2, LONGEST);
  }
  setTimeout(ask, pause);
}

function show(html, isUnderWay) {
  const { body } = new DOMParser().parseFromString(html, "text/html");
  box.replaceChildren(...body.childNodes);
  const said = box.querySelector("[data-said]").textContent.replace(/\s+/g, " ").trim();
  if (!isUnderWay || (said !== spoken.textContent && Date.now() - saidAt >= SAID_EVERY)) {
    spoken.textContent = said;
    saidAt = Date.now();
  }
  if (!isUnderWay) {
    document.getElementById("pack-meanwhile").hidden = true;
  }
}

function stop() {
  document.getElementById("pack-look").hidden = false;
}
