#!/bin/sh
# Fills in the templates beside it and becomes nginx. The same script starts the edge in the container and in tests.
#
#   PHOTURE_NGINX_DIR          where it may write: configuration, sockets, temporary files      /tmp/nginx
#   PHOTURE_NGINX_LISTEN       address or port for HTTP                                         8080
#   PHOTURE_NGINX_LISTEN_TLS   address or port for HTTPS, where there is a certificate          8443
#   PHOTURE_TLS_DIR            fullchain.pem and privkey.pem; HTTP then only redirects          /etc/photure/tls
#   PHOTURE_TLS_PUBLIC_PORT    the port that people type for HTTPS                              443
#   PHOTURE_GATEWAY_URL        http://gateway:8000
#   PHOTURE_MEDIA_URL          http://media:8030
#   PHOTURE_PAGE_DIR           the built page                                                   /usr/share/photure/page
#   PHOTURE_BLOB_DIR           the volume that media writes to                                  /var/lib/photure/blobs
#   PHOTURE_NGINX_CACHE_DIR    what is kept of media's answers and of a bucket                  cache in PHOTURE_NGINX_DIR
#   PHOTURE_NGINX_CACHE_SIZE   as much of it                                                    1g
#   PHOTURE_S3_REDIRECT_ORIGIN where media sends browsers to (PHOTURE_S3_REDIRECT), such as https://photos.fra1.digitaloceanspaces.com
#   PHOTURE_CLERK_ISSUER       where the page finds Clerk, as auth is told it; only for a page that was built with Clerk's key
#   PHOTURE_NGINX_TRUSTED_PROXIES  networks of load balancers whose X-Forwarded-For and -Proto are believed
#   PHOTURE_NGINX_MAX_BODY     101m        PHOTURE_NGINX_WORKERS  auto      PHOTURE_NGINX_ACCESS_LOG  /dev/stdout
#   PHOTURE_NGINX_USER         whom the workers run as, where nginx is started by root
#   PHOTURE_NGINX_RESOLVER     the name server, else the first of /etc/resolv.conf
#
# --check writes the configuration, lets nginx test it, and ends.
set -eu

here=$(CDPATH='' cd "$(dirname "$0")" && pwd)
export PHOTURE_NGINX_DIR="${PHOTURE_NGINX_DIR:-/tmp/nginx}"
export PHOTURE_PAGE_DIR="${PHOTURE_PAGE_DIR:-/usr/share/photure/page}"
export PHOTURE_BLOB_DIR="${PHOTURE_BLOB_DIR:-/var/lib/photure/blobs}"
export PHOTURE_NGINX_MAX_BODY="${PHOTURE_NGINX_MAX_BODY:-101m}"
export PHOTURE_NGINX_WORKERS="${PHOTURE_NGINX_WORKERS:-auto}"
export PHOTURE_NGINX_ACCESS_LOG="${PHOTURE_NGINX_ACCESS_LOG:-/dev/stdout}"
export PHOTURE_NGINX_CACHE_DIR="${PHOTURE_NGINX_CACHE_DIR:-$PHOTURE_NGINX_DIR/cache}"
export PHOTURE_NGINX_CACHE_SIZE="${PHOTURE_NGINX_CACHE_SIZE:-1g}"
export PHOTURE_NGINX_IMAGE_ORIGINS="${PHOTURE_S3_REDIRECT_ORIGIN:+ $PHOTURE_S3_REDIRECT_ORIGIN}"
# Clerk's library keeps time in a worker that it makes itself.
export PHOTURE_NGINX_CLERK="${PHOTURE_CLERK_ISSUER:+ $PHOTURE_CLERK_ISSUER; worker-src 'self' blob:}"
resolver=$(awk '$1 == "nameserver" { print ($2 ~ ":") ? "[" $2 "]" : $2; exit }' /etc/resolv.conf 2>/dev/null || true)
export PHOTURE_NGINX_RESOLVER="${PHOTURE_NGINX_RESOLVER:-${resolver:-127.0.0.1}}"
listen="${PHOTURE_NGINX_LISTEN:-8080}"
listen_tls="${PHOTURE_NGINX_LISTEN_TLS:-8443}"
tls="${PHOTURE_TLS_DIR:-/etc/photure/tls}"
tls_port="${PHOTURE_TLS_PUBLIC_PORT:-443}"
gateway="${PHOTURE_GATEWAY_URL:-http://gateway:8000}"
media="${PHOTURE_MEDIA_URL:-http://media:8030}"

