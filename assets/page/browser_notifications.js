// Browser notifications: whether this browser may show them, how they look and sound. Only the button of the settings asks for
// permission.
const browserNotifications = {
  canShow: () => 'Notification' in window && Notification.permission === 'granted',
  isSoundOn() { try { return localStorage.getItem('sound') === 'on'; } catch { return false; } },
  // Replaces a notification with the same tag. Returns whether the browser lets a page do so: on phones many do not.
  show(heading, body, tag, open) {
    try {
      const notification = new Notification(heading, {body, tag, renotify: true, dir: 'auto'});
      notification.onclick = () => { focus(); notification.close(); open(); };
      return true;
    } catch { return false; }
  },
  // Two soft tones. A page in which nobody has clicked or typed yet may make none.
  playSound() {
    if (navigator.userActivation?.hasBeenActive === false) return;
    const audio = new AudioContext();
    for (const [n, pitch] of [660, 880].entries()) {
      const tone = audio.createOscillator(), volume = audio.createGain(), from = audio.currentTime + n * .12;
      tone.frequency.value = pitch;
      volume.gain.setValueAtTime(0, from);
      volume.gain.linearRampToValueAtTime(.08, from + .01);
      volume.gain.exponentialRampToValueAtTime(.0001, from + .3);
      tone.connect(volume).connect(audio.destination);
      tone.start(from);
      tone.stop(from + .3);
      if (n) tone.onended = () => audio.close();
    }
  },
};
// The section of the settings.
if ($('#notices')) {
  const permissionText = $('#notices-state'), allowButton = $('#notices-allow'), tryButton = $('#notices-try');
  const soundSwitch = $('[name=sound]');
  const NEEDS_HTTPS = 'Notifications need HTTPS. This page was loaded over HTTP.';
  const UNSUPPORTED = "This browser can't show notifications of a web page. On phones, only installed apps can.";
  const PERMISSIONS = {
    default: 'Notifications are off until you allow them.',
    granted: "Notifications are allowed in this browser. To turn them off, use the browser's site settings.",
    denied: 'Notifications are blocked in your browser. Allow them in the site settings (lock icon).',
  };
  const say = words => { if (permissionText.textContent !== words) permissionText.textContent = words; };
  const update = () => {
    const permission = isSecureContext && 'Notification' in window ? Notification.permission : null;
    say(permission ? PERMISSIONS[permission] : isSecureContext ? UNSUPPORTED : NEEDS_HTTPS);
    allowButton.hidden = permission !== 'default';
    tryButton.hidden = permission !== 'granted';
  };
  allowButton.addEventListener('click', async () => {
    await Notification.requestPermission();
    update();
    if (allowButton.hidden && !tryButton.hidden) tryButton.focus();
  });
  tryButton.addEventListener('click', () => {
    if (!browserNotifications.show('Taproom', 'This is how it looks.', 'try', () => {})) say(UNSUPPORTED);
  });
  soundSwitch.checked = browserNotifications.isSoundOn();
  soundSwitch.addEventListener('change', () => {
    // Storage may be forbidden.
    try { localStorage.setItem('sound', soundSwitch.checked ? 'on' : 'off'); } catch { soundSwitch.checked = false; }
  });
  $('#sound-try').addEventListener('click', () => browserNotifications.playSound());
  addEventListener('focus', update); // the user comes back from the browser's settings
  update();
  $('#notices').hidden = false;
}
