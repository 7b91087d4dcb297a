// No web page of another origin reads anything from a server or changes anything in it, and neither does one whose name
// was made to point to this machine. The same attack from the server's own origin does both, so it is one.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { after, before, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { attack } from './attack.mjs';

const { ATTACKED_URL, ATTACKED_LOG, OWN_URL, OWN_LOG, CHROMIUM, PLAYWRIGHT } = process.env;
const { chromium } = await import(pathToFileURL(`${PLAYWRIGHT}/index.mjs`));
const job = '3c90c3cc-0d44-4b50-8888-8dd25736052a';
const token = 'browser-key';
const timeout = 240_000;
const html = '<!doctype html><title>A page of someone else</title><body></body>';

let browser;
let site;

async function launch() {
  return chromium.launch({
    executablePath: CHROMIUM,
    timeout: 120_000,
    args: [
      '--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu', '--no-proxy-server',
      '--host-resolver-rules=MAP evil.test 127.0.0.1',
      // What newer browsers do of their own against such pages: the server must not need it.
      '--disable-features=LocalNetworkAccessChecks,BlockInsecurePrivateNetworkRequests,HttpsUpgrades',
    ],
  });
}

before(async () => {
  browser = await launch().catch((error) => {
    console.log(`the browser did not start, once more: ${error.message}`);
    return launch();
  });
  site = createServer((request, response) => {
    response.writeHead(200, { 'Content-Type': 'text/html' });
    response.end(html);
  });
  site.listen(0, '127.0.0.1');
  await once(site, 'listening');
}, { timeout });

after(async () => {
  await browser?.close();
  site?.closeAllConnections();
  site?.close();
}, { timeout });

async function ask(url, method, path, body) {
  const response = await fetch(url + path, { method, body: body && JSON.stringify(body) });
  assert.ok(response.ok, `${method} ${path}: ${response.status}`);
  return response.json();
}

async function begin(url) {
  const response = await fetch(`${url}/v1/applications/jobs/${job}`, { headers: { Authorization: `Bearer ${token}` } });
  assert.equal((await response.json()).status, 'in_progress');
}

// All that the server knows. Its clocks stand.
async function stateOf(url) {
  const paths = ['health', 'clock', 'jobs', 'faults', 'requests', 'report', 'worlds'];
  return Promise.all(paths.map((path) => ask(url, 'GET', `/__admin/${path}`)));
}

// The status that the server answered each of the requests with, by method and target.
async function statusesOf(sent, log) {
  const end = performance.now() + 60_000;
  for (;;) {
    const statuses = new Map();
    for (const line of (await readFile(log, 'utf8')).split('\n')) {
      const [, status, method, target] = line.split(' ');
      statuses.set(`${method} ${target}`, Number(status));
    }
    // The log shows no token.
    const found = sent.map(({ method, target }) =>
      statuses.get(`${method} ${target.replace(`world=${token}`, 'world=***')}`));
    if (!found.includes(undefined)) return found;
    assert.ok(performance.now() < end, `never came: ${JSON.stringify(sent[found.indexOf(undefined)])}`);
    await pause(100);
  }
}

async function attackFrom(page, target, name) {
  page.setDefaultTimeout(timeout);
  return page.evaluate(attack, { target, token, job, name });
}

for (const [name, host] of [['other-port', '127.0.0.1'], ['other-site', 'evil.test']]) {
  test(`a page at ${host} with another port reads nothing and changes nothing`, { timeout }, async () => {
    await begin(ATTACKED_URL);
    const before = await stateOf(ATTACKED_URL);
    const page = await browser.newPage();
    await page.goto(`http://${host}:${site.address().port}/`);
    const { read, sent } = await attackFrom(page, ATTACKED_URL, name);
    const statuses = await statusesOf(sent, ATTACKED_LOG);
    assert.deepEqual(read, []);
    sent.forEach(({ method, target }, i) => {
      if (method === 'POST') assert.equal(statuses[i], target.startsWith('/v1/') ? 401 : 403, target);
    });
    assert.ok(sent.filter(({ method }) => method === 'POST').length > 80);
    assert.deepEqual(await stateOf(ATTACKED_URL), before);
    await page.close();
  });
}

test('a page whose name was made to point to the server reads nothing and changes nothing', { timeout }, async () => {
  await begin(ATTACKED_URL);
  const before = await stateOf(ATTACKED_URL);
  const page = await browser.newPage();
  const rebound = `http://evil.test:${new URL(ATTACKED_URL).port}`;
  await page.route(`${rebound}/`, (route) => route.fulfill({ contentType: 'text/html', body: html }));
  await page.goto(`${rebound}/`);
  const { read, sent } = await attackFrom(page, rebound, 'rebound');
  const statuses = await statusesOf(sent, ATTACKED_LOG);
  assert.ok(read.length > 100);  // the refusals, since this is the page's own origin
  for (const { how, url, text } of read) {
    assert.match(text, how === 'script' ? /SyntaxError/ : /is not this machine/, `${how} ${url}`);
  }
  assert.deepEqual(new Set(statuses), new Set([403]));
  assert.deepEqual(await stateOf(ATTACKED_URL), before);
  await page.close();
});

test('the same attack from a page of the server itself reads and changes', { timeout }, async () => {
  await begin(OWN_URL);
  const page = await browser.newPage();
  await page.goto(`${OWN_URL}/__admin/health`);
  const { read, sent } = await attackFrom(page, OWN_URL, 'own');
  await statusesOf(sent, OWN_LOG);
  const textOf = (how, part) => read.find((one) => one.how === how && one.url.includes(part))?.text;
  assert.match(textOf('token', `/v1/applications/jobs/${job}`), /"status":"in_progress"/);
  for (const how of ['fetch', 'xhr', 'frame']) {
    assert.match(textOf(how, '/__admin/jobs'), /"status":"in_progress"/, how);
  }
  const advances = read.filter(({ url }) => url.includes('/__admin/clock/advance')).map(({ text }) => text);
  assert.match(advances.join(), /"from":"in_progress","to":"failed"/);
  assert.match(textOf('json', '/__admin/faults'), /"does":"503"/);
  assert.equal((await ask(OWN_URL, 'GET', '/__admin/health')).reload.succeeded, true);
  await page.close();
});

test('a client that is no browser reads and changes', { timeout }, async () => {
  await begin(OWN_URL);
  const before = await stateOf(OWN_URL);
  const { worlds } = await ask(OWN_URL, 'POST', '/__admin/clock/advance', { by: '2h' });
  assert.ok(worlds.length > 0);
  assert.notDeepEqual(await stateOf(OWN_URL), before);
});