dir="$PHOTURE_NGINX_DIR"
case "${PHOTURE_S3_REDIRECT_ORIGIN:-}" in
    *[!A-Za-z0-9.:/-]*) echo "PHOTURE_S3_REDIRECT_ORIGIN is no origin such as https://photos.example" >&2; exit 78 ;;
esac
case "${PHOTURE_CLERK_ISSUER:-}" in
    *[!A-Za-z0-9.:/-]*) echo "PHOTURE_CLERK_ISSUER is no origin such as https://clerk.example" >&2; exit 78 ;;
esac
mkdir -p "$dir" "$PHOTURE_NGINX_CACHE_DIR/blobs" "$PHOTURE_NGINX_CACHE_DIR/asked"
rm -f "$dir/health.sock"

# Only our own names are filled in: nginx's own variables look the same.
# shellcheck disable=SC2016
names='${PHOTURE_NGINX_DIR} ${PHOTURE_PAGE_DIR} ${PHOTURE_BLOB_DIR} ${PHOTURE_NGINX_MAX_BODY} ${PHOTURE_NGINX_WORKERS}
${PHOTURE_NGINX_ACCESS_LOG} ${PHOTURE_NGINX_RESOLVER} ${PHOTURE_NGINX_CACHE_DIR} ${PHOTURE_NGINX_CACHE_SIZE}
${PHOTURE_NGINX_IMAGE_ORIGINS} ${PHOTURE_NGINX_CLERK}'
for template in "$here"/*.template; do
    envsubst "$names" < "$template" > "$dir/$(basename "$template" .template)"
done
cp "$here/proxy.conf" "$here/problem.conf" "$here/mime.types" "$dir/"

{
    echo 'geo $realip_remote_addr $photure_behind_proxy { default 0;'
    for network in ${PHOTURE_NGINX_TRUSTED_PROXIES:-}; do echo "    $network 1;"; done
    echo '}'
    for network in ${PHOTURE_NGINX_TRUSTED_PROXIES:-}; do echo "set_real_ip_from $network;"; done
    echo 'real_ip_header X-Forwarded-For;'
    echo 'real_ip_recursive on;'
} > "$dir/trusted.conf"

site="set \$photure_gateway $gateway; set \$photure_media $media; include $dir/site.conf;"
if [ -s "$tls/fullchain.pem" ] && [ -s "$tls/privkey.pem" ]; then
    suffix=":$tls_port"
    [ "$tls_port" = 443 ] && suffix=""
    {
        echo "ssl_certificate $tls/fullchain.pem;"
        echo "ssl_certificate_key $tls/privkey.pem;"
        echo 'ssl_protocols TLSv1.2 TLSv1.3;'
        echo 'ssl_session_cache shared:tls:5m;'
        echo 'ssl_session_timeout 1d;'
        echo 'ssl_session_tickets off;'
        echo "server { listen $listen default_server; return 308 https://\$host$suffix\$request_uri; }"
        echo "server { listen $listen_tls ssl http2 default_server; $site }"
    } > "$dir/servers.conf"
else
    echo "server { listen $listen default_server; $site }" > "$dir/servers.conf"
fi

global='daemon off;'
# Started as root, nginx would make its workers `nobody`.
[ -n "${PHOTURE_NGINX_USER:-}" ] && global="$global user $PHOTURE_NGINX_USER;"
if [ "${1:-}" = --check ]; then
    exec nginx -p "$dir" -e stderr -c "$dir/nginx.conf" -t
fi
exec nginx -p "$dir" -e stderr -c "$dir/nginx.conf" -g "$global"
