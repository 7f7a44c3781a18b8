// What the pages do beyond HTML. Runs after htmx and its hx-sse extension, in the same file. Every page works without it.
(() => {
'use strict';
const $ = (selector, root = document) => root.querySelector(selector);
const on = (type, listener) => document.addEventListener(type, listener);

// Trusted Types: only htmx writes HTML, and never the text of a script.
if (window.trustedTypes) {
  const policy = trustedTypes.createPolicy('htmx', {createHTML: html => html, createScript: () => ''});
  htmx.registerExtension('trusted-types', {init: api => api.initSecurity(policy)});
}

// A plain form is sent once, however often its button is pressed. Coming back with the back button frees it.
const sent = new WeakSet();
on('submit', event => {
  if (event.target.hasAttribute('hx-post')) return;
  if (sent.has(event.target)) event.preventDefault();
  sent.add(event.target);
});
addEventListener('pageshow', () => { for (const form of document.forms) sent.delete(form); });

const list = $('#messages');
if (!list) return;
const log = $('#log'), pill = $('#pill'), end = $('#end'), stream = $('#live'), state = $('#state');
const form = $('#composer'), text = $('textarea'), error = $('#say-error');
const number = row => Number(row.id.slice(1));
const WRITTEN = `written in ${location.pathname}`;

// --- Rows: each once, in the order of their numbers, whichever of answer, stream and older page brings it first.
on('htmx:before:swap', event => {
  const tasks = event.detail.tasks;
  for (const task of [...tasks]) {
    if (task.target !== list) continue;
    const rows = [...task.fragment.querySelectorAll('.message')];
    for (const row of rows) if (document.getElementById(row.id)) row.remove();
    for (const day of task.fragment.querySelectorAll('.day')) day.remove();
    const first = task.fragment.querySelector('.message');
    if (!first) { tasks.splice(tasks.indexOf(task), 1); continue; }
    if (task.swapSpec.style !== 'beforeend') continue;
    const next = [...list.children].find(row => row.matches('.message') && number(row) > number(first));
    if (next) { task.target = next; task.swapSpec.style = 'beforebegin'; }
  }
});

// --- Times: the reader's own clock and calendar, in the words of the page's language.
const language = 'en-GB';
const clock = new Intl.DateTimeFormat(undefined, {timeStyle: 'short'});
const dayNames = new Intl.DateTimeFormat(language, {weekday: 'long', day: 'numeric', month: 'long'});
const dayNamesYear = new Intl.DateTimeFormat(language, {dateStyle: 'full'});
const relative = new Intl.RelativeTimeFormat(language, {numeric: 'auto'});

const midnight = at => new Date(at.getFullYear(), at.getMonth(), at.getDate());
function dayName(at) {
  const ago = Math.round((midnight(new Date()) - midnight(at)) / 864e5);
  if (ago === 0 || ago === 1) {
    const word = relative.format(-ago, 'day');
    return word.charAt(0).toLocaleUpperCase() + word.slice(1);
  }
  return (at.getFullYear() === new Date().getFullYear() ? dayNames : dayNamesYear).format(at);
}
function settle(row) {
  const time = $('time', row), at = new Date(time.dateTime);
  time.textContent = clock.format(at);
  time.parentElement.title = `${dayNamesYear.format(at)}, ${clock.format(at)}`;
  row.dataset.day = midnight(at).getTime();
}
const messageBefore = node => {
  while ((node = node.previousElementSibling) && !node.matches('.message'));
  return node;
};
// The line above a row is right when it is there exactly if the row above is of another day.
function lineAbove(row) {
  if (!row) return;
  const above = row.previousElementSibling, before = messageBefore(row);
  const has = above?.matches('.day'), needs = before?.dataset.day !== row.dataset.day;
  if (has && !needs) above.remove();
  if (!needs) return;
  const line = has ? above : document.createElement('li'), time = document.createElement('time');
  const at = new Date(Number(row.dataset.day));
  time.dateTime = `${at.getFullYear()}-${String(at.getMonth() + 1).padStart(2, '0')}-${String(at.getDate()).padStart(2, '0')}`;
  time.textContent = dayName(at);
  line.className = 'day';
  line.replaceChildren(time);
  if (!has) row.before(line);
}
function renameDays() { for (const row of list.querySelectorAll('.day + .message')) lineAbove(row); }
{
  for (const day of list.querySelectorAll('.day')) day.remove();
  const rows = [...list.querySelectorAll('.message')];
  rows.forEach(settle);
  rows.forEach(lineAbove);
  if (location.hash) $(':target')?.scrollIntoView({block: 'center'});
}

// --- Reading: what is new while one looks elsewhere, and a list that does not grow for ever.
const ROWS_MAX = 600, ROWS_KEPT = 400;
const title = document.title;
let atEnd = true, unread = 0, away = 0; // not read yet: of what stands in the list, and of what a hidden tab was told
function show() {
  const count = unread + away;
  document.title = (count ? `(${count}) ` : '') + title;
  if (stream) pill.textContent = unread ? `${unread} new message${unread === 1 ? '' : 's'}` : 'Jump to latest';
  navigator.setAppBadge?.(count).catch(() => {});
}
function read() { if (unread && atEnd && !document.hidden) { unread = 0; show(); } }
if (stream) {
  new IntersectionObserver(([seen]) => {
    atEnd = seen.isIntersecting;
    pill.hidden = atEnd;
    read();
  }, {root: log, rootMargin: '0px 0px 80px 0px'}).observe(end);
  pill.addEventListener('click', event => { event.preventDefault(); log.scrollTop = log.scrollHeight; });
  // A hidden tab has no stream. It asks once a while how much it has missed; the stream brings the rows later.
  setInterval(async () => {
    if (!document.hidden) return;
    const answer = await fetch(`${pill.pathname}?after=${newest}`, {headers: {accept: 'application/json'}}).catch(() => null);
    if (!answer?.ok) return;
    const {messages} = await answer.json();
    if (document.hidden && messages.length !== away) { away = messages.length; show(); }
  }, 30000);
}
on('visibilitychange', () => {
  if (document.hidden) return;
  renameDays();
  if (away) { away = 0; show(); }
  read();
});

function trim() {
  const rows = list.querySelectorAll('.message');
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
  const rows = changes.flatMap(change => [...change.addedNodes]).filter(node => node.matches?.('.message') && !node.dataset.day);
  if (!rows.length) return;
  rows.forEach(settle);
  for (const row of rows) lineAbove(row);
  lineAbove(after(rows[rows.length - 1]));
  const last = list.querySelector('.message:last-of-type');
  const fresh = live(rows);
  // An engine without scroll anchoring would move what is read when rows are added below it.
  if (!atEnd && fresh.includes(last) && !CSS.supports('overflow-anchor', 'auto')) {
    log.scrollTop -= fresh.reduce((height, row) => height + row.getBoundingClientRect().height, 0);
  }
  const others = fresh.filter(row => !own(row));
  if (others.length && (document.hidden || !atEnd)) { unread += others.length; show(); }
  if (fresh.some(own)) log.scrollTop = log.scrollHeight;
  trim();
}).observe(list, {childList: true});
const after = node => {
  while ((node = node.nextElementSibling) && !node.matches('.message'));
  return node;
};
const own = row => getComputedStyle(row).getPropertyValue('--own').trim() !== '';
let newest = Math.max(0, ...[...list.querySelectorAll('.message')].map(number));
// Of rows that have just come, those of the present: older pages come in above the first row that was there.
function live(rows) {
  const first = [...list.querySelectorAll('.message')].find(row => !rows.includes(row));
  newest = Math.max(newest, ...rows.map(number));
  return rows.filter(row => !first || number(row) > number(first));
}

// Older rows are not read out one by one.
on('htmx:before:request', event => { if (event.target.closest?.('#older')) log.ariaBusy = 'true'; });
on('htmx:finally:request', () => { if (log.ariaBusy) setTimeout(() => { log.ariaBusy = null; }, 500); });

// --- Writing: Enter sends, where there is a keyboard to break the line with; what was typed comes back if it was not sent.
if (form) {
  const touch = matchMedia('(hover: none) and (pointer: coarse)');
  text.addEventListener('keydown', event => {
    if (event.key !== 'Enter' || event.isComposing || event.keyCode === 229 || event.shiftKey) return; // 229: Safari's input methods
    if (touch.matches && !event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    if (text.value.trim()) form.requestSubmit();
  });
  // Whoever starts to type without having chosen a place means the message.
  on('keydown', event => {
    const nowhere = [document.body, log].includes(document.activeElement) && !$(':popover-open');
    if (nowhere && event.key.length === 1 && event.key !== ' ' && !event.ctrlKey && !event.metaKey && !event.altKey) text.focus();
  });
  const grow = () => {
    if (CSS.supports('field-sizing', 'content')) return;
    text.style.height = 'auto';
    text.style.height = `${text.scrollHeight}px`;
  };
  text.addEventListener('input', grow);
  // What was being written when the page had to be read anew.
  text.value ||= sessionStorage.getItem(WRITTEN) ?? '';
  sessionStorage.removeItem(WRITTEN);
  grow();
  if (form.hasAttribute('hx-post')) {
    // This page may come from a cache, where its nonce was spent before.
    $('#nonce').value += `-${crypto.getRandomValues(new Uint32Array(1))[0].toString(36)}`;
    let said = null;
    on('htmx:before:request', event => {
      if (event.target !== form) return;
      said = text.value;
      text.value = '';
      error.textContent = '';
      text.removeAttribute('aria-invalid');
      grow();
    });
    on('htmx:finally:request', event => {
      if (event.target !== form || said === null) return;
      const status = event.detail.ctx.response?.status;
      if (!(status < 400)) {
        text.value = said + (text.value && '\n' + text.value);
        text.setAttribute('aria-invalid', 'true');
        if (!error.textContent) {
          error.textContent = status ? `Not sent: the server answered ${status}. Try again.` : 'Not sent: no connection. Try again.';
        }
        grow();
      }
      said = null;
    });
  }
}

// --- Listening: how the stream stands, and what it asks for.
if (stream) {
  let connection = null, heard = 0, lost = null;
  const say = words => { if (state.textContent !== words) state.textContent = words; };
  const losing = () => { lost ??= setTimeout(() => say('Reconnecting…'), 1000); };
  const found = () => { clearTimeout(lost); lost = null; say(''); };
  on('htmx:sse:after:connection', event => { connection = event.detail.connection; heard = Date.now(); found(); });
  on('htmx:sse:after:message', () => { heard = Date.now(); found(); });
  on('htmx:sse:before:connection', event => { if (event.detail.connection.attempt > 1) losing(); });
  on('htmx:sse:error', losing);
  // A tab that was opened in the background listens when it is looked at, not before.
  on('htmx:config:request', event => { if (document.hidden && event.target === stream) event.preventDefault(); });
  for (const type of ['reset', 'gone']) stream.addEventListener(type, () => {
    if (form && text.value) sessionStorage.setItem(WRITTEN, text.value);
    location.reload();
  });
  for (const type of ['online', 'focus']) addEventListener(type, () => connection?.delayCanceller?.());
  setInterval(() => {
    if (connection?.reader && Date.now() - heard > 45000) { losing(); connection.reader.cancel(); }
  }, 5000);
}
})();
