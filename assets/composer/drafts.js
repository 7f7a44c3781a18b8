// Drafts: what is being written is kept on the server when one pauses and when one leaves. The page comes with what was kept;
// a composer in which something stands already keeps that.
if (form) {
  const PAUSE_MS = 1500;
  let kept = text.defaultValue, timer = null, isSent = false;
  text.value ||= kept;
  const keep = () => {
    clearTimeout(timer);
    if (isSent || text.value === kept) return;
    const before = kept, body = kept = text.value;
    const fields = new URLSearchParams({body, reply_to: form.elements.reply_to?.value ?? ''});
    const asked = {method: 'POST', headers: {accept: 'application/json'}, body: fields, keepalive: body.length < 16000};
    fetch(`${pill.pathname}/draft`, asked).catch(() => null).then(answer => { if (!answer?.ok && kept === body) kept = before; });
  };
  const later = () => { clearTimeout(timer); timer = setTimeout(keep, PAUSE_MS); };
  text.addEventListener('input', later);
  // What goes out is a draft no more: the server knows. What a script sends leaves an empty composer, and that is kept.
  on('submit', event => {
    if (event.target !== form) return;
    if (event.defaultPrevented) later(); else isSent = true;
  });
  addEventListener('pageshow', () => { isSent = false; });
  addEventListener('pagehide', keep);
  on('visibilitychange', () => { if (document.hidden) keep(); });
}
