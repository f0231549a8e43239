// Saves answers while they are typed. The page works without it, and saves in the same way.
//
// It sends the fields of the answers that changed, with their versions, to the address of the form. One
// request is under way at a time. What got no reply is sent again as it was, under the same number, so
// that a lost reply never looks like somebody else's change. Until the server has it, what is typed is
// kept on the device as a draft (drafts.js). What others see already is sent by its button alone: until
// then it is only such a draft.

const DELAY = 1000; // milliseconds after the last key
const AT_LATEST = 10000; // for whoever never stops typing
const DRAFT_DELAY = 200; // until a change is on the device
const AGAIN = 5000; // until a request that failed is tried again, and twice as long each time after
const AGAIN_AT_MOST = 60000;
const DATE_DELAY = 5000; // a date is typed in three parts: time for the other two
const SLOW = 5000; // without a reply, until that is said
const GIVEN_UP = 30000; // without a reply, until the request counts as failed
const OUTLIVES = 60000; // bytes: what browsers let requests hold that outlive their page

const form = document.querySelector("form[data-saves]");
if (form) {
  // Its address carries the hash of its content, so the page names it.
  const { draftsOf } = await import(document.getElementById("drafts-script").src);
  const { drafts: key, person } = document.querySelector("form[data-drafts]").dataset;
  saveWhileTyping(form, await draftsOf(person, key).catch(() => null));
}

