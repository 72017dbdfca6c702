// The edge as it ships, started by its own script.
import path from "node:path";
import { fileURLToPath } from "node:url";
import { Program } from "./processes.mjs";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../..");

/** `page` is the built page, `files` the folder that media stores in. */
export function nginxProgram(stack, { port, gateway, media, files, page = path.join(root, "frontend/dist"), ready, env = {} }) {
  const dir = path.join(stack.dir, "nginx");
  return new Program("nginx", path.join(root, "nginx/start.sh"), [], {
    env: {
      PATH: `${process.env.PATH}:/usr/sbin`,
      PHOTURE_NGINX_DIR: dir,
      PHOTURE_NGINX_LISTEN: `127.0.0.1:${port}`,
      PHOTURE_NGINX_WORKERS: "2",
      // Else, started by root, its workers would be `nobody`, who may not read what media wrote.
      PHOTURE_NGINX_USER: process.getuid() === 0 ? "root" : "",
      // Node's pipes are sockets, which nginx cannot open as /dev/stdout.
      PHOTURE_NGINX_ACCESS_LOG: path.join(stack.dir, "nginx-access.log"),
      PHOTURE_TLS_DIR: path.join(dir, "tls"),
      PHOTURE_GATEWAY_URL: gateway,
      PHOTURE_MEDIA_URL: media,
      PHOTURE_PAGE_DIR: page,
      PHOTURE_BLOB_DIR: files,
      ...env,
    },
    ready: ready ?? `http://127.0.0.1:${port}/api/v1/auth/health`,
    log: path.join(stack.dir, "nginx.log"),
  });
}
