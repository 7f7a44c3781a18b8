// Telling: somebody is notified of what the server says they are to hear of, once, however many windows are open, and not of
// the room that they look at.
let tellOf = () => {}; // what /unread has answered
if (end.dataset.read !== undefined) atPresent(() => {
  const GATHER_MS = 1000, HELD_MS = 5000, ROOMS_MAX = 200;
  const [epoch, seq] = new URLSearchParams(stream.getAttribute('hx-sse:connect').split('?')[1]).get('after').split('-');
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
  const isHere = url => url === pill.pathname;
  const isNews = ({url, newest}) => newest && newest.id > Math.max(since, told()[url] ?? 0) && (document.hidden || !isHere(url));
  // What is kept takes a moment to reach the other windows. Until it has, whoever tells holds a lock on it.
  function tell({url, name, newest}) {
    const work = async lock => {
      if (!lock || !isNews({url, newest})) return;
      keep(url, newest.id);
      if (notices.mayShow()) notices.show(name, `${newest.author}: ${newest.text}`, url, () => { if (!isHere(url)) location.assign(url); });
      if (notices.isLoud()) notices.sound();
      await new Promise(done => setTimeout(done, HELD_MS));
    };
    if (navigator.locks) navigator.locks.request(`told ${url} ${newest.id}`, {ifAvailable: true}, work); else work(true);
  }
  tellOf = missed => { if (isOn()) missed.rooms.filter(isNews).forEach(tell); };

  // The stream tells of other rooms; what there is to tell of them is asked for. A hidden tab has none, and asks anyway.
  let timer = null;
  on('htmx:sse:after:message', ({detail: {message}}) => {
    if (!isOn() || !message.data?.includes(' data-notify=')) return;
    timer ??= setTimeout(async () => {
      timer = null;
      const answer = await fetch('/unread', {headers: {accept: 'application/json'}}).catch(() => null);
      if (answer?.ok) tellOf(await answer.json());
    }, GATHER_MS);
  });
  const look = () => { if (!document.hidden && isOn()) keep(pill.pathname, newest); };
  new MutationObserver(look).observe(list, {childList: true});
  on('visibilitychange', look);
  look();
});
