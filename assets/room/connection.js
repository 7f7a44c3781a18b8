// Listening: how the stream stands, and what it asks for.
atPresent(() => {
  listensTo = pill.pathname;
  let connection = null, heard = 0, lost = null;
  const say = words => { if (state.textContent !== words) state.textContent = words; };
  const losing = () => { lost ??= setTimeout(() => say('Reconnecting…'), 1000); };
  const found = () => { clearTimeout(lost); lost = null; say(''); };
  on('htmx:sse:after:connection', event => { connection = event.detail.connection; heard = Date.now(); found(); });
  on('htmx:sse:after:message', () => { heard = Date.now(); found(); });
  on('htmx:sse:before:connection', event => { if (event.detail.connection.attempt > 1) losing(); });
  on('htmx:sse:error', losing);
  for (const type of ['reset', 'gone']) stream.addEventListener(type, () => {
    if (form && text.value) sessionStorage.setItem(WRITTEN, text.value);
    location.reload();
  });
  for (const type of ['online', 'focus']) addEventListener(type, () => connection?.delayCanceller?.());
  setInterval(() => {
    if (connection?.reader && Date.now() - heard > 45000) { losing(); connection.reader.cancel(); }
  }, 5000);
  // Where rooms stand beside the page: the server tells it, and the list is fetched anew when it shows something else. A room that
  // is not in the list of a page that has just come does not belong there.
  let ranks = document.hidden ? {} : null;
  stream.addEventListener('places', ({detail}) => {
    const told = JSON.parse(detail.data), before = ranks ?? told;
    const moved = Object.entries(told).filter(([id, rank]) => {
      const place = $(`#place-${id}`), shown = place?.dataset.rank ?? before[id] ?? '';
      const staysFirst = place && !place.previousElementSibling && rank >= shown;
      if (staysFirst) place.dataset.rank = rank;
      return !staysFirst && rank !== shown;
    });
    ranks = {...before, ...told};
    if (moved.length || isFetching) refreshPlaces(); // what is being fetched may not have what was just told
  });
  // What is looked at here need not be told elsewhere.
  if (telling) {
    const look = () => { if (!document.hidden) telling.seen(newest); };
    new MutationObserver(look).observe(list, {childList: true});
    on('visibilitychange', look);
    look();
  }
});
// A tab that was opened in the background listens when it is looked at, not before.
on('htmx:config:request', event => { if (document.hidden && event.target.id === 'live') event.preventDefault(); });
