/** The form by which a patient leaves an address. It draws what was typed and keeps it current. */

import { element } from "./dom.js";

const TIMES = ["any", "morning", "afternoon"];

/**
 * The form for `state` (what is offered and saved) with `typed` in it. `error` is {field, text}.
 * `acts`: phrase(key, values), changed(), save(), remove(channel), close().
 */
export function draw(state, typed, error, acts) {
  const { phrase } = acts;
  const form = element(
    "form",
    { class: "contact-form", novalidate: true, "aria-labelledby": "contact-title" },
    element("h2", { id: "contact-title", tabindex: "-1", text: phrase("title") }),
    element("p", { text: phrase("intro") }),
  );
  if (state.offered.length > 1) form.append(ways(state, typed, acts));
  form.append(address(typed, error, phrase));
  if (typed.channel === "phone") form.append(times(typed, phrase), days(state, typed, phrase));
  form.append(consent(state, typed, error, phrase));
  if (error && !error.field) {
    form.append(element("p", { class: "error", role: "alert", tabindex: "-1", text: error.text }));
  }
  form.append(buttons(state, acts));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const save = form.querySelector("[data-save]");
    if (save.getAttribute("aria-disabled") === "true") return;
    save.setAttribute("aria-disabled", "true");
    save.textContent = phrase("saving");
    acts.save();
  });
  return form;
}

function ways(state, typed, { phrase, changed }) {
  const choices = state.offered.map((channel) => {
    const input = element("input", { type: "radio", name: "contact-way", value: channel });
    input.checked = channel === typed.channel;
    input.addEventListener("change", () => {
      typed.channel = channel;
      typed.consent = false;
      typed.address = "";
      changed();
      document.querySelector(`input[name=contact-way][value=${channel}]`).focus();
    });
    return element("label", { class: "contact-choice" }, input, phrase(`way_${channel}`));
  });
  return element("fieldset", {}, element("legend", { text: phrase("way") }), ...choices);
}

function address(typed, error, phrase) {
  const phone = typed.channel === "phone";
  const wrong = error?.field === "address";
  const input = element("input", {
    class: "field",
    id: "contact-address",
    type: phone ? "tel" : "email",
    autocomplete: phone ? "tel" : "email",
    maxlength: "254",
    required: true,
    "aria-invalid": wrong ? "true" : null,
    "aria-describedby": wrong ? "contact-address-error contact-hint" : "contact-hint",
  });
  input.value = typed.address;
  input.addEventListener("input", () => (typed.address = input.value));
  return element(
    "div",
    {},
    element("label", { for: "contact-address", text: phrase(`address_${typed.channel}`) }),
    input,
    element("p", { class: "hint", id: "contact-hint", text: phrase(`hint_${typed.channel}`) }),
    ...problem(wrong, "contact-address-error", error),
  );
}

function times(typed, phrase) {
  const options = TIMES.map((one) => element("option", { value: one, text: phrase(`time_${one}`) }));
  const select = element("select", { class: "field", id: "contact-time" }, ...options);
  select.value = typed.best_time;
  select.addEventListener("change", () => (typed.best_time = select.value));
  const label = element("label", { for: "contact-time", text: phrase("time") });
  return element("div", {}, label, select);
}

function days(state, typed, phrase) {
  const boxes = state.days.map((day) => {
    const box = element("input", { type: "checkbox", value: day });
    box.checked = typed.days.has(day);
    box.addEventListener("change", () => typed.days[box.checked ? "add" : "delete"](day));
    return element("label", { class: "contact-day" }, box, phrase(`day_${day}`));
  });
  return element(
    "fieldset",
    { "aria-describedby": "contact-days-hint" },
    element("legend", { text: phrase("days") }),
    element("div", { class: "contact-days" }, ...boxes),
    element("p", { class: "hint", id: "contact-days-hint", text: phrase("days_hint") }),
  );
}

function consent(state, typed, error, phrase) {
  const wrong = error?.field === "consent";
  const box = element("input", {
    type: "checkbox",
    id: "contact-consent",
    required: true,
    "aria-invalid": wrong ? "true" : null,
    "aria-describedby": wrong ? "contact-consent-error" : null,
  });
  box.checked = typed.consent;
  box.addEventListener("change", () => (typed.consent = box.checked));
  const words = state.consent[typed.channel]?.text ?? phrase("error_gone");
  const label = element("label", { class: "contact-choice" }, box, element("span", { text: words }));
  return element("div", {}, label, ...problem(wrong, "contact-consent-error", error));
}

function problem(wrong, id, error) {
  return wrong ? [element("p", { class: "error", id, role: "alert", text: error.text })] : [];
}

function buttons(state, { phrase, remove, close }) {
  const button = (text, act, kind = "") => {
    const made = element("button", { type: "button", class: `button ${kind}`, text });
    made.addEventListener("click", act);
    return made;
  };
  return element(
    "div",
    { class: "contact-buttons" },
    element("button", { class: "button primary", "data-save": true, text: phrase("save") }),
    button(phrase("close"), () => close()),
    ...state.saved.map(({ channel }) =>
      button(phrase(`remove_${channel}`), () => remove(channel), "quiet"),
    ),
  );
}
