// Asking before something that cannot be taken back.

/** `ask(text)`: a promise of whether it was meant. */
export function mountConfirm({ dialog, text, yes }) {
  return function ask(question) {
    text.textContent = question;
    dialog.returnValue = "";
    dialog.showModal();
    yes.focus();
    return new Promise((settle) => {
      const closed = () => settle(dialog.returnValue === "yes");
      dialog.addEventListener("close", closed, { once: true });
    });
  };
}
