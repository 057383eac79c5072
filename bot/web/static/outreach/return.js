/**
 * Opens the chat of a link from an e-mail: only when the button is pressed, because mail scanners
 * open links. The chat finds its token where a chat that stands alone keeps it.
 */

const KEY = "careline:chat";
const button = document.getElementById("open");
const failed = document.getElementById("failed");

button.disabled = false;
button.addEventListener("click", open);

async function open() {
  failed.textContent = "";
  button.disabled = true;
  try {
    const response = await fetch(location.pathname, { method: "POST" });
    if (!response.ok) throw response;
    const { token, language } = await response.json();
    sessionStorage.setItem(KEY, JSON.stringify({ token, language }));
    location.replace(`/widget?lang=${language}`);
  } catch (error) {
    failed.textContent = failed.dataset[error.status === 404 ? "gone" : "text"];
    button.disabled = false;
    button.focus();
  }
}
