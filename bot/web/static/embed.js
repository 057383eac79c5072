/**
 * Puts the Careline chat on any page with one tag:
 *
 *   <script src="https://careline.example/embed.js" data-clinic="demo" defer></script>
 *
 * It adds a launcher button and, once opened, an iframe of the chat from the script's own
 * origin; any button of the page with `data-careline-open` opens it too. What must survive a
 * reload (the conversation's token, unsent words) is kept in this page's storage on the
 * iframe's behalf, because browsers may refuse storage to iframes. Styles are set as
 * properties, so the page's content policy needs no exception for them.
 */
(() => {
  "use strict";

  const MARK = Symbol.for("careline");
  const script = document.currentScript;
  if (!script || !script.src || window[MARK]) return;
  window[MARK] = true;

  // The same words as in the catalogue (widget.*); a test compares them.
  const WORDS = {
    en: {
      open: "Chat with us",
      close: "Close the chat",
      unread_one: "1 new message",
      unread_many: "{count} new messages",
      new_message: "New message in the chat",
    },
    es: {
      open: "Escríbanos",
      close: "Cerrar el chat",
      unread_one: "1 mensaje nuevo",
      unread_many: "{count} mensajes nuevos",
      new_message: "Mensaje nuevo en el chat",
    },
  };

  const ORIGIN = new URL(script.src).origin;
  const CLINIC = script.dataset.clinic || "default";
  const KEY = `careline:${CLINIC}`;
  const OPEN_KEY = `${KEY}:open`;
  const SMALL = window.matchMedia("(max-width: 480px), (max-height: 480px)");
  const GREEN = "#1c5d52";
  const asked = script.dataset.language || document.documentElement.lang || navigator.language;
  const language = asked.toLowerCase().startsWith("es") ? "es" : "en";
  const words = WORDS[language];

  /** Reads and writes one storage area; where it is refused, this page's memory has to do. */
  function storage(area) {
    const memory = new Map();
    const attempt = (verb, ...values) => {
      try {
        return window[area][verb](...values);
      } catch {
        return undefined;
      }
    };
    return {
      read: (key) => attempt("getItem", key) ?? memory.get(key) ?? null,
      write(key, value) {
        memory.set(key, value);
        attempt("setItem", key, value);
      },
      remove(key) {
        memory.delete(key);
        attempt("removeItem", key);
      },
    };
  }

  const kept = storage("localStorage");
  const thisTab = storage("sessionStorage");

  function stored(text = kept.read(KEY)) {
    try {
      return JSON.parse(text);
    } catch {
      return null;
    }
  }

  function make(tag, styles, attributes = {}) {
    const node = document.createElement(tag);
    Object.assign(node.style, styles);
    for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
    return node;
  }

  function icon() {
    const space = "http://www.w3.org/2000/svg";
    const svg = document.createElementNS(space, "svg");
    const path = document.createElementNS(space, "path");
    const attributes = { viewBox: "0 0 24 24", width: "24", height: "24", "aria-hidden": "true" };
    for (const [name, value] of Object.entries(attributes)) svg.setAttribute(name, value);
    path.setAttribute("d", "M4 5.5h16v10.5h-9l-4.5 3.6V16H4z");
    for (const [name, value] of Object.entries({
      fill: "none",
      stroke: "currentColor",
      "stroke-width": "1.8",
      "stroke-linejoin": "round",
    })) {
      path.setAttribute(name, value);
    }
    svg.append(path);
    return svg;
  }

  // A shadow root keeps the page's own rules for buttons and iframes away from these.
  const host = make(
    "div",
    { all: "initial", position: "fixed", zIndex: "2147483000" },
    { role: "region", "aria-label": words.open, lang: language, "data-careline": CLINIC },
  );
  const root = host.attachShadow({ mode: "open" });
  const launcher = make(
    "button",
    {
      position: "fixed",
      right: "max(20px, env(safe-area-inset-right))",
      bottom: "max(20px, env(safe-area-inset-bottom))",
      display: "inline-flex",
      alignItems: "center",
      gap: "10px",
      minHeight: "56px",
      padding: "0 22px",
      border: "2px solid #ffffff",
      borderRadius: "28px",
      background: GREEN,
      color: "#ffffff",
      font: '600 16px/1.2 -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif',
      boxShadow: "0 6px 20px rgb(0 0 0 / 28%)",
      cursor: "pointer",
    },
    { type: "button", "aria-expanded": "false" },
  );
  const label = make("span", {});
  const badge = make(
    "span",
    {
      minWidth: "24px",
      padding: "3px 7px",
      borderRadius: "12px",
      background: "#ffffff",
      color: "#84140f",
      fontSize: "14px",
      fontWeight: "700",
      textAlign: "center",
      boxSizing: "border-box",
    },
    { "aria-hidden": "true" },
  );
  const news = make(
    "span",
    { position: "absolute", width: "1px", height: "1px", overflow: "hidden", clipPath: "inset(50%)" },
    { role: "status" },
  );
  let frame = null;
  let greeted = false;
  let opener = launcher;
  let opened = false;
  let unread = 0;

  launcher.append(icon(), label, badge);
  root.append(launcher, news);

  function post(type, detail = {}) {
    // Before it has greeted, the frame is not the chat yet; the welcome tells it everything.
    if (greeted) frame.contentWindow?.postMessage({ careline: 1, type, ...detail }, ORIGIN);
  }

  function ensureFrame() {
    if (frame) return;
    const query = new URLSearchParams({ clinic: CLINIC, lang: language, host: location.origin });
    frame = make(
      "iframe",
      { position: "fixed", boxSizing: "border-box", border: "0", colorScheme: "light dark" },
      { title: words.open, src: `${ORIGIN}/widget?${query}`, referrerpolicy: "strict-origin" },
    );
    root.insertBefore(frame, launcher);
  }

  function placeFrame() {
    if (!frame) return;
    const view = window.visualViewport;
    const full = SMALL.matches;
    Object.assign(frame.style, {
      display: opened ? "block" : "none",
      ...(full
        ? {
            inset: `${view ? view.offsetTop : 0}px 0 auto 0`,
            width: "100%",
            height: view ? `${view.height}px` : "100%",
            padding: `env(safe-area-inset-top) env(safe-area-inset-right)
              env(safe-area-inset-bottom) env(safe-area-inset-left)`,
            borderRadius: "0",
            background: "Canvas",
            boxShadow: "none",
          }
        : {
            inset: "auto max(20px, env(safe-area-inset-right)) 92px auto",
            width: "min(400px, calc(100vw - 40px))",
            height: "min(680px, calc(100vh - 116px))",
            padding: "0",
            borderRadius: "16px",
            background: "transparent",
            boxShadow: "0 0 0 1px rgb(0 0 0 / 14%), 0 16px 48px rgb(0 0 0 / 28%)",
          }),
    });
    launcher.style.display = opened && full ? "none" : "inline-flex";
  }

  function draw() {
    launcher.setAttribute("aria-expanded", String(opened));
    label.textContent = opened ? words.close : words.open;
    const count = unread === 1 ? words.unread_one : words.unread_many.replace("{count}", unread);
    badge.textContent = String(unread);
    badge.style.display = unread && !opened ? "inline-block" : "none";
    if (unread && !opened) launcher.setAttribute("aria-label", `${words.open}, ${count}`);
    else launcher.removeAttribute("aria-label");
    placeFrame();
  }

  function open(from = launcher) {
    opener = from;
    opened = true;
    unread = 0;
    thisTab.write(OPEN_KEY, "1");
    ensureFrame();
    draw();
    frame.focus();
    post("panel.opened");
  }

  function close() {
    opened = false;
    thisTab.remove(OPEN_KEY);
    draw();
    post("panel.closed");
    opener.focus();
  }

  function setUnread(count) {
    const more = !opened && count > unread;
    unread = opened ? 0 : count;
    news.textContent = more ? words.new_message : "";
    draw();
  }

  function write(value) {
    if (value) kept.write(KEY, JSON.stringify(value));
    else kept.remove(KEY);
  }

  const answers = {
    "host.hello": () => {
      greeted = true;
      post("host.welcome", { stored: stored(), open: opened });
    },
    "store.write": ({ value }) => write(value),
    "panel.close": close,
    "unread.set": ({ count }) => setUnread(Number(count) || 0),
  };

  window.addEventListener("message", (event) => {
    if (!frame || event.source !== frame.contentWindow || event.origin !== ORIGIN) return;
    if (event.data?.careline === 1) answers[event.data.type]?.(event.data);
  });
  window.addEventListener("storage", (event) => {
    if (event.key === KEY) post("store.changed", { stored: stored(event.newValue) });
  });
  launcher.addEventListener("click", () => (opened ? close() : open()));
  document.addEventListener("click", ({ target }) => {
    const button = target instanceof Element && target.closest("[data-careline-open]");
    if (button) open(button);
  });
  launcher.addEventListener("focus", () => {
    if (!launcher.matches(":focus-visible")) return;
    launcher.style.outline = `3px solid ${GREEN}`;
    launcher.style.outlineOffset = "3px";
  });
  launcher.addEventListener("blur", () => (launcher.style.outline = ""));
  host.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && opened) close();
  });
  SMALL.addEventListener("change", placeFrame);
  window.visualViewport?.addEventListener("resize", placeFrame);
  window.visualViewport?.addEventListener("scroll", placeFrame);

  // A conversation that goes on shows its news, and stays open across pages of the site.
  opened = thisTab.read(OPEN_KEY) === "1";
  if (opened || stored()?.token) ensureFrame();
  draw();
  document.body.append(host);
})();
