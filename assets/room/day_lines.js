// Times in the list of messages: when each was said, and a line above the first of each day.
function settle(row) {
  const time = $('time', row), at = new Date(time.dateTime);
  time.textContent = clock.format(at);
  time.parentElement.title = fullTime(at);
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
  const line = has ? above : document.createElement('li');
  const time = document.createElement('time'), link = document.createElement('a');
  const at = new Date(Number(row.dataset.day));
  time.dateTime = `${at.getFullYear()}-${String(at.getMonth() + 1).padStart(2, '0')}-${String(at.getDate()).padStart(2, '0')}`;
  time.textContent = dayName(at);
  line.className = 'day';
  link.href = dayPage(row, before);
  link.append(time);
  line.replaceChildren(link);
  if (!has) row.before(line);
}
// The page of a day has the days of UTC: where one's own begins within one of them, the way leads to that place.
function dayPage(row, before) {
  const [day, dayBefore] = [row, before].map(row => row && $('time', row)?.dateTime.slice(0, 10));
  return `${pill.pathname}/days/${day}${day === dayBefore ? `?after=${number(row) - 1}` : ''}`;
}
// A row that the stream brings anew has the server's times again.
new MutationObserver(changes => {
  for (const {target} of changes) if (target.matches(ROW) && !target.dataset.day) settle(target);
}).observe(list, {subtree: true, attributes: true, attributeFilter: ['data-day']});
function renameDays() { for (const row of list.querySelectorAll('.day + .message')) lineAbove(row); }
{
  for (const day of list.querySelectorAll('.day')) day.remove();
  const rows = [...list.querySelectorAll('.message')];
  rows.forEach(settle);
  rows.forEach(lineAbove);
  if (location.hash) $(':target')?.scrollIntoView({block: 'center'});
}
