/** The sign-in form. */

import { api } from "../staff/api.js";
import { $ } from "../staff/dom.js";
import { page, t } from "../staff/page.js";

const form = $("sign-in");
const problem = $("problem");
const password = $("password");

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  problem.hidden = true;
  const empty = [form.elements.name, password].find((field) => !field.value);
  if (empty) return refuse(t("staff.error_wrong_sign_in"), empty);
  busy(true);
  try {
    const me = await api("POST", "/api/sign-in", {
      name: form.elements.name.value,
      password: password.value,
    });
    location.assign(page.next || home(me.roles));
  } catch (error) {
    busy(false);
    const wrong = error.code === "unauthorized" || error.code === "invalid";
    refuse(wrong ? t("staff.error_wrong_sign_in") : error.words, password);
  }
});

$("show").addEventListener("click", () => {
  const shown = password.type === "text";
  password.type = shown ? "password" : "text";
  $("show").textContent = t(shown ? "staff.show_password" : "staff.hide_password");
  password.focus();
});

form.elements.name.focus();

function home(roles) {
  return roles.some((role) => ["agent", "supervisor", "admin"].includes(role))
    ? "/console"
    : "/studio";
}

function refuse(words, field) {
  problem.textContent = words;
  problem.hidden = false;
  field.focus();
}

function busy(yes) {
  $("submit").setAttribute("aria-disabled", String(yes));
  $("submit").textContent = t(yes ? "staff.signing_in" : "staff.sign_in");
}
