// Preview: how the text will look, above the composer. Without scripts its button leads to a page. Whatever is typed after that
// closes it.
if (composerForm) {
  const button = $('.preview', composerForm);
  let preview = null;
  const close = () => {
    preview?.remove();
    preview = null;
    button.ariaExpanded = 'false';
  };
  async function open() {
    const body = textField.value, box = preview = createElement('div', 'composer-preview');
    Object.assign(box, {role: 'status', ariaLabel: 'Preview', tabIndex: 0});
    button.ariaExpanded = 'true';
    button.closest('.composer-box').prepend(box);
    const options = {method: 'POST', headers: {'hx-request': 'true'}, body: new URLSearchParams({body})};
    const {isOk, html} = await fetchFragment(button.formAction, options);
    if (preview !== box) return;
    if (isOk) {
      await swapFragment(html, box, 'innerHTML', composerForm);
      showComposerError('');
    } else {
      showComposerError(await readText(html) || 'No preview: no connection.');
      close();
    }
  }
  button.ariaExpanded = 'false';
  button.addEventListener('click', event => {
    event.preventDefault();
    if (preview) close(); else if (textField.value.trim()) open();
  });
  for (const type of ['input', 'submit']) composerForm.addEventListener(type, close);
  composerForm.addEventListener('keydown', event => {
    if (event.key !== 'Escape' || !preview) return;
    event.stopPropagation();
    close();
    textField.focus();
  }, true);
}
