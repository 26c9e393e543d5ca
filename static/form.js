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
  if (sending) event.preventDefault();
  else show(true);
});

// Coming back by the back button finds the form as it was, ready to be sent.
addEventListener('pageshow', () => show(false));
