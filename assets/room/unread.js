// Unread messages: how many came while the user looks elsewhere, and a list that does not grow for ever.
let isAtEnd = stream !== null;
function setUnread(total) {
  badgeCounts.unreadHere = total;
  if (stream) latestLink.textContent = total ? `${total} new message${total === 1 ? '' : 's'}` : 'Jump to latest';
  showBadges();
}
function clearUnreadAtEnd() { if (badgeCounts.unreadHere && isAtEnd && !document.hidden) setUnread(0); }
whenLive(() => {
  const UNREAD_POLL_MS = 60000;
  new IntersectionObserver(([entry]) => {
    isAtEnd = entry.isIntersecting;
    latestLink.hidden = isAtEnd;
    clearUnreadAtEnd();
  }, {root: log, rootMargin: '0px 0px 80px 0px'}).observe(listEnd);
  latestLink.addEventListener('click', event => { event.preventDefault(); log.scrollTop = log.scrollHeight; });
  // A hidden tab has no stream, and of a user without a name the server knows nothing that is unread. Their tab polls how much
  // of this room it has missed; the stream brings the rows later.
  if (!notificationsPoll) setInterval(async () => {
    if (!document.hidden) return;
    const response = await fetch(`${roomPath}?after=${newestId}`, {headers: {accept: 'application/json'}}).catch(() => null);
    if (!response?.ok) return;
    const missed = await response.json();
    if (!document.hidden) return;
    badgeCounts.missedHere = badgeCounts.unreadHere + missed.messages.length;
    showBadges();
  }, UNREAD_POLL_MS);
});
on('visibilitychange', () => {
  if (document.hidden) return;
  refreshDayLines();
  badgeCounts.missedHere = 0;
  countSidebar();
  clearUnreadAtEnd();
});

// Removes the oldest rows of a long list, and puts the link to them above the first that stays.
function trimList() {
  const ROWS_MAX = 600, ROWS_KEPT = 400;
  const rows = findRows();
  if (!isAtEnd || rows.length <= ROWS_MAX) return;
  const first = rows[rows.length - ROWS_KEPT];
  while (messageList.firstElementChild !== first) messageList.firstElementChild.remove();
  updateDayLine(first);
  const link = cloneTemplate('older-link-template'), older = $('#older');
  for (const name of ['href', 'hx-get']) {
    link.setAttribute(name, link.getAttribute(name).replace('before=0', `before=${messageId(first)}`));
  }
  older.replaceChildren(link);
  htmx.process(older);
}
function findRowAfter(node) {
  let after = node.nextElementSibling;
  while (after && !after.matches(ROW)) after = after.nextElementSibling;
  return after;
}
let newestId = Math.max(0, ...findRows().map(messageId));
new MutationObserver(changes => {
  const rows = changes.flatMap(change => [...change.addedNodes]).filter(node => node.matches?.(ROW) && !node.dataset.day);
  if (!rows.length) return;
  rows.forEach(setLocalTime);
  for (const row of rows) updateDayLine(row);
  updateDayLine(findRowAfter(rows[rows.length - 1]));
  const all = findRows(), present = filterPresent(rows, all);
  newestId = Math.max(newestId, ...rows.map(messageId));
  // An engine without scroll anchoring would move what is read when rows are added below it.
  if (!isAtEnd && present.includes(all.at(-1)) && !CSS.supports('overflow-anchor', 'auto')) {
    log.scrollTop -= present.reduce((height, row) => height + row.getBoundingClientRect().height, 0);
  }
  const others = present.filter(row => !isMine(row));
  if (others.length && (document.hidden || !isAtEnd)) setUnread(badgeCounts.unreadHere + others.length);
  trimList();
}).observe(messageList, {childList: true});
// Of rows that have just come, those of the present: older ones come in above the first row that was there, newer ones before
// there is a stream.
function filterPresent(rows, all) {
  const first = all.find(row => !rows.includes(row));
  return stream ? rows.filter(row => !first || messageId(row) > messageId(first)) : [];
}

// Screen readers do not read out older and newer messages as they come.
on('htmx:before:request', event => { if (event.target.closest?.('#older, #newer')) log.ariaBusy = 'true'; });
on('htmx:finally:request', () => { if (log.ariaBusy) setTimeout(() => { log.ariaBusy = null; }, 500); });
