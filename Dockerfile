# syntax=docker/dockerfile:1
# The final image holds the binary, the C library it links, CA certificates and the list of what it is made of: no
# shell, no package manager. It runs as a numeric user; its root may be read-only, with one volume.
#
#   docker build -t accountcreator .
#   docker buildx build --platform linux/amd64,linux/arm64 --build-arg REVISION="$(git rev-parse HEAD)" .
#
# Every platform is compiled by the building machine's own compiler: nothing is emulated.

FROM --platform=$BUILDPLATFORM rust:1.95.0-slim-bookworm AS build
SHELL ["/bin/bash", "-eo", "pipefail", "-c"]
ARG TARGETARCH
# One release of Debian, which the tag above names, has one version of each package.
# hadolint ignore=DL3008
RUN case "$TARGETARCH" in \
      amd64) machine=x86_64 package=x86-64 ;; \
      arm64) machine=aarch64 package=aarch64 ;; \
      *) echo "there is no image for $TARGETARCH" >&2; exit 1 ;; \
    esac; \
    echo "$machine-unknown-linux-gnu" > /target; \
    ln -s "/usr/bin/$machine-linux-gnu-gcc" /usr/local/bin/target-gcc; \
    rustup target add "$machine-unknown-linux-gnu"; \
    dpkg --add-architecture "$TARGETARCH"; \
    apt-get update; \
    apt-get install -y --no-install-recommends \
      ca-certificates cmake g++ jq make perl "g++-$package-linux-gnu" "libgcc-s1:$TARGETARCH"; \
    rm -rf /var/lib/apt/lists/*
# Lists the crates of the binary; it needs no speed.
RUN --mount=type=cache,target=/usr/local/cargo/registry,sharing=locked \
    CARGO_PROFILE_RELEASE_OPT_LEVEL=0 CARGO_PROFILE_RELEASE_LTO=off \
    cargo install --locked cargo-cyclonedx@0.5.9
WORKDIR /src
COPY . .
RUN --mount=type=cache,target=/usr/local/cargo/registry,sharing=locked \
    --mount=type=cache,target=/src/target,sharing=locked \
    target=$(cat /target); \
    linker=CARGO_TARGET_$(echo "$target" | tr a-z- A-Z_)_LINKER; \
    env "$linker=target-gcc" cargo build --release --locked --bin accountcreator --target "$target"; \
    .ci/image-root "target/$target/release/accountcreator" /image; \
    install -D --mode 644 --target-directory /image/root/usr/share/doc/accountcreator LICENSE CHANGELOG.md; \
    .ci/sbom /image/root/usr/share/doc/accountcreator/sbom.cdx.json "$target"

FROM scratch
ARG VERSION=0.1.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="accountcreator" \
      org.opencontainers.image.description="Self-service signup for Microsoft 365" \
      org.opencontainers.image.licenses="MPL-2.0" \
      org.opencontainers.image.version="$VERSION" \
      org.opencontainers.image.revision="$REVISION"
COPY --from=build /image/root/ /
# Creates accountcreator/, with its mode. COPY changes neither owner nor mode of a folder that is there already
# (moby/buildkit#2414).
COPY --from=build --chown=65532:65532 /image/state/ /var/lib/
# The database, sqlite://accountcreator.db where nothing else is configured, is in the working directory.
ENV ACCOUNTCREATOR__SERVER__LISTEN=0.0.0.0:8080
WORKDIR /var/lib/accountcreator
VOLUME ["/var/lib/accountcreator"]
EXPOSE 8080
USER 65532:65532
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=10s CMD ["/usr/bin/accountcreator", "health"]
ENTRYPOINT ["/usr/bin/accountcreator"]
CMD ["serve"]
