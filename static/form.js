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
    const text = (answer.ok && await answer.text()) || preview.dataset.blank;
    if (preview.textContent !== text) preview.textContent = text;
  } catch {
    // Without an answer there is nothing to tell.
  }
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
