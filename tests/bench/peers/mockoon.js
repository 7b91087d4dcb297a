// mockoon.js MODULE DATA: the server of its command line, without the log line for each request that cannot be turned
// off there.
const fs = require('node:fs');
const path = require('node:path');

const [module_, data] = process.argv.slice(2);
const { MockoonServer } = require(module_);
const environment = JSON.parse(fs.readFileSync(data));

new MockoonServer(environment, {
  environmentDirectory: path.dirname(data),
  disabledRoutes: [],
  enableAdminApi: false,
  maxTransactionLogs: 0,
}).start();
