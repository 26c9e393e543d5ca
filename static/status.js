// Follows a signup: asks for the page again and shows what has changed, until nothing changes any more. Of a page that
// offers a new password only later, it asks once more then. A page whose account is only looked up stays untouched where
// nothing has changed.
// Without this script the page loads itself again.
const announcer = document.getElementById('announcer');
const lost = document.getElementById('lost');
const started = Date.now();
let failures = 0;

const main = () => document.querySelector('main');
const lines = (root) => [...root.querySelectorAll('h1, .steps li, .notice, .copy')]
  .map((line) => line.innerText.trim().replace(/\s*\n\s*/g, ': '));

// Often at first, when most signups are done within seconds, then ever less.
function pause() {
  const seconds = (Date.now() - started) / 1000;
  const base = seconds < 10 ? 400 : seconds < 60 ? 1000 : seconds < 600 ? 4000 : 15000;
  return base * Math.min(2 ** failures, 16);
}

// What is being typed stays, and so does the focus: where it was, or on the headline of what has come instead.
function show(page) {
  const before = new Set(lines(main()));
  const typed = main().querySelector('#code')?.value;
  const opened = main().querySelector('details')?.open;
  const focused = main().contains(document.activeElement) && document.activeElement.id;
  const next = document.adoptNode(page.querySelector('main'));
  main().replaceWith(next);
  document.title = page.title;
  const field = next.querySelector('#code');
  if (typed && field) field.value = typed;
  const folded = next.querySelector('details');
  if (folded && opened) folded.open = true;
  if (focused !== false) {
    ((focused && document.getElementById(focused)) || next.querySelector('h1')).focus({ preventScroll: true });
  }
  announcer.textContent = lines(next).filter((line) => !before.has(line)).join('. ');
}

// Nothing has changed but whether, or when, to ask again.
function settle({ live, opensIn }) {
  const { dataset } = main();
  if (!live) delete dataset.live;
  if (opensIn) dataset.opensIn = opensIn;
}

// A hitch is none of the reader's business; what lasts is.
function tell(isLost) {
  if (lost.hidden !== isLost) return;
  lost.hidden = !isLost;
  announcer.textContent = isLost ? lost.textContent : '';
}

async function look() {
  try {
    const address = main().dataset.live ?? location.pathname;
    const answer = await fetch(address, {
      headers: { accept: 'text/html' },
      signal: AbortSignal.timeout(15000),
    });
    if (answer.status === 404) return location.assign(address);
    if (!answer.ok) throw new Error(answer.statusText);
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
    failures = 0;
    tell(false);
    const next = page.querySelector('main').dataset;
    if (next.version !== main().dataset.version) show(page);
    else settle(next);
  } catch {
    failures += 1;
    tell(failures > 2);
  }
  follow();
}

// A page nobody looks at asks again when it is looked at.
function follow() {
  const { live, opensIn } = main().dataset;
  if (!live && !opensIn) return;
  setTimeout(() => {
    if (document.hidden) document.addEventListener('visibilitychange', look, { once: true });
    else look();
  }, live || failures ? pause() : opensIn * 1000);
}

follow();
