// Reading: what is new while one looks elsewhere, and a list that does not grow for ever.
const ROWS_MAX = 600, ROWS_KEPT = 400;
let atEnd = stream !== null;
function count(rows) {
  unread = rows;
  if (stream) pill.textContent = unread ? `${unread} new message${unread === 1 ? '' : 's'}` : 'Jump to latest';
  show();
}
function read() { if (unread && atEnd && !document.hidden) count(0); }
atPresent(() => {
  new IntersectionObserver(([seen]) => {
    atEnd = seen.isIntersecting;
    pill.hidden = atEnd;
    read();
  }, {root: log, rootMargin: '0px 0px 80px 0px'}).observe(end);
  pill.addEventListener('click', event => { event.preventDefault(); log.scrollTop = log.scrollHeight; });
  // A hidden tab has no stream. Whoever has no name has read nothing that the server would know of, so theirs asks once a while how
  // much of this room it has missed; the stream brings the rows later.
  if (!telling) setInterval(async () => {
    if (!document.hidden) return;
    const answer = await fetch(`${pill.pathname}?after=${newest}`, {headers: {accept: 'application/json'}}).catch(() => null);
    if (!answer?.ok) return;
    const missed = await answer.json();
    if (!document.hidden) return;
    away = unread + missed.messages.length;
    show();
  }, 60000);
});
on('visibilitychange', () => {
  if (document.hidden) return;
  renameDays();
  away = 0;
  lookAround();
  read();
});

function trim() {
  const rows = list.querySelectorAll(ROW);
  if (!atEnd || rows.length <= ROWS_MAX) return;
  const first = rows[rows.length - ROWS_KEPT];
  while (list.firstElementChild !== first) list.firstElementChild.remove();
  lineAbove(first);
  const link = document.createElement('a'), older = $('#older');
  link.href = `${pill.pathname}?before=${number(first)}`;
  link.textContent = 'Older messages';
  for (const [name, value] of Object.entries({
    get: `${pill.pathname}/older?before=${number(first)}`, target: '#older', swap: 'outerHTML', sync: 'this:drop',
    trigger: "click, intersect root:#log rootMargin:'400px 0px 0px 0px'",
  })) link.setAttribute(`hx-${name}`, value);
  older.replaceChildren(link);
  htmx.process(older);
}
new MutationObserver(changes => {
  const rows = changes.flatMap(change => [...change.addedNodes]).filter(node => node.matches?.(ROW) && !node.dataset.day);
  if (!rows.length) return;
  rows.forEach(settle);
  for (const row of rows) lineAbove(row);
  lineAbove(after(rows[rows.length - 1]));
  const last = [...list.querySelectorAll(ROW)].at(-1);
  const fresh = live(rows);
  // An engine without scroll anchoring would move what is read when rows are added below it.
  if (!atEnd && fresh.includes(last) && !CSS.supports('overflow-anchor', 'auto')) {
    log.scrollTop -= fresh.reduce((height, row) => height + row.getBoundingClientRect().height, 0);
  }
  const others = fresh.filter(row => !isMine(row));
  if (others.length && (document.hidden || !atEnd)) count(unread + others.length);
  trim();
}).observe(list, {childList: true});
const after = node => {
  while ((node = node.nextElementSibling) && !node.matches(ROW));
  return node;
};
let newest = Math.max(0, ...[...list.querySelectorAll(ROW)].map(number));
// Of rows that have just come, those of the present: older pages come in above the first row that was there, newer ones before
// there is a stream.
function live(rows) {
  const first = [...list.querySelectorAll(ROW)].find(row => !rows.includes(row));
  newest = Math.max(newest, ...rows.map(number));
  return stream ? rows.filter(row => !first || number(row) > number(first)) : [];
}

// Older and newer rows are not read out one by one.
on('htmx:before:request', event => { if (event.target.closest?.('#older, #newer')) log.ariaBusy = 'true'; });
on('htmx:finally:request', () => { if (log.ariaBusy) setTimeout(() => { log.ariaBusy = null; }, 500); });
