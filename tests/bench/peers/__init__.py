"""All servers, in the order in which they are measured and shown."""

from peers import (httplib, jobmock, json_server, mockoon, mockserver, mockttp, mountebank, nginx, node, prism,
                   wiremock)

ALL = [module.SERVER for module in (jobmock, wiremock, mockserver, mountebank, json_server, mockoon, mockttp, prism,
                                    node, httplib, nginx)]
