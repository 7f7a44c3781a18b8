// Reactions: the response to a button is the row as it is now, so the focus stays; errors stand below the composer.
if (composerForm) {
  const isReactionForm = target => target.matches?.('.reactions, .picker');
  // Each reaction has a button that adds it and one that removes it. The second has its own address, which htmx ignores.
  on('htmx:config:request', ({target, detail: {ctx: {request}}}) => {
    if (isReactionForm(target)) request.action = request.submitter?.getAttribute('formaction') ?? request.action;
  });
  on('htmx:before:request', event => {
    if (!isReactionForm(event.target)) return;
    if (event.target.matches('#menu *')) $('#menu').hidePopover();
    showComposerError('');
  });
  on('htmx:finally:request', async event => {
    const {target, detail: {ctx}} = event;
    if (!isReactionForm(target)) return;
    const row = target.closest(ROW), status = ctx.response?.status;
    if (status < 400) {
      // The pressed button is hidden or gone now. The focus moves to the other button of its reaction, or to the message.
      const {activeElement} = document, reaction = ctx.request.body?.get?.('reaction');
      if (!row || activeElement !== document.body && activeElement.checkVisibility()) return;
      const buttons = [...row.querySelectorAll('.reaction')];
      (buttons.find(button => button.value === reaction && button.checkVisibility()) ?? row).focus({preventScroll: true});
      return;
    }
    showComposerError(await readText(ctx.text ?? '') || 'Reaction not saved: no connection.');
  });
}
