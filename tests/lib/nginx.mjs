// The edge as it ships, started by its own script.
import path from "node:path";
import { fileURLToPath } from "node:url";
import { Program } from "./processes.mjs";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../..");

export function nginxProgram(stack, { port, gateway, media, files }) {
  const dir = path.join(stack.dir, "nginx");
  return new Program("nginx", path.join(root, "nginx/start.sh"), [], {
    env: {
      PATH: `${process.env.PATH}:/usr/sbin`,
      PHOTURE_NGINX_DIR: dir,
      PHOTURE_NGINX_LISTEN: `127.0.0.1:${port}`,
      PHOTURE_NGINX_WORKERS: "2",
      PHOTURE_GATEWAY_URL: gateway,
      PHOTURE_MEDIA_URL: media,
      PHOTURE_PAGE_DIR: path.join(root, "frontend/dist"),
      PHOTURE_BLOB_DIR: files,
    },
    ready: `http://127.0.0.1:${port}/api/v1/auth/health`,
    log: path.join(stack.dir, "nginx.log"),
  });
}
