// The connection: how the stream stands, and what it asks the page to do.
whenLive(() => {
  // Internals of hx-sse that are used here, as there is no other way: `delayCanceller` ends the wait before the next attempt,
  // `reader` is that of the open response, `attempt` counts from 1.
  const HEARTBEAT_MAX_MS = 45000, SHOW_LOSS_AFTER_MS = 1000;
  const banner = $('#state');
  livePath = roomPath;
  let connection = null, heardAt = 0, lossTimer = null;
  const say = words => { if (banner.textContent !== words) banner.textContent = words; };
  const showLoss = () => { lossTimer ??= setTimeout(() => say('Reconnecting…'), SHOW_LOSS_AFTER_MS); };
  const hideLoss = () => { clearTimeout(lossTimer); lossTimer = null; say(''); };
  on('htmx:sse:after:connection', event => { connection = event.detail.connection; heardAt = Date.now(); hideLoss(); });
  on('htmx:sse:after:message', () => { heardAt = Date.now(); hideLoss(); });
  on('htmx:sse:before:connection', event => { if (event.detail.connection.attempt > 1) showLoss(); });
  on('htmx:sse:error', showLoss);
  for (const type of ['reset', 'gone']) stream.addEventListener(type, () => {
    if (composerForm && textField.value) sessionStorage.setItem(UNSENT_TEXT_KEY, textField.value);
    location.reload();
  });
  for (const type of ['online', 'focus']) addEventListener(type, () => connection?.delayCanceller?.());
  setInterval(() => {
    if (connection?.reader && Date.now() - heardAt > HEARTBEAT_MAX_MS) { showLoss(); connection.reader.cancel(); }
  }, 5000);
  // The server tells the rank of each room in the sidebar. The sidebar is fetched anew when it shows another one. A room that is
  // not in the sidebar of a page that has just come does not belong there.
  let ranks = document.hidden ? {} : null;
  stream.addEventListener('places', ({detail}) => {
    const told = JSON.parse(detail.data), before = ranks ?? told;
    const moved = Object.entries(told).filter(([id, rank]) => {
      const item = $(`#place-${id}`), shown = item?.dataset.rank ?? before[id] ?? '';
      const staysFirst = item && !item.previousElementSibling && rank >= shown;
      if (staysFirst) item.dataset.rank = rank;
      return !staysFirst && rank !== shown;
    });
    ranks = {...before, ...told};
    if (moved.length || isSidebarLoading) refreshSidebar(); // what is being fetched may lack what was just told
  });
  // What is visible here need not notify in another window.
  if (notificationsPoll) {
    const markNotified = () => { if (!document.hidden) notificationsPoll.markNotified(newestId); };
    new MutationObserver(markNotified).observe(messageList, {childList: true});
    on('visibilitychange', markNotified);
    markNotified();
  }
});
// A tab that was opened in the background connects when it becomes visible, not before.
on('htmx:config:request', event => { if (document.hidden && event.target.id === 'live') event.preventDefault(); });
