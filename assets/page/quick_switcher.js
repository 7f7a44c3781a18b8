// The quick switcher: results come as the user types, the arrow keys move through them, and Enter opens the first one, but not
// before the results belong to all that is typed.
{
  let opensFirst = false; // as soon as the results are there
  const queryField = () => $('#go'), results = () => $('#found');
  const isCurrent = () => results().dataset.q === queryField().value.trim();
  const openFirst = () => $('#found a, #found button')?.click();
  document.addEventListener('submit', event => {
    if (!event.target.matches('.finder .search')) return;
    event.preventDefault();
    event.stopPropagation();
    if (isCurrent()) openFirst(); else opensFirst = true;
  }, true);
  on('input', event => { if (event.target === queryField()) opensFirst = false; });
  on('htmx:finally:request', event => {
    if (!event.target.matches?.('.finder .search') || !isCurrent()) return;
    const resultCount = $('#found-count');
    if (resultCount) resultCount.textContent = results().dataset.count;
    if (opensFirst) openFirst();
    opensFirst = false;
  });
  on('keydown', event => {
    const switcher = event.target.closest?.('.finder');
    if (!switcher || !event.key || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    const step = {ArrowDown: 1, ArrowUp: -1}[event.key];
    if (step && !event.shiftKey) {
      event.preventDefault();
      stepFrom([queryField(), ...results().querySelectorAll('a, button')], document.activeElement, step).focus();
    } else if (event.key.length === 1 && event.key !== ' ' && event.target.closest('#found')) queryField().focus(); // typing goes on
  });
}
