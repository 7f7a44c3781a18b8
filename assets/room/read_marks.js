// Read marks: how far the user has read. The page reports it to the server when the end of the list has been visible for a moment, and when
// the user leaves.
if (listEnd.dataset.read !== undefined) whenLive(() => {
  const VISIBLE_MS = 1000, INTERVAL_MS = 5000;
  // A user who has marked something as unread wants it to stay so until more is posted.
  let markedId = new URLSearchParams(location.search).has('unread') ? newestId : Number(listEnd.dataset.read);
  let timer = null, visibleSince = 0, markedAt = -Infinity;
  const mark = () => {
    const before = markedId, seq = markedId = newestId;
    const options = {method: 'POST', headers: {accept: 'application/json'}, body: new URLSearchParams({seq}), keepalive: true};
    fetch(`${roomPath}/read`, options).catch(() => null).then(response => { if (!response?.ok) markedId = Math.min(markedId, before); });
  };
  const stop = () => { clearTimeout(timer); timer = null; };
  const markIfAtEnd = () => {
    timer = null;
    if (!isAtEnd || newestId <= markedId) return;
    markedAt = performance.now();
    mark();
  };
  const markSoon = () => {
    if (newestId <= markedId || !isAtEnd || document.hidden) return;
    if (timer) return;
    visibleSince = performance.now();
    timer = setTimeout(markIfAtEnd, Math.max(VISIBLE_MS, markedAt + INTERVAL_MS - visibleSince));
  };
  const leave = () => {
    if (timer && isAtEnd && performance.now() - visibleSince >= VISIBLE_MS) mark();
    stop();
  };
  new IntersectionObserver(markSoon, {root: log, rootMargin: '0px 0px 80px 0px'}).observe(listEnd);
  // A user who posts has read what was posted before: that is marked at once, and their other pages follow.
  const hasPosted = changes => {
    const last = findRows().at(-1);
    return last && isMine(last) && changes.some(change => [...change.addedNodes].includes(last));
  };
  new MutationObserver(changes => {
    if (!hasPosted(changes) || !isAtEnd || document.hidden || newestId <= markedId) return markSoon();
    stop();
    mark();
  }).observe(messageList, {childList: true});
  on('visibilitychange', () => { if (document.hidden) leave(); else markSoon(); });
  addEventListener('pagehide', leave);
});
// The link to the unread messages goes when their first has been visible.
{
  const divider = $('#new'), unreadLink = $('#first-new');
  if (divider && unreadLink) new IntersectionObserver(([entry], observer) => {
    unreadLink.hidden = entry.isIntersecting;
    if (entry.isIntersecting) observer.disconnect();
  }, {root: log}).observe(divider);
}
