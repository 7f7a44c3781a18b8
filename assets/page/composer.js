// Writing: Enter sends, where there is a keyboard to break the line with; what was typed comes back if it was not sent.
if (form) {
  const touch = matchMedia('(hover: none) and (pointer: coarse)');
  text.addEventListener('keydown', event => {
    if (event.key !== 'Enter' || event.isComposing || event.keyCode === 229 || event.shiftKey) return; // 229: Safari's input methods
    if (touch.matches && !event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    if (text.value.trim()) form.requestSubmit();
  });
  // Whoever starts to type without having chosen a place means the message.
  on('keydown', event => {
    const nowhere = [document.body, log].includes(document.activeElement) && !$(':popover-open');
    if (nowhere && event.key.length === 1 && event.key !== ' ' && !event.ctrlKey && !event.metaKey && !event.altKey) text.focus();
  });
  const grow = () => {
    if (CSS.supports('field-sizing', 'content')) return;
    text.style.height = 'auto';
    text.style.height = `${text.scrollHeight}px`;
  };
  text.addEventListener('input', grow);
  // What was being written when the page had to be read anew.
  text.value ||= sessionStorage.getItem(WRITTEN) ?? '';
  sessionStorage.removeItem(WRITTEN);
  grow();
  if (form.hasAttribute('hx-post')) {
    // This page may come from a cache, where its nonce was spent before.
    $('#nonce').value += `-${crypto.getRandomValues(new Uint32Array(1))[0].toString(36)}`;
    let said = null;
    on('htmx:before:request', event => {
      if (event.target !== form) return;
      said = text.value;
      text.value = '';
      error.textContent = '';
      text.removeAttribute('aria-invalid');
      grow();
    });
    on('htmx:finally:request', event => {
      if (event.target !== form || said === null) return;
      const status = event.detail.ctx.response?.status;
      if (!(status < 400)) {
        text.value = said + (text.value && '\n' + text.value);
        text.setAttribute('aria-invalid', 'true');
        if (!error.textContent) {
          error.textContent = status ? `Not sent: the server answered ${status}. Try again.` : 'Not sent: no connection. Try again.';
        }
        grow();
      }
      said = null;
    });
  }
}
