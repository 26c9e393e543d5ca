// Proof of work for the form (ALTCHA): finds the number behind a hash while the rest is being typed. Where it
// cannot, the form is sent without, and the address is confirmed by a mailed code instead.
const signup = document.getElementById('signup');
const proof = signup.elements.altcha;
const email = signup.elements.email;
const PATIENCE = 20000;
const BATCH = 256;
let worked = { email: null };

async function solve({ algorithm, challenge, maxnumber, salt, signature }, isWanted) {
  const encoder = new TextEncoder();
  const start = parseInt(challenge.slice(0, 8), 16);
  const hex = (hash) => Array.from(new Uint8Array(hash), (byte) => byte.toString(16).padStart(2, '0')).join('');
  for (let first = 0; first <= maxnumber && isWanted(); first += BATCH) {
    const numbers = Array.from({ length: BATCH }, (_, at) => first + at);
    const hashes = await Promise.all(numbers.map((number) => crypto.subtle.digest(algorithm, encoder.encode(salt + number))));
    const at = hashes.findIndex((hash) => new DataView(hash).getUint32(0) === start && hex(hash) === challenge);
    if (at >= 0) return btoa(JSON.stringify({ algorithm, challenge, number: first + at, salt, signature }));
  }
  return '';
}

// The proof belongs to the address, so the work begins when that is there.
function work() {
  const address = email.value;
  if (worked.email === address || !email.validity.valid) return worked.done;
  const mine = { email: address };
  worked = mine;
  proof.value = '';
  mine.done = (async () => {
    try {
      const body = new URLSearchParams({ form: signup.elements.form.value, email: address });
      const answer = await fetch(proof.dataset.challenge, { method: 'POST', body });
      const solution = await solve(await answer.json(), () => worked === mine);
      if (worked === mine) proof.value = solution;
    } catch {
      // No puzzle, or no means to solve it: the code in the mail does it.
    }
  })();
  return mine.done;
}

email.addEventListener('change', work);
addEventListener('pageshow', (event) => {
  if (!event.persisted) proof.value = '';
  if (email.value) work();
});

signup.addEventListener('submit', (event) => {
  if (event.defaultPrevented || event.submitter?.name === 'switch') return;
  const done = work();
  if (proof.value) return;
  event.preventDefault();
  Promise.race([done, new Promise((late) => setTimeout(late, PATIENCE))]).then(() => signup.submit());
});
