// Files that wait to be sent, kept by the browser over a reload of the page: what is small enough.
// Where it keeps nothing, as in some private windows, they are there as long as the page is.

const NAME = "lanchat.files";
const MOST = 50_000_000; // bytes of all
const FOR = 86_400_000; // milliseconds; then whoever chose them does not come back for them

/** @type {Promise<IDBDatabase> | null} */
let opened = null;

function database() {
  opened ??= new Promise((done, fail) => {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => request.result.createObjectStore("files", { keyPath: "key" });
    request.onsuccess = () => done(request.result);
    request.onerror = () => fail(request.error);
  });
  return opened;
}

/**
 * @template T
 * @param {IDBTransactionMode} mode
 * @param {(store: IDBObjectStore) => IDBRequest<T>} act
 * @returns {Promise<T | null>} null where the browser keeps nothing
 */
async function ask(mode, act) {
  try {
    const transaction = (await database()).transaction("files", mode);
    const request = act(transaction.objectStore("files"));
    return await new Promise((done, fail) => {
      transaction.oncomplete = () => done(request.result);
      transaction.onabort = () => fail(transaction.error);
    });
  } catch {
    return null;
  }
}

/** @returns {Promise<readonly KeptFile[]>} */
async function all() {
  return (await ask("readonly", (store) => store.getAll())) ?? [];
}

/**
 * Whether it is kept.
 * @param {string} key
 * @param {Prepared} prepared
 */
export async function keepFile(key, prepared) {
  const others = (await all()).filter((one) => one.key !== key);
  const held = others.reduce((sum, one) => sum + one.prepared.blob.size, 0);
  if (held + prepared.blob.size > MOST) return false;
  const put = { key, prepared, since: Date.now() };
  return (await ask("readwrite", (store) => store.put(put))) !== null;
}

/**
 * @param {string} key
 * @returns {Promise<Prepared | null>}
 */
export async function keptFile(key) {
  /** @type {KeptFile | null | undefined} */
  const found = await ask("readonly", (store) => store.get(key));
  return found?.prepared ?? null;
}

/** @param {string} key */
export async function dropFile(key) {
  await ask("readwrite", (store) => store.delete(key));
}

/** All of them, as whoever they belong to leaves. */
export async function clearFiles() {
  await ask("readwrite", (store) => store.clear());
}

/** What nobody came back for goes; other tabs may still have what is younger. */
export async function sweepFiles() {
  for (const { key, since } of await all()) {
    if (Date.now() - since > FOR) await dropFile(key);
  }
}
