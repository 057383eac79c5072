/** A bar for each week. Its words say every number, so that nobody needs the picture. */

import { t } from "../staff/page.js";

const SPACE = "http://www.w3.org/2000/svg";
const [BAR, APART, TALL] = [7, 3, 28];

/** An image of the counts, the current week last. */
export function spark(weeks) {
  const wide = weeks.length * (BAR + APART) - APART;
  const top = Math.max(1, ...weeks);
  const svg = made("svg", {
    viewBox: `0 0 ${wide} ${TALL}`,
    width: wide,
    height: TALL,
    class: "spark",
    role: "img",
    "aria-label": t("gaps.weeks", { numbers: weeks.join(", ") }),
  });
  for (const [place, count] of weeks.entries()) {
    const high = count ? Math.max(3, (count / top) * TALL) : 1;
    svg.append(
      made("rect", {
        x: place * (BAR + APART),
        y: TALL - high,
        width: BAR,
        height: high,
        class: place === weeks.length - 1 ? "now" : "",
      }),
    );
  }
  return svg;
}

function made(tag, attributes) {
  const node = document.createElementNS(SPACE, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  return node;
}
