// Reactions: the response to a button is the row as it is now, so the focus stays; errors stand below the composer.
if (composerForm) {
  // A reaction's button takes mine back if it is mine, and adds mine otherwise. So a request that is sent twice does no harm.
  on('htmx:config:request', ({target, detail: {ctx: {request}}}) => {
    const reactors = request.submitter?.dataset.reactors?.split(' ') ?? [];
    if (target.matches?.('.reactions') && reactors.includes(composerForm.dataset.person)) request.action += '/delete';
  });
  const isReactionForm = target => target.matches?.('.reactions, .picker');
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
      // A button that is gone with the last of its kind leaves the focus to its message.
      if (document.activeElement === document.body) row?.focus({preventScroll: true});
      return;
    }
    showComposerError(await readText(ctx.text ?? '') || 'Reaction not saved: no connection.');
  });
}
