// An invitation: the address of the chat, with the access code in its fragment, the part that
// browsers keep to themselves.

/** The access code that an invitation brings, or null. */
export function codeOf(url) {
  return new URLSearchParams(new URL(url).hash.slice(1)).get("code");
}

/** The code in this page's address, or null; it does not stay there, where others could see it. */
export function takeCode() {
  const code = codeOf(location.href);
  if (code !== null) history.replaceState(null, "", location.pathname + location.search);
  return code;
}
