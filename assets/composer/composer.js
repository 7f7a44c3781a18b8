// The composer: Enter sends, where there is a keyboard to break the line with.
if (composerForm) {
  const touch = matchMedia('(hover: none) and (pointer: coarse)');
  textField.addEventListener('keydown', event => {
    if (event.key !== 'Enter' || event.isComposing || event.keyCode === 229 || event.shiftKey) return; // 229: Safari's input methods
    if (touch.matches && !event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    if (textField.value.trim()) composerForm.requestSubmit();
  });
  // Typing without a focus goes into the composer. A browser that fills in a field presses no key.
  on('keydown', event => {
    const hasNoFocus = [document.body, log].includes(document.activeElement) && !$(':popover-open, :modal');
    if (hasNoFocus && event.key?.length === 1 && event.key !== ' ' && !event.ctrlKey && !event.metaKey && !event.altKey) textField.focus();
  });
  textField.addEventListener('input', fitTextField);
  textField.value = sessionStorage.getItem(UNSENT_TEXT_KEY) ?? textField.value;
  sessionStorage.removeItem(UNSENT_TEXT_KEY);
  fitTextField();
  // A page of the past does not receive what is posted: there the form is sent as it is, and leads to the present.
  whenLive(() => composerForm.addEventListener('submit', event => {
    event.preventDefault();
    if (!textField.value.trim() || !outbox.add(textField.value, reply.messageId())) return;
    setComposerText('');
    reply.cancel();
    showComposerError('');
    textField.focus();
  }));
}
// Makes the field as high as its text, for engines that cannot do so by themselves.
function fitTextField() {
  if (CSS.supports('field-sizing', 'content')) return;
  textField.style.height = 'auto';
  textField.style.height = `${textField.scrollHeight}px`;
}
function setComposerText(words) {
  textField.value = words;
  fitTextField();
}
// Shows what is wrong with the text; an empty string removes it.
function showComposerError(words) {
  composerError.textContent = words;
  if (words) textField.setAttribute('aria-invalid', 'true'); else textField.removeAttribute('aria-invalid');
}
