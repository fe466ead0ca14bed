// The log-in page: trade the token for a cookie.

const said = document.getElementById("said");
const token = document.getElementById("token");

async function logIn() {
  const headers = new Headers();
  try {
    headers.set("Authorization", `Bearer ${token.value.trim()}`);
  } catch {
    return "This is not the token.";
  }
  const response = await fetch("/login", { method: "POST", headers }).catch(() => null);
  if (response?.ok)
    return "";
  return !response ? "The server cannot be reached. Try again."
    : response.status === 401 ? "This is not the token."
      : `The server returned status ${response.status}. Try again.`;
}

document.getElementById("login").addEventListener("submit", async event => {
  event.preventDefault();
  said.textContent = await logIn();
  if (said.textContent === "")
    location.replace("/");
  else
    token.select();
});

// A browser sends no cookie to a page that it enters from another site, but to this script it does.
const known = await fetch("/healthz").catch(() => null);
if (known?.ok)
  location.replace("/");
