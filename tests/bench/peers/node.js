// node.js PORT ANSWERS
const fs = require('node:fs');
const http = require('node:http');

const [port, answers] = process.argv.slice(2);
const bodies = new Map(
  JSON.parse(fs.readFileSync(answers)).map((job) => [`/v1/applications/jobs/${job.id}`, JSON.stringify(job)]),
);

http
  .createServer((request, response) => {
    if (request.headers.authorization !== 'Bearer test-token') return response.writeHead(401).end();
    const body = bodies.get(request.url);
    if (!body) return response.writeHead(404).end();
    response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) });
    response.end(body);
  })
  .listen(port, '127.0.0.1', 4096);
