// Going to another room: what is typed is looked for at once, the arrows lead through what was found, and Enter goes to the
// first, but not before that is what was found for all that is typed.
{
  let goes = false; // as soon as the answer is there
  const field = () => $('#go'), found = () => $('#found');
  const isFound = () => found().dataset.q === field().value.trim();
  const go = () => $('#found a, #found button')?.click();
  document.addEventListener('submit', event => {
    if (!event.target.matches('.finder .search')) return;
    event.preventDefault();
    event.stopPropagation();
    if (isFound()) go(); else goes = true;
  }, true);
  on('input', event => { if (event.target === field()) goes = false; });
  on('htmx:finally:request', event => {
    if (!event.target.matches?.('.finder .search') || !isFound()) return;
    const count = $('#found-count');
    if (count) count.textContent = found().dataset.count;
    if (goes) go();
    goes = false;
  });
  on('keydown', event => {
    const finder = event.target.closest?.('.finder');
    if (!finder || !event.key || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    const step = {ArrowDown: 1, ArrowUp: -1}[event.key];
    if (step && !event.shiftKey) {
      event.preventDefault();
      const ways = [field(), ...found().querySelectorAll('a, button')];
      ways[(ways.indexOf(document.activeElement) + step + ways.length) % ways.length].focus();
    } else if (event.key.length === 1 && event.key !== ' ' && event.target.closest('#found')) field().focus(); // one types on
  });
}
