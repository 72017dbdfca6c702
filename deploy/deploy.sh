#!/bin/sh
# Runs on the server, in the folder of docker-compose.prod.yml: brings up the images of a new TAG, waits until the whole
# platform says that it is well, and goes back to the TAG before if it does not.
#   deploy/deploy.sh <tag>
set -eu

tag="${1:?which tag?}"
file=docker-compose.prod.yml
health="${PHOTURE_HEALTH_URL:-http://127.0.0.1:${PHOTURE_HTTP_PORT:-80}/api/health}"
patience="${PHOTURE_DEPLOY_SECONDS:-180}"

if docker compose version > /dev/null 2>&1; then compose="docker compose"; else compose=docker-compose; fi
touch .env
before=$(sed -n 's/^TAG=//p' .env)

set_tag() {
    { grep -v '^TAG=' .env || true; echo "TAG=$1"; } > .env.part
    mv .env.part .env
}

healthy() {
    deadline=$(($(date +%s) + patience))
    until curl --fail --silent --show-error --insecure --location --max-time 5 --output /dev/null "$health" 2> .deploy-fault; do
        if [ "$(date +%s)" -ge "$deadline" ]; then
            cat .deploy-fault >&2
            return 1
        fi
        sleep 2
    done
    rm -f .deploy-fault
}

bring_up() {
    set_tag "$1"
    $compose -f "$file" pull --quiet && $compose -f "$file" up --detach --remove-orphans && healthy
}

if bring_up "$tag"; then
    echo "$tag is up and healthy"
    exit 0
fi
$compose -f "$file" ps >&2 || true
if [ -z "$before" ] || [ "$before" = "$tag" ]; then
    echo "$tag does not become healthy, and there is no other version to go back to" >&2
    exit 1
fi
echo "$tag does not become healthy; going back to $before" >&2
if bring_up "$before"; then
    echo "$before is back" >&2
else
    echo "$before does not become healthy either: someone has to look" >&2
fi
exit 1
