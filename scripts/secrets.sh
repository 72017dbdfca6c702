#!/bin/sh
# Makes the secrets that the compose files take from ./secrets, each as a file. What is there already stays.
#   scripts/secrets.sh [folder]
set -eu

folder="${1:-$(CDPATH='' cd "$(dirname "$0")/.." && pwd)/secrets}"
# Only who owns the folder gets in. The files themselves are readable: in a container, where each is mounted alone, the
# reader has another user id.
mkdir -p "$folder"
chmod 700 "$folder"
umask 022

keep() {
    if [ ! -s "$folder/$1" ]; then
        cat > "$folder/$1.part"
        chmod 444 "$folder/$1.part"
        mv "$folder/$1.part" "$folder/$1"
        echo "made $folder/$1"
    fi
}
random() { head -c "$1" /dev/urandom | od -An -v -tx1 | tr -d ' \n'; }

random 32 | keep media-signing-key
random 32 | keep service-credential
random 32 | keep factor-key
random 48 | keep mongo-keyfile
random 24 | keep mongo-admin-password
random 24 | keep mongo-password
printf 'mongodb://photure:%s@mongo:27017/photure?replicaSet=photure&authSource=photure' "$(cat "$folder/mongo-password")" | keep database-url
