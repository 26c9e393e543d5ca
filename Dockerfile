# syntax=docker/dockerfile:1
# The final image holds the binary, the C library it links, CA certificates and nothing else: no shell, no
# package manager. It runs as a numeric user, with a read-only root file system and one volume.

FROM rust:1.95-slim-bookworm AS build
RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates cmake g++ make perl \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY . .
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/src/target \
    cargo build --release --locked --bin accountcreator \
    && install -D target/release/accountcreator /image/usr/bin/accountcreator
# What the loader would find on a full system, found once here.
RUN set -eu; \
    ldd /image/usr/bin/accountcreator | grep -o '/[^ )]*' | sort -u \
      | while read -r library; do install -D "$library" "/image$library"; done; \
    install -D -m 644 /etc/ssl/certs/ca-certificates.crt /image/etc/ssl/certs/ca-certificates.crt; \
    mkdir -p /image/etc/accountcreator /image/tmp /image/var/lib/accountcreator; \
    echo 'accountcreator:x:65532:65532::/var/lib/accountcreator:/usr/sbin/nologin' > /image/etc/passwd; \
    echo 'accountcreator:x:65532:' > /image/etc/group; \
    echo 'hosts: files dns' > /image/etc/nsswitch.conf; \
    chmod 1777 /image/tmp; \
    chown 65532:65532 /image/var/lib/accountcreator

FROM scratch
COPY --from=build /image/ /
LABEL org.opencontainers.image.title="accountcreator" \
      org.opencontainers.image.description="Self-service signup for Microsoft 365" \
      org.opencontainers.image.licenses="MPL-2.0"
ENV ACCOUNTCREATOR__SERVER__LISTEN=0.0.0.0:8080 \
    ACCOUNTCREATOR__DATABASE__URL=sqlite:///var/lib/accountcreator/accountcreator.db
WORKDIR /var/lib/accountcreator
VOLUME ["/var/lib/accountcreator"]
EXPOSE 8080
USER 65532:65532
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=5s CMD ["/usr/bin/accountcreator", "health"]
ENTRYPOINT ["/usr/bin/accountcreator"]
CMD ["serve"]
