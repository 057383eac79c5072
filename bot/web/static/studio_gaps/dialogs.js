/** What an editor decides on a gap. What is typed stays in this tab until it is done. */

import { api } from "../staff/api.js";
import { $, h } from "../staff/dom.js";
import { notify, offerUndo } from "../staff/notices.js";
import { hasText, page, t } from "../staff/page.js";
import { unsent } from "../staff/unsent.js";
import { explain } from "../staff/work.js";

const FIELDS = {
  write: ["title_en", "title_es", "slug", "domain", "topic"],
  add: ["other"],
  dismiss: ["note"],
};

export class Dialogs {
  #gap = null;
  #changed;
  #all;
  #articles = null;

  /** `changed()` reads the list again, `all()` is the list. */
  constructor({ changed, all }) {
    this.#changed = changed;
    this.#all = all;
    for (const verb of ["write", "add", "dismiss", "merge"]) {
      $(`${verb}-form`).addEventListener("submit", (event) => {
        event.preventDefault();
        this.#send(verb, new FormData(event.target));
      });
      $(`${verb}-form`).addEventListener("input", () => this.#keep(verb));
    }
  }

  /** A new article: filled in with what patients asked. */
  async write(gap) {
    const found = await this.#read(gap);
    if (!found) return;
    const near = found.nearest[0];
    this.#show("write", gap, {
      title_en: found.titles.en ?? "",
      title_es: found.titles.es ?? "",
      slug: found.slug,
      domain: near?.domain ?? page.domains.at(-1),
      topic: near?.topic ?? "",
    });
  }

  /** The article that has the answer already. */
  async add(gap) {
    const found = await this.#read(gap);
    if (!found) return;
    $("nearest").replaceChildren(
      ...found.nearest.map((one, place) =>
        h(
          "label",
          { className: "choice" },
          h("input", { type: "radio", name: "slug", value: one.slug, checked: place === 0 }),
          h("span", { lang: one.language }, one.title),
        ),
      ),
    );
    if (!found.nearest.length) $("nearest").append(h("p", { className: "help" }, t("gaps.none_near")));
    this.#show("add", gap, { other: "" });
    this.#offerArticles();
  }

  dismiss(gap) {
    this.#show("dismiss", gap, { note: "" });
  }

  merge(gap) {
    const others = this.#all().filter(({ id, state }) => id !== gap.id && state !== "dismissed");
    $("into").replaceChildren(
      h("option", { value: "" }, t("gaps.choose")),
      ...others.map((one) => h("option", { value: String(one.id), lang: one.language }, one.name)),
    );
    this.#show("merge", gap, {});
  }

  async reopen(gap) {
    try {
      await api("POST", `/api/gaps/${gap.id}/reopen`, {});
      notify(t("gaps.reopened"));
    } catch (error) {
      refused(error);
    }
    await this.#changed();
  }

  /** Whether the questions are a gap of their own now. */
  async split(gap, entries) {
    try {
      const made = await api("POST", `/api/gaps/${gap.id}/split`, { entries });
      offerUndo(t("gaps.split_done"), () => this.#unsplit(made.id, gap.id));
      await this.#changed();
      return true;
    } catch (error) {
      refused(error);
      return false;
    }
  }

  async #unsplit(made, into) {
    try {
      await api("POST", `/api/gaps/${made}/merge`, { into });
      notify(t("gaps.undone"));
    } catch (error) {
      refused(error);
    }
    await this.#changed();
  }

  async #read(gap) {
    try {
      return await api("GET", `/api/gaps/${gap.id}`);
    } catch (error) {
      refused(error);
      await this.#changed();
      return null;
    }
  }

  #show(verb, gap, values) {
    this.#gap = gap;
    const before = unsent.get(`gaps.${verb}.${gap.id}`);
    for (const [name, value] of Object.entries({ ...values, ...before })) $(name).value = value;
    const dialog = $(`${verb}-dialog`);
    dialog.querySelector("[data-quote]").textContent = gap.name;
    dialog.querySelector("[data-quote]").lang = gap.language;
    this.#problem(verb, "");
    dialog.showModal();
  }

  #keep(verb) {
    const values = Object.fromEntries((FIELDS[verb] ?? []).map((name) => [name, $(name).value]));
    unsent.set(`gaps.${verb}.${this.#gap.id}`, values);
  }

  async #send(verb, form) {
    const gap = this.#gap;
    const path = `/api/gaps/${gap.id}`;
    try {
      if (verb === "write") await this.#written(gap, await api("POST", `${path}/write`, plain(form)));
      if (verb === "add") {
        const slug = form.get("other").trim() || form.get("slug") || "";
        await this.#written(gap, await api("POST", `${path}/add`, { slug }));
      }
      if (verb === "dismiss") {
        await api("POST", `${path}/dismiss`, plain(form));
        offerUndo(t("gaps.dismissed"), () => this.reopen(gap));
      }
      if (verb === "merge") {
        const into = Number(form.get("into"));
        const merged = await api("POST", `${path}/merge`, { into });
        offerUndo(t("gaps.merged"), () => this.split({ id: merged.id }, merged.moved));
      }
    } catch (error) {
      this.#problem(verb, words(verb, error), error.field);
      return;
    }
    unsent.set(`gaps.${verb}.${gap.id}`, null);
    $(`${verb}-dialog`).close();
    await this.#changed();
    $("show").focus();
  }

  async #written(gap, { slug, language }) {
    const open = () => location.assign(`/studio#${slug}/${language}`);
    notify(t("gaps.drafted", { slug }), { action: { label: t("gaps.open_draft"), run: open } });
  }

  #problem(verb, text, field) {
    const form = $(`${verb}-form`);
    form.querySelector("[data-problem]").textContent = text;
    for (const one of form.querySelectorAll("[aria-invalid]")) one.removeAttribute("aria-invalid");
    const wrong = text && (form.elements[field] ?? (field === "title" ? $("title_en") : null));
    if (!wrong?.matches?.(".field")) return;
    wrong.setAttribute("aria-invalid", "true");
    wrong.focus();
  }

  async #offerArticles() {
    if (this.#articles) return;
    try {
      this.#articles = await api("GET", "/api/articles", undefined, { background: true });
      $("articles").replaceChildren(
        ...this.#articles.map(({ slug, title }) =>
          h("option", { value: slug }, title[page.language] ?? title.en ?? slug),
        ),
      );
    } catch {
      // The nearest ones are offered all the same, and a name can be typed.
    }
  }
}

function plain(form) {
  return Object.fromEntries(form);
}

/** The catalogue's words for what is wrong: the server's are for programs. */
function words(verb, error) {
  if (error.code === "conflict") {
    return error.winner ? t("gaps.conflict", { name: error.winner }) : t(`gaps.conflict_${verb}`);
  }
  const id = verb === "add" ? "gaps.problem_article" : `gaps.problem_${error.field}`;
  return ["invalid", "not_found"].includes(error.code) && hasText(id) ? t(id) : error.words;
}

function refused(error) {
  const winner = error.code === "conflict" && error.winner;
  if (winner) notify(t("gaps.conflict", { name: winner }), { error: true });
  else explain(error);
}
