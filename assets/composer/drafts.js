// Drafts: the text is saved on the server when the user pauses and when they leave. The page comes with the saved text; a
// composer that has text already keeps that.
if (composerForm) {
  const PAUSE_MS = 1500, KEEPALIVE_CHARS_MAX = 16000; // browsers allow 64 KiB for all requests that outlive a page
  let savedText = textField.defaultValue, timer = null, isSent = false;
  textField.value ||= savedText;
  const save = () => {
    clearTimeout(timer);
    if (isSent || textField.value === savedText) return;
    const before = savedText, body = savedText = textField.value;
    const fields = new URLSearchParams({body, reply_to: composerForm.elements.reply_to?.value ?? ''});
    const options = {method: 'POST', headers: {accept: 'application/json'}, body: fields, keepalive: body.length < KEEPALIVE_CHARS_MAX};
    fetch(`${roomPath}/draft`, options).catch(() => null).then(response => {
      if (!response?.ok && savedText === body) savedText = before;
    });
  };
  const saveSoon = () => { clearTimeout(timer); timer = setTimeout(save, PAUSE_MS); };
  textField.addEventListener('input', saveSoon);
  // A sent form clears the draft on the server. What the outbox sends leaves an empty composer, and that is saved.
  on('submit', event => {
    if (event.target !== composerForm) return;
    if (event.defaultPrevented) saveSoon(); else isSent = true;
  });
  addEventListener('pageshow', () => { isSent = false; });
  addEventListener('pagehide', save);
  on('visibilitychange', () => { if (document.hidden) save(); });
}
