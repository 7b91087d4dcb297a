"""All servers, in the order in which they are measured and shown."""

from peers import httplib, jobmock, nginx, node

ALL = [jobmock.SERVER, node.SERVER, nginx.SERVER, httplib.SERVER]
