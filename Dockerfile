# One image for each app:
#   docker build --build-arg APP=hello-1 --tag hello-1 .          APP: hello-page, hello-1, hello-2 or release-controller
#   docker build --build-arg APP=local-mesh --target local-mesh --tag local-mesh .
# Behind a private registry, add --secret id=npmrc,src=$HOME/.npmrc
ARG NODE_VERSION=24.21.0
ARG APP=hello-page

FROM node:${NODE_VERSION}-bookworm-slim AS base
WORKDIR /srv/grayscale

# Every package.json and nothing else: a change of the code alone installs nothing anew.
FROM base AS packages
COPY . /tmp/sources
RUN cd /tmp/sources && find . -name 'package*.json' -exec cp --parents {} /srv/grayscale \;

FROM base AS build
COPY --from=packages /srv/grayscale ./
RUN --mount=type=secret,id=npmrc,target=/root/.npmrc npm ci --ignore-scripts --no-audit --no-fund
COPY . .
RUN npm run build

# The app and those of our libraries that it needs, with their production dependencies.
FROM base AS production
ARG APP
COPY --from=packages /srv/grayscale ./
RUN --mount=type=secret,id=npmrc,target=/root/.npmrc \
    npm ci --ignore-scripts --no-audit --no-fund --omit=dev --workspace="apps/${APP}" \
    && find . -type f \( -name '*.d.ts' -o -name '*.d.mts' -o -name '*.d.cts' -o -name '*.map' \) -delete
COPY --from=build /srv/grayscale/apps /built/apps
COPY --from=build /srv/grayscale/libs /built/libs
COPY tools/image-files.sh /usr/local/bin/
RUN image-files.sh "${APP}" /built /image

FROM base AS app
ARG APP
ENV NODE_ENV=production
COPY --from=production /image ./
WORKDIR /srv/grayscale/apps/${APP}
USER 1000:1000
STOPSIGNAL SIGTERM
ENTRYPOINT ["node", "dist/main.js"]
LABEL org.opencontainers.image.title="${APP}" \
      org.opencontainers.image.description="grayscale: release an HTTP service a little at a time behind Istio" \
      org.opencontainers.image.version="0.1.0" \
      org.opencontainers.image.licenses="Apache-2.0"

# Asks the port of the admin side.
FROM app AS local-mesh
EXPOSE 15000 15001
HEALTHCHECK --interval=5s --timeout=5s --start-period=60s \
  CMD ["node", "--eval", "fetch('http://127.0.0.1:15000/readyz').then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]

FROM app AS service
ENV PORT=8080
EXPOSE 8080
HEALTHCHECK --interval=5s --timeout=5s --start-period=60s \
  CMD ["node", "--eval", "fetch(`http://127.0.0.1:${process.env.PORT}/readyz`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
