// What lanchat is held against: Node's official Socket.IO, as its documentation has it.
//     node server.js PORT [--redis PORT] [--sqlite FILE [--grouped]]
// With a Redis several of these are one server, by the official adapter. With SQLite a message is on
// disk before anybody sees it; with --grouped what arrives in one turn of the loop shares a commit.

const { createServer } = require("node:http");
const { parseArgs } = require("node:util");
const { Server } = require("socket.io");
const { storeIn } = require("./store");

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    redis: { type: "string" },
    sqlite: { type: "string" },
    grouped: { type: "boolean", default: false },
  },
});

const NEWEST = 200;

const http = createServer();
const io = new Server(http);
const newest = [];
let last = 100_000;

function inMemory(_message, stored) {
  stored(++last);
}

const store = values.sqlite ? storeIn(values.sqlite, values.grouped) : inMemory;

io.on("connection", (socket) => {
  socket.on("new_host", (_payload, acknowledge) => acknowledge({ ok: true, messages: newest }));
  socket.on("new_message", ({ message, client_id }, acknowledge) => {
    const said = {
      client_id,
      room: "lobby",
      user_id: "0123456789abcdef0123456789abcdef",
      user: "Load",
      ip: "127.0.0.1",
      message,
      time: new Date().toISOString(),
    };
    store(said, (id) => {
      const whole = { id, ...said, seq: id };
      newest.push(whole);
      if (newest.length > NEWEST) newest.shift();
      io.emit("add_chat_message", whole);
      acknowledge?.({ ok: true, id, time: said.time });
    });
  });
});

async function main() {
  if (values.redis) {
    const { createAdapter } = require("@socket.io/redis-adapter");
    const { createClient } = require("redis");
    const publisher = createClient({ url: `redis://127.0.0.1:${values.redis}` });
    const subscriber = publisher.duplicate();
    await Promise.all([publisher.connect(), subscriber.connect()]);
    io.adapter(createAdapter(publisher, subscriber));
  }
  http.listen(Number(positionals[0]), "127.0.0.1");
}

main();
