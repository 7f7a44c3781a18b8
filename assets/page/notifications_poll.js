// Asks the server what is new and notifies: on every page of a user with a name. A visible page with a stream hears it there;
// every other polls. Each message notifies once, however many windows are open, and not in the room that is visible.
let livePath = null; // the path of the room whose stream this page has
const notificationsPoll = (() => {
  const root = $('[data-since]');
  if (!root) return null; // without a name nothing notifies
  const POLL_MS = 60000, POLL_AGAIN_MS = 5000, GATHER_MS = 1000, LOCK_MS = 5000, ROOMS_MAX = 200;
  const [epoch, seq] = root.dataset.since.split('-');
  const NOTIFIED_KEY = `told ${epoch}`, SINCE_KEY = `since ${epoch}`;
  // What was posted before this tab was opened is not new.
  let since = Number(seq);
  try { since = Number(sessionStorage[SINCE_KEY] ??= seq); } catch {} // storage may be forbidden: then each window notifies for itself
  const isOn = () => browserNotifications.canShow() || browserNotifications.isSoundOn();
  // The last message of each room that has notified; all windows share it.
  function readNotified() {
    try { return JSON.parse(localStorage.getItem(NOTIFIED_KEY)) ?? {}; } catch { return {}; }
  }
  function saveNotified(url, id) {
    const notified = readNotified();
    if (notified[url] >= id) return;
    const latest = Object.entries({...notified, [url]: id}).sort(([, a], [, b]) => b - a).slice(0, ROOMS_MAX);
    try { localStorage.setItem(NOTIFIED_KEY, JSON.stringify(Object.fromEntries(latest))); } catch {}
  }
  const isHere = room => room.url === livePath;
  const isNew = room => room.newest?.id > Math.max(since, readNotified()[room.url] ?? 0) && (document.hidden || !isHere(room));
  // What is saved takes a moment to reach the other windows. For that long a window that notifies holds a lock.
  function notify(room) {
    const {url, name, newest} = room;
    const notifyOnce = async lock => {
      if (!lock || !isNew(room)) return;
      saveNotified(url, newest.id);
      if (browserNotifications.canShow()) {
        browserNotifications.show(name, `${newest.author}: ${newest.text}`, url, () => { if (!isHere(room)) location.assign(url); });
      }
      if (browserNotifications.isSoundOn()) browserNotifications.playSound();
      await new Promise(resolve => setTimeout(resolve, LOCK_MS));
    };
    if (navigator.locks) navigator.locks.request(`told ${url} ${newest.id}`, {ifAvailable: true}, notifyOnce); else notifyOnce(true);
  }

  const isListening = () => livePath !== null && !document.hidden;
  let polledAt = -Infinity;
  async function poll() {
    polledAt = performance.now();
    const response = await fetch('/unread', {headers: {accept: 'application/json'}}).catch(() => null);
    if (response?.status === 401) clearInterval(interval); // signed out in another window
    if (!response?.ok) return;
    const all = await response.json();
    if (isOn()) all.rooms.filter(isNew).forEach(notify);
    if (isListening()) return; // the stream tells all else
    const here = all.rooms.find(isHere) ?? {unread: 0, notify: 0};
    badgeCounts.missedHere = here.unread;
    badgeCounts.notifyElsewhere = all.notify - here.notify;
    badgeCounts.hasUnreadElsewhere = all.unread > here.unread;
    showBadges();
    if (livePath === null && sidebar) refreshSidebar();
  }
  const interval = setInterval(() => { if (!isListening()) poll(); }, POLL_MS);
  on('visibilitychange', () => {
    if (!document.hidden && livePath === null && performance.now() - polledAt > POLL_AGAIN_MS) poll();
  });
  // A stream and a page tell that something notifies, but not what.
  let soon = null;
  const pollSoon = () => { soon ??= setTimeout(() => { soon = null; poll(); }, GATHER_MS); };
  on('htmx:sse:after:message', ({detail: {message}}) => { if (isOn() && message.data?.includes(' data-notify=')) pollSoon(); });
  if (!sidebar || (isOn() && badgeCounts.notifyElsewhere)) pollSoon();
  // What is visible in this window need not notify in another.
  return {markNotified(id) { if (isOn()) saveNotified(livePath, id); }};
})();
