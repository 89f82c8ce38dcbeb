// What lanchat is held against: Node's official Socket.IO, as its documentation has it.
//     node server.js PORT

const { createServer } = require("node:http");
const { Server } = require("socket.io");

const http = createServer().listen(Number(process.argv[2]), "127.0.0.1");
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
