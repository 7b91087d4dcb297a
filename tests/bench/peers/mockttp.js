// mockttp.js MODULE PORT ANSWERS
const fs = require('node:fs');

const [module_, port, answers] = process.argv.slice(2);
const server = require(module_).getLocal({ recordTraffic: false, cors: false, http2: false, suggestChanges: false });

async function start() {
  const token = { Authorization: 'Bearer test-token' };
  const bodies = new Map(
    JSON.parse(fs.readFileSync(answers)).map((job) => [`/v1/applications/jobs/${job.id}`, JSON.stringify(job)]),
  );
  await server.forGet(/^\/v1\/applications\/jobs\//).withHeaders(token).thenCallback((request) => {
    const body = bodies.get(request.path);
    if (!body) return { statusCode: 404 };
    // Without a length it would end each answer with the connection.
    const headers = { 'Content-Type': 'application/json', 'Content-Length': `${Buffer.byteLength(body)}` };
    return { statusCode: 200, headers, body };
  });
  await server.forUnmatchedRequest().thenReply(401);
  await server.start(Number(port));
}

start();
