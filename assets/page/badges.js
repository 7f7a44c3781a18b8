// Badges: what is unread, on every page of a user with a name. Counts stand beside the rooms of the sidebar; the title counts
// what notifies; the icon has a dot if anything is unread.
const sidebar = $('#places');
const badgeCounts = {
  unreadHere: 0, // in the room of the page, in its list of messages
  missedHere: 0, // in the room of the page, since the tab is hidden
  notifyElsewhere: 0, // in other rooms, as far as it notifies
  hasUnreadElsewhere: false,
};
const showBadges = (() => {
  const icon = $('link[rel=icon]'), title = document.title, plain = icon.href;
  const dotted = plain.replace(/%3C\/svg%3E$/, "%3Ccircle cx='392' cy='120' r='120' fill='%23d6293e'/%3E$&");
  return () => {
    const {unreadHere, missedHere, notifyElsewhere, hasUnreadElsewhere} = badgeCounts;
    const total = Math.max(unreadHere, missedHere) + notifyElsewhere, href = total || hasUnreadElsewhere ? dotted : plain;
    document.title = (total ? `(${total}) ` : '') + title;
    navigator.setAppBadge?.(total).catch(() => {});
    if (icon.href !== href) icon.href = href;
  };
})();
function countSidebar() {
  const badges = [...sidebar.querySelectorAll('.count')];
  badgeCounts.notifyElsewhere = badges.reduce((sum, badge) => sum + Number(badge.dataset.notify ?? 0), 0);
  badgeCounts.hasUnreadElsewhere = badges.some(badge => badge.hasChildNodes());
  showBadges();
}
if (sidebar) {
  new MutationObserver(countSidebar).observe(sidebar, {childList: true, subtree: true});
  countSidebar();
}
// Fetches the rooms of the sidebar anew. It is morphed, so what is pressed, scrolled or focused stays so.
let sidebarRequests = 0, isSidebarLoading = false;
async function refreshSidebar() {
  const request = ++sidebarRequests;
  isSidebarLoading = true;
  const {isOk, html} = await fetchFragment(sidebar.dataset.list);
  if (request !== sidebarRequests) return;
  isSidebarLoading = false;
  if (!isOk) return;
  const focused = document.activeElement;
  await swapFragment(html, $('.places', sidebar), 'innerMorph', sidebar);
  // Not every engine moves the focus along.
  if (sidebar.contains(focused) && document.activeElement !== focused) focused.focus({preventScroll: true});
  countSidebar();
}
