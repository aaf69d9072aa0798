// Calls of the HTTP API. The key travels in a header only: never in an address, where logs and histories would keep it.

const keyName = "haven-key";
const listeners = new Set();

/** A call that was not answered as hoped; the message is for people. */
export class ApiError extends Error {
  constructor(status, title, detail) {
    super(detail || title);
    this.status = status;
    this.title = title;
  }
}

/** What the browser remembers: on this device, or for this tab alone. */
export const key = {
  get: () => sessionStorage.getItem(keyName) ?? localStorage.getItem(keyName),
  set(value, remember) {
    this.forget();
    (remember ? localStorage : sessionStorage).setItem(keyName, value);
  },
  forget() {
    sessionStorage.removeItem(keyName);
    localStorage.removeItem(keyName);
  },
};

/** Called when a call was refused for lack of the right key. */
export function onRefused(listener) {
  listeners.add(listener);
}

/** The address of a call, below wherever this page is served. */
export const address = (path) => new URL(path, document.baseURI).href;

/** Sends a call; the response when it went well. */
export async function send(path, { method = "GET", body, headers = {}, signal } = {}) {
  const own = key.get();
  let response;
  try {
    response = await fetch(address(path), {
      method,
      signal,
      body: body === undefined ? undefined : JSON.stringify(body),
      headers: {
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...(own ? { "x-functions-key": own } : {}),
        ...headers,
      },
      credentials: "omit",
      cache: "no-store",
      redirect: "error",
    });
  } catch (e) {
    if (signal?.aborted) {
      throw e;
    }
    throw new ApiError(0, "No connection", "The service does not answer. Is haven serve running, and is this device on its network?");
  }
  if (response.ok) {
    return response;
  }
  const problem = await problemOf(response);
  if (response.status === 401) {
    listeners.forEach((listener) => listener(problem));
  }
  throw problem;
}

export const getJson = async (path, options) => (await send(path, options)).json();

export const post = (path, body) => send(path, { method: "POST", body });

async function problemOf(response) {
  try {
    const problem = await response.json();
    return new ApiError(response.status, String(problem.title ?? response.statusText), String(problem.detail ?? ""));
  } catch {
    return new ApiError(response.status, `HTTP ${response.status}`, `The service answered ${response.status} ${response.statusText}.`);
  }
}
