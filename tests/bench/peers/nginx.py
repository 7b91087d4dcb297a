import json

import jobs
from servers import Server, output

CONFIGURATION = """\
daemon off;
pid {folder}/pid;
error_log stderr crit;
worker_processes auto;
worker_rlimit_nofile 20000;

events {{
  worker_connections 8192;
}}

http {{
  access_log off;
  default_type application/json;
  keepalive_requests 1000000000;
  client_body_temp_path {folder};
  proxy_temp_path {folder};
  fastcgi_temp_path {folder};
  uwsgi_temp_path {folder};
  scgi_temp_path {folder};
  map_hash_max_size {hash_size};
  map_hash_bucket_size 128;

  map $uri $answer {{
    include {folder}/answers;
  }}

  server {{
    listen 127.0.0.1:{port} backlog=4096 reuseport;
    location / {{
      if ($http_authorization != "Bearer {token}") {{ return 401; }}
      if ($answer = "") {{ return 404; }}
      return 200 $answer;
    }}
  }}
}}
"""


def prepare(setting):
    file = setting.folder / "nginx.conf"
    file.write_text(CONFIGURATION.format(folder=setting.folder, port=setting.port, token=jobs.TOKEN,
                                         hash_size=max(2048, 2 * setting.jobs)))
    with open(setting.folder / "answers", "w") as answers:
        for number in range(setting.jobs):
            # json.dumps escapes as nginx does within quotes.
            answers.write(f"{jobs.path(number)} {json.dumps(jobs.compact(jobs.answer(number)))};\n")
    return ["nginx", "-e", "stderr", "-p", setting.folder, "-c", file]


SERVER = Server(
    name="nginx",
    version=lambda: output("nginx", "-v").strip().rpartition("/")[2],
    prepare=prepare,
    note="a worker for each core, no access log; answers in a `map`",
)
