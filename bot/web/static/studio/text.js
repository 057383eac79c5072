/** One text of an article: what the server has of it, and what of that is before the editor's eyes. */

import { only, same } from "./values.js";

const NOTHING = { live: null, draft: null, pending: null, stale: false, history: [] };

/** Where an article is asked for; with a language, one of its texts. */
export function articlePath(slug, language = null) {
  const path = `/api/articles/${encodeURIComponent(slug)}`;
  return language ? `${path}/${language}` : path;
}

export class Text {
  /** The live version that typing went on from. */
  base = null;
  /** The draft that was seen last, with its count of saves. */
  seen = { draft: null, saves: 0 };
  /** The words that typing went on from. */
  from = only({});
  // What was typed when the server last said that it has it; it may have tidied it.
  #heard = null;

  constructor(slug, language, article) {
    [this.slug, this.language, this.article] = [slug, language, article];
    this.sees();
  }

  /** Whether it is this one. */
  is(slug, language) {
    return this.slug === slug && this.language === language;
  }

  /** How it stands: what is live, the draft, what is with the reviewers. */
  get current() {
    return this.article.languages[this.language] ?? NOTHING;
  }

  /** The words that the server has: the draft, or what is live. */
  get words() {
    const { live, draft, pending } = this.current;
    return only(draft ?? pending ?? live ?? {});
  }

  get draftPath() {
    return `${articlePath(this.slug, this.language)}/draft`;
  }

  /** What is before the editor's eyes from now on is what the server has. */
  sees() {
    const { live, draft } = this.current;
    this.base = live?.id ?? null;
    this.seen = { draft: draft?.id ?? null, saves: draft?.saves ?? 0 };
    this.from = this.words;
    this.#heard = this.from;
  }

  /** Whether the server has what is typed. */
  has(values) {
    return same(values, this.words) || same(values, this.#heard);
  }

  /** The server took what was typed as a draft. */
  took(draft, values) {
    this.article.languages[this.language] = { ...this.current, draft };
    this.sees();
    this.#heard = values;
  }

  /** Typing goes on from where it began: what others did since is found when it is saved. */
  goesOnFrom({ base, seen, from }) {
    this.base = base;
    this.seen = seen ?? this.seen;
    this.from = from ?? this.from;
  }

  /** What another person wrote meanwhile was read and put together with what is typed. */
  wasMerged(article, theirs) {
    this.article = article;
    this.sees();
    this.from = theirs;
  }
}
