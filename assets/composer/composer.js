// Writing: Enter sends, where there is a keyboard to break the line with.
if (form) {
  const touch = matchMedia('(hover: none) and (pointer: coarse)');
  text.addEventListener('keydown', event => {
    if (event.key !== 'Enter' || event.isComposing || event.keyCode === 229 || event.shiftKey) return; // 229: Safari's input methods
    if (touch.matches && !event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    if (text.value.trim()) form.requestSubmit();
  });
  // Whoever starts to type without having chosen a place means the message. A browser that fills in a field presses no key.
  on('keydown', event => {
    const nowhere = [document.body, log].includes(document.activeElement) && !$(':popover-open, :modal');
    if (nowhere && event.key?.length === 1 && event.key !== ' ' && !event.ctrlKey && !event.metaKey && !event.altKey) text.focus();
  });
  text.addEventListener('input', grow);
  // What was being written when the page had to be read anew.
  text.value = sessionStorage.getItem(WRITTEN) ?? text.value;
  sessionStorage.removeItem(WRITTEN);
  grow();
  // A page of the past hears nothing of what is said: there the form is sent as it is, and leads to the present.
  atPresent(() => form.addEventListener('submit', event => {
    event.preventDefault();
    if (!text.value.trim() || !outbox.takes(text.value, answering.to())) return;
    write('');
    answering.stop();
    complain('');
    text.focus();
  }));
}
function grow() {
  if (CSS.supports('field-sizing', 'content')) return;
  text.style.height = 'auto';
  text.style.height = `${text.scrollHeight}px`;
}
function write(words) {
  text.value = words;
  grow();
}
// What is wrong with what is written; nothing, if these are no words.
function complain(words) {
  error.textContent = words;
  if (words) text.setAttribute('aria-invalid', 'true'); else text.removeAttribute('aria-invalid');
}
