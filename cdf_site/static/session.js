// Says in time that the session is about to end, and when it has ended, asks for the password in place.
//
// How long it lasts is the server's to say: this only asks. Other scripts take part by events on the
// document: "signed-out" is theirs, when a request was answered 401; "signed-in" is ours, with the person
// who is signed in now and the token for forms. Of somebody else's page nothing is seen.

const TICK = 1000; // milliseconds
const ASK_AGAIN = 20000; // while a dialog is open: the person may have acted in another tab
const ASK_AT_MOST = 3000;
const QUIET = 1500; // without a key, before a dialog takes the keys

const place = document.getElementById("session");
if (place) {
  watch(place);
}

function watch(place) {
  const { address, home, person } = place.dataset;
  const warnedBefore = Number(place.dataset.warnedBefore) * 1000;
  const warning = document.getElementById("session-warning");
  const signedOut = document.getElementById("signed-out");
  const signInForm = document.getElementById("signed-out-form");
  const password = document.getElementById("signed-out-password");
  const others = "BroadcastChannel" in window ? new BroadcastChannel("session") : null;

  let endsAt = Date.now() + Number(place.dataset.secondsLeft) * 1000;
  let mayExtend = place.dataset.mayExtend === "yes";
  let askedAt = Date.now();
  let asking = null;
  let typedAt = 0;
  let opening = null; // the dialog of who is signed out waits for a pause in typing
  let typed = false; // anything, into a form of this page
  let understood = false; // that the session will end, and that nothing can be done
  let leaving = false;
  let busy = false;
  let closing = false; // one of the dialogs, by us

  const part = (id) => document.getElementById(id);
  const quietIn = () => typedAt + QUIET - Date.now();
  const timeLeft = () => endsAt - Date.now();

  // What the server says ------------------------------------------------------------------

  function ask() {
    asking ??= whoseSession().finally(() => (asking = null));
    return asking;
  }

  async function whoseSession(body) {
    askedAt = Date.now();
    const response = await fetch(address, {
      method: body ? "POST" : "GET",
      body,
      headers: { Accept: "application/json" },
      cache: "no-store",
    });
    if (!response.ok) {
      throw new Error(`answer ${response.status}`);
    }
    const session = await response.json();
    heed(session);
    return session;
  }

  function heed(session) {
    if (leaving) {
      return;
    }
    if (session.person === person) {
      endsAt = Date.now() + session.seconds_left * 1000;
      mayExtend = session.may_extend;
      if (signedOut.open || opening) {
        comeBack(session);
      }
      if (timeLeft() > warnedBefore) {
        understood = false;
        close(warning);
      }
    } else if (session.person) {
      hideFrom(session);
    } else if (!signedOut.open) {
      end();
    }
  }

  // The end is near -----------------------------------------------------------------------

  async function tick() {
    if (leaving || asking || busy) {
      return;
    }
    const since = Date.now() - askedAt;
    const told = signedOut.open || (timeLeft() > 0 && (warning.open || understood));
    const wait = told ? ASK_AGAIN : ASK_AT_MOST;
    if ((signedOut.open || timeLeft() <= warnedBefore) && since > wait) {
      await ask().catch(() => {}); // saving may have made it longer; without a network nothing is known
    }
    if (timeLeft() <= warnedBefore && !(understood || signedOut.open || opening || leaving) && (warning.open || quietIn() <= 0)) {
      warn();
    }
  }

  function warn() {
    const minutes = Math.min(3, Math.max(1, Math.round(timeLeft() / 60000)));
    const sentence = part("session-minutes").dataset[`minutes-${minutes}`];
    if (part("session-minutes").textContent !== sentence) {
      part("session-minutes").textContent = sentence; // only a change is spoken
    }
    const saved = isSaved();
    part("session-saved").hidden = !(typed && saved);
    part("session-not-saved").hidden = !(typed && !saved);
    part("session-last").hidden = mayExtend;
    part("session-extend").hidden = !mayExtend;
    part("session-understood").hidden = mayExtend;
    if (!warning.open) {
      part("session-warning-problem").textContent = "";
      warning.showModal();
      (mayExtend ? part("session-extend").querySelector("button") : part("session-understood")).focus();
    }
  }

  // Pages that save by themselves say how that goes in a line of theirs.
  function isSaved() {
    const line = document.querySelector("form[data-saves]") && part("save-state");
    return Boolean(line?.textContent) && !line.classList.contains("save-state--waiting") && line.textContent !== line.dataset.saving;
  }

  async function stay() {
    if (!mayExtend) {
      understood = true;
      close(warning);
      return;
    }
    if (busy) {
      return;
    }
    busy = true;
    try {
      const { person: now, token } = await ask(); // forms get a new token by signing in elsewhere
      if (now === person) {
        await whoseSession(new URLSearchParams({ csrfmiddlewaretoken: token }));
        others?.postMessage("changed");
      }
    } catch {
      part("session-warning-problem").textContent = part("session-warning-problem").dataset.unreachable;
      if (!warning.open) {
        warning.showModal();
      }
    } finally {
      busy = false;
    }
  }

  part("session-extend").addEventListener("submit", (event) => {
    event.preventDefault();
    stay();
  });
  part("session-understood").addEventListener("click", stay);
  part("session-sign-out").addEventListener("click", () => {
    document.querySelector(".service-header__form").requestSubmit(); // which may ask first
  });
  warning.addEventListener("cancel", (event) => {
    event.preventDefault();
    stay();
  });
  warning.addEventListener("close", () => {
    // A browser lets a second Escape close it without asking.
    if (!closing && timeLeft() <= warnedBefore) {
      stay();
    }
  });

  // The end, and signing in in place --------------------------------------------------------

  function end() {
    close(warning);
    if (isForm()) {
      askForPassword();
    } else {
      leave(`${signInForm.action}?next=${encodeURIComponent(location.pathname + location.search)}`);
    }
  }

  // A page with something to fill in.
  function isForm() {
    const fields = "textarea, select, input:not([type=hidden])";
    return [...document.querySelectorAll("main form[method=post]")].some((form) =>
      [...form.elements].some((field) => field.matches(fields)),
    );
  }

  function askForPassword() {
    close(warning);
    if (!signedOut.open && !opening) {
      refuse("");
      part("signed-out-other").textContent = "";
      openWhenQuiet();
    }
  }

  // What is typed into the page must not go on in the box of the password.
  function openWhenQuiet() {
    opening = quietIn() > 0 ? setTimeout(openWhenQuiet, quietIn()) : null;
    if (!opening) {
      document.documentElement.classList.add("session-ended");
      signedOut.showModal();
      password.focus();
    }
  }

  function comeBack(session) {
    clearTimeout(opening);
    opening = null;
    password.value = "";
    for (const input of document.querySelectorAll("input[name=csrfmiddlewaretoken]")) {
      input.value = session.token;
    }
    document.documentElement.classList.remove("session-ended");
    close(signedOut);
    tellOfSigningIn(session);
  }

  // Somebody else is signed in now. What was typed waits on its page for who typed it.
  function hideFrom(session) {
    document.documentElement.classList.add("session-ended");
    if (!isForm()) {
      leave(home);
      return;
    }
    askForPassword();
    const line = part("signed-out-other");
    if (line.textContent !== line.dataset.text) {
      line.textContent = line.dataset.text;
      tellOfSigningIn(session);
    }
  }

  function tellOfSigningIn({ person, token }) {
    document.dispatchEvent(new CustomEvent("signed-in", { detail: { person, token } }));
  }

  function leave(address) {
    leaving = true;
    location.replace(address);
  }

  function refuse(sentence) {
    part("signed-out-error").textContent = sentence;
    password.value = "";
    password.classList.toggle("nhsuk-input--error", sentence !== "");
    password.closest(".nhsuk-form-group").classList.toggle("nhsuk-form-group--error", sentence !== "");
    password.toggleAttribute("aria-invalid", sentence !== "");
    if (sentence) {
      password.focus();
    }
  }

  async function signIn() {
    const sentences = part("signed-out-error").dataset;
    if (busy) {
      return;
    }
    if (!password.value) {
      refuse(sentences.required);
      return;
    }
    busy = true;
    try {
      const typedIn = new URLSearchParams(new FormData(signInForm));
      const { token } = await ask();
      if (!signedOut.open) {
        return; // signed in in another tab
      }
      typedIn.set("csrfmiddlewaretoken", token);
      const response = await fetch(signInForm.action, {
        method: "POST",
        body: typedIn,
        headers: { Accept: "application/json" },
      });
      if (![200, 422, 429].includes(response.status)) {
        throw new Error(`answer ${response.status}`);
      }
      if (response.ok) {
        await whoseSession();
        others?.postMessage("changed");
      } else {
        refuse((await response.json()).error);
      }
    } catch {
      refuse(sentences.unreachable);
    } finally {
      busy = false;
    }
  }

  signInForm.addEventListener("submit", (event) => {
    event.preventDefault();
    signIn();
  });
  signedOut.addEventListener("cancel", (event) => event.preventDefault());
  signedOut.addEventListener("close", () => {
    if (!closing && !leaving) {
      signedOut.showModal();
    }
  });

  // -------------------------------------------------------------------------------------------

  function close(dialog) {
    if (dialog.open) {
      closing = true;
      dialog.addEventListener("close", () => (closing = false), { once: true });
      dialog.close(); // what had the focus has it again
    }
  }

  function look() {
    if (!document.hidden && !busy && Date.now() - askedAt > ASK_AT_MOST) {
      ask().catch(() => {});
    }
  }

  document.addEventListener("signed-out", () => {
    askForPassword();
    ask().catch(() => {}); // they may have signed in elsewhere
  });
  document.addEventListener("input", (event) => {
    typed ||= Boolean(event.target.closest("main form[method=post]"));
  });
  for (const type of ["keydown", "input"]) {
    document.addEventListener(type, () => (typedAt = Date.now()), true);
  }
  document.addEventListener("visibilitychange", look);
  window.addEventListener("focus", look);
  window.addEventListener("pageshow", (event) => event.persisted && look());
  others?.addEventListener("message", () => ask().catch(() => {}));
  setInterval(tick, TICK);
}
