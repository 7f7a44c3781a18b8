// What is shown only once is copied with a button, where the browser lets pages copy: over https, and on the machine itself.
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
      button.textContent = 'Not allowed: copy what is selected';
    }
  });
}
