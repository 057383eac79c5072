/** The case before this one, where somebody says that nobody came back to them. */

import { h } from "../staff/dom.js";
import { hasText, t } from "../staff/page.js";
import { at } from "../staff/words.js";
import { reason } from "./words.js";

/** The row of the packet that names it, or none. */
export function earlier(packet) {
  const found = packet.again;
  if (!found) return [];
  const key = `console.outcome_${found.outcome}`;
  const end = [found.agent_name, hasText(key) ? t(key) : null].filter(Boolean).join(": ");
  const text = t("console.earlier_line", {
    reason: reason(found.reason),
    time: at(found.requested_at),
    end,
  });
  return [[t("console.earlier"), h("a", { href: `#${found.conversation_id}` }, text)]];
}
