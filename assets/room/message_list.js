// The list of messages: each once, in the order of their ids, whichever of response, stream and older page brings it first.
on('htmx:before:swap', event => {
  const {tasks, ctx} = event.detail;
  for (const task of [...tasks]) {
    if (task.target !== messageList) continue;
    const rows = [...task.fragment.querySelectorAll('.message')];
    for (const row of rows) if (document.getElementById(row.id)) row.remove();
    for (const dayLine of task.fragment.querySelectorAll('.day')) dayLine.remove();
    const first = task.fragment.querySelector('.message');
    if (!first) { tasks.splice(tasks.indexOf(task), 1); continue; }
    if (task.swapSpec.style !== 'beforeend') continue;
    if (ctx.sourceElement === stream && outbox.isInDoubt()) {
      for (const row of rows.filter(isMine)) row.hidden = true;
    }
    const next = [...messageList.children].find(row => row.matches('.message') && messageId(row) > messageId(first));
    if (next) { task.target = next; task.swapSpec.style = 'beforebegin'; }
  }
});
// Newer messages come in below what is read and leave it in its place: the reversed scroller by itself would stay at its end.
// With the last of them comes the stream. It tells what has changed since the page was made, and the page is live.
{
  let anchor = null; // while newer messages come: the last row above them, and where it stands
  on('htmx:before:swap', ({detail: {ctx}}) => {
    const row = ctx.sourceElement?.closest?.('#newer') && messageList.lastElementChild;
    if (!row) return;
    anchor = {ctx, row, top: row.getBoundingClientRect().top};
    log.style.overflowAnchor = 'none'; // an engine that keeps the place by itself must not keep it twice
  });
  on('htmx:after:swap', ({detail: {ctx}}) => {
    if (anchor?.ctx !== ctx) return;
    log.scrollTop += anchor.row.getBoundingClientRect().top - anchor.top;
    anchor = null;
    requestAnimationFrame(() => { log.style.overflowAnchor = ''; });
    stream ??= $('#live');
    if (stream) for (const start of waitingForStream.splice(0)) start();
  });
}
