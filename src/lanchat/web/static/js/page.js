// What the page has from its browser: what outlives a reload, the address, how it looks, the keys,
// and a phone's keyboard.

import { LOBBY } from "./rooms/views.js";

/**
 * `load()` and `save(value)` of one JSON value; an empty value takes it away. A browser may
 * forbid storage: then nothing is kept.
 * @template {{ length: number }} T
 * @param {"localStorage" | "sessionStorage"} storage
 * @param {string} key
 * @returns {Kept<T>}
 */
export function keep(storage, key) {
  return {
    load() {
      try {
        return JSON.parse(window[storage].getItem(key) ?? "null");
      } catch {
        return null;
      }
    },
    save(value) {
      try {
        if (value === null || value.length === 0) window[storage].removeItem(key);
        else window[storage].setItem(key, JSON.stringify(value));
      } catch {
        // Full or forbidden: the page works on without it.
      }
    },
  };
}

/**
 * "on" where the screen shall stay on.
 * @type {Kept<string>}
 */
export const keptAwake = keep("localStorage", "lanchat.awake");

/**
 * What is being written belongs to who writes it: `load()` has it for them, also where they have
 * logged in anew by the same name, and `left()` takes out what somebody else has begun, or null.
 * @param {Kept<readonly string[]>} kept
 * @param {() => User} writer
 */
export function keepDraft(kept, writer) {
  let [by = "", name = "", text = ""] = kept.load() ?? [];
  const isOwn = () => text === "" || by === writer().id || name === writer().name;
  /** @param {string} written */
  function save(written) {
    ({ id: by, name } = writer());
    text = written;
    kept.save(text === "" ? [] : [by, name, text]);
  }
  function left() {
    if (isOwn()) return null;
    const found = { by, text };
    save("");
    return found;
  }
  return { load: () => (isOwn() ? text : ""), save, left };
}

/**
 * What is being written in each room, by the room's id; all of it goes where one logs out.
 * @param {() => User} writer
 */
export function keepDrafts(writer) {
  const key = "lanchat.writing";
  /** @type {Map<string, ReturnType<typeof keepDraft>>} */
  const drafts = new Map();

  function clear() {
    try {
      const all = Object.keys(sessionStorage).filter((one) => one.startsWith(key));
      for (const one of all) sessionStorage.removeItem(one);
    } catch {
      // Forbidden: nothing was kept.
    }
  }

  return {
    /** @param {string} room */
    of(room) {
      const its = room === LOBBY ? key : `${key}.${room}`;
      const draft = drafts.get(room) ?? keepDraft(keep("sessionStorage", its), writer);
      drafts.set(room, draft);
      return draft;
    },
    clear,
  };
}

/**
 * The access code that an invitation brings, or null. It stands in the address's fragment, the
 * part that browsers keep to themselves.
 * @param {string} url
 */
export function codeOf(url) {
  return new URLSearchParams(new URL(url).hash.slice(1)).get("code");
}

/** The code in this page's address, or null; it does not stay there, where others could see it. */
export function takeCode() {
  const code = codeOf(location.href);
  if (code !== null) history.replaceState(null, "", location.pathname + location.search);
  return code;
}

/**
 * What leads to a message: #message-41, or in another room than the main one #message-41@ROOM.
 * @param {number} id
 * @param {string} room
 */
export function linkTo(id, room) {
  return room === LOBBY ? `#message-${id}` : `#message-${id}@${room}`;
}

/**
 * The message that this page's address leads to, or null; it is left out from now on, so that the same
 * link leads there again.
 */
export function takeMessage() {
  const [, id, room = LOBBY] = /^#message-(\d+)(?:@(\w+))?$/.exec(location.hash) ?? [];
  if (id === undefined) return null;
  history.replaceState(null, "", location.pathname + location.search);
  return { id: Number(id), room };
}

/**
 * Wire every switch in the page, for js/theme.js; without scripts they stay hidden.
 * @param {ParentNode} root
 */
export function mountThemeSwitches(root) {
  /** @type {NodeListOf<HTMLElement>} */
  const labels = root.querySelectorAll("[data-theme-switch]");
  for (const label of labels) {
    const select = label.querySelector("select");
    if (select === null) continue;
    select.value = window.lanchatTheme.stored();
    select.addEventListener("change", () => window.lanchatTheme.choose(select.value));
    label.hidden = false;
  }
}

/**
 * The switch for a page without bubbles; js/theme.js keeps what was chosen.
 * @param {HTMLElement} button
 */
export function mountCompactSwitch(button) {
  const show = () => {
    const is = document.documentElement.classList.contains("compact");
    button.setAttribute("aria-checked", String(is));
  };
  button.addEventListener("click", () => {
    window.lanchatTheme.compact(button.getAttribute("aria-checked") !== "true");
    show();
  });
  show();
}

/**
 * A key that is held down does its deed once. Only writing repeats.
 * @param {Document} page
 */
export function ignoreHeldKeys(page) {
  page.addEventListener(
    "keydown",
    (event) => {
      const writing = event.target instanceof HTMLTextAreaElement;
      const does =
        event.key === "Enter" ? !writing || !event.shiftKey : event.key === " " && !writing;
      if (!event.repeat || event.isComposing || !does) return;
      event.preventDefault();
      event.stopPropagation();
    },
    true,
  );
}

/**
 * Keep the root as high as what is visible: iOS lays its keyboard over the page.
 * @param {HTMLElement} root
 */
export function followViewport(root) {
  const { visualViewport } = window;
  if (!visualViewport) return;
  const follow = () => {
    const covered = window.innerHeight - visualViewport.height * visualViewport.scale > 100;
    const { documentElement } = document;
    const hidden = window.innerHeight - visualViewport.height;
    documentElement.style.setProperty("--keyboard", covered ? `${hidden}px` : "0px");
    root.style.height = covered ? `${visualViewport.height}px` : "";
    if (covered) window.scrollTo(0, 0);
  };
  visualViewport.addEventListener("resize", follow);
}

/**
 * A function that loads something with its first call. Where that fails, as without a connection, it
 * promises null, and tries again with the next call.
 * @template T
 * @param {() => Promise<T>} load
 * @returns {() => Promise<T | null>}
 */
export function whenNeeded(load) {
  /** @type {Promise<T | null> | null} */
  let loaded = null;
  return () => {
    loaded ??= load().catch(() => {
      loaded = null;
      return null;
    });
    return loaded;
  };
}

/**
 * A function that lets the page be drawn soon, however often it is called.
 * @param {() => void} draw
 */
export function onceAFrame(draw) {
  /** @type {(() => void) | null} */
  let cancel = null;

  function run() {
    cancel = null;
    draw();
  }

  // A hidden page gets no animation frames, and its title still has to count.
  function schedule() {
    if (cancel !== null) return;
    if (document.hidden) {
      const timer = setTimeout(run, 200);
      cancel = () => clearTimeout(timer);
    } else {
      const frame = requestAnimationFrame(run);
      cancel = () => cancelAnimationFrame(frame);
    }
  }

  document.addEventListener("visibilitychange", () => {
    cancel?.();
    cancel = null;
    schedule();
  });
  return schedule;
}
