/** Building DOM without markup: every word becomes a text node. */

/**
 * An element with properties and children. Names with a dash, and `role`, are attributes;
 * `on` holds listeners; anything else is a property. Children are nodes, strings, or nothing.
 */
export function h(tag, properties = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name === "on") {
      for (const [event, listener] of Object.entries(value)) node.addEventListener(event, listener);
    } else if (name.includes("-") || name === "role") {
      if (value !== null && value !== undefined) node.setAttribute(name, value);
    } else if (value !== undefined) {
      node[name] = value;
    }
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return node;
}

/** A button: `look` is more of its class, `more` more of its properties. */
export function button(text, click, look = "", more = {}) {
  const className = `button ${look}`.trim();
  return h("button", { type: "button", className, on: { click }, ...more }, text);
}

/** Makes every `data-close` close the dialog that it stands in. */
export function closeDialogs() {
  for (const closer of document.querySelectorAll("dialog [data-close]")) {
    closer.addEventListener("click", () => closer.closest("dialog").close());
  }
}

/** The element with this id. */
export function $(id) {
  return document.getElementById(id);
}

/**
 * Makes `parent` show `items`, one node each, keeping the nodes of items that stay: focus and
 * scroll survive an update. `update` runs for new nodes too.
 */
export function reconcile(parent, items, { key, create, update }) {
  const kept = new Map([...parent.children].map((node) => [node.dataset.key, node]));
  let place = parent.firstElementChild;
  for (const item of items) {
    const id = String(key(item));
    let node = kept.get(id);
    kept.delete(id);
    if (!node) {
      node = create(item);
      node.dataset.key = id;
    }
    update?.(node, item);
    if (node === place) place = place.nextElementSibling;
    else parent.insertBefore(node, place);
  }
  for (const node of kept.values()) node.remove();
}

const ICONS = {
  lock: "M7 11V8a5 5 0 0 1 10 0v3M5 11h14v10H5z",
  alert: "M12 3l10 18H2zM12 10v5M12 18v.5",
  clock: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM12 7v5l4 2",
};

/** A small line drawing that screen readers skip. */
export function icon(name) {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  svg.setAttribute("class", "icon");
  const path = document.createElementNS(space, "path");
  path.setAttribute("d", ICONS[name]);
  svg.append(path);
  return svg;
}

/** Calls `work` once things have been quiet for `milliseconds`; `.now()` does not wait. */
export function debounce(work, milliseconds) {
  let timer = 0;
  const later = () => {
    clearTimeout(timer);
    timer = setTimeout(work, milliseconds);
  };
  later.now = () => {
    clearTimeout(timer);
    return work();
  };
  later.cancel = () => clearTimeout(timer);
  return later;
}

/** A random id, also where the page is served without TLS. */
export function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
