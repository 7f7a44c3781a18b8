// Message tools: one toolbar for all messages, moved to the one that is hovered, focused or tapped, and the menu behind it.
// They stand outside the rows, so a row that is replaced does not take them away; while the menu is open, they stay.
const messageTools = (() => {
  const toolbar = $('#tools'), menu = $('#menu');
  let currentId = null; // the element id of the message they are at
  const messageUrl = row => $('.time', row).getAttribute('href');
  function moveTo(row) {
    if (menu.matches(':popover-open') || row.id === currentId) return;
    currentId = row.id;
    for (const tool of toolbar.children) {
      const {page} = tool.dataset;
      tool.href = page === '/reply' ? `${roomPath}?reply=${messageId(row)}#text` : messageUrl(row) + page;
      tool.hidden = page === '/edit' && !isMine(row);
    }
    positionToolbar();
  }
  function positionToolbar() {
    const row = currentId && document.getElementById(currentId);
    toolbar.hidden = !row || !$('.more', row)?.checkVisibility();
    if (!toolbar.hidden) toolbar.style.top = `${row.offsetTop}px`;
  }
  const moveToTarget = event => {
    const row = event.target.closest(ROW);
    if (row) moveTo(row);
  };
  // A pointer that rests has chosen nothing when a new message moves another one under it.
  let pointer = '';
  messageList.addEventListener('pointermove', event => {
    const position = `${event.clientX} ${event.clientY}`;
    if (position !== pointer) moveToTarget(event);
    pointer = position;
  });
  messageList.addEventListener('focusin', moveToTarget);
  new ResizeObserver(positionToolbar).observe(messageList); // whatever comes or goes, the list grows or shrinks

  async function openMenu(row, page) {
    moveTo(row);
    const {status, isOk} = await loadFragment(`${messageUrl(row)}${page}?as=menu`, menu);
    if (!isOk) menu.replaceChildren(createElement('p', 'hint', status ? 'No actions for this message.' : 'No connection.'));
    menu.showPopover({source: $(`[data-page="${page}"]`, toolbar) ?? toolbar.lastElementChild});
    $('a, button', menu)?.focus();
  }
  const MENU_LINKS = {
    '.more, [data-page="/actions"]': '/actions',
    '.add, [data-page="/reactions"], #menu a[href$="/reactions"]': '/reactions',
  };
  on('click', event => {
    for (const [links, page] of Object.entries(MENU_LINKS)) {
      const link = event.target.closest(links), row = link && (link.closest(ROW) ?? document.getElementById(currentId));
      if (!row || !isPlainClick(event) || (page === '/reactions' && !composerForm)) continue;
      event.preventDefault();
      openMenu(row, page);
    }
  });
  // Up and down move through the menu; in the rows of emoji left and right do too.
  menu.addEventListener('keydown', event => {
    const step = {ArrowDown: 1, ArrowUp: -1, ArrowRight: 1, ArrowLeft: -1}[event.key];
    if (!step || event.target.matches('input')) return;
    event.preventDefault();
    stepFrom([...menu.querySelectorAll('a, button, input')], document.activeElement, step)?.focus();
  });
  // Does what the tool of this page does, if this message has it: for the keyboard.
  function use(row, page) {
    moveTo(row);
    const tool = $(`[data-page="${page}"]`, toolbar);
    if (tool && !tool.hidden && !toolbar.hidden) tool.click();
  }
  return {use};
})();
