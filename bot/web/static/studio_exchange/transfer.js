/** Files to the server and back: progress comes line by line, a refusal as the common error. */

import { ApiError } from "../staff/api.js";

/** Sends the file; `told` gets each step. Resolves with the last line: `{report, import}`. */
export async function send(wish, file, told) {
  const query = new URLSearchParams(wish);
  let content;
  try {
    // Read first: a file that was moved since is told apart from a server that is away.
    content = await file.arrayBuffer();
  } catch {
    throw new ApiError(0, { code: "changed_file" });
  }
  const headers = { "Content-Type": "application/octet-stream" };
  const response = await ask(`/api/exchange/file?${query}`, { method: "POST", headers, body: content });
  let end = null;
  try {
    for await (const line of lines(response.body)) {
      if (line.error) throw new ApiError(409, line.error);
      if (line.stage) told(line);
      else end = line;
    }
  } catch (error) {
    if (error instanceof ApiError) throw error;
    throw new ApiError(0, { code: "lost" });
  }
  if (!end) throw new ApiError(0, { code: "lost" });
  return end;
}

/** Puts what the server gives into the person's downloads. */
export async function download(path, name) {
  const response = await ask(path, {});
  const address = URL.createObjectURL(await response.blob());
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}

async function ask(path, options) {
  let response;
  try {
    response = await fetch(path, options);
  } catch {
    throw new ApiError(0, { code: "offline" });
  }
  if (response.ok) return response;
  if (response.status === 401) document.dispatchEvent(new CustomEvent("signed-out"));
  const data = await response.json().catch(() => null);
  throw new ApiError(response.status, data?.error ?? { code: "error" });
}

async function* lines(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    const parts = (rest + value).split("\n");
    rest = parts.pop();
    for (const part of parts) if (part) yield JSON.parse(part);
  }
}
