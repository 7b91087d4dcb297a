-- wrk's script: polls the URL, or with a file of lines `PATH TOKEN` one of these at random, and reports as JSON on
-- standard error. Latencies are in microseconds.
function init(arguments)
  if not arguments[1] then return end
  local requests = {}
  for line in io.lines(arguments[1]) do
    local path, token = line:match("^(%S+) (%S+)$")
    requests[#requests + 1] = wrk.format("GET", path, {Authorization = "Bearer " .. token})
  end
  function request() return requests[math.random(#requests)] end
end

function done(summary, latency)
  local errors = summary.errors
  io.stderr:write(string.format(
    '{"requests": %d, "duration": %d, "p50": %d, "p99": %d, "max": %d, '
      .. '"connect": %d, "read": %d, "write": %d, "timeout": %d, "status": %d}',
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99), latency.max,
    errors.connect, errors.read, errors.write, errors.timeout, errors.status))
end
