// Tells the server that this page is open, and shows who else is here. Nothing waits for it, and nobody
// is told aloud; the line stands there for whoever looks.
//
// While the page is in sight it gives a sign every few seconds. Out of sight it is gone at once. Where no
// reply comes it asks less and less often, and where the person is signed out it stops.

const GIVEN_UP = 10000; // milliseconds without a reply

const box = document.getElementById("presence");
if (box) {
  tellPresence(box);
}

function tellPresence({ dataset }) {
  const EVERY = Number(dataset.every); // milliseconds
  const LONGEST = Number(dataset.longestPause);
  let page = number();
  const line = box.querySelector(".presence__line");
  let timer = null;
  let pause = EVERY;
  let asking = null; // aborts the sign on its way
  let isHere = false; // as far as the server was told

  function post(fields, options = {}) {
    const token = document.querySelector("input[name=csrfmiddlewaretoken]")?.value ?? "";
    return fetch(dataset.address, {
      method: "POST",
      body: new URLSearchParams({ csrfmiddlewaretoken: token, page_id: page, ...fields }),
      headers: { Accept: "application/json" },
      redirect: "manual",
      ...options,
    });
  }

  async function ask() {
    clearTimeout(timer);
    if (asking || document.hidden) {
      return;
    }
    isHere = true;
    asking = new AbortController();
    const slow = setTimeout(() => asking.abort(), GIVEN_UP);
    try {
      const response = await post({ place: dataset.place }, { signal: asking.signal });
      if (response.ok) {
        show((await response.json()).here);
        pause = EVERY;
      } else if (response.status < 500) {
        show([]);
        isHere = false; // signed out, or not of the cluster any more: until the page is looked at again
      } else {
        pause = Math.min(pause * 2, LONGEST);
      }
    } catch {
      show([]);
      pause = Math.min(pause * 2, LONGEST);
    } finally {
      clearTimeout(slow);
      asking = null;
    }
    if (isHere) {
      timer = setTimeout(ask, pause);
    }
  }

  async function leave() {
    clearTimeout(timer);
    if (!isHere) {
      return;
    }
    isHere = false;
    asking?.abort();
    const told = post({ leave: "1" }, { keepalive: true });
    page = number(); // what was left stays left; whoever comes back opens it anew
    await told.catch(() => {});
  }

  function show(here) {
    if (line) {
      line.hidden = !here.length;
      line.querySelector(".presence__people").replaceChildren(...here.map(wordsFor));
    }
    for (const place of document.querySelectorAll("[data-presence-at]")) {
      const names = here.filter(({ places }) => places.includes(place.dataset.presenceAt)).map(({ name }) => name);
      place.hidden = !names.length;
      place.querySelector(".presence__names").textContent = names.join("; ");
    }
  }

  function wordsFor({ name, profession, where }) {
    const person = document.createElement("span");
    person.className = "presence__person";
    person.textContent = [name, profession].filter(Boolean).join(" · ") + (where ? ` (${where})` : "");
    return person;
  }

  function begin() {
    pause = EVERY;
    ask();
  }

  document.addEventListener("visibilitychange", () => (document.hidden ? leave() : begin()));
  document.addEventListener("signed-in", begin);
  document.addEventListener("signing-out", ({ detail }) => detail.push(leave().then(() => true))); // later nobody would be heard
  document.addEventListener("staying", begin);
  window.addEventListener("pagehide", leave);
  window.addEventListener("pageshow", begin);
  begin();
}

// A random number as UUID; crypto.randomUUID() is missing where a test machine serves without TLS.
function number() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}
