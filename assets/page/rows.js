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
