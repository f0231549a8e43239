// Drafts: what is being typed, kept encrypted on this device until the server has it.
//
// A draft is one answer, as its page would send it. Only the key of the person who wrote it opens it; the
// key stands in their pages while they are signed in, and nothing here stores it. Drafts go when the server
// has them, when their person signs out, and after seven days. docs/decisions/0008-drafts-on-the-device.md
// says why. Where a browser has no crypto.subtle (plain http) there are no drafts, and no error.

const STORE = "drafts";
const KEPT_FOR = 7 * 24 * 60 * 60 * 1000; // milliseconds
const PATIENCE = 5000; // milliseconds that signing out waits for the server

const usable = Boolean(globalThis.indexedDB && globalThis.crypto?.subtle);
let closed = false; // while signing out: nothing is written any more

const bytesOf = (text) => new TextEncoder().encode(text);
const namesBeginning = (start) => IDBKeyRange.bound(start, `${start}\uffff`);

function open() {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open("drafts", 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE, { keyPath: "name" }).createIndex("at", "at");
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

// One transaction: what `work` asked for, once everything is on the disk.
async function inStore(mode, work) {
  const database = await open();
  try {
    return await new Promise((resolve, reject) => {
      const transaction = database.transaction(STORE, mode);
      const request = work(transaction.objectStore(STORE));
      transaction.oncomplete = () => resolve(request?.result);
      transaction.onerror = transaction.onabort = () => reject(transaction.error);
    });
  } finally {
    database.close();
  }
}

// The drafts of one person, or null where there can be none.
export async function draftsOf(person, keyInBase64) {
  if (!usable) {
    return null;
  }
  const raw = Uint8Array.from(atob(keyInBase64), (letter) => letter.charCodeAt(0));
  const key = await crypto.subtle.importKey("raw", raw, "AES-GCM", false, ["encrypt", "decrypt"]);
  let turn = Promise.resolve(); // one after the other: an older text never lands on a newer one
  const inTurn = (job) => (turn = turn.then(job, job));
  const cipher = (name, iv) => ({ name: "AES-GCM", iv, additionalData: bytesOf(name) });
  const full = (name) => `${person}/${name}`;

  // Resolves with the draft's mark, by which exactly this content is removed; null where it failed.
  function write(name, content) {
    return inTurn(async () => {
      if (closed) {
        return null;
      }
      const record = { name: full(name), at: Date.now(), mark: crypto.randomUUID(), iv: crypto.getRandomValues(new Uint8Array(12)) };
      record.text = await crypto.subtle.encrypt(cipher(record.name, record.iv), key, bytesOf(JSON.stringify(content)));
      await inStore("readwrite", (store) => store.put(record));
      return record.mark;
    }).catch(() => null);
  }

  function remove(name, mark) {
    return inTurn(() =>
      inStore("readwrite", (store) => {
        store.get(full(name)).onsuccess = ({ target }) => target.result?.mark === mark && store.delete(full(name));
      }),
    ).catch(() => {});
  }

  // Those whose names begin so: [{name, mark, content}].
  async function read(start = "") {
    const records = await inStore("readonly", (store) => store.getAll(namesBeginning(full(start)))).catch(() => []);
    const opened = records.map(async ({ name, mark, iv, text }) => {
      const content = await crypto.subtle.decrypt(cipher(name, iv), key, text);
      return { name: name.slice(full("").length), mark, content: JSON.parse(new TextDecoder().decode(content)) };
    });
    return (await Promise.allSettled(opened)).filter(({ status }) => status === "fulfilled").map(({ value }) => value);
  }

  return { write, remove, read };
}

// Old ones go at the start of every page, whoever they belong to.
async function purge() {
  const range = IDBKeyRange.upperBound(Date.now() - KEPT_FOR);
  await inStore("readwrite", (store) => {
    store.index("at").openKeyCursor(range).onsuccess = ({ target: { result } }) => {
      if (result) {
        store.delete(result.primaryKey);
        result.continue();
      }
    };
  });
}

// Signing out --------------------------------------------------------------------------------

// What can still be sent is sent; then this person's drafts are gone from the device.
async function signOut(form) {
  const { person, drafts: key, unsent } = form.dataset;
  const finishing = [];
  document.dispatchEvent(new CustomEvent("signing-out", { detail: finishing })); // pages add promises: is all sent?
  const answered = Promise.all(finishing.map((one) => one.catch(() => false)));
  const sent = await Promise.race([answered, new Promise((resolve) => setTimeout(resolve, PATIENCE, [false]))]);
  const drafts = await draftsOf(person, key);
  const left = drafts ? await sendAll(drafts, form.elements.csrfmiddlewaretoken.value) : sent.includes(false);
  if (left && !confirm(unsent)) {
    document.dispatchEvent(new CustomEvent("staying"));
    return;
  }
  closed = true;
  if (!drafts) {
    return;
  }
  await inStore("readwrite", (store) => store.delete(namesBeginning(`${person}/`)));
  if (await inStore("readonly", (store) => store.count())) {
    form.action += "?others=kept"; // what somebody else has not sent yet is not the server's to clear
  }
}

// How many drafts the server could not be given.
async function sendAll(drafts, token) {
  let left = 0;
  for (const { content } of await drafts.read()) {
    const body = new URLSearchParams(content.fields);
    body.set("csrfmiddlewaretoken", token);
    const response = await fetch(content.address, {
      method: "POST",
      body,
      headers: { Accept: "application/json" },
      signal: AbortSignal.timeout(PATIENCE),
    }).catch(() => null);
    // Refused because of another's change, or as too late: it is in the answer's history.
    left += [200, 409, 410].includes(response?.status) ? 0 : 1;
  }
  return left;
}

if (usable) {
  purge().catch(() => {});
}
document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (form.matches("form[data-drafts]") && !closed) {
    event.preventDefault();
    await signOut(form).then(
      () => closed && form.submit(),
      () => form.submit(),
    );
  }
});
