// Reacting: what a reaction's button is answered is the row as it is now, so whoever pressed it keeps their place; and what
// was refused is told where one writes.
if (form) {
  const isReaction = target => target.matches?.('.reactions, .picker');
  on('htmx:before:request', event => {
    if (!isReaction(event.target)) return;
    if (event.target.matches('#menu *')) $('#menu').hidePopover();
    complain('');
  });
  // Each reaction has a button that adds it and one that removes it; the second has an address of its own.
  on('htmx:config:request', ({target, detail: {ctx: {request}}}) => {
    if (isReaction(target)) request.action = request.submitter?.getAttribute('formaction') ?? request.action;
  });
  on('htmx:finally:request', async event => {
    const {target, detail: {ctx}} = event;
    if (!isReaction(target)) return;
    const row = target.closest(ROW), status = ctx.response?.status;
    if (status < 400) {
      // The pressed button has given way to the other of the two, or is gone: the focus goes to that one, or to the message.
      const {activeElement: focused} = document, reaction = ctx.request.body?.get?.('reaction');
      const other = () => [...row.querySelectorAll('.reaction')].find(button => button.value === reaction && button.checkVisibility());
      if (row && (focused === document.body || !focused.checkVisibility())) (other() ?? row).focus({preventScroll: true});
      return;
    }
    const reason = element('p');
    await htmx.swap({text: ctx.text ?? '', target: reason, swap: 'innerHTML', sourceElement: form});
    complain(reason.textContent || 'Not done: no connection.');
  });
}
