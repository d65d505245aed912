# syntax=docker/dockerfile:1
# The three programs of Probity in one small image: probity, probity-api, probity-worker.

FROM rust:1.95-bookworm AS builder
WORKDIR /src
COPY . .
# The caches keep the registry and what is compiled between builds; they are no part of the image.
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/src/target \
    cargo build --release --locked --bin probity \
 && cargo build --release --locked --package api --bin probity-api \
 && cargo build --release --locked --package worker --bin probity-worker \
 && mkdir /out \
 && cp target/release/probity target/release/probity-api target/release/probity-worker /out/

FROM debian:bookworm-slim
# The certificate authorities: without them no provider can be reached over TLS.
RUN apt-get update \
 && apt-get install --yes --no-install-recommends ca-certificates \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --system --uid 10001 --home-dir /var/lib/probity --create-home probity
COPY --from=builder /out/ /usr/local/bin/
COPY LICENSE /usr/share/doc/probity/LICENSE
USER probity
WORKDIR /var/lib/probity
# Inside a container, loopback is reached by nobody outside it. On any other address the API starts
# only once a token exists: `probity token create`.
ENV PROBITY_BIND=0.0.0.0:4400 \
    PROBITY_DATA_DIR=/var/lib/probity/data
EXPOSE 4400
# The grace period of a worker is 120 s by default: stop it with SIGTERM and wait longer than that.
STOPSIGNAL SIGTERM
CMD ["probity-api"]
