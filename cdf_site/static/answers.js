// Saves answers while they are typed. The page works without it, and saves in the same way.
//
// It sends the fields of the answers that changed, with their versions, to the address of the form. One
// request is under way at a time. What got no reply is sent again as it was, under the same number, so
// that a lost reply never looks like somebody else's change.

const DELAY = 1000; // milliseconds after the last key
const AGAIN = 5000; // milliseconds until a request that failed is tried again

const form = document.querySelector("form[data-saves]");
if (form) {
  saveWhileTyping(form);
}

function saveWhileTyping(form) {
  const line = document.getElementById("save-state");
  const button = document.getElementById("save-state-button");
  const keys = [...form.querySelectorAll("input[name$='-version']")].map((input) => input.name.slice(0, -"-version".length));
  const changed = new Set(); // answers typed into since they were last sent
  const held = new Set(); // answers that somebody else changed: the whole page settles them
  const wrong = new Set(); // answers that cannot be taken as they are, until they are typed into again
  let pending = null; // what was sent and has had no reply yet
  let underWay = false;
  let timer = null;
  let leaving = false;
  let signedOut = false; // nothing can be sent until the same person signs in again

  const keyOf = (name) => keys.find((key) => name.startsWith(`${key}-`));
  const versionOf = (key) => form.elements[`${key}-version`];

  function say(state, { time, waiting = false, settle = false } = {}) {
    const sentence = line.dataset[state].replace("%(time)s", time ?? "");
    if (line.textContent !== sentence) {
      line.textContent = sentence; // only a change is spoken
    }
    line.classList.toggle("save-state--waiting", waiting);
    button.hidden = !settle;
  }

  function later(delay) {
    clearTimeout(timer);
    timer = setTimeout(send, delay);
  }

  function take() {
    const sent = [...changed];
    changed.clear();
    const data = new FormData();
    for (const [name, value] of new FormData(form)) {
      if (["csrfmiddlewaretoken", "written_in", "person"].includes(name) || sent.includes(keyOf(name))) {
        data.append(name, value);
      }
    }
    data.set("operation_id", number());
    return { data, keys: sent };
  }

  async function send() {
    clearTimeout(timer);
    if (underWay || (!pending && !changed.size)) {
      return;
    }
    pending ??= take();
    underWay = true;
    say("saving");
    try {
      const response = await fetch(form.action, {
        method: "POST",
        body: new URLSearchParams(pending.data),
        headers: { Accept: "application/json" },
        redirect: "manual",
        keepalive: true,
      });
      await settle(response);
    } catch {
      say("waiting", { waiting: true });
      later(AGAIN);
    } finally {
      underWay = false;
    }
    if (!pending && changed.size) {
      later(DELAY);
    }
  }

  async function settle(response) {
    if (response.type === "opaqueredirect" || response.status === 403) {
      signedOut = true;
      await renewToken();
      say("signedOut", { waiting: true });
      later(AGAIN);
      return;
    }
    if (![200, 409, 410, 422].includes(response.status)) {
      throw new Error(`answer ${response.status}`);
    }
    const reply = await response.json();
    signedOut = false;
    for (const key of reply.conflicts) {
      held.add(key);
    }
    for (const name of Object.keys(reply.errors)) {
      wrong.add(keyOf(name));
    }
    for (const key of pending.keys) {
      if (!held.has(key) && !wrong.has(key)) {
        versionOf(key).value = reply.versions[key];
      }
    }
    pending = null;
    for (const [name, html] of Object.entries(reply.parts)) {
      document.querySelector(`[data-part="${name}"]`)?.replaceChildren(...parsed(html));
    }
    if (response.status === 410) {
      leaving = true;
      say("closed", { waiting: true, settle: true });
    } else if (held.size) {
      say("conflict", { waiting: true, settle: true });
    } else if (wrong.size) {
      say("problem", { waiting: true, settle: true });
    } else {
      say("saved", { time: reply.saved_at });
    }
  }

  // After signing in again, in another tab, forms carry a new token.
  async function renewToken() {
    const response = await fetch(form.action, { redirect: "manual" });
    if (response.ok) {
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      const token = page.querySelector("#page-form input[name=csrfmiddlewaretoken]")?.value;
      if (token) {
        for (const input of document.querySelectorAll("input[name=csrfmiddlewaretoken]")) {
          input.value = token;
        }
        pending?.data.set("csrfmiddlewaretoken", token);
      }
    }
  }

  function notice(event) {
    const key = event.target.name && keyOf(event.target.name);
    if (!key || leaving) {
      return;
    }
    if (!held.has(key)) {
      changed.add(key);
      wrong.delete(key);
      // A date is typed in three parts: time for the other two.
      const inParts = event.target.name.includes("-date_");
      later(inParts ? AGAIN : event.type === "change" ? 0 : DELAY);
    }
  }

  form.addEventListener("input", notice);
  form.addEventListener("change", notice);
  window.addEventListener("online", () => later(0));

  // Whoever presses a button while an answer is on its way waits for its reply: otherwise the
  // page would be sent with a version that is just about to be old. And whoever presses one while
  // signed out stays on the page, which holds what they typed; they may have signed in just now.
  form.addEventListener("submit", (event) => {
    clearTimeout(timer);
    if (underWay) {
      event.preventDefault();
      const again = setInterval(() => {
        if (!underWay) {
          clearInterval(again);
          clearTimeout(timer);
          form.requestSubmit(event.submitter);
        }
      }, 50);
      return;
    }
    if (signedOut) {
      event.preventDefault();
      sendAfterSigningIn(event.submitter);
      return;
    }
    leaving = true;
  });

  async function sendAfterSigningIn(submitter) {
    await send(); // may only have fetched the new token
    if (signedOut) {
      await send();
    }
    if (!signedOut) {
      form.requestSubmit(submitter);
    }
  }

  window.addEventListener("pagehide", () => {
    if (!leaving) {
      send();
    }
  });
  window.addEventListener("beforeunload", (event) => {
    if (!leaving && (signedOut || !navigator.onLine) && (changed.size || pending)) {
      event.preventDefault();
    }
  });
}

// Our own server's HTML, without a script in it.
function parsed(html) {
  return new DOMParser().parseFromString(html, "text/html").body.childNodes;
}

// A random number as UUID; crypto.randomUUID() is missing where a test machine serves without TLS.
function number() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}
