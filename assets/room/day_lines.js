// Local times in the list of messages: when each was sent, and a line above the first of each day.
function setLocalTime(row) {
  const time = $('time', row), at = new Date(time.dateTime);
  time.textContent = formatTime(at);
  time.parentElement.title = formatFullTime(at);
  row.dataset.day = startOfDay(at).getTime();
}
function findMessageBefore(node) {
  let before = node.previousElementSibling;
  while (before && !before.matches('.message')) before = before.previousElementSibling;
  return before;
}
// A row has a line above it exactly if the message before it is of another day.
function updateDayLine(row) {
  if (!row) return;
  const above = row.previousElementSibling, before = findMessageBefore(row);
  const hasLine = above?.matches('.day'), needsLine = before?.dataset.day !== row.dataset.day;
  if (hasLine && !needsLine) above.remove();
  if (!needsLine) return;
  const line = hasLine ? above : cloneTemplate('day-divider-template'), link = $('a', line), time = $('time', line);
  const at = new Date(Number(row.dataset.day));
  time.dateTime = `${at.getFullYear()}-${String(at.getMonth() + 1).padStart(2, '0')}-${String(at.getDate()).padStart(2, '0')}`;
  time.textContent = formatDay(at);
  link.href = dayUrl(row, before);
  if (!hasLine) row.before(line);
}
// The pages of days are in UTC. Where the local day begins within one of them, the link leads to that place.
function dayUrl(row, before) {
  const [day, dayBefore] = [row, before].map(message => message && $('time', message)?.dateTime.slice(0, 10));
  return `${roomPath}/days/${day}${day === dayBefore ? `?after=${messageId(row) - 1}` : ''}`;
}
// A row that the stream replaces has the server's times again.
new MutationObserver(changes => {
  for (const {target} of changes) if (target.matches(ROW) && !target.dataset.day) setLocalTime(target);
}).observe(messageList, {subtree: true, attributes: true, attributeFilter: ['data-day']});
// After midnight, Today is Yesterday.
function refreshDayLines() { for (const row of messageList.querySelectorAll('.day + .message')) updateDayLine(row); }
{
  for (const dayLine of messageList.querySelectorAll('.day')) dayLine.remove();
  const rows = [...messageList.querySelectorAll('.message')];
  rows.forEach(setLocalTime);
  rows.forEach(updateDayLine);
  if (location.hash) $(':target')?.scrollIntoView({block: 'center'});
}
