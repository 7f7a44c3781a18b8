// Message navigation: keys that move from message to message and act on the one that has the focus. Letters act only there:
// elsewhere they are text.
{
  const rowOf = node => node.closest?.(`#messages > ${ROW}`);
  const visibleRows = () => findRows().filter(row => row.checkVisibility());
  function moveFocus(step) {
    const rows = visibleRows(), current = rows.indexOf(rowOf(document.activeElement));
    const {top: logTop, bottom: logBottom} = log.getBoundingClientRect();
    const isInView = row => row.getBoundingClientRect().bottom <= logBottom && row.getBoundingClientRect().top >= logTop;
    const next = current >= 0 ? rows[current + step]
      : step < 0 ? rows.findLast(isInView) ?? rows.at(-1) : rows.find(isInView) ?? rows[0];
    next?.focus();
  }
  const use = page => messageTools.use(rowOf(document.activeElement), page);
  const MESSAGE_SHORTCUTS = new Map([
    ['ArrowUp', () => moveFocus(-1)],
    ['k', () => moveFocus(-1)],
    ['ArrowDown', () => moveFocus(1)],
    ['j', () => moveFocus(1)],
    ['r', () => use('/reply')],
    ['e', () => use('/edit')],
    ['+', () => use('/reactions')],
    [':', () => use('/reactions')],
    ['m', () => use('/actions')],
    ['?', () => dialog.open('/help')],
    ['Escape', () => $('#text')?.focus()],
  ]);
  on('keydown', event => {
    const {target} = event, keys = nameKeys(event), run = MESSAGE_SHORTCUTS.get(keys);
    if (!run || isField(target) || $(':popover-open, :modal')) return;
    if (!rowOf(target) && !(target === log && keys.length > 1)) return;
    event.preventDefault();
    run();
  });
  // Up in an empty composer edits the user's last message.
  if (composerForm) textField.addEventListener('keydown', event => {
    if (nameKeys(event) !== 'ArrowUp' || textField.value || reply.messageId()) return;
    const own = visibleRows().findLast(row => isMine(row) && !$('.removed', row));
    if (!own) return;
    event.preventDefault();
    messageTools.use(own, '/edit');
  });
}
