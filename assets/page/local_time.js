// Times in the reader's own zone, in the language of the page. room/day_lines.js does the same for the messages of a room; the
// page of a day stays in UTC.
const LANGUAGE = 'en-GB';
const timeFormat = new Intl.DateTimeFormat(undefined, {timeStyle: 'short'});
const dayFormat = new Intl.DateTimeFormat(LANGUAGE, {weekday: 'long', day: 'numeric', month: 'long'});
const dayAndYearFormat = new Intl.DateTimeFormat(LANGUAGE, {dateStyle: 'full'});
const relativeFormat = new Intl.RelativeTimeFormat(LANGUAGE, {numeric: 'auto'});

const startOfDay = at => new Date(at.getFullYear(), at.getMonth(), at.getDate());
function formatDay(at) {
  const daysAgo = Math.round((startOfDay(new Date()) - startOfDay(at)) / 864e5);
  if (daysAgo === 0 || daysAgo === 1) {
    const word = relativeFormat.format(-daysAgo, 'day');
    return word.charAt(0).toLocaleUpperCase() + word.slice(1);
  }
  return (at.getFullYear() === new Date().getFullYear() ? dayFormat : dayAndYearFormat).format(at);
}
const formatTime = at => timeFormat.format(at);
const formatFullTime = at => `${dayAndYearFormat.format(at)}, ${formatTime(at)}`;

for (const time of document.querySelectorAll('time[datetime$=Z]')) {
  if (time.closest('#messages, [data-utc]')) continue;
  const at = new Date(time.dateTime), day = formatDay(at);
  time.textContent = day === formatDay(new Date()) ? formatTime(at) : `${day}, ${formatTime(at)}`;
  (time.closest('a') ?? time).title = formatFullTime(at);
}
