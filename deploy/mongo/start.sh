#!/bin/sh
# MongoDB as a replica set of one node with accounts. Becomes mongod; beside it, start.js makes the set and the accounts
# the first time, and says with /tmp/ready that writes are taken.
set -eu

# mongod refuses a key that others may read; a mounted secret is readable by all in this container.
install -m 400 /run/secrets/mongo-keyfile /tmp/keyfile
rm -f /tmp/ready

(
    export HOME=/tmp
    until mongosh --nodb --quiet --norc --file "$(dirname "$0")/start.js"; do sleep 1; done
    touch /tmp/ready
) &

exec mongod --replSet photure --keyFile /tmp/keyfile --bind_ip_all --wiredTigerCacheSizeGB "${PHOTURE_MONGO_CACHE_GB:-0.25}"
