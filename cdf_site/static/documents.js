// Says beside a document's link that it is being made, which may take seconds, and hands it over.
//
// It does what the link would do: the file has the name that the server gives it, and where the reply is no
// file (a page to sign in on, a refusal) the browser goes to the address. One document at a time for a link;
// no file is asked for twice, and the focus stays where it is.

const SAID_AFTER = 500; // milliseconds: what was made before is there sooner
const SAVED_WITHIN = 60_000; // milliseconds that a browser has to write the file

const template = document.getElementById("document-progress");
const underWay = new WeakSet();

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-document]");
  const elsewhere = event.button || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey || link?.target;
  if (link && !elsewhere && !event.defaultPrevented) {
    event.preventDefault();
    if (!underWay.has(link)) {
      underWay.add(link);
      take(link).finally(() => underWay.delete(link));
    }
  }
});

async function take(link) {
  const { words, stop, say, end } = lineBeside(link);
  const stopping = new AbortController();
  stop.addEventListener("click", () => stopping.abort());
  const slow = setTimeout(() => say(words.making, true), SAID_AFTER);
  try {
    const response = await fetch(link.href, { redirect: "manual", signal: stopping.signal });
    if (isFile(response)) {
      save(await response.blob(), nameOf(response));
      end(words.ready);
    } else if (response.status === 413) {
      end(await response.text()); // why it is too long: to draw it again would take as long
    } else {
      end("");
      location.assign(link.href);
    }
  } catch {
    end(stopping.signal.aborted ? words.stopped : words.unreachable);
  } finally {
    clearTimeout(slow);
  }
}

// A line after the links that this is one of. Its words come later: only a change is spoken.
function lineBeside(link) {
  const line = template.content.firstElementChild.cloneNode(true);
  const [status, stop] = line.children;
  link.parentElement.querySelector(".document-progress[data-ended]")?.remove();
  link.parentElement.append(line);

  function say(text, isMaking = false) {
    line.classList.toggle("document-progress--making", isMaking);
    stop.hidden = !isMaking;
    status.textContent = text;
  }

  function end(text) {
    if (document.activeElement === stop) {
      link.focus();
    }
    line.dataset.ended = "";
    say(text);
  }

  return { words: status.dataset, stop, say, end };
}

function isFile({ ok, headers }) {
  return ok && headers.get("Content-Type") === "application/pdf" && headers.get("Content-Disposition")?.startsWith("attachment");
}

function nameOf({ headers }) {
  const [, name] = headers.get("Content-Disposition").match(/filename\*=UTF-8''([^;]+)/);
  return decodeURIComponent(name);
}

function save(content, name) {
  const file = document.createElement("a");
  file.href = URL.createObjectURL(content);
  file.download = name;
  file.click();
  setTimeout(() => URL.revokeObjectURL(file.href), SAVED_WITHIN);
}
