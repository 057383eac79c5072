/**
 * What the patient has in sight: lines of others that are on the screen while the page is visible.
 * Tells the number of the newest one, each time it grows.
 */

export class Sight {
  #tell;
  #newest = 0;
  #inSight = new Set();

  /** `tell(seq)` is called for what the list of messages shows. */
  constructor(list, tell) {
    this.#tell = tell;
    // Within the visible part of every page around this one, an iframe's host too.
    const eyes = new IntersectionObserver((entries) => this.#looked(entries));
    new MutationObserver((changes) => {
      for (const { addedNodes } of changes) {
        for (const node of addedNodes) {
          if (node.matches?.("[data-seq]:not(.from-patient)")) eyes.observe(node);
        }
      }
    }).observe(list, { childList: true });
    document.addEventListener("visibilitychange", () => this.#count());
  }

  /** Another conversation begins. */
  clear() {
    this.#newest = 0;
    this.#inSight.clear();
  }

  #looked(entries) {
    for (const { target, isIntersecting } of entries) {
      if (isIntersecting) this.#inSight.add(target);
      else this.#inSight.delete(target);
    }
    this.#count();
  }

  #count() {
    if (document.visibilityState !== "visible") return;
    const newest = Math.max(0, ...[...this.#inSight].map((node) => Number(node.dataset.seq)));
    if (newest <= this.#newest) return;
    this.#newest = newest;
    this.#tell(newest);
  }
}
