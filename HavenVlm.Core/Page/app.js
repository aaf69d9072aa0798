// The frame of the page: which view is shown, the key, the connection.

import { show, text, say, toast } from "./dom.js";
import { getJson, key, onRefused } from "./api.js";
import { askForKey } from "./key.js";
import { LiveStatus } from "./live.js";
import { NowView } from "./now.js";
import { HistoryView } from "./history.js";
import { SceneView } from "./scene.js";
import { isStashId } from "./names.js";
import { span } from "./format.js";

const main = document.getElementById("main");
const lost = document.getElementById("lost");
const link = document.getElementById("link");

let view = null;
let status = null;
let isOpen = false;
let wasLost = false;

const live = new LiveStatus((fresh) => {
  status = fresh;
  view?.update?.(fresh);
}, linkChanged);

onRefused((problem) => {
  if (isOpen) {
    close(key.get() ? "The key that this page had is no longer right." : problem.message);
  }
});

document.getElementById("skip").addEventListener("click", (event) => {
  event.preventDefault();
  main.focus();
});

document.getElementById("forget").addEventListener("click", () => {
  key.forget();
  if (isOpen) {
    // On loopback nothing was needed; elsewhere the question comes back.
    location.reload();
  }
});

document.getElementById("open-scene").addEventListener("submit", (event) => {
  event.preventDefault();
  const field = document.getElementById("scene-id");
  const id = field.value.trim();
  if (isStashId(id)) {
    location.hash = `#/scene/${id}`;
    field.value = "";
  } else {
    toast("Ids of Stash are whole numbers: the last part of a scene's address in Stash.", "bad");
    field.focus();
  }
});

addEventListener("hashchange", () => isOpen && route(true));
begin();

async function begin() {
  try {
    open(await getJson("api/status"));
  } catch (e) {
    if (e.status === 401) {
      // A key that is remembered and wrong is reported as such.
      close(key.get() ? "The key that this browser remembers is not right (any more)." : null);
    } else if (e.status === 403 || e.status === 421) {
      close(e.message);
    } else {
      linkChanged("lost", { reason: e.message, wait: 3000 });
      setTimeout(begin, 3000);
    }
  }
}

function open(fresh) {
  isOpen = true;
  status = fresh;
  show(document.getElementById("forget"), key.get() !== null);
  route(false);
  live.start();
}

function close(problem) {
  isOpen = false;
  live.stop();
  view?.leave?.();
  view = null;
  show(document.getElementById("forget"), false);
  document.title = "Haven VLM";
  askForKey(main, problem, open);
}

function route(byUser) {
  const parts = location.hash.replace(/^#\/?/, "").split("/");
  view?.leave?.();
  main.replaceChildren();
  const scene = parts[0] === "scene" && isStashId(parts[1] ?? "") ? parts[1] : null;
  if (scene) {
    view = new SceneView(main, scene);
  } else if (parts[0] === "history") {
    view = new HistoryView(main);
  } else {
    view = new NowView(main);
  }
  const name = scene ? "scene" : parts[0] === "history" ? "history" : "now";
  for (const item of document.querySelectorAll("nav a")) {
    if (item.dataset.view === name) {
      item.setAttribute("aria-current", "page");
    } else {
      item.removeAttribute("aria-current");
    }
  }
  document.title = view.title ? `${view.title} · Haven VLM` : "Haven VLM";
  if (status) {
    view.update?.(status);
  }
  if (byUser) {
    scrollTo(0, 0);
    main.querySelector("h1")?.focus({ preventScroll: true });
  }
}

function linkChanged(state, details) {
  link.dataset.state = state;
  text(document.getElementById("link-text"), { live: "Live", lost: "Connection lost", stopped: "Not connected" }[state]);
  document.body.classList.toggle("stale", state === "lost");
  if (state === "lost") {
    const again = document.createElement("button");
    again.type = "button";
    again.textContent = "Try now";
    again.addEventListener("click", () => live.tryNow());
    const sentence = `Connection lost: what you see may be old. ${details.reason} The next try is in ${span(details.wait / 1000)}.`;
    const hadFocus = lost.contains(document.activeElement);
    lost.replaceChildren(sentence, " ", again);
    show(lost, true);
    if (hadFocus) {
      again.focus();
    }
    if (!wasLost) {
      wasLost = true;
      say("Connection lost. Reconnecting.");
    }
  } else {
    show(lost, false);
    if (wasLost && state === "live") {
      wasLost = false;
      say("Connected again.");
    }
  }
}
