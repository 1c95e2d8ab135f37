// The console page: opens the machine's display with the token of its link, once, and puts the controls to work.
import RFB from './novnc/core/rfb.js';
import { keysOf } from './keyboard.js';

/** Between two key events: machines take about a hundred a second. */
const keyPauseMs = 12;

/** Longer than the proxy itself waits for the display. */
const openingMs = 45_000;
/** A proxy that lost its power ends no connection: it is asked now and then, and given up after two silences. */
const askEveryMs = 5_000;
const silences = 2;

const element = (id) => document.getElementById(id);
const parameters = new URLSearchParams(location.hash.slice(1));
// The link is of no more use: it stays neither in the address bar nor in the history.
history.replaceState(null, '', location.pathname);

const name = parameters.get('name') ?? 'Console';
element('name').textContent = name;
document.title = `${name} – Console`;

let rfb;
let isTyping = false;
let isOver = false;
let isConnected = false;

function say(text) {
  element('status').textContent = text;
}

function enable(isOn) {
  for (const id of ['ctrl-alt-del', 'open-paste']) element(id).disabled = !isOn;
}

function close(reason) {
  if (isOver) return;
  isOver = true;
  isTyping = false;
  enable(false);
  element('paste').hidden = true;
  element('screen').hidden = true;
  element('over').hidden = false;
  element('reason').textContent = reason;
  say('Closed');
}

function open() {
  const token = parameters.get('token');
  if (token === null) {
    close('This page was opened without a link to a machine.');
    return;
  }
  const url = new URL('websockify', location.href);
  url.protocol = location.protocol === 'https:' ? 'wss:' : 'ws:';
  url.searchParams.set('token', token);
  const extra = parameters.get('extra');
  if (extra !== null) url.searchParams.set('extra', extra);
  rfb = new RFB(element('screen'), url.href, { shared: true, wsProtocols: ['binary'] });
  rfb.scaleViewport = true;
  rfb.background = '#0e141b';
  rfb.addEventListener('connect', () => {
    isConnected = true;
    say('Connected');
    enable(true);
    rfb.focus();
    void watchProxy();
  });
  setTimeout(() => {
    if (isConnected || isOver) return;
    close('The display of the machine did not come in time.');
    rfb.disconnect();
  }, openingMs);
  rfb.addEventListener('securityfailure', ({ detail }) => close(detail.reason ?? 'The console was refused.'));
  rfb.addEventListener('disconnect', ({ detail }) =>
    close(
      detail.clean
        ? 'The machine has stopped or moved, your login has ended, or nobody used the console for a while.'
        : 'The connection to the console proxy was lost or refused.',
    ),
  );
}

async function watchProxy() {
  let missed = 0;
  while (!isOver && missed < silences) {
    await new Promise((resolve) => setTimeout(resolve, askEveryMs));
    const answer = fetch('icon.svg', { method: 'HEAD', cache: 'no-store', signal: AbortSignal.timeout(askEveryMs) });
    missed = await answer.then(
      () => 0,
      () => missed + 1,
    );
  }
  if (isOver) return;
  close('The console proxy does not answer any more. It is replaced by itself within a few minutes.');
  rfb.disconnect();
}

async function typeText(text, others) {
  isTyping = true;
  element('stop-typing').hidden = false;
  element('type').disabled = true;
  const characters = [...text.replaceAll('\r\n', '\n')];
  for (const [at, character] of characters.entries()) {
    if (!isTyping) break;
    for (const { keysym, code, down } of keysOf(character, others)) {
      rfb.sendKey(keysym, code, down);
      await new Promise((resolve) => setTimeout(resolve, keyPauseMs));
    }
    if (at % 20 === 0) say(`Typing: ${at + 1} of ${characters.length} characters`);
  }
  element('stop-typing').hidden = true;
  element('type').disabled = false;
  if (!isOver) {
    say(isTyping ? `Typed ${characters.length} characters` : 'Typing was stopped');
    showPaste(false);
  }
  isTyping = false;
}

function showPaste(isShown) {
  element('paste').hidden = !isShown;
  element('open-paste').setAttribute('aria-expanded', String(isShown));
  if (isShown) element('paste-text').focus();
  else rfb.focus();
}

element('ctrl-alt-del').addEventListener('click', () => {
  rfb.sendCtrlAltDel();
  rfb.focus();
});
element('open-paste').addEventListener('click', () => showPaste(element('paste').hidden));
element('paste').addEventListener('submit', (event) => {
  event.preventDefault();
  if (!isTyping) void typeText(element('paste-text').value, element('paste-others').value);
});
element('stop-typing').addEventListener('click', () => {
  isTyping = false;
});
element('full-screen').addEventListener('click', () => {
  if (document.fullscreenElement) void document.exitFullscreen();
  else void document.documentElement.requestFullscreen();
});

open();
