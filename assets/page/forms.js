// A plain form is sent once, however often its button is pressed. Coming back with the back button frees it.
const sent = new WeakSet();
on('submit', event => {
  if (event.target.hasAttribute('hx-post')) return;
  if (sent.has(event.target)) event.preventDefault();
  sent.add(event.target);
});
addEventListener('pageshow', () => { for (const form of document.forms) sent.delete(form); });
