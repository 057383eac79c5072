/** Short sounds that call people, made on the spot; they can be turned off, and that is kept. */

const KEY = "careline.muted";
const TONES = {
  offer: [660, 880],
  alarm: [880, 660, 880, 660],
};
const TONE_SECONDS = 0.16;
const LOUDNESS = 0.15;

let context = null;

// A browser lets a page sound only after somebody has used it.
for (const event of ["pointerdown", "keydown"]) {
  document.addEventListener(event, wake, { once: true, passive: true });
}

/** Whether sounds are turned off on this computer. */
export function muted() {
  return localStorage.getItem(KEY) === "1";
}

export function mute(yes) {
  if (yes) localStorage.setItem(KEY, "1");
  else localStorage.removeItem(KEY);
}

/** Plays "offer" or "alarm", unless sounds are off or nobody has used the page yet. */
export function ring(name) {
  if (muted() || context?.state !== "running") return;
  document.dispatchEvent(new CustomEvent("rang", { detail: name }));
  TONES[name].forEach((pitch, place) => tone(pitch, context.currentTime + place * TONE_SECONDS));
}

function wake() {
  context ??= new AudioContext();
  context.resume().catch(() => {});
}

function tone(pitch, start) {
  const [source, gain] = [context.createOscillator(), context.createGain()];
  source.frequency.value = pitch;
  gain.gain.setValueAtTime(0, start);
  gain.gain.linearRampToValueAtTime(LOUDNESS, start + 0.02);
  gain.gain.linearRampToValueAtTime(0, start + TONE_SECONDS);
  source.connect(gain).connect(context.destination);
  source.start(start);
  source.stop(start + TONE_SECONDS);
}
