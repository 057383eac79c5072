/** The catalogue's words in the page's two languages, and dates and times as people say them. */

const LOCALES = { en: "en-US", es: "es-US" };

export class Words extends EventTarget {
  /** `texts` is {language: {"widget.key": text}}; `values` fill {clinic} and such everywhere. */
  constructor(texts, language, values = {}) {
    super();
    this.texts = texts;
    this.language = language;
    this.values = values;
  }

  /** The text of a key, its places filled in, in the current or the named language. */
  get(key, values = {}, language = this.language) {
    const text = (this.texts[language] ?? this.texts.en)[`widget.${key}`];
    if (text === undefined) throw new Error(`no text for ${key}`);
    const filled = { ...this.values, ...values };
    const said = text.replace(/\{(\w+)\}/gu, (place, name) => filled[name] ?? place);
    return said.replace(/\.\.(?!\.)/gu, "."); // a value such as "8:30 a. m." brings its own stop
  }

  /** Switches every marked element of the page to another language. */
  use(language) {
    this.language = language;
    document.documentElement.lang = language;
    this.fill(document);
    this.dispatchEvent(new Event("change"));
  }

  /** Writes the words that elements ask for by `data-text`, `data-label`, `data-placeholder`. */
  fill(root) {
    for (const node of root.querySelectorAll("[data-text]")) {
      node.textContent = this.get(node.dataset.text, node.dataset);
    }
    for (const node of root.querySelectorAll("[data-label]")) {
      node.setAttribute("aria-label", this.get(node.dataset.label, node.dataset));
    }
    for (const node of root.querySelectorAll("[data-placeholder]")) {
      node.placeholder = this.get(node.dataset.placeholder);
    }
    for (const node of root.querySelectorAll("time[data-moment]")) {
      node.textContent = this.moment(node.dateTime);
    }
  }

  /** "3:40 PM", with the day in front when it is not today. */
  moment(iso) {
    const at = new Date(iso);
    const today = at.toDateString() === new Date().toDateString();
    const day = today ? {} : { month: "short", day: "numeric" };
    return this.#format(at, { ...day, hour: "numeric", minute: "2-digit" });
  }

  /** A calendar day such as "November 21, 2026"; days have no time zone. */
  day(isoDate, language = this.language) {
    const options = { year: "numeric", month: "long", day: "numeric", timeZone: "UTC" };
    return this.#format(new Date(`${isoDate}T00:00:00Z`), options, language);
  }

  #format(date, options, language = this.language) {
    return new Intl.DateTimeFormat(LOCALES[language], options).format(date);
  }
}
