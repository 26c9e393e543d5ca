// A second press while the form is being sent does nothing. Without this script nothing is lost either:
// the same form sent twice is one request.
const form = document.getElementById('signup');
const button = form.querySelector('button[type=submit]');
const label = button.textContent;
let sending = false;

function show(now) {
  sending = now;
  button.textContent = now ? form.dataset.sending : label;
  button.setAttribute('aria-disabled', String(now));
}

form.addEventListener('submit', (event) => {
  if (event.submitter?.name === 'switch') switchLanguage(event);
  else if (sending) event.preventDefault();
  else show(true);
});

// With nothing typed yet, another language is a page like any other, and not the answer to a form.
function switchLanguage(event) {
  const entered = [...form.elements].some((field) => field.checked || (field.value && field.matches('[type=text]')));
  if (entered) return;
  event.preventDefault();
  location.assign(`${event.submitter.formAction}?language`);
}

// What the username will probably be, told once the typing pauses. The names go in the body of the request.
const preview = document.getElementById('preview');
const named = ['first_name', 'last_name', 'email'];
let asked, pause;

async function tell() {
  asked?.abort();
  asked = new AbortController();
  const body = new URLSearchParams(named.map((name) => [name, form.elements[name].value]));
  try {
    const answer = await fetch(form.dataset.preview, { method: 'POST', body, signal: asked.signal });
    // A refusal says nothing about the names: what the page shows and offers stays.
    if (!answer.ok) return;
    const [said, ...usernames] = (await answer.text()).split('\n');
    const text = said || preview.dataset.blank;
    if (preview.textContent !== text) preview.textContent = text;
    offer(usernames);
  } catch {
    // Without an answer there is nothing to tell.
  }
}

// The usernames to pick from, where there are several. The one that was picked stays picked.
const choices = document.getElementById('choices');

function offer(usernames) {
  const offered = [...choices.querySelectorAll('input')].map((radio) => radio.value);
  if (offered.join() === usernames.join()) return;
  const picked = choices.querySelector('input:checked')?.value ?? '';
  choices.replaceChildren(...usernames.map((username) => {
    const option = document.createElement('label');
    const radio = document.createElement('input');
    const name = document.createElement('bdi');
    option.className = 'choice';
    Object.assign(radio, { type: 'radio', name: 'username', value: username, required: true });
    // Before the address is known, there is no domain.
    const [bare, domain] = username.split('@');
    radio.checked = bare === picked.split('@')[0];
    name.dir = 'ltr';
    name.append(bare);
    if (domain) name.append(document.createElement('wbr'), `@${domain}`);
    option.append(radio, ' ', name);
    return option;
  }));
  choices.parentElement.hidden = usernames.length === 0;
}

form.addEventListener('input', (event) => {
  if (!named.includes(event.target.name)) return;
  clearTimeout(pause);
  pause = setTimeout(tell, 400);
});

// Coming back by the back button finds the form as it was, ready to be sent.
addEventListener('pageshow', () => {
  show(false);
  if (form.elements.first_name.value || form.elements.last_name.value) tell();
});
