// Follows a signup: asks for the page again and shows what has changed, until nothing changes any more.
// Without this script the page loads itself again.
const announcer = document.getElementById('announcer');
const started = Date.now();
let failures = 0;

const main = () => document.querySelector('main');
const lines = (root) => [...root.querySelectorAll('h1, .steps li, .notice')]
  .map((line) => line.innerText.trim().replace(/\s*\n\s*/g, ': '));

// Often at first, when most signups are done within seconds, then ever less.
function pause() {
  const seconds = (Date.now() - started) / 1000;
  const base = seconds < 10 ? 400 : seconds < 60 ? 1000 : seconds < 600 ? 4000 : 15000;
  return base * Math.min(2 ** failures, 16);
}

function show(page) {
  const before = new Set(lines(main()));
  const hadFocus = main().contains(document.activeElement);
  const next = document.adoptNode(page.querySelector('main'));
  main().replaceWith(next);
  document.title = page.title;
  if (hadFocus) next.querySelector('h1').focus({ preventScroll: true });
  announcer.textContent = lines(next).filter((line) => !before.has(line)).join('. ');
}

async function look() {
  try {
    const answer = await fetch(main().dataset.live, { headers: { accept: 'text/html' } });
    if (answer.status === 404) return location.assign(main().dataset.live);
    if (!answer.ok) throw new Error(answer.statusText);
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
    failures = 0;
    if (page.querySelector('main').dataset.version !== main().dataset.version) show(page);
  } catch {
    failures += 1;
  }
  follow();
}

// A page nobody looks at asks again when it is looked at.
function follow() {
  if (!main().dataset.live) return;
  setTimeout(() => {
    if (document.hidden) document.addEventListener('visibilitychange', look, { once: true });
    else look();
  }, pause());
}

follow();
