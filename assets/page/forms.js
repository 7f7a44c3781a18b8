// A plain form is sent once, however often its button is pressed. Coming back with the back button frees it.
const sent = new WeakSet();
on('submit', event => {
  if (event.defaultPrevented) return;
  if (sent.has(event.target)) event.preventDefault();
  sent.add(event.target);
});
// One goes on where the text ends.
{
  const begun = $('textarea[autofocus]');
  begun?.setSelectionRange(begun.value.length, begun.value.length);
}
// What waits to be said waits for whoever wrote it, and not for whoever uses this browser next.
on('submit', event => {
  if (!event.target.matches('[action="/leave"], [action="/sign-out"]')) return;
  for (const key of Object.keys(localStorage)) if (key.startsWith('outbox ')) localStorage.removeItem(key);
});
addEventListener('pageshow', () => { for (const form of document.forms) sent.delete(form); });
