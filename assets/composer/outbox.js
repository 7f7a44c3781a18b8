// The outbox: what was written stands in the list at once, and goes out by itself, in order, also after a reload or a time
// without a connection. A message keeps its nonce until the server has answered, so however often it is sent, it is said once.
let outbox = {isInDoubt: () => false, takes: () => false};
if (form) atPresent(() => {
  const WAITING_MAX = 100, ANSWER_MS = 30000, RETRY_MS = [1000, 2000, 4000, 8000, 15000], WAITS_S_MAX = 10;
  const KEPT_MS = 40 * 36e5; // the server knows a nonce for 48 hours
  const BOX = `outbox ${form.dataset.person} ${form.dataset.room}`, waiting = $('#waiting');
  const letters = []; // {nonce, body, to: the number of what it answers, since; why: it was not sent; row}: the first without a why is the one that is on its way
  let onItsWay = false, isKeeping = true, tries = 0, timer = null, inDoubt = null; // inDoubt: the letter that was sent, and of which nobody knows yet whether it arrived

  function kept() {
    try { return JSON.parse(localStorage.getItem(BOX)) ?? []; } catch { return []; }
  }
  // Other windows keep letters in the same place: each changes its own alone.
  function keep(change) {
    try {
      const letters = change(kept());
      if (letters.length) localStorage.setItem(BOX, JSON.stringify(letters)); else localStorage.removeItem(BOX);
    } catch { isKeeping = false; } // storage is full or forbidden: then letters wait in this window alone
  }
  const others = nonce => letters => letters.filter(letter => letter.nonce !== nonce);

  function takes(body, to) {
    if (letters.length >= WAITING_MAX) {
      complain(`${WAITING_MAX} messages are waiting already. This one stays here.`);
      return false;
    }
    const nonce = [...crypto.getRandomValues(new Uint32Array(4))].map(bits => bits.toString(36)).join('');
    const letter = {nonce, body, to, since: Date.now()};
    keep(letters => [...letters, letter]);
    add(letter);
    log.scrollTop = log.scrollHeight;
    deliver();
    return true;
  }
  function add(letter) {
    letter = {...letter, row: rowOf(letter)};
    letters.push(letter);
    list.append(letter.row);
    show(letter);
  }
  function drop(letter) {
    const place = letters.indexOf(letter);
    if (place < 0) return; // another window has settled it meanwhile
    letters.splice(place, 1);
    letter.row.remove();
    keep(others(letter.nonce));
    if (inDoubt === letter) inDoubt = null;
    tell();
  }

  // --- How it looks.
  function rowOf({body, to}) {
    const row = element('li', 'message'), me = $('.me .place');
    row.dataset.author = form.dataset.person;
    const avatar = $('.avatar', me).cloneNode(true), head = element('div', 'message-head');
    avatar.classList.remove('small');
    head.append(element('span', 'author', $('.place-name', me).textContent), ' ', element('span', 'tag own-only', 'you'));
    const words = element('div', 'body', body);
    words.dir = 'auto';
    row.append(avatar, head, ...quoteOf(to), words, element('p'));
    return row;
  }
  // What it answers, as it stands above the composer or in the list; nothing that could be pressed in a row that is not there yet.
  function quoteOf(to) {
    const above = to && answering.to() === to && $('#replying .quoted'), row = to && document.getElementById(`m${to}`);
    if (!above && !row) return [];
    const quote = element('div', 'quoted');
    if (above) quote.append(...above.cloneNode(true).childNodes);
    else {
      const face = $('.avatar', row).cloneNode(true), words = $('.body', row);
      face.classList.add('tiny');
      quote.append(face, ' ', element('strong', '', $('.author', row).textContent), words ? element('span', '', words.innerText) : element('em', '', 'This was removed.'));
    }
    return [quote];
  }
  function show(letter) {
    const {row, why} = letter, above = row.previousElementSibling;
    row.classList.toggle('follows', Boolean(above?.matches('.message') && isMine(above)));
    row.classList.toggle('pending', !why);
    row.classList.toggle('failed', Boolean(why));
    row.ariaHidden = why ? null : 'true';
    const note = row.lastElementChild;
    note.className = why ? 'error' : 'sending';
    if (why) {
      note.role = 'alert';
      note.replaceChildren(`Not sent: ${why} `, button('Try again', () => tryAgain(letter)), ' ', button('Take back', () => takeBack(letter)));
    } else {
      note.role = null;
      note.replaceChildren(element('span', 'wait'), tries ? ' Waiting for a connection' : ' Sending…');
    }
    tell();
  }
  function tell() {
    const count = tries ? letters.filter(letter => !letter.why).length : 0;
    waiting.textContent = count ? `${count} waiting` : '';
  }
  const button = (words, pressed) => {
    const made = element('button', 'link', words);
    made.type = 'button';
    made.addEventListener('click', pressed);
    return made;
  };
  function tryAgain(letter) {
    fails(letter, undefined);
    deliver();
    text.focus();
  }
  function takeBack(letter) {
    drop(letter);
    write(letter.body + (text.value && `\n${text.value}`));
    answers(letter);
    text.focus();
  }
  function answers({to}) { if (to && !answering.to()) answering.start(`${pill.pathname}?reply=${to}`); }
  function fails(letter, why) {
    letter.why = why;
    letter.row.hidden = false;
    keep(letters => letters.map(kept => kept.nonce === letter.nonce ? {...kept, why} : kept));
    show(letter);
  }

  // --- How it goes out.
  async function deliver() {
    if (onItsWay) return;
    onItsWay = true;
    clearTimeout(timer);
    let letter, again_ms = 0;
    while (!again_ms && (letter = letters.find(letter => !letter.why))) again_ms = await send(letter);
    onItsWay = false;
    if (again_ms) timer = setTimeout(deliver, again_ms);
  }
  // Sends one. Returns after how many milliseconds to try again; 0 if it is settled.
  async function send(letter) {
    inDoubt = letter;
    const body = new URLSearchParams({body: letter.body, nonce: letter.nonce, reply_to: letter.to ?? ''});
    const asked = {method: 'POST', headers: {'HX-Request': 'true'}, body, signal: AbortSignal.timeout(ANSWER_MS)};
    try {
      const answer = await fetch(form.action, asked), html = await answer.text();
      const wait_s = Number(answer.headers.get('Retry-After') ?? WAITS_S_MAX + 1);
      if (answer.ok) settle(letter, html);
      else if (answer.status >= 500 || (answer.status === 429 && wait_s <= WAITS_S_MAX)) return later(wait_s * 1000);
      else refused(letter, html, answer.status);
      if (tries) { tries = 0; letters.forEach(show); }
      return 0;
    } catch {
      return later(0);
    }
  }
  function later(wait_ms) {
    const again_ms = RETRY_MS[Math.min(tries++, RETRY_MS.length - 1)];
    letters.forEach(show);
    return Math.max(again_ms, wait_ms);
  }
  // It was said. Whichever comes first, the answer or the stream, there is one row of it at any moment: what the stream has
  // brought of mine in the meantime was hidden until now, when it is known which of it this is.
  function settle(letter, html) {
    drop(letter);
    htmx.swap({text: html, target: list, swap: 'beforeend', sourceElement: form});
    release();
  }
  // The words themselves are at fault: they come back to be mended, if nothing else is being written by now.
  function refused(letter, html, status) {
    const reason = element('p');
    htmx.swap({text: html, target: reason, swap: 'innerHTML', sourceElement: form});
    const why = reason.textContent;
    if ([413, 422].includes(status) && !text.value) {
      drop(letter);
      write(letter.body);
      answers(letter);
      complain(why);
    } else {
      inDoubt = null;
      fails(letter, why);
    }
    release();
  }
  function release() {
    for (const row of list.querySelectorAll(`${ROW}[hidden]`)) row.hidden = false;
  }

  for (const letter of kept()) {
    if (!letter.why && Date.now() - letter.since > KEPT_MS) letter.why = 'it has waited for more than a day.';
    add(letter);
  }
  // Whether the page has it already is not known before it is answered.
  const first = letters.find(letter => !letter.why);
  if (first) first.row.hidden = true;
  deliver();

  const retry = () => { if (tries) deliver(); };
  addEventListener('online', retry);
  on('htmx:sse:after:connection', retry);
  on('visibilitychange', retry);
  // Another window has settled it.
  const drops = () => {
    if (!isKeeping) return;
    const there = new Set(kept().map(letter => letter.nonce));
    for (const letter of [...letters]) if (!there.has(letter.nonce)) { drop(letter); release(); }
  };
  addEventListener('storage', event => { if (event.key === BOX) drops(); });
  addEventListener('pageshow', event => { if (event.persisted) drops(); });
  outbox = {isInDoubt: () => inDoubt !== null, takes};
});
