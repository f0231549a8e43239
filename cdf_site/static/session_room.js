// The room's screen: keys that press its buttons, and a clock that goes on counting. The page works
// without it. Saving what is typed is the business of answers.js.

const room = document.querySelector("form[data-room]");
if (room) {
  useKeys(room);
  showPressed(room);
  room.querySelectorAll(".room__clock").forEach(countMinutes);
  focusReason();
}

function useKeys(room) {
  const OFF = "room-keys-off"; // remembered on this device
  const list = document.getElementById("shortcuts");
  const wanted = document.getElementById("use-shortcuts");
  const aliases = { ArrowRight: "n", ArrowLeft: "p" };
  list.hidden = false;
  wanted.checked = localStorage.getItem(OFF) === null;
  room.classList.toggle("room--keys", wanted.checked);
  wanted.addEventListener("change", () => {
    if (wanted.checked) {
      localStorage.removeItem(OFF);
    } else {
      localStorage.setItem(OFF, "1");
    }
    room.classList.toggle("room--keys", wanted.checked);
  });

  const isText = (element) => element.matches("textarea, select, input:not([type=checkbox], [type=radio], [type=hidden])");

  document.addEventListener("keydown", (event) => {
    const { target, key } = event;
    if (key === "Escape" && isText(target)) {
      target.blur();
      return;
    }
    const busy = event.ctrlKey || event.altKey || event.metaKey || event.repeat || event.isComposing || event.defaultPrevented;
    if (!wanted.checked || busy || isText(target) || document.querySelector("dialog[open]")) {
      return;
    }
    const pressed = aliases[key] ?? key.toLowerCase();
    if (pressed === "w") {
      event.preventDefault();
      room.querySelector(".room__note textarea")?.focus();
      return;
    }
    const button = room.querySelector(`button[data-key="${CSS.escape(pressed)}"]`);
    if (button) {
      event.preventDefault();
      room.requestSubmit(button);
    }
  });
}

// The address names the comment where an answer was just given that wants its reason.
function focusReason() {
  const field = document.getElementById(location.hash.slice(1));
  if (field instanceof HTMLTextAreaElement) {
    field.focus();
  }
}

// Where a conflict is settled on the page, the pressed button follows the answer that counts now.
function showPressed(room) {
  const chosen = room.querySelector("[data-chosen]");
  if (chosen) {
    const observer = new MutationObserver(() => {
      for (const button of room.querySelectorAll(".room__key")) {
        button.setAttribute("aria-pressed", String(button.value === chosen.value));
      }
    });
    observer.observe(room, { subtree: true, childList: true });
  }
}

function countMinutes(clock) {
  if (!("runs" in clock.dataset)) {
    return;
  }
  const since = Date.now() - Number(clock.dataset.seconds) * 1000;
  const planned = Number(clock.dataset.planned);
  const time = clock.querySelector(".room__time");
  setInterval(() => {
    const minutes = Math.floor((Date.now() - since) / 60000);
    const left = Math.max(planned - minutes, 0);
    const sentence = time.dataset.text.replace("%(minutes)s", minutes).replace("%(left)s", left).replace("%(total)s", planned);
    if (time.textContent !== sentence) {
      time.textContent = sentence;
      clock.querySelector(".room__over")?.toggleAttribute("hidden", minutes < planned);
    }
  }, 5000);
}
