// Brings Stash in line with a scene's settings, and waits for it.

import { post, send } from "./api.js";
import { outcomeOf } from "./names.js";

const look = 400;

/** Asks for the rebuild of one scene; resolves with a sentence when it has ended, rejects when it failed. */
export async function followUpdate(sceneId, signal) {
  const started = await (await post("api/scenes/update", { sceneIds: [sceneId] })).json();
  for (;;) {
    const response = await send(`api/instances/${encodeURIComponent(started.id)}`, { signal });
    const instance = await response.json();
    if (response.status === 200) {
      const failed = instance.output?.failures?.[0];
      if (instance.runtimeStatus !== "Completed" || failed) {
        throw new Error(`Saved, but Stash could not be brought in line: ${failed?.reason ?? outcomeOf(instance)}`);
      }
      return "Saved: Stash has the markers of these settings now.";
    }
    await new Promise((resolve) => setTimeout(resolve, look));
  }
}
