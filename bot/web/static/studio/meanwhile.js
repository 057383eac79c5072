/** Somebody else saved meanwhile: told above a form, with two ways on. */

import { h } from "../staff/dom.js";

/** Fills `place`; the keyboard goes to the first of the `ways`, which are buttons. */
export function tellMeanwhile(place, content, ways) {
  place.hidden = false;
  place.replaceChildren(...content.filter(Boolean), h("div", { className: "actions" }, ways));
  place.scrollIntoView({ block: "center" });
  ways[0].focus();
}
