// The outbox: what was written stands in the list at once, and is sent by itself, in order, also after a reload or a time
// without a connection. A message keeps its nonce until the server has answered, so however often it is sent, it is posted once.
let outbox = {isInDoubt: () => false, add: () => false};
if (composerForm) whenLive(() => {
  const QUEUE_MAX = 100, TIMEOUT_MS = 30000, RETRY_MS = [1000, 2000, 4000, 8000, 15000], RETRY_AFTER_MAX_S = 10;
  const KEPT_MS = 40 * 36e5; // the server knows a nonce for 48 hours
  const STORAGE_KEY = `outbox ${composerForm.dataset.person} ${composerForm.dataset.room}`, queueStatus = $('#waiting');
  // {nonce, body, replyTo: the id of a message or '', queuedAt, error: why it was not sent, row}. The first without an error is
  // the next to be sent.
  const queue = [];
  let inDoubt = null; // the message that was sent and is not answered yet: nobody knows whether it arrived
  let isSending = false, canStore = true, tries = 0, timer = null;

  function readStored() {
    try { return JSON.parse(localStorage.getItem(STORAGE_KEY)) ?? []; } catch { return []; }
  }
  // Other windows store messages in the same place: each changes only its own.
  function updateStored(change) {
    try {
      const stored = change(readStored());
      if (stored.length) localStorage.setItem(STORAGE_KEY, JSON.stringify(stored)); else localStorage.removeItem(STORAGE_KEY);
    } catch { canStore = false; } // storage is full or forbidden: then messages wait in this window alone
  }

  // Takes a text to be sent. Returns whether there was room for it.
  function add(body, replyTo) {
    if (queue.length >= QUEUE_MAX) {
      showComposerError(`${QUEUE_MAX} messages are queued already. Send this one later.`);
      return false;
    }
    const nonce = [...crypto.getRandomValues(new Uint32Array(4))].map(bits => bits.toString(36)).join('');
    const message = {nonce, body, replyTo, queuedAt: Date.now()};
    updateStored(stored => [...stored, message]);
    enqueue(message);
    log.scrollTop = log.scrollHeight;
    sendAll();
    return true;
  }
  function enqueue(stored) {
    const message = {...stored, row: createRow(stored)};
    queue.push(message);
    messageList.append(message.row);
    showMessage(message);
  }
  function remove(message) {
    const index = queue.indexOf(message);
    if (index < 0) return; // another window has removed it meanwhile
    queue.splice(index, 1);
    message.row.remove();
    updateStored(stored => stored.filter(({nonce}) => nonce !== message.nonce));
    if (inDoubt === message) inDoubt = null;
    showQueueLength();
  }

  // --- How it looks.
  function createRow({body, replyTo}) {
    const row = cloneTemplate('pending-message-template'), bodyElement = $('.body', row);
    bodyElement.textContent = body;
    bodyElement.before(...createQuote(replyTo));
    return row;
  }
  // The message that it replies to, as it stands above the composer or in the list, without a link: the row is no message yet.
  function createQuote(replyTo) {
    const above = replyTo && reply.messageId() === replyTo && $('#replying .quoted');
    const quoted = replyTo && document.getElementById(`m${replyTo}`);
    if (!above && !quoted) return [];
    const quote = cloneTemplate('pending-quote-template');
    if (above) quote.replaceChildren(...above.cloneNode(true).childNodes);
    else {
      const [avatar, name, excerpt] = quote.children, quotedAvatar = $('.avatar', quoted), quotedBody = $('.body', quoted);
      avatar.classList.add(...quotedAvatar.classList);
      avatar.textContent = quotedAvatar.textContent;
      name.textContent = $('.author', quoted).textContent;
      if (quotedBody.matches('.removed')) excerpt.replaceWith(cloneTemplate('deleted-excerpt-template'));
      else excerpt.textContent = quotedBody.innerText;
    }
    return [quote];
  }
  function showMessage(message) {
    const {row, error} = message, above = row.previousElementSibling;
    row.classList.toggle('follows', Boolean(above?.matches('.message') && isMine(above)));
    row.classList.toggle('pending', !error);
    row.classList.toggle('failed', Boolean(error));
    row.ariaHidden = error ? null : 'true';
    row.lastElementChild.replaceWith(error ? createFailedNote(message) : createPendingNote());
    showQueueLength();
  }
  function createPendingNote() {
    const note = cloneTemplate('pending-note-template');
    $('[data-note="sending"]', note).hidden = tries > 0;
    $('[data-note="offline"]', note).hidden = tries === 0;
    return note;
  }
  function createFailedNote(message) {
    const note = cloneTemplate('failed-note-template');
    $('span', note).textContent = message.error;
    $('[data-action="retry"]', note).addEventListener('click', () => tryAgain(message));
    $('[data-action="edit"]', note).addEventListener('click', () => editAgain(message));
    return note;
  }
  function showQueueLength() {
    const total = tries ? queue.filter(message => !message.error).length : 0;
    queueStatus.textContent = total ? `${total} message${total === 1 ? '' : 's'} queued` : '';
  }
  function tryAgain(message) {
    setError(message, undefined);
    sendAll();
    textField.focus();
  }
  function editAgain(message) {
    remove(message);
    setComposerText(message.body + (textField.value && `\n${textField.value}`));
    restoreReply(message);
    textField.focus();
  }
  function restoreReply({replyTo}) { if (replyTo && !reply.messageId()) reply.start(`${roomPath}?reply=${replyTo}`); }
  function setError(message, error) {
    message.error = error;
    message.row.hidden = false;
    updateStored(all => all.map(stored => stored.nonce === message.nonce ? {...stored, error} : stored));
    showMessage(message);
  }

  // --- How it is sent.
  async function sendAll() {
    if (isSending) return;
    isSending = true;
    clearTimeout(timer);
    let next, retryMs = 0;
    while (!retryMs && (next = queue.find(message => !message.error))) retryMs = await send(next);
    isSending = false;
    if (retryMs) timer = setTimeout(sendAll, retryMs);
  }
  // Sends one message. Returns after how many milliseconds to try again; 0 if it is done with.
  async function send(message) {
    inDoubt = message;
    const body = new URLSearchParams({body: message.body, nonce: message.nonce, reply_to: message.replyTo ?? ''});
    const options = {method: 'POST', headers: {'HX-Request': 'true'}, body, signal: AbortSignal.timeout(TIMEOUT_MS)};
    try {
      const response = await fetch(composerForm.action, options), html = await response.text();
      const retryAfterS = Number(response.headers.get('Retry-After') ?? RETRY_AFTER_MAX_S + 1);
      if (response.ok) settle(message, html);
      else if (response.status >= 500 || (response.status === 429 && retryAfterS <= RETRY_AFTER_MAX_S)) return postpone(retryAfterS * 1000);
      else await refuse(message, html, response.status);
      if (tries) { tries = 0; queue.forEach(showMessage); }
      return 0;
    } catch {
      return postpone(0);
    }
  }
  function postpone(retryAfterMs) {
    const retryMs = RETRY_MS[Math.min(tries++, RETRY_MS.length - 1)];
    queue.forEach(showMessage);
    return Math.max(retryMs, retryAfterMs);
  }
  // It was posted. Whichever comes first, the response or the stream, there is one row of it at any moment: what the stream has
  // brought of mine in the meantime was hidden until now, when it is known which row is this message.
  function settle(message, html) {
    remove(message);
    swapFragment(html, messageList, 'beforeend', composerForm);
    revealRows();
  }
  // The text itself is at fault: it comes back to be edited, if nothing else is being written by now.
  async function refuse(message, html, status) {
    const error = await readText(html);
    if ([413, 422].includes(status) && !textField.value) {
      remove(message);
      setComposerText(message.body);
      restoreReply(message);
      showComposerError(error);
    } else {
      inDoubt = null;
      setError(message, error);
    }
    revealRows();
  }
  function revealRows() {
    for (const row of messageList.querySelectorAll(`${ROW}[hidden]`)) row.hidden = false;
  }

  for (const message of readStored()) {
    if (!message.error && Date.now() - message.queuedAt > KEPT_MS) message.error = 'it waited for more than a day.';
    enqueue(message);
  }
  // Whether the page has it already is not known before it is answered.
  const first = queue.find(message => !message.error);
  if (first) first.row.hidden = true;
  sendAll();

  const retry = () => { if (tries) sendAll(); };
  addEventListener('online', retry);
  on('htmx:sse:after:connection', retry);
  on('visibilitychange', retry);
  // Removes what another window has sent or edited.
  const removeMissing = () => {
    if (!canStore) return;
    const nonces = new Set(readStored().map(({nonce}) => nonce));
    for (const message of [...queue]) if (!nonces.has(message.nonce)) { remove(message); revealRows(); }
  };
  addEventListener('storage', event => { if (event.key === STORAGE_KEY) removeMissing(); });
  addEventListener('pageshow', event => { if (event.persisted) removeMissing(); });
  outbox = {isInDoubt: () => inDoubt !== null, add};
});
