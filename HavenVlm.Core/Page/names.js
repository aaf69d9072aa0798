// What an instance is, in words.

const kinds = {
  TagScene: "Scene",
  TagScenes: "Request for scenes",
  TagImages: "Request for images",
  Sweep: "Check request tags",
  CollectIncorrect: "Collecting incorrect markers and images",
  FindMarkerSettings: "Finding marker settings",
  Undo: "Undo",
};

const stages = {
  starting: "Starting",
  preparing: "Preparing",
  analyzing: "Analyzing",
  waiting: "Waiting",
  publishing: "Writing to Stash",
  exporting: "Writing files",
  undoing: "Undoing",
  done: "Done",
  failed: "Failed",
};

const statuses = {
  Pending: "Queued",
  Running: "Running",
  Suspended: "Paused",
  Completed: "Done",
  Failed: "Failed",
  Terminated: "Cancelled",
};

// What the service does by itself after something was cancelled; nobody asked for it and nobody waits for it.
const quiet = new Set(["ReleaseScene", "ReleaseImages"]);

/** Whether an instance is of interest to people. */
export const isShown = (instance) => !quiet.has(instance.name);

export const isScene = (instance) => instance.name === "TagScene";

/** Whether a text is an id as Stash gives them out: the rule of the service, without leading zeros. */
export const isStashId = (text) => /^[1-9][0-9]{0,17}$/.test(text);

/** Stash's id of the scene of an instance, or null. */
export function sceneIdOf(instance) {
  const id = isScene(instance) && instance.instanceId.startsWith("scene-") ? instance.instanceId.slice("scene-".length) : "";
  return isStashId(id) ? id : null;
}

/** By when they ended, the last one first. */
export const newestFirst = (instances) => [...instances].sort((a, b) => b.lastUpdatedTime.localeCompare(a.lastUpdatedTime));

/** A heading for an instance: the scene's title where it is known. */
export function titleOf(instance) {
  const scene = sceneIdOf(instance);
  const title = instance.customStatus?.title;
  if (scene) {
    return typeof title === "string" && title !== "" ? title : `Scene ${scene}`;
  }
  return kinds[instance.name] ?? instance.name;
}

/** What distinguishes it from others of the same title. */
export const subtitleOf = (instance) => (sceneIdOf(instance) ? `Scene ${sceneIdOf(instance)}` : instance.instanceId);

/** A word for where it is. */
export function stateOf(instance) {
  if (instance.runtimeStatus === "Running") {
    return stages[instance.customStatus?.stage] ?? "Running";
  }
  if (instance.runtimeStatus === "Completed") {
    return instance.output?.outcome === "skipped" ? "Skipped" : isDryRun(instance) ? "Dry run" : failuresOf(instance).length > 0 ? "Partly failed" : "Done";
  }
  return statuses[instance.runtimeStatus] ?? String(instance.runtimeStatus);
}

/** good, busy, wait, bad or still: the color of that word. */
export function toneOf(instance) {
  switch (instance.runtimeStatus) {
    case "Running":
      return instance.customStatus?.stage === "waiting" ? "wait" : "busy";
    case "Suspended":
      return "wait";
    case "Failed":
      return "bad";
    case "Completed":
      return failuresOf(instance).length > 0 ? "bad" : isDryRun(instance) ? "still" : "good";
    default:
      return "still";
  }
}

// Of a request only what it would have written tells.
const isDryRun = ({ output }) => output?.outcome === "dryRun" || (Array.isArray(output?.changes) && output.changes.length > 0 && !output.outcome);

/** Scenes or images that failed within a request. */
export const failuresOf = (instance) => (Array.isArray(instance.output?.failures) ? instance.output.failures : []);

// Counts of the work and not of its outcome.
const afterwards = new Set(["requests", "writes"]);

const inWords = (name, value) => {
  const words = name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  return value === 1 ? words.replace(/(markers|tags|images|requests|writes|examples)$/, (plural) => plural.slice(0, -1)) : words;
};

/** How it ended, in a sentence. */
export function outcomeOf(instance) {
  const output = instance.output;
  if (typeof output === "string") {
    return output;
  }
  if (!output) {
    return "";
  }
  if (typeof output.message === "string" && output.message !== "") {
    return output.message;
  }
  const hasDone = typeof output.done === "number";
  return Object.entries(output)
    .filter(([name, value]) => typeof value === "number" && (value > 0 || name === "done") && !(hasDone && afterwards.has(name)))
    .map(([name, value]) => `${value} ${name === "terminated" ? "cancelled" : inWords(name, value)}`)
    .join(", ");
}

const endpointStates = {
  healthy: ["Ready", "good"],
  open: ["Failing", "bad"],
  halfOpen: ["Trying again", "wait"],
  paused: ["Paused", "wait"],
  outOfHours: ["Out of hours", "still"],
  misconfigured: ["Misconfigured", "bad"],
  silent: ["Silent", "wait"],
};

/** Word and color for an endpoint's state; one that nobody asked yet is not known to work. */
export const endpointState = (endpoint) =>
  endpoint.state === "healthy" && endpoint.requests === 0 ? ["Not tried yet", "still"] : (endpointStates[endpoint.state] ?? [String(endpoint.state), "still"]);
