// Copy buttons, where the browser lets pages copy: over HTTPS and on localhost.
for (const button of navigator.clipboard ? document.querySelectorAll('[data-copies]') : []) {
  button.hidden = false;
  button.addEventListener('click', async () => {
    const source = document.getElementById(button.dataset.copies);
    try {
      await navigator.clipboard.writeText(source.value ?? source.textContent);
      button.textContent = 'Copied';
    } catch {
      getSelection().selectAllChildren(source);
      source.select?.();
      button.textContent = 'Copying is blocked. Copy the selected text.';
    }
  });
}
