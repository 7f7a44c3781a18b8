// Walking: from message to message, and what can be done with the one that has the focus, by a key. Letters do so only there:
// elsewhere they are what is written.
{
  const rowOf = node => node.closest?.(`#messages > ${ROW}`);
  const rows = () => [...list.querySelectorAll(ROW)].filter(row => row.checkVisibility());
  function step(by) {
    const all = rows(), here = all.indexOf(rowOf(document.activeElement));
    const {top, bottom} = log.getBoundingClientRect();
    const isSeen = row => row.getBoundingClientRect().bottom <= bottom && row.getBoundingClientRect().top >= top;
    const next = here >= 0 ? all[here + by] : by < 0 ? all.findLast(isSeen) ?? all.at(-1) : all.find(isSeen) ?? all[0];
    next?.focus();
  }
  const use = page => tools.use(rowOf(document.activeElement), page);
  const ON_MESSAGE = new Map([
    ['ArrowUp', () => step(-1)],
    ['k', () => step(-1)],
    ['ArrowDown', () => step(1)],
    ['j', () => step(1)],
    ['r', () => use('/reply')],
    ['e', () => use('/edit')],
    ['+', () => use('/reactions')],
    [':', () => use('/reactions')],
    ['m', () => use('/actions')],
    ['?', () => over.open('/help')],
    ['Escape', () => $('#text')?.focus()],
  ]);
  on('keydown', event => {
    const {target} = event, name = pressed(event), act = ON_MESSAGE.get(name);
    if (!act || isField(target) || $(':popover-open, :modal')) return;
    if (!rowOf(target) && !(target === log && name.length > 1)) return;
    event.preventDefault();
    act();
  });
  // Up, with nothing written, is for what one said last.
  if (form) text.addEventListener('keydown', event => {
    if (pressed(event) !== 'ArrowUp' || text.value || answering.to()) return;
    const own = rows().findLast(row => isMine(row) && !$('.removed', row));
    if (!own) return;
    event.preventDefault();
    tools.use(own, '/edit');
  });
}
