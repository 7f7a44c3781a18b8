// Tools: one element for all messages, brought to the one that is hovered, focused or tapped, and the menu behind it. They
// stand outside the rows, so nothing that arrives in a row takes them away; and while the menu is open, they stay.
const tools = (() => {
  const bar = $('#tools'), menu = $('#menu');
  let at = null; // the id of the message they are at
  const addressOf = row => $('.time', row).getAttribute('href');
  function bring(row) {
    if (menu.matches(':popover-open') || row.id === at) return;
    at = row.id;
    for (const tool of bar.children) {
      const {page} = tool.dataset;
      tool.href = page === '/reply' ? `${pill.pathname}?reply=${number(row)}#text` : addressOf(row) + page;
      tool.hidden = page === '/edit' && !isMine(row);
    }
    place();
  }
  function place() {
    const row = at && document.getElementById(at);
    bar.hidden = !row || !$('.more', row)?.checkVisibility();
    if (!bar.hidden) bar.style.top = `${row.offsetTop}px`;
  }
  const follow = event => {
    const row = event.target.closest(ROW);
    if (row) bring(row);
  };
  // A pointer that rests has chosen nothing when what arrives moves another message under it.
  let pointed = '';
  list.addEventListener('pointermove', event => {
    const place = `${event.clientX} ${event.clientY}`;
    if (place !== pointed) follow(event);
    pointed = place;
  });
  list.addEventListener('focusin', follow);
  new ResizeObserver(place).observe(list); // whatever comes or goes, the list grows or shrinks

  async function open(row, page) {
    bring(row);
    const answer = await fetch(`${addressOf(row)}${page}?as=menu`).catch(() => null);
    const words = answer?.ok ? '' : answer ? 'There is nothing to do with this message.' : 'No connection.';
    menu.replaceChildren(...words ? [element('p', 'hint', words)] : []);
    if (!words) await htmx.swap({text: await answer.text(), target: menu, swap: 'innerHTML', sourceElement: menu});
    menu.showPopover({source: $(`[data-page="${page}"]`, bar) ?? bar.lastElementChild});
    $('a, button', menu)?.focus();
  }
  const plainly = event => event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey;
  const PAGES = {'.more, [data-page="/actions"]': '/actions', '.add, [data-page="/reactions"], #menu a[href$="/reactions"]': '/reactions'};
  on('click', event => {
    for (const [links, page] of Object.entries(PAGES)) {
      const link = event.target.closest(links), row = link && (link.closest(ROW) ?? document.getElementById(at));
      if (!row || !plainly(event) || (page === '/reactions' && !form)) continue;
      event.preventDefault();
      open(row, page);
    }
  });
  // Up and down lead through the menu, as they do in any; where it is a row of emoji, left and right do too.
  menu.addEventListener('keydown', event => {
    const step = {ArrowDown: 1, ArrowUp: -1, ArrowRight: 1, ArrowLeft: -1}[event.key];
    if (!step || event.target.matches('input')) return;
    event.preventDefault();
    const links = [...menu.querySelectorAll('a, button, input')];
    links[(links.indexOf(document.activeElement) + step + links.length) % links.length]?.focus();
  });
  // Whoever chooses by a key does the same as with the tool, if there is one for this message.
  function use(row, page) {
    bring(row);
    const tool = $(`[data-page="${page}"]`, bar);
    if (tool && !tool.hidden && !bar.hidden) tool.click();
  }
  return {use};
})();
