# Stand-in for nginx:1.28-bookworm: Debian's nginx, the user and the helpers of the official image.
FROM debian:bookworm-slim
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates curl gettext-base nginx-light && rm -rf /var/lib/apt/lists/*
RUN groupadd --system --gid 101 nginx; useradd --system --gid 101 --uid 101 --no-create-home nginx; id nginx
