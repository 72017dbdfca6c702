// Stands for gateway and media behind the edge: says what arrived, and answers as a test asks it to.
import { createServer } from "node:http";
import { once } from "node:events";

/** `answer(request, response)` may take a request; what it leaves (returns false) is echoed as JSON. */
export async function startUpstream(answer = () => false) {
  const seen = [];
  const server = createServer(async (request, response) => {
    seen.push({ method: request.method, url: request.url, headers: request.headers });
    if (answer(request, response) !== false) return;
    let bytes = 0;
    try {
      for await (const part of request) bytes += part.length;
    } catch {
      return; // the edge gave up on it
    }
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify({ method: request.method, url: request.url, headers: request.headers, bytes }));
  });
  server.on("upgrade", (request, socket) => {
    socket.write("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
    socket.on("data", (data) => socket.write(`echo ${data}`));
    socket.on("end", () => socket.end());
    socket.on("error", () => {});
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    seen,
    stop() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}
