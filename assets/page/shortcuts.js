// Keyboard shortcuts of every page. views/help/keys.rs lists them for the help page.
const isMac = /Mac|iP/.test(navigator.platform);
// The name of what is pressed, such as `Mod+k`; empty if it can be no shortcut.
function nameKeys(event) {
  const {altKey, shiftKey} = event, mod = isMac ? event.metaKey : event.ctrlKey, foreign = isMac ? event.ctrlKey : event.metaKey;
  if (foreign || !event.key || event.isComposing || event.defaultPrevented) return ''; // no key: the browser filled in a field
  // Where letters are not Latin, the position of the key counts.
  const key = event.key.charCodeAt(0) > 127 && /^Key/.test(event.code) ? event.code.at(-1).toLowerCase() : event.key;
  return (mod ? 'Mod+' : '') + (altKey ? 'Alt+' : '') + (shiftKey && key.length > 1 ? 'Shift+' : '') + key;
}
const isField = node => node.matches?.('input, textarea, select, [contenteditable]');
const SHORTCUTS = new Map([
  ['Mod+k', () => dialog.open('/switcher')],
  ['Mod+/', () => dialog.open('/help')],
  ['Alt+Shift+ArrowDown', () => openUnreadRoom(1)],
  ['Alt+Shift+ArrowUp', () => openUnreadRoom(-1)],
]);
on('keydown', event => {
  const keys = nameKeys(event), run = SHORTCUTS.get(keys);
  // On a Mac these select a paragraph of the text.
  if (!run || (isMac && keys.startsWith('Alt+') && isField(event.target) && event.target.value)) return;
  event.preventDefault();
  run();
});
// Opens the next unread room of the sidebar, from the current one on and round.
function openUnreadRoom(step) {
  const links = [...document.querySelectorAll('#places .places .place')], total = links.length;
  const current = links.findIndex(link => link.ariaCurrent), start = current < 0 && step < 0 ? 0 : current;
  for (let n = 1; n <= total; n++) {
    const link = links[(start + step * n + total * 2) % total];
    if (link.ariaCurrent || !$('.count', link)?.hasChildNodes()) continue;
    link.click();
    return;
  }
}
