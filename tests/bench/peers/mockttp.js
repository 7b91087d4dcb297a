// mockttp.js MODULE PORT ANSWERS
const fs = require('node:fs');

const [module_, port, answers] = process.argv.slice(2);
const server = require(module_).getLocal({ recordTraffic: false, cors: false, http2: false, suggestChanges: false });
const token = { Authorization: 'Bearer test-token' };
const mostRules = 100;

// Without a length it would end each answer with the connection.
const headers = (body) => ({ 'Content-Type': 'application/json', 'Content-Length': `${Buffer.byteLength(body)}` });

// The fastest while there are few rules to try.
async function addRules(bodies) {
  for (const [path, body] of bodies) {
    await server.forGet(path).withHeaders(token).thenReply(200, body, headers(body));
  }
}

async function addCallback(bodies) {
  await server.forGet(/^\/v1\/applications\/jobs\//).withHeaders(token).thenCallback((request) => {
    const body = bodies.get(request.path);
    return body ? { statusCode: 200, headers: headers(body), body } : { statusCode: 404 };
  });
}

async function start() {
  const bodies = new Map(
    JSON.parse(fs.readFileSync(answers)).map((job) => [`/v1/applications/jobs/${job.id}`, JSON.stringify(job)]),
  );
  await (bodies.size <= mostRules ? addRules(bodies) : addCallback(bodies));
  await server.forUnmatchedRequest().thenReply(401);
  await server.start(Number(port));
}

start();
