// The address to share, and its copy button.

/** Where the host found no network, there is no address and no button. */
export function mountInvite({ address, button, result }, { words }) {
  if (button === null) return;
  button.addEventListener("click", async () => {
    const done = await copy(address);
    result.textContent = words.t(done ? "client.copied" : "client.copy_failed");
  });
}

async function copy(node) {
  // Browsers keep navigator.clipboard from pages without https, as a LAN address mostly is.
  try {
    await navigator.clipboard.writeText(node.textContent);
    return true;
  } catch {
    getSelection().selectAllChildren(node);
    return document.execCommand("copy");
  }
}
