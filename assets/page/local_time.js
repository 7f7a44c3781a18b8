// Clocks: moments by the reader's own clock and calendar, in the words of the page's language. The times in a room's list are
// looked after by its own script, and the page of a day is one of UTC; here are those of every other page.
const language = 'en-GB';
const clock = new Intl.DateTimeFormat(undefined, {timeStyle: 'short'});
const dayNames = new Intl.DateTimeFormat(language, {weekday: 'long', day: 'numeric', month: 'long'});
const dayNamesYear = new Intl.DateTimeFormat(language, {dateStyle: 'full'});
const relative = new Intl.RelativeTimeFormat(language, {numeric: 'auto'});

const midnight = at => new Date(at.getFullYear(), at.getMonth(), at.getDate());
function dayName(at) {
  const ago = Math.round((midnight(new Date()) - midnight(at)) / 864e5);
  if (ago === 0 || ago === 1) {
    const word = relative.format(-ago, 'day');
    return word.charAt(0).toLocaleUpperCase() + word.slice(1);
  }
  return (at.getFullYear() === new Date().getFullYear() ? dayNames : dayNamesYear).format(at);
}
const fullTime = at => `${dayNamesYear.format(at)}, ${clock.format(at)}`;
for (const time of document.querySelectorAll('time[datetime$=Z]')) {
  if (time.closest('#messages, [data-utc]')) continue;
  const at = new Date(time.dateTime), day = dayName(at);
  time.textContent = day === dayName(new Date()) ? clock.format(at) : `${day}, ${clock.format(at)}`;
  (time.closest('a') ?? time).title = fullTime(at);
}
