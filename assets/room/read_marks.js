// Marks: how far one has read. The server is told when the end of the list has been looked at for a moment, and on leaving.
if (end.dataset.read !== undefined) atPresent(() => {
  const LOOKED_MS = 1000, EVERY_MS = 5000;
  // Whoever has marked something as unread wants it to stay so until more is said.
  let told = new URLSearchParams(location.search).has('unread') ? newest : Number(end.dataset.read);
  let timer = null, since = 0, toldAt = -Infinity;
  const tell = () => {
    const before = told, seq = told = newest;
    const asked = {method: 'POST', headers: {accept: 'application/json'}, body: new URLSearchParams({seq}), keepalive: true};
    fetch(`${pill.pathname}/read`, asked).catch(() => null).then(answer => { if (!answer?.ok) told = Math.min(told, before); });
  };
  const stop = () => { clearTimeout(timer); timer = null; };
  const looked = () => {
    timer = null;
    if (!atEnd || newest <= told) return;
    toldAt = performance.now();
    tell();
  };
  const look = () => {
    if (newest <= told || !atEnd || document.hidden) return;
    if (timer) return;
    since = performance.now();
    timer = setTimeout(looked, Math.max(LOOKED_MS, toldAt + EVERY_MS - since));
  };
  const leave = () => {
    if (timer && atEnd && performance.now() - since >= LOOKED_MS) tell();
    stop();
  };
  new IntersectionObserver(look, {root: log, rootMargin: '0px 0px 80px 0px'}).observe(end);
  // Whoever answers has read what was said before: that need not be waited for, and their other pages are told.
  const isAnswered = changes => {
    const last = [...list.querySelectorAll(ROW)].at(-1);
    return last && isMine(last) && changes.some(change => [...change.addedNodes].includes(last));
  };
  new MutationObserver(changes => {
    if (!isAnswered(changes) || !atEnd || document.hidden || newest <= told) return look();
    stop();
    tell();
  }).observe(list, {childList: true});
  on('visibilitychange', () => { if (document.hidden) leave(); else look(); });
  addEventListener('pagehide', leave);
});
// The way to what is new goes when one has seen where it begins.
{
  const line = $('#new'), way = $('#first-new');
  if (line && way) new IntersectionObserver(([seen], observer) => {
    way.hidden = seen.isIntersecting;
    if (seen.isIntersecting) observer.disconnect();
  }, {root: log}).observe(line);
}
