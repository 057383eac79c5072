/** What the server put into the page: its data and its words. */

export const page = JSON.parse(document.getElementById("page").textContent);

/** The text with this id, its {places} filled in. */
export function t(id, values = {}) {
  const text = page.texts[id];
  if (text === undefined) throw new Error(`no text ${id}`);
  return text.replace(/\{(\w+)\}/gu, (place, name) => values[name] ?? place);
}

/** Whether there is such a text. */
export function hasText(id) {
  return id in page.texts;
}

// On a phone the row of pages is wider than the screen: the one that is shown is in sight.
for (const shown of document.querySelectorAll('nav [aria-current="page"]')) {
  shown.scrollIntoView({ block: "nearest", inline: "nearest" });
}
