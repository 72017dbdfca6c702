# Stand-in for rust:1.95-slim-bookworm. Context: this machine's toolchain (`rustc --print sysroot`).
FROM debian:bookworm-slim
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates gcc libc6-dev && rm -rf /var/lib/apt/lists/*
COPY bin/cargo bin/rustc /usr/local/bin/
COPY lib /usr/local/lib
ENV CARGO_HOME=/usr/local/cargo
RUN ldconfig && cargo --version && rustc --version