function saveWhileTyping(form, drafts) {
  const line = document.getElementById("save-state");
  const spoken = document.getElementById("save-state-spoken");
  const restoredLine = document.getElementById("save-restored");
  const pageButton = document.getElementById("save-state-button");
  const conflictButton = document.getElementById("save-state-conflict");
  const person = form.elements.page_of.value;
  const keys = [...form.querySelectorAll("input[name$='-version']")].map((input) => input.name.slice(0, -"-version".length));
  const byButton = [...form.querySelectorAll("input[name$='-shown']")].map((input) => input.name.slice(0, -"-shown".length));

  const changed = new Set(); // answers typed into since they were last sent
  const held = new Map(); // answers that somebody else changed, until it is settled: what was refused
  const typed = new Set(); // those typed into that wait for their button
  const wrong = new Set(); // answers that cannot be taken as they are, until they are typed into again
  const drafted = new Map(); // by answer, the draft that is on the device: its content and mark
  let restored = []; // drafts of an earlier visit, to be sent as they are
  let pending = null; // what was sent and has had no reply yet
  let operation = number(); // of the request that will send what changes now
  let changedSince = null;
  let due = 0; // when what changed last is to be sent
  let retrying = false; // the last request failed: its pause is not shortened by typing
  let pause = AGAIN;
  let flight = null; // the request under way
  let timer = null;
  let draftTimer = null;
  let draftsWork = Boolean(drafts);
  let said = "";
  let calm = false; // what was said last was part of the daily round
  let leaving = false;
  let going = 0; // when another page was last asked for: it may show what was stored before a reply
  let signedOut = false; // nothing can be sent until the same person signs in again
  let over = ""; // why nothing can be saved here any more

  // A page gone back to shows what the server says, not older texts beside newer versions.
  form.autocomplete = "off";

  // The fields of an answer -------------------------------------------------------------------

  const keyOf = (name) => [...keys, ...byButton].find((key) => name.startsWith(`${key}-`));
  const versionOf = (key) => form.elements[`${key}-version`];
  const unsent = () => Boolean(pending || restored.length || changed.size);

  // Pairs of name and value, as the browser would send them.
  function fieldsOf(...wanted) {
    return [...new FormData(form)].filter(([name, value]) => typeof value === "string" && wanted.includes(keyOf(name)));
  }

  function contentOf(key, fields = fieldsOf(key)) {
    const own = fields.filter(([name]) => keyOf(name) === key && !/-(version|shown|after|base)$/.test(name));
    return JSON.stringify(own);
  }

  function put(key, fields) {
    for (const element of form.elements) {
      if (!element.name || keyOf(element.name) !== key || element.type === "submit") {
        continue;
      }
      const values = fields.filter(([name]) => name === element.name).map(([, value]) => value);
      if (element.type === "radio" || element.type === "checkbox") {
        element.checked = values.includes(element.value);
      } else {
        element.value = values[0] ?? "";
        element.closest("details")?.toggleAttribute("open", Boolean(element.value) || element.closest("details").open);
      }
    }
    offerWayBack(key);
    countPicked(key);
  }

  const fieldsFor = (part, key) => [...form.querySelectorAll(`[name^="${key}-${part}"]`)];

  // A radio button cannot be taken back: once one is chosen, the page offers "Not answered" too.
  function offerWayBack(key) {
    const radios = fieldsFor("choice", key).filter((field) => field.type === "radio");
    if (!radios.some((radio) => radio.checked) || radios.some((radio) => !radio.value)) {
      return;
    }
    const item = radios.at(-1).closest(".nhsuk-radios__item").cloneNode(true);
    const [radio, label] = [item.querySelector("input"), item.querySelector("label")];
    Object.assign(radio, { id: `${radio.id}-none`, value: "", checked: false });
    radio.defaultChecked = false;
    label.htmlFor = radio.id;
    label.textContent = line.dataset.unanswered;
    radios.at(-1).closest(".nhsuk-radios").append(item);
  }

  // How many are chosen from a list that is folded away.
  function countPicked(key) {
    const count = form.querySelector(`[data-picked="${key}"]`);
    if (count) {
      const picked = fieldsFor("choice", key).filter((field) => field.checked).length;
      count.textContent = picked;
      count.parentElement.hidden = !picked;
    }
  }

  // What stands beside an answer, as it is now: what was not answered can be carried forward, what was
  // ever saved has a history.
  function showTools(key) {
    const row = document.getElementById(key);
    const choices = fieldsFor("choice", key);
    const isChosen = choices.some((field) => (["radio", "checkbox"].includes(field.type) ? field.checked && field.value : field.value));
    const isWritten = () => [...fieldsFor("text", key), ...fieldsFor("date", key)].some((field) => field.value.trim());
    const inWordsFirst = !choices.length || Boolean(row?.querySelector(".picks"));
    const given = isChosen || (inWordsFirst && isWritten());
    row?.querySelector("button[name=carry]")?.toggleAttribute("hidden", Boolean(given));
    if (versionOf(key).value > 0) {
      row?.querySelector(".history-link")?.removeAttribute("hidden");
    }
  }

  // A fault is said beside its field in the way of the page's own. (templates/nhsuk/_hint_and_errors.html)
  function showError(name, sentence) {
    const field = document.getElementById(`id_${name}`);
    if (!field?.closest(".nhsuk-form-group")) {
      return; // the line says that something is wrong
    }
    field.closest(".picks")?.setAttribute("open", "");
    const box = document.createElement("div");
    box.id = `id_${name}_error`;
    const message = document.createElement("span");
    message.className = "nhsuk-error-message";
    const word = document.createElement("span");
    word.className = "nhsuk-u-visually-hidden";
    word.textContent = line.dataset.error;
    message.append(word, ` ${sentence}`);
    box.append(message);
    const control = field.matches("fieldset") ? field.querySelector(".nhsuk-date-input, .nhsuk-radios, .nhsuk-checkboxes") : field;
    control?.before(box);
    markFault(field, box.id, true);
  }

  function removeErrors(key) {
    for (const part of ["choice", "text", "language", "date"]) {
      const box = document.getElementById(`id_${key}-${part}_error`);
      if (box) {
        box.remove();
        markFault(document.getElementById(`id_${key}-${part}`), box.id, false);
      }
    }
  }

  function markFault(field, id, isWrong) {
    field.closest(".nhsuk-form-group").classList.toggle("nhsuk-form-group--error", isWrong);
    const others = (field.getAttribute("aria-describedby") ?? "").split(" ").filter((one) => one && one !== id);
    const describedBy = isWrong ? [...others, id] : others;
    if (describedBy.length) {
      field.setAttribute("aria-describedby", describedBy.join(" "));
    } else {
      field.removeAttribute("aria-describedby");
    }
    for (const input of field.matches("fieldset") ? field.querySelectorAll(".nhsuk-date-input__input") : [field]) {
      input.classList.toggle(input.matches("textarea") ? "nhsuk-textarea--error" : "nhsuk-input--error", isWrong);
      if (isWrong) {
        input.setAttribute("aria-invalid", "true");
      } else {
        input.removeAttribute("aria-invalid");
      }
    }
  }

  // A request's fields. What is written before the last reply came is marked as written after that request.
  function request(...sent) {
    const common = [...new FormData(form)].filter(([name]) => ["written_in", "page_of"].includes(name));
    const after = sent.filter((key) => pending?.keys.includes(key)).map((key) => [`${key}-after`, pending.operation]);
    return { operation, keys: sent, fields: [...common, ...fieldsOf(...sent), ...after, ["operation_id", operation]] };
  }

  // What is said ------------------------------------------------------------------------------

  function say(state, { time } = {}) {
    const sentence = line.dataset[state].trim().replace("%(time)s", time ?? "");
    const daily = state === "saving" || state === "saved";
    line.textContent = sentence;
    // The daily round is not spoken at every pause: "saving" when it begins, "saved" when the minute changes.
    if (sentence !== spoken.textContent && !(state === "saving" && calm)) {
      spoken.textContent = sentence;
    }
    said = state;
    calm = daily;
    line.classList.toggle("save-state--waiting", !daily);
    pageButton.hidden = !["problem", "closed"].includes(state);
    conflictButton.hidden = state !== "conflict";
  }

  // "Saved" holds until the next key. Only eyes are told.
  function saySavedNoLonger() {
    if (said === "saved") {
      said = "saving";
      line.textContent = line.dataset.saving;
    }
  }

  const sayWaiting = () => say(draftsWork ? "kept" : "waiting");

  // Sending -----------------------------------------------------------------------------------

  // While signed out nothing is sent but by a button: session.js asks whether the person is back.
  function later(delay) {
    if (signedOut || retrying) {
      return;
    }
    clearTimeout(timer);
    const most = changedSince && !pending ? changedSince + AT_LATEST - Date.now() : delay;
    timer = setTimeout(send, Math.max(0, Math.min(delay, most)));
  }

  function tryAgain() {
    clearTimeout(timer);
    retrying = true;
    timer = setTimeout(send, pause);
    pause = Math.min(2 * pause, AGAIN_AT_MOST);
  }

  function stopRetrying() {
    retrying = false;
    pause = AGAIN;
  }

  function take() {
    const taken = request(...changed);
    changed.clear();
    changedSince = null;
    operation = number();
    return taken;
  }

  function post(fields, { outlives = false } = {}) {
    const body = new URLSearchParams(fields);
    body.set("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
    return fetch(form.action, {
      method: "POST",
      body,
      headers: { Accept: "application/json" },
      redirect: "manual",
      keepalive: outlives || String(body).length < OUTLIVES,
      signal: AbortSignal.timeout(GIVEN_UP),
    });
  }

  // Resolves with whether there was a reply that settled something.
  function send() {
    clearTimeout(timer);
    if (!flight && unsent() && !over) {
      flight = sendNow().finally(() => {
        flight = null;
        if (!pending && unsent() && !over) {
          later(restored.length ? 0 : Math.max(0, due - Date.now()));
        }
      });
    }
    return flight ?? Promise.resolve(true);
  }

  async function sendNow() {
    pending ??= restored.shift() ?? take();
    if (!signedOut && !retrying) {
      say("saving");
    }
    const slow = setTimeout(() => signedOut || sayWaiting(), SLOW);
    try {
      return await settle(await post(pending.fields));
    } catch {
      sayWaiting();
      tryAgain();
      return false;
    } finally {
      clearTimeout(slow);
    }
  }

  // Sends until nothing is left; resolves with whether that worked.
  async function finish() {
    while (unsent()) {
      if (over || !(await send())) {
        return false;
      }
    }
    return true;
  }

  // Replies -----------------------------------------------------------------------------------

  async function settle(response, { again = false } = {}) {
    if (response.status === 401 || response.type === "opaqueredirect") {
      return waitForSigningIn();
    }
    if (response.status === 403 && !again) {
      // The token is old, as after signing in in another tab, or the session is another person's.
      const session = await whoseSession();
      if (session.person !== person) {
        return session.person ? giveWay() : waitForSigningIn();
      }
      useToken(session.token);
      return settle(await post(pending.fields), { again: true });
    }
    if (response.status === 403 || response.status === 404) {
      end("gone");
      return false;
    }
    if (![200, 409, 410, 422].includes(response.status)) {
      throw new Error(`answer ${response.status}`);
    }
    const reply = await response.json();
    signedOut = false;
    stopRetrying();
    takeIn(reply);
    if (response.status === 410) {
      end("closed");
    }
    return true;
  }

  function takeIn(reply) {
    const sent = pending;
    pending = null;
    sent.keys.forEach(removeErrors);
    for (const [name, sentence] of Object.entries(reply.errors)) {
      wrong.add(keyOf(name));
      showError(name, sentence);
    }
    for (const key of sent.keys) {
      if (key in reply.theirs) {
        hold(key, reply.theirs[key], contentOf(key, sent.fields));
      } else if (!wrong.has(key)) {
        if (sent.before && !reply.changed.includes(key) && wasOvertaken(key, sent, reply)) {
          put(key, sent.before);
          restoredLine.textContent = "";
        } else {
          versionOf(key).value = reply.versions[key];
        }
        forget(key, contentOf(key, sent.fields));
      }
      showTools(key);
    }
    for (const [key, language] of Object.entries(reply.languages ?? {})) {
      const text = form.elements[`${key}-text`];
      if (text) {
        text.lang = language || document.documentElement.lang; // for spelling checkers and screen readers
      }
    }
    for (const [name, html] of Object.entries(reply.parts)) {
      showPart(document.querySelector(`[data-part="${name}"]`), html);
    }
    if (held.size) {
      say("conflict");
    } else if (wrong.size) {
      say("problem");
    } else if (unsent()) {
      say("saving");
    } else {
      say("saved", { time: reply.saved_at });
    }
  }

  // A draft that had been saved after all, and that somebody has gone on from before this page was made.
  function wasOvertaken(key, sent, reply) {
    const [, shown] = sent.before.find(([name]) => name === `${key}-version`);
    return reply.versions[key] <= Number(shown) && contentOf(key) === contentOf(key, sent.fields);
  }

  function end(why) {
    over = why;
    clearTimeout(timer);
    say(why);
  }

  // Signing in again --------------------------------------------------------------------------

  async function whoseSession() {
    const response = await fetch(document.getElementById("session").dataset.address, {
      headers: { Accept: "application/json" },
      cache: "no-store",
    });
    return response.json();
  }

  function useToken(token) {
    for (const input of document.querySelectorAll("input[name=csrfmiddlewaretoken]")) {
      input.value = token;
    }
  }

  function waitForSigningIn() {
    signedOut = true;
    stopRetrying();
    clearTimeout(timer);
    say("signedOut");
    document.dispatchEvent(new CustomEvent("signed-out")); // session.js asks for the password
    return false;
  }

  // Somebody else is signed in: of this page they see nothing. Its drafts wait for who wrote them; where
  // there are none, the page itself waits, out of sight (session.js).
  async function giveWay() {
    signedOut = true;
    if (draftsWork) {
      await writeDrafts();
    }
    if (draftsWork) {
      over = "gone";
      leaving = true;
      document.querySelector("main").replaceChildren();
      location.replace(document.getElementById("session").dataset.home);
    } else {
      say("signedOut");
    }
    return false;
  }

  document.addEventListener("signed-in", ({ detail }) => {
    if (String(detail.person) !== person) {
      giveWay();
      return;
    }
    signedOut = false;
    stopRetrying();
    useToken(detail.token);
    if (unsent()) {
      later(DELAY); // were it refused again at once, it would not go round and round
    }
  });

  // Drafts ------------------------------------------------------------------------------------

  const nameOf = (key) => `${form.dataset.reflection}/${key}`;
  const isOpen = (key) => changed.has(key) || typed.has(key) || held.has(key) || wrong.has(key) || Boolean(pending?.keys.includes(key));
  const toDraft = new Set();

  function draftSoon(key) {
    toDraft.add(key);
    draftTimer ??= setTimeout(writeDrafts, DRAFT_DELAY);
  }

  async function writeDrafts() {
    clearTimeout(draftTimer);
    draftTimer = null;
    const writing = drafts ? [...toDraft].filter(isOpen) : [];
    toDraft.clear();
    const marks = writing.map((key) => {
      const { operation, fields } = request(key);
      const mark = drafts.write(nameOf(key), { address: form.action, key, operation, fields });
      drafted.set(key, { content: contentOf(key, fields), mark });
      return mark;
    });
    if ((await Promise.all(marks)).includes(null)) {
      draftsWork = false;
    }
  }

  // The server has this content: its draft goes, one of newer content stays.
  async function forget(key, content) {
    const draft = drafted.get(key);
    if (Date.now() - going < GIVEN_UP) {
      return; // the page that was asked for throws it away, or brings it back
    }
    if (draft && (draft.content === content || !isOpen(key))) {
      drafted.delete(key);
      drafts.remove(nameOf(key), await draft.mark);
    }
  }

  // What was typed on an earlier visit and never reached the server comes back, from the version it was
  // made from.
  async function restore() {
    if (!drafts || document.querySelector(".nhsuk-error-summary")) {
      return; // a page that shows again what was sent has it all
    }
    const labels = [];
    const found = await drafts.read(`${form.dataset.reflection}/`);
    found.sort((one, other) => keys.indexOf(one.content.key) - keys.indexOf(other.content.key));
    for (const { name, mark, content } of found) {
      const { key, fields, operation } = content;
      if (![...keys, ...byButton].includes(key) || changed.has(key) || typed.has(key)) {
        continue;
      }
      const before = fieldsOf(key);
      put(key, fields);
      if (contentOf(key) === contentOf(key, before)) {
        put(key, before);
        drafts.remove(name, mark);
        continue;
      }
      drafted.set(key, { content: contentOf(key, fields), mark });
      if (byButton.includes(key)) {
        typed.add(key);
      } else {
        restored.push({ operation, keys: [key], fields, before });
      }
      labels.push(document.getElementById(key).dataset.label);
    }
    if (labels.length) {
      const named = labels.slice(0, 3).join("; ") + (labels.length > 3 ? "; …" : "");
      restoredLine.textContent = `${restoredLine.dataset.text} ${named}`;
      send();
    }
  }

  // Somebody else's change ----------------------------------------------------------------------

  const placeOf = (key) => document.querySelector(`[data-conflict="${key}"]`);

  function hold(key, html, refused) {
    held.set(key, refused);
    changed.delete(key);
    placeOf(key).replaceChildren(...parsed(html));
    placeOf(key).closest(".criterion").querySelector("details")?.setAttribute("open", "");
  }

  // The answer is to be as its fields are now, from the version that is stored.
  function settleWithFields(key) {
    versionOf(key).value = placeOf(key).firstElementChild.dataset.version;
    placeOf(key).replaceChildren();
    held.delete(key);
    noteChange(key, 0);
    form.querySelector(`[name="${key}-text"], [name^="${key}-"]:not([type=hidden])`)?.focus();
  }

  const theirsOf = (key) =>
    Object.entries(JSON.parse(placeOf(key).querySelector("input:disabled").value)).flatMap(([name, values]) => values.map((value) => [name, value]));

  const settling = {
    keep_mine: settleWithFields,
    async use_theirs(key) {
      const theirs = theirsOf(key);
      const typedSince = contentOf(key) !== held.get(key);
      settleWithFields(key);
      if (typedSince && (!(await finish()) || held.has(key))) {
        return; // first the last words go into the history
      }
      put(key, [...theirs.filter(([name]) => name !== `${key}-version`), [`${key}-version`, versionOf(key).value]]);
      noteChange(key, 0);
    },
    join(key) {
      const theirs = theirsOf(key);
      const mine = fieldsOf(key);
      const text = joined(form.elements[`${key}-text`].value, theirs.find(([name]) => name === `${key}-text`)[1]);
      const partOf = (fields, part) => fields.filter(([name, value]) => name.startsWith(`${key}-${part}`) && value);
      const either = (part) => (partOf(mine, part).length ? partOf(mine, part) : partOf(theirs, part));
      put(key, [[`${key}-text`, text], ...either("choice"), ...either("date")]);
      settleWithFields(key);
    },
  };

  function showConflict() {
    const box = form.querySelector(".conflict");
    box.scrollIntoView({ block: "center" });
    box.focus({ preventScroll: true });
  }

  // What the person does ------------------------------------------------------------------------

  function noteChange(key, delay) {
    if (byButton.includes(key)) {
      typed.add(key);
      draftSoon(key);
      return;
    }
    draftSoon(key);
    if (!held.has(key)) {
      restored = restored.filter((draft) => !draft.keys.includes(key));
      changedSince = changed.size ? changedSince : Date.now();
      changed.add(key);
      wrong.delete(key);
      due = Date.now() + delay;
      saySavedNoLonger();
      later(delay);
    }
  }

  // An answer carried forward is not sent until somebody has looked at it, as whoever changes it has.
  function confirmByTyping(target) {
    const row = target.closest("[data-unconfirmed]");
    row?.removeAttribute("data-unconfirmed");
    row?.querySelector(".carried")?.remove();
  }

  function notice({ target, type }) {
    const key = target.name && keyOf(target.name);
    if (key && !over) {
      confirmByTyping(target);
      restoredLine.textContent = "";
      offerWayBack(key);
      countPicked(key);
      const inParts = target.name.includes("-date_");
      noteChange(key, inParts ? DATE_DELAY : type === "change" ? 0 : DELAY);
    }
  }

  function leaveDate({ target, relatedTarget }) {
    const date = target.closest(".nhsuk-date-input");
    if (date && !date.contains(relatedTarget) && changed.has(keyOf(target.name))) {
      due = Date.now();
      later(0);
    }
  }

  form.addEventListener("input", notice);
  form.addEventListener("change", notice);
  form.addEventListener("focusout", leaveDate);
  window.addEventListener("online", () => {
    stopRetrying();
    later(0);
  });
  conflictButton.addEventListener("click", showConflict);

  // Whoever presses a button waits until everything typed is saved: the page would otherwise be sent with
  // versions that are just about to be old, and stays where nothing can be sent.
  form.addEventListener("submit", (event) => {
    const { submitter } = event;
    if (submitter && submitter.name in settling && held.has(submitter.value)) {
      event.preventDefault();
      settling[submitter.name](submitter.value);
    } else if (over !== "closed" && (unsent() || held.size || over)) {
      event.preventDefault();
      goOn(submitter);
    } else {
      leaving = true;
      writeDrafts();
    }
  });

  // What was typed and is not wanted goes before the page does.
  form.addEventListener("click", async (event) => {
    const link = event.target.closest("a[data-cancels]");
    const key = link?.dataset.cancels;
    if (typed.has(key)) {
      event.preventDefault();
      await writeDrafts();
      typed.delete(key);
      await forget(key);
      location.assign(link.href);
    }
  });

  async function goOn(submitter) {
    await flight;
    if ((await finish()) && !over) {
      if (held.size) {
        showConflict();
      } else {
        form.requestSubmit(submitter);
      }
    }
  }

  // Leaving and coming back ---------------------------------------------------------------------

  // The page is about to go: what is not on its way yet goes in requests that outlive it, as far as there
  // is room. The rest waits in its drafts.
  function sendOnLeaving() {
    const sizeOf = ({ fields }) => String(new URLSearchParams(fields)).length + 100;
    const last = [...changed].map((key) => request(key));
    let room = OUTLIVES - (flight && pending ? sizeOf(pending) : 0);
    if (pending && !flight) {
      last.unshift(pending);
    }
    for (const one of last) {
      if (sizeOf(one) < room) {
        room -= sizeOf(one);
        post(one.fields, { outlives: true }).catch(() => {});
      }
    }
  }

  window.addEventListener("pagehide", () => {
    if (!leaving && !signedOut && !over) {
      writeDrafts();
      sendOnLeaving();
    }
  });
  document.addEventListener("visibilitychange", () => {
    if (document.hidden && !leaving && !over) {
      writeDrafts();
      if (changed.size && !signedOut && !retrying) {
        send();
      }
    }
  });
  window.addEventListener("pageshow", ({ persisted }) => {
    leaving = false;
    going = 0;
    if (persisted && navigator.onLine && (draftsWork || !unsent())) {
      location.reload(); // its versions may be old by now
    }
  });
  window.addEventListener("beforeunload", (event) => {
    going = Date.now();
    if (!leaving && !draftsWork && (signedOut || !navigator.onLine) && unsent()) {
      event.preventDefault();
    }
  });
  document.addEventListener("signing-out", ({ detail }) => detail.push(writeDrafts().then(finish)));

  const typedInto = (field) => (["radio", "checkbox"].includes(field.type) ? field.checked !== field.defaultChecked : field.value !== field.defaultValue);

  for (const key of keys) {
    if (placeOf(key)?.firstElementChild) {
      held.set(key, contentOf(key)); // the page came back from the server with it
    }
  }
  for (const field of form.elements) {
    if (field.matches("textarea, input:not([type=hidden])") && keyOf(field.name) && typedInto(field)) {
      noteChange(keyOf(field.name), DELAY); // before this script was there
    }
  }
  restore();
}

// Both texts, mine first; one where it says what the other says. (assessments/views/conflicts.py)
function joined(mine, theirs) {
  [mine, theirs] = [mine.trim(), theirs.trim()];
  if (mine.includes(theirs)) {
    return mine;
  }
  return theirs.includes(mine) ? theirs : `${mine}\n\n${theirs}`;
}

// A part of the page as it is now. What says the same is left alone, and what was opened stays open.
function showPart(part, html) {
  const now = [...parsed(html)];
  const text = now.map((node) => node.textContent).join("");
  if (!part || part.textContent.trim() === text.trim()) {
    return;
  }
  const open = [...part.querySelectorAll("details")].map((details) => details.open);
  part.replaceChildren(...now);
  part.querySelectorAll("details").forEach((details, place) => details.toggleAttribute("open", Boolean(open[place])));
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
