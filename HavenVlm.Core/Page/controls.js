// What can be done to instances and endpoints, the same wherever they are shown.

import { confirm, toast } from "./dom.js";
import { post } from "./api.js";
import { titleOf, isScene } from "./names.js";

const instancePath = (instance, verb) => `api/instances/${encodeURIComponent(instance.instanceId)}/${verb}`;

/** Runs something that a button asks for; the button rests meanwhile, and failures are reported. */
export async function act(button, work, done) {
  if (button.getAttribute("aria-disabled") === "true") {
    return false;
  }
  // Not `disabled`, which would take the focus away from whoever works with the keyboard.
  button.setAttribute("aria-disabled", "true");
  try {
    await work();
    if (done) {
      toast(done);
    }
    return true;
  } catch (e) {
    // Given up by leaving the view: nobody waits for it any more.
    if (e.name !== "AbortError") {
      toast(e.message, "bad");
    }
    return false;
  } finally {
    button.removeAttribute("aria-disabled");
  }
}

export const suspend = (button, instance) => act(button, () => post(instancePath(instance, "suspend")), `Paused: ${titleOf(instance)}`);

export const resume = (button, instance) => act(button, () => post(instancePath(instance, "resume")), `Goes on: ${titleOf(instance)}`);

export const retry = (button, instance) => act(button, () => post(instancePath(instance, "retry")), `Started again: ${titleOf(instance)}`);

export async function cancel(button, instance) {
  const detail = isScene(instance)
    ? "Its request tag is removed, so that it does not restart. Answers are kept."
    : "What it started is cancelled too, and the request tags of these scenes are taken off. Answers that were paid for are kept.";
  if (await confirm(`Cancel “${titleOf(instance)}”?`, detail, "Cancel it", "Keep it running")) {
    await act(button, () => post(instancePath(instance, "terminate")), `Cancelled: ${titleOf(instance)}`);
  }
}

/** Starts every one of these again, one after the other; says how many did. */
export async function retryAll(button, instances) {
  let started = 0;
  await act(button, async () => {
    for (const instance of instances) {
      try {
        await post(instancePath(instance, "retry"));
        started++;
      } catch (e) {
        // 410: somebody was faster and it runs already.
        if (e.status !== 410) {
          throw e;
        }
      }
    }
  });
  if (started > 0) {
    toast(started === 1 ? "One was started again." : `${started} were started again.`);
  }
  return started;
}

export const setPaused = (button, endpoint, paused) =>
  act(
    button,
    () => post(`api/endpoints/${encodeURIComponent(endpoint.name)}/${paused ? "pause" : "resume"}`),
    paused ? `No more requests go to ${endpoint.name}.` : `${endpoint.name} is used again.`,
  );
