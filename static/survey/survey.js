// The page of a survey: a number that is tapped is kept at once; one that was tapped in a mail, as soon as somebody is
// there. Without this module, Send does the same.

const form = document.querySelector('[data-survey]')
const status = form.querySelector('[role=status]')

async function keep() {
  const answer = await fetch(form.action, { method: 'POST', body: new URLSearchParams(new FormData(form)) })
  if (!answer.ok) return form.submit()
  const page = new DOMParser().parseFromString(await answer.text(), 'text/html')
  const now = page.querySelector('[data-survey]')
  if (!now) return document.querySelector('main').replaceWith(page.querySelector('main'))
  status.textContent = now.querySelector('[role=status]').textContent
  follow(now)
}

// Questions that an answer brings, or takes away; what somebody is writing in stays as it is.
function follow(now) {
  const here = [...form.querySelectorAll('fieldset')]
  const named = field => field.querySelector('[name]').name
  const known = new Map(here.map(field => [named(field), field]))
  const wanted = [...now.querySelectorAll('fieldset')].map(field => known.get(named(field)) ?? field)
  for (const field of here) if (!wanted.includes(field)) field.remove()
  form.querySelector('.send').before(...wanted)
}

form.addEventListener('change', event => {
  if (event.target.type !== 'textarea') keep()
})

if ('tapped' in form.dataset) {
  const signs = ['pointermove', 'pointerdown', 'touchstart', 'keydown', 'wheel']
  const there = event => {
    if (!event.isTrusted) return
    for (const sign of signs) removeEventListener(sign, there)
    keep()
  }
  for (const sign of signs) addEventListener(sign, there, { passive: true })
}
