# docker build -t jobmock . && docker run --rm -p 127.0.0.1:8080:8080 jobmock
ARG DEBIAN=debian:trixie-slim

FROM ${DEBIAN} AS build
RUN apt-get update -qq \
 && DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends \
      g++ cmake ninja-build pkgconf libcpp-httplib-dev nlohmann-json3-dev libyaml-cpp-dev libcli11-dev \
      libexpected-dev libhowardhinnant-date-dev libkainjow-mustache-dev libpugixml-dev \
 && rm -rf /var/lib/apt/lists/*
WORKDIR /source
COPY CMakeLists.txt CMakePresets.json ./
COPY fixtures/fixture.schema.json fixtures/
COPY server server
RUN cmake --preset release \
 && cmake --build --preset release \
 && cmake --install build/release --prefix /image/usr --strip

# The shared objects it loads, the loader among them, at the paths where it looks for them. Debian has
# cpp-httplib as a shared object only, and that needs the others anyway, so linking statically saves nothing.
RUN ldd /image/usr/bin/jobmock | grep -o '/[^ ]*' | xargs -I{} install -D {} /image{}

# After the build, so that a change here compiles nothing. `install` sets the modes, whatever the checkout's are.
COPY fixtures/*.yaml fixtures/
RUN install -D -m 644 -t /image/fixtures fixtures/*.yaml

FROM scratch
LABEL org.opencontainers.image.title="jobmock" \
      org.opencontainers.image.description="A local mock of Writer's asynchronous jobs API"
COPY --from=build /image/ /
# Inside a container loopback would be reachable from nowhere. Fixtures of your own are mounted over the samples.
ENV JOBMOCK_HOST=0.0.0.0 \
    JOBMOCK_FIXTURES=/fixtures
EXPOSE 8080
# A number, since there is no /etc/passwd.
USER 65532:65532
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=2s --timeout=3s --start-period=5s --retries=3 CMD ["/usr/bin/jobmock", "health"]
ENTRYPOINT ["/usr/bin/jobmock"]
CMD ["serve"]
