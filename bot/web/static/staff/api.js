/** Talking to the server: JSON in, JSON out, and errors in the words of the catalogue. */

import { hasText, t } from "./page.js";

/** A refusal, or no answer at all (`code` is then "offline"). `data` is the whole error. */
export class ApiError extends Error {
  constructor(status, data) {
    super(data.code);
    this.status = status;
    this.code = data.code;
    this.field = data.field ?? null;
    this.winner = data.winner ?? null;
    this.data = data;
  }

  /** What happened and what to do about it. */
  get words() {
    if (this.code === "conflict" && this.winner) {
      // In the console a case is what two people reach for.
      const ofCases = "console.error_conflict_winner";
      const id = hasText(ofCases) ? ofCases : "staff.error_conflict_winner";
      return t(id, { winner: this.winner });
    }
    const id = `staff.error_${this.code}`;
    return t(hasText(id) ? id : "staff.error_error");
  }

  /** What the server itself says of a field and how to mend it, for whoever wrote in it. */
  get advice() {
    return [this.data.message ?? this.words, this.data.remedy].filter(Boolean).join(". ");
  }
}

/**
 * One request. `background` marks what the page does by itself: it does not keep anyone signed
 * in. A session that ended is told to the whole page as `signed-out`.
 */
export async function api(method, path, body, { background = false } = {}) {
  const headers = {};
  if (body !== undefined) headers["Content-Type"] = "application/json";
  if (background) headers["Careline-Background"] = "1";
  let response;
  try {
    response = await fetch(path, {
      method,
      headers,
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  } catch {
    throw new ApiError(0, { code: "offline" });
  }
  const data = await response.json().catch(() => null);
  if (response.ok && data) return data;
  if (response.status === 401 && path !== "/api/sign-in") {
    document.dispatchEvent(new CustomEvent("signed-out"));
  }
  throw new ApiError(response.status, data?.error ?? { code: "error" });
}
