// Telling: whoever has a name learns what is new, whatever page they have open. A page that is looked at and has a stream hears
// it there; every other asks. They are notified of what the server says they are to hear of, once, however many windows are open,
// and not of the room that they look at.
let listensTo = null; // the path of the room whose stream this page has
const telling = (() => {
  const page = $('[data-since]');
  if (!page) return null; // the server has nothing to tell to whoever has no name
  const ASKS_EVERY_MS = 60000, ASKS_AGAIN_MS = 5000, GATHER_MS = 1000, HELD_MS = 5000, ROOMS_MAX = 200;
  const [epoch, seq] = page.dataset.since.split('-');
  const TOLD = `told ${epoch}`, SINCE = `since ${epoch}`;
  // What was said before this tab was opened is no news.
  let since = Number(seq);
  try { since = Number(sessionStorage[SINCE] ??= seq); } catch {} // storage may be forbidden: then each window tells for itself
  const isOn = () => notices.mayShow() || notices.isLoud();
  // Up to which message of each room somebody was told: what all windows know, and go on from.
  function told() {
    try { return JSON.parse(localStorage.getItem(TOLD)) ?? {}; } catch { return {}; }
  }
  function keep(url, id) {
    const before = told();
    if (before[url] >= id) return;
    const rooms = Object.entries({...before, [url]: id}).sort(([, a], [, b]) => b - a).slice(0, ROOMS_MAX);
    try { localStorage.setItem(TOLD, JSON.stringify(Object.fromEntries(rooms))); } catch {}
  }
  const isHere = ({url}) => url === listensTo;
  const isNews = room => room.newest?.id > Math.max(since, told()[room.url] ?? 0) && (document.hidden || !isHere(room));
  // What is kept takes a moment to reach the other windows. Until it has, whoever tells holds a lock on it.
  function tell(room) {
    const {url, name, newest} = room;
    const work = async lock => {
      if (!lock || !isNews(room)) return;
      keep(url, newest.id);
      if (notices.mayShow()) notices.show(name, `${newest.author}: ${newest.text}`, url, () => { if (!isHere(room)) location.assign(url); });
      if (notices.isLoud()) notices.sound();
      await new Promise(done => setTimeout(done, HELD_MS));
    };
    if (navigator.locks) navigator.locks.request(`told ${url} ${newest.id}`, {ifAvailable: true}, work); else work(true);
  }

  const isListening = () => listensTo !== null && !document.hidden;
  let asked = -Infinity;
  async function ask() {
    asked = performance.now();
    const answer = await fetch('/unread', {headers: {accept: 'application/json'}}).catch(() => null);
    if (answer?.status === 401) clearInterval(every); // they have left by another window
    if (!answer?.ok) return;
    const missed = await answer.json();
    if (isOn()) missed.rooms.filter(isNews).forEach(tell);
    if (isListening()) return; // all else is told by the stream
    const here = missed.rooms.find(isHere) ?? {unread: 0, notify: 0};
    away = here.unread;
    elsewhere = missed.notify - here.notify;
    isMore = missed.unread > here.unread;
    show();
    if (listensTo === null && places) refreshPlaces();
  }
  const every = setInterval(() => { if (!isListening()) ask(); }, ASKS_EVERY_MS);
  on('visibilitychange', () => {
    if (!document.hidden && listensTo === null && performance.now() - asked > ASKS_AGAIN_MS) ask();
  });
  // A stream and a page say where there is something to tell; what it is is asked for.
  let soon = null;
  const askSoon = () => { soon ??= setTimeout(() => { soon = null; ask(); }, GATHER_MS); };
  on('htmx:sse:after:message', ({detail: {message}}) => { if (isOn() && message.data?.includes(' data-notify=')) askSoon(); });
  if (!places || (isOn() && elsewhere)) askSoon();
  return {seen(id) { if (isOn()) keep(listensTo, id); }};
})();
