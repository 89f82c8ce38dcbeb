// What lanchat is held against: Node's official Socket.IO, as its documentation has it.
//     node server.js PORT [REDIS]
// With the port of a Redis several of these are one server, by the official adapter.

const { createServer } = require("node:http");
const { createAdapter } = require("@socket.io/redis-adapter");
const { createClient } = require("redis");
const { Server } = require("socket.io");

const [port, redis] = process.argv.slice(2).map(Number);
const http = createServer();
const io = new Server(http);
let id = 100_000;

io.on("connection", (socket) => {
  socket.on("new_host", (payload, acknowledge) => acknowledge({ ok: true }));
  socket.on("new_message", ({ message, client_id }, acknowledge) => {
    const time = new Date().toISOString();
    io.emit("add_chat_message", {
      id: ++id,
      client_id,
      room: "lobby",
      user_id: "0123456789abcdef0123456789abcdef",
      user: "Load",
      ip: "127.0.0.1",
      message,
      time,
    });
    acknowledge?.({ ok: true, id, time });
  });
});

async function main() {
  if (redis) {
    const publisher = createClient({ url: `redis://127.0.0.1:${redis}` });
    const subscriber = publisher.duplicate();
    await Promise.all([publisher.connect(), subscriber.connect()]);
    io.adapter(createAdapter(publisher, subscriber));
  }
  http.listen(port, "127.0.0.1");
}

main();
