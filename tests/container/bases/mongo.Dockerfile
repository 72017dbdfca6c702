# Stand-in for mongo:7.0: the mongod that the tests use elsewhere, and the real mongosh from npm. Context: mongod's folder.
FROM node:20-bookworm-slim
RUN apt-get update && apt-get install -y --no-install-recommends libcurl4 && rm -rf /var/lib/apt/lists/*
RUN npm install --global --no-audit --no-fund mongosh@2.12.0 && mongosh --version
COPY mongod /usr/local/bin/mongod
RUN useradd --system --uid 999 --user-group --no-create-home mongodb \
 && mkdir -p /data/db /data/configdb && chown mongodb:mongodb /data/db /data/configdb && mongod --version
VOLUME /data/db /data/configdb
EXPOSE 27017
