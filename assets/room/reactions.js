// Reacting: what a reaction's button is answered is the row as it is now, so whoever pressed it keeps their place; and what
// was refused is told where one writes.
if (form) {
  const isReaction = target => target.matches?.('.reactions, .picker');
  on('htmx:before:request', event => {
    if (!isReaction(event.target)) return;
    if (event.target.matches('#menu *')) $('#menu').hidePopover();
    complain('');
  });
  on('htmx:finally:request', async event => {
    const {target, detail: {ctx}} = event;
    if (!isReaction(target)) return;
    const row = target.closest(ROW), status = ctx.response?.status;
    if (status < 400) {
      // A button that is gone with the last of its kind leaves the focus to its message.
      if (document.activeElement === document.body) row?.focus({preventScroll: true});
      return;
    }
    const reason = element('p');
    await htmx.swap({text: ctx.text ?? '', target: reason, swap: 'innerHTML', sourceElement: form});
    complain(reason.textContent || 'Not done: no connection.');
  });
}
