/**
 * Draws Block JSON as DOM nodes.
 *
 * Words only ever become text nodes, and a link is kept only when its address has an allowed
 * scheme: whatever an article or a person wrote, nothing in it can become markup.
 */

const SCHEMES = new Set(["https:", "tel:", "mailto:"]);

/**
 * A fragment with the blocks drawn. `newTab` is said to screen readers after a link that opens
 * a new tab. Blocks of an unknown type are left out.
 */
export function renderBlocks(blocks, { newTab = "" } = {}) {
  const fragment = document.createDocumentFragment();
  for (const block of blocks ?? []) {
    const node = renderBlock(block, newTab);
    if (node) fragment.append(node);
  }
  return fragment;
}

/** A fragment with `text` as written: line breaks kept, everything else literal. */
export function renderText(text) {
  const fragment = document.createDocumentFragment();
  for (const paragraph of text.trim().split(/\n{2,}/u)) {
    const node = document.createElement("p");
    paragraph.split("\n").forEach((line, index) => {
      if (index) node.append(document.createElement("br"));
      node.append(line);
    });
    fragment.append(node);
  }
  return fragment;
}

/** The address when it may be followed, else null. */
function safeHref(href) {
  try {
    return SCHEMES.has(new URL(href).protocol) ? href : null;
  } catch {
    return null;
  }
}

/** An anchor for an allowed address, opened in a new tab when it is a page; else plain text. */
export function renderLink(href, children, newTab = "") {
  const address = safeHref(href);
  if (!address) {
    const fragment = document.createDocumentFragment();
    fragment.append(...children);
    return fragment;
  }
  const anchor = document.createElement("a");
  anchor.href = address;
  anchor.append(...children);
  if (address.startsWith("https:")) {
    anchor.target = "_blank";
    anchor.rel = "noopener noreferrer";
    if (newTab) anchor.append(hidden(` (${newTab})`));
  }
  return anchor;
}

function renderBlock(block, newTab) {
  if (block.type === "paragraph") return filled("p", block.children, newTab);
  if (block.type !== "list") return null;
  const list = document.createElement(block.ordered ? "ol" : "ul");
  for (const blocks of block.items) {
    const item = document.createElement("li");
    item.append(renderBlocks(blocks, { newTab }));
    list.append(item);
  }
  return list;
}

function renderInline(inline, newTab) {
  switch (inline.type) {
    case "text":
      return document.createTextNode(inline.text);
    case "strong":
      return filled("strong", inline.children, newTab);
    case "emphasis":
      return filled("em", inline.children, newTab);
    case "link":
      return renderLink(inline.href, inline.children.map((child) => renderInline(child, newTab)), newTab);
    case "break":
      return document.createElement("br");
    default:
      return document.createTextNode("");
  }
}

function filled(tag, children, newTab) {
  const node = document.createElement(tag);
  node.append(...children.map((child) => renderInline(child, newTab)));
  return node;
}

function hidden(text) {
  const node = document.createElement("span");
  node.className = "visually-hidden";
  node.textContent = text;
  return node;
}
