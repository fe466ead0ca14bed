// The log-in page: exchange the token for a cookie.

const said = document.getElementById("said");
const token = document.getElementById("token");

async function logIn() {
  const headers = new Headers();
  try {
    headers.set("Authorization", `Bearer ${token.value.trim()}`);
  } catch {
    return "The token is wrong.";
  }
  const response = await fetch("/login", { method: "POST", headers }).catch(() => null);
  if (response?.ok)
    return "";
  return !response ? "The server cannot be reached. Try again."
    : response.status === 401 ? "The token is wrong."
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

// If a link on another site leads here, the browser does not send the SameSite cookie with that
// request, but it does with this one.
const known = await fetch("/healthz").catch(() => null);
if (known?.ok)
  location.replace("/");
