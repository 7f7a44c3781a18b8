// Typing: tells the room now and then while the user types, and shows who else does.
if (composerForm) whenLive(() => {
  const INTERVAL_MS = 3000;
  let sentAt = -Infinity;
  textField.addEventListener('input', () => {
    if (!textField.value.trim() || performance.now() - sentAt < INTERVAL_MS) return;
    sentAt = performance.now();
    fetch(`${roomPath}/typing`, {method: 'POST'}).catch(() => {}); // the next one will do
  });
});
if ($('#typing')) whenLive(() => {
  const typing = $('#typing'), listFormat = new Intl.ListFormat(LANGUAGE);
  // Every listener gets the same text: the user's own name is taken out here.
  new MutationObserver(() => {
    const names = [...typing.querySelectorAll('[data-author]')], others = names.filter(name => !isMine(name));
    if (others.length === names.length) return;
    const line = cloneTemplate(others.length === 1 ? 'one-typing-template' : 'many-typing-template');
    const indices = [...others.keys()].map(String);
    line.prepend(...listFormat.formatToParts(indices).map(part => part.type === 'element' ? others[part.value] : part.value));
    typing.replaceChildren(...(others.length ? [line] : []));
  }).observe(typing, {childList: true});
  // What was shown when the connection broke may have passed meanwhile.
  on('htmx:sse:after:connection', () => typing.replaceChildren());
});
