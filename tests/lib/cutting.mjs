// A line that breaks: passes bytes on to a server, and cuts connections at random moments while it is told to.
import { connect, createServer } from "node:net";

export class CuttingLine {
  /** Listens on a port of its own in front of `port`. */
  static async to(port, { cutAfter = () => 20_000 + Math.random() * 2_000_000 } = {}) {
    const line = new CuttingLine();
    Object.assign(line, { cutting: true, cuts: 0, sockets: new Set() });
    line.server = createServer((near) => {
      const far = connect(port, "127.0.0.1");
      let left = cutAfter();
      for (const socket of [near, far]) {
        line.sockets.add(socket);
        socket.on("close", () => line.sockets.delete(socket));
        socket.on("error", () => {});
      }
      const cut = () => {
        line.cuts++;
        near.resetAndDestroy();
        far.resetAndDestroy();
      };
      const passOn = (from, to) => {
        from.on("data", (bytes) => {
          left -= bytes.length;
          if (line.cutting && left < 0) return cut();
          if (!to.write(bytes)) from.pause();
        });
        to.on("drain", () => from.resume());
        from.on("end", () => to.end());
        from.on("close", () => to.destroy());
      };
      passOn(near, far);
      passOn(far, near);
    });
    await new Promise((resolve) => line.server.listen(0, "127.0.0.1", resolve));
    line.url = `http://127.0.0.1:${line.server.address().port}`;
    return line;
  }

  stop() {
    for (const socket of this.sockets) socket.destroy();
    return new Promise((resolve) => this.server.close(resolve));
  }
}
