// Typing: tells the room now and then while one types, and shows who else does.
const typists = $('#typing');
if (form) atPresent(() => {
  const SAY_EVERY = 3000;
  let said = -Infinity;
  text.addEventListener('input', () => {
    if (!text.value.trim() || performance.now() - said < SAY_EVERY) return;
    said = performance.now();
    fetch(`${pill.pathname}/typing`, {method: 'POST'}).catch(() => {}); // it passes; the next will do
  });
});
if (typists) atPresent(() => {
  const words = new Intl.ListFormat(language);
  // All are told the same: one's own name is taken out here.
  new MutationObserver(() => {
    const names = [...typists.querySelectorAll('[data-author]')], others = names.filter(name => !isMine(name));
    if (others.length === names.length) return;
    const line = document.createElement('span');
    line.append(...words.formatToParts(others.map((_, n) => `${n}`)).map(part => part.type === 'element' ? others[part.value] : part.value));
    line.append(others.length === 1 ? ' is typing' : ' are typing');
    typists.replaceChildren(...(others.length ? [line] : []));
  }).observe(typists, {childList: true});
  // What was shown when the connection broke may have passed meanwhile.
  on('htmx:sse:after:connection', () => typists.replaceChildren());
});
