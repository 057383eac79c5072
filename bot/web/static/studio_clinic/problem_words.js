/** What is wrong with a field, in words for whoever fills it in. */

import { t } from "../staff/page.js";

const BY_KIND = new Set(["phone", "url", "email", "sentence", "phrase", "spans", "choice", "usd", "number", "date", "languages"]);

/** `field` is the one the problem is about, where it is known. */
export function problemWords({ kind, path }, field) {
  const two = ["sentence", "phrase", "words"].includes(field?.kind);
  if (["missing", "string_too_short", "too_short"].includes(kind)) {
    return t(two ? "clinic.problem_both" : field?.kind === "languages" ? "clinic.problem_languages" : "clinic.problem_missing");
  }
  if (kind === "reference") return t("clinic.problem_reference");
  if (kind === "string_pattern_mismatch") return t("clinic.problem_id");
  if (path.at(-1) === "time_zone") return t("clinic.problem_zone");
  if (field?.kind === "week") return t("clinic.problem_spans");
  return t(BY_KIND.has(field?.kind) ? `clinic.problem_${field.kind}` : "clinic.problem_other");
}
