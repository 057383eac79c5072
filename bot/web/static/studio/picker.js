/** Several of a long list: chosen ones as chips that can be taken away, more found by typing. */

import { $, h, reconcile } from "../staff/dom.js";
import { t } from "../staff/page.js";
import { plain } from "../staff/words.js";

export class Picker {
  #id;
  #known = new Map();
  #chosen = [];
  #changed;
  // Something was typed before it was known what there is.
  #early = false;

  /** `changed(ids)` is called when one was added or taken away. */
  constructor(id, changed) {
    [this.#id, this.#changed] = [id, changed];
    const input = $(`${id}-input`);
    input.addEventListener("change", () => this.#add());
    input.addEventListener("keydown", (event) => {
      if (event.key !== "Enter") return;
      event.preventDefault();
      this.#add();
    });
    $(`${id}-add`).addEventListener("click", () => this.#add());
  }

  /** What can be chosen: `[{id, title}]`. */
  set known(known) {
    this.#known = new Map(known.map((one) => [one.id, one]));
    $(`${this.#id}-list`).replaceChildren(
      ...known.map((one) => h("option", { value: label(one) })),
    );
    this.#draw();
    if (this.#early) this.#add();
  }

  get chosen() {
    return [...this.#chosen];
  }

  set chosen(ids) {
    this.#chosen = [...ids];
    this.#draw();
  }

  #add() {
    const input = $(`${this.#id}-input`);
    const typed = input.value.trim();
    this.#early = typed !== "" && this.#known.size === 0;
    if (!typed || this.#early) return;
    const fits = [...this.#known.values()].filter((one) => one.id === typed || label(one) === typed);
    const near = [...this.#known.values()].filter((one) => plain(label(one)).includes(plain(typed)));
    const found = fits[0] ?? (near.length === 1 ? near[0] : null);
    $(`${this.#id}-problem`).textContent = found ? "" : t("editor.pick_one");
    if (!found) return;
    input.value = "";
    if (this.#chosen.includes(found.id)) return;
    this.chosen = [...this.#chosen, found.id];
    this.#changed(this.chosen);
  }

  #remove(id) {
    this.chosen = this.#chosen.filter((one) => one !== id);
    $(`${this.#id}-input`).focus();
    this.#changed(this.chosen);
  }

  #draw() {
    reconcile(
      $(`${this.#id}-chosen`),
      this.#chosen.map((id) => ({ id, title: this.#known.get(id)?.title ?? id })),
      {
        key: ({ id, title }) => `${id} ${title}`,
        create: ({ id, title }) =>
          h(
            "li",
            { className: "chip" },
            h("span", {}, title),
            h(
              "button",
              {
                type: "button",
                className: "chip-remove",
                "aria-label": t("editor.pick_remove", { title }),
                on: { click: () => this.#remove(id) },
              },
              "×",
            ),
          ),
      },
    );
  }
}

function label({ id, title }) {
  return title === id ? id : `${title} (${id})`;
}
