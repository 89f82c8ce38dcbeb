// Messages in SQLite by better-sqlite3, with the promise that lanchat gives: what is acknowledged
// survives a power cut.

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS messages (
    id INTEGER PRIMARY KEY, client_id TEXT, room TEXT, user_id TEXT, user TEXT, ip TEXT,
    message TEXT, time TEXT
  )`;
const INSERT = `
  INSERT INTO messages (client_id, room, user_id, user, ip, message, time)
  VALUES (@client_id, @room, @user_id, @user, @ip, @message, @time)`;

// Returns what stores a message and then tells its number.
function storeIn(file, grouped) {
  const database = new (require("better-sqlite3"))(file);
  database.pragma("journal_mode = WAL");
  database.pragma("synchronous = FULL");
  database.exec(SCHEMA);
  const insert = database.prepare(INSERT);
  const number = (message) => Number(insert.run(message).lastInsertRowid);
  if (!grouped) return (message, stored) => stored(number(message));

  const insertAll = database.transaction((all) => all.map(({ message }) => number(message)));
  let waiting = [];
  function commit() {
    const all = waiting;
    waiting = [];
    const numbers = insertAll(all);
    all.forEach(({ stored }, index) => stored(numbers[index]));
  }
  return (message, stored) => {
    // After everything that has arrived in this turn of the loop has been read.
    if (!waiting.length) setImmediate(commit);
    waiting.push({ message, stored });
  };
}

module.exports = { storeIn };
