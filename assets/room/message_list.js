// Rows: each once, in the order of their numbers, whichever of answer, stream and older page brings it first.
on('htmx:before:swap', event => {
  const {tasks, ctx} = event.detail;
  for (const task of [...tasks]) {
    if (task.target !== list) continue;
    const rows = [...task.fragment.querySelectorAll('.message')];
    for (const row of rows) if (document.getElementById(row.id)) row.remove();
    for (const day of task.fragment.querySelectorAll('.day')) day.remove();
    const first = task.fragment.querySelector('.message');
    if (!first) { tasks.splice(tasks.indexOf(task), 1); continue; }
    if (task.swapSpec.style !== 'beforeend') continue;
    if (ctx.sourceElement === stream && outbox.isInDoubt()) {
      for (const row of rows.filter(isMine)) row.hidden = true;
    }
    const next = [...list.children].find(row => row.matches('.message') && number(row) > number(first));
    if (next) { task.target = next; task.swapSpec.style = 'beforebegin'; }
  }
});
// Newer rows come in below what is read and leave it where it is: the scroller by itself would stay at its end. With the last
// of them comes the stream. It tells what has changed since the page was made, and the page is one of the present.
let below = null; // while newer rows come: the last row above them, and where it stands
on('htmx:before:swap', ({detail: {ctx}}) => {
  const row = ctx.sourceElement?.closest?.('#newer') && list.lastElementChild;
  if (!row) return;
  below = {ctx, row, top: row.getBoundingClientRect().top};
  log.style.overflowAnchor = 'none'; // an engine that keeps the place by itself must not keep it twice
});
on('htmx:after:swap', ({detail: {ctx}}) => {
  if (below?.ctx !== ctx) return;
  log.scrollTop += below.row.getBoundingClientRect().top - below.top;
  below = null;
  requestAnimationFrame(() => { log.style.overflowAnchor = ''; });
  stream ??= $('#live');
  if (stream) for (const begin of beginnings.splice(0)) begin();
});
