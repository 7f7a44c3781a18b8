// Keys that work wherever one is. What the page of help tells of them is in views/keys.rs.
const isMac = /Mac|iP/.test(navigator.platform);
// The name of what is pressed. Whoever holds a key that is not ours presses nothing.
function pressed(event) {
  const {altKey, shiftKey} = event, mod = isMac ? event.metaKey : event.ctrlKey, foreign = isMac ? event.ctrlKey : event.metaKey;
  if (foreign || !event.key || event.isComposing || event.defaultPrevented) return ''; // without a key: a field was filled in by the browser
  // Where letters are not Latin, the place of the key counts.
  const key = event.key.charCodeAt(0) > 127 && /^Key/.test(event.code) ? event.code.at(-1).toLowerCase() : event.key;
  return (mod ? 'Mod+' : '') + (altKey ? 'Alt+' : '') + (shiftKey && key.length > 1 ? 'Shift+' : '') + key;
}
const isField = node => node.matches?.('input, textarea, select, [contenteditable]');
const KEYS = new Map([
  ['Mod+k', () => over.open('/switch')],
  ['Mod+/', () => over.open('/help')],
  ['Alt+Shift+ArrowDown', () => toUnread(1)],
  ['Alt+Shift+ArrowUp', () => toUnread(-1)],
]);
on('keydown', event => {
  const name = pressed(event), act = KEYS.get(name);
  // On a Mac these choose a paragraph of what is written.
  if (!act || (isMac && name.startsWith('Alt+') && isField(event.target) && event.target.value)) return;
  event.preventDefault();
  act();
});
// The next room beside the page, from this one on and round, that shows something new.
function toUnread(step) {
  const places = [...document.querySelectorAll('#places .places .place')], count = places.length;
  const here = places.findIndex(place => place.ariaCurrent), start = here < 0 && step < 0 ? 0 : here;
  for (let n = 1; n <= count; n++) {
    const place = places[(start + step * n + count * 2) % count];
    if (place.ariaCurrent || !$('.count', place)?.hasChildNodes()) continue;
    place.click();
    return;
  }
}
