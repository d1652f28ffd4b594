# The program in /opt/magicband, started in /: so its folder of communities is /communities, its data is in /data.

FROM node:26-slim AS build
WORKDIR /opt/magicband
COPY package.json package-lock.json ./
# Scripts of packages fetch a Node and a PostgreSQL, which a checkout needs and this does not.
RUN npm ci --workspaces=false --ignore-scripts --no-audit --no-fund
COPY tsconfig.json tsconfig.build.json ./
COPY src src
RUN npm run build && chmod +x dist/main.js
RUN npm prune --omit=dev --workspaces=false --ignore-scripts --no-audit --no-fund
# What traces need is large (docs/metrics.md).
ARG TRACES=false
RUN [ "$TRACES" != true ] || npm install --no-save --save-prod --omit=dev --workspaces=false --ignore-scripts --no-audit --no-fund @opentelemetry/sdk-node

FROM node:26-slim
RUN mkdir /communities /data && chown node:node /data && ln -s /opt/magicband/dist/main.js /usr/local/bin/magicband
COPY LICENSE package.json /opt/magicband/
COPY communities /opt/magicband/communities
# A checkout may be readable by its owner alone, and these are root's now.
RUN chmod -R a+rX /opt/magicband
COPY --from=build /opt/magicband/node_modules /opt/magicband/node_modules
COPY --from=build /opt/magicband/dist /opt/magicband/dist
# By its number, for those who demand that it is not root's: the image's user node.
USER 1000:1000
VOLUME /data
WORKDIR /
EXPOSE 3000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT || 3000}/health`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
# Its first line starts node in its own place, so that signals reach it.
ENTRYPOINT ["magicband"]
CMD ["start"]
