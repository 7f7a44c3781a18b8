// A plain form is sent once, however often its button is pressed. Coming back with the back button allows it again.
{
  const sent = new WeakSet();
  on('submit', event => {
    if (event.defaultPrevented) return;
    if (sent.has(event.target)) event.preventDefault();
    sent.add(event.target);
  });
  addEventListener('pageshow', () => { for (const form of document.forms) sent.delete(form); });
}
// The caret of a field that has text stands behind the text.
{
  const field = $('textarea[autofocus]');
  field?.setSelectionRange(field.value.length, field.value.length);
}
// Signing out removes the unsent messages: the next user of this browser must not send them.
on('submit', event => {
  if (!event.target.matches('[action="/leave"], [action="/sign-out"]')) return;
  for (const key of Object.keys(localStorage)) if (key.startsWith('outbox ')) localStorage.removeItem(key);
});
