// The token leaves the address bar, so that it stays in no history.
function take() {
  const token = location.hash.slice(1);
  const field = document.getElementById("token");
  if (token) {
    field.value = token;
    history.replaceState(null, "", location.pathname);
  }
  document.getElementById("code").hidden = field.value !== "";
}

take();
addEventListener("hashchange", take);
