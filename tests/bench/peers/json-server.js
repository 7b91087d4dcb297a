// json-server.js MODULE PORT ANSWERS: its router without the middleware that its command line adds (logs, static
// files, gzip, CORS), and none of what express would do beside it.
const fs = require('node:fs');

const [module_, port, answers] = process.argv.slice(2);
const jsonServer = require(module_);
const app = jsonServer.create().set('json spaces', 0).set('etag', false).set('x-powered-by', false);

app.use((request, response, next) => {
  if (request.headers.authorization === 'Bearer test-token') next();
  else response.sendStatus(401);
});
app.use('/v1/applications', jsonServer.router({ jobs: JSON.parse(fs.readFileSync(answers)) }));
app.listen(port, '127.0.0.1', 4096);
