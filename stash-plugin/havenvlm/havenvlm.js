// Adds the tab "Haven VLM" to Stash's scene page. It talks to Stash alone: runPluginOperation runs the plugin, which asks the service.
// So no key comes here, and neither a Content-Security-Policy nor mixed content is in the way. Text from elsewhere is only ever set as
// text. Where Stash's PluginApi lacks what this needs (before v0.28), nothing appears.
(function () {
  "use strict";

  var api = window.PluginApi;
  var bootstrap = api && api.libraries && api.libraries.Bootstrap;
  if (!api || !api.React || !api.patch || typeof api.patch.before !== "function" || !bootstrap || !bootstrap.Nav || !bootstrap.Tab) {
    return;
  }

  var React = api.React;
  var TAB = "haven-vlm-panel";
  var RUNNING = ["Pending", "Running", "Suspended"];
  var POLL_MILLISECONDS = 2000;
  var SVG = "http://www.w3.org/2000/svg";

  function ask(mode, args) {
    var base = document.querySelector("base");
    var address = ((base && base.getAttribute("href")) || "/").replace(/\/*$/, "/") + "graphql";
    var variables = { args: Object.assign({ mode: mode }, args) };
    var query = 'mutation HavenVlm($args: Map) { runPluginOperation(plugin_id: "havenvlm", args: $args) }';
    return fetch(address, {
      method: "POST",
      credentials: "same-origin",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ query: query, variables: variables }),
    })
      .then(function (response) {
        return response.json().catch(function () {
          // A login page, of Stash or of a proxy before it.
          throw new Trouble("Stash answered with HTTP " + response.status + " and no JSON.", [
            "Your session may have ended: reload the page and log in.",
          ]);
        });
      })
      .then(function (reply) {
        if (reply && reply.errors && reply.errors.length) {
          throw new Trouble("Stash could not run the plugin: " + reply.errors[0].message, [
            "Stash's log says more, under Settings > Logs. The plugin needs Python 3.8 or newer beside Stash.",
          ]);
        }
        var output = reply && reply.data && reply.data.runPluginOperation;
        if (!output || typeof output !== "object") {
          throw new Trouble("The plugin gave no answer.", ["Stash's log says more, under Settings > Logs."]);
        }
        if (output.problem) {
          throw new Trouble(output.problem.message, output.problem.advice || []);
        }
        return output;
      });
  }

  function Trouble(message, advice) {
    this.message = message;
    this.advice = advice;
  }

  function make(name, properties, children) {
    var element = document.createElement(name);
    Object.keys(properties || {}).forEach(function (key) {
      if (key === "text") {
        element.textContent = properties.text;
      } else if (key === "click") {
        element.addEventListener("click", properties.click);
      } else {
        element.setAttribute(key, properties[key]);
      }
    });
    (children || []).forEach(function (child) {
      element.appendChild(child);
    });
    return element;
  }

  function draw(name, attributes, text) {
    var element = document.createElementNS(SVG, name);
    Object.keys(attributes).forEach(function (key) {
      element.setAttribute(key, attributes[key]);
    });
    if (text !== undefined) {
      element.textContent = text;
    }
    return element;
  }

  function clock(seconds) {
    var whole = Math.max(0, Math.floor(seconds));
    var parts = [Math.floor(whole / 60) % 60, whole % 60];
    if (whole >= 3600) {
      parts.unshift(Math.floor(whole / 3600));
    }
    return parts
      .map(function (part, index) {
        return index > 0 && part < 10 ? "0" + part : String(part);
      })
      .join(":");
  }

  // ---- the timeline -------------------------------------------------------------------------------------------------------------

  var ROW = 26;
  var AXIS = 20;
  var LABELS = 110;
  var MOST_ROWS = 60;

  function rowsOf(timeline) {
    var names = {};
    (timeline.markers || []).forEach(function (marker) {
      names[marker.tag] = (names[marker.tag] || 0) + marker.end - marker.start;
    });
    Object.keys(timeline.tags || {}).forEach(function (tag) {
      names[tag] = names[tag] || 0;
    });
    (timeline.answers || []).forEach(function (answer) {
      Object.keys(answer.tags || {}).forEach(function (tag) {
        names[tag] = names[tag] || 0;
      });
    });
    return Object.keys(names)
      .sort(function (a, b) {
        return names[b] - names[a] || (a < b ? -1 : 1);
      })
      .slice(0, MOST_ROWS);
  }

  function hue(index) {
    return "hsl(" + ((index * 137) % 360) + ", 60%, 50%)";
  }

  function drawTimeline(timeline, width, seek) {
    var rows = rowsOf(timeline);
    var labels = Math.min(LABELS, width / 3);
    var duration = Math.max(timeline.duration || 0, 0.001);
    var scale = (width - labels - 8) / duration;
    var height = AXIS + Math.max(1, rows.length) * ROW + 4;
    var at = function (seconds) {
      return labels + Math.min(duration, Math.max(0, seconds)) * scale;
    };
    var svg = draw("svg", {
      class: "haven-vlm-timeline",
      viewBox: "0 0 " + width + " " + height,
      width: width,
      height: height,
      role: "group",
      "aria-label": "Timeline of " + rows.length + " tags over " + clock(duration),
    });
    drawAxis(svg, duration, at, height);
    drawHoles(svg, timeline, at, height);
    rows.forEach(function (tag, index) {
      drawRow(svg, timeline, tag, index, at, scale, seek);
    });
    svg.addEventListener("click", function (event) {
      var box = svg.getBoundingClientRect();
      var x = ((event.clientX - box.left) / box.width) * width;
      if (x >= labels) {
        seek(Math.min(duration, (x - labels) / scale));
      }
    });
    return svg;
  }

  function drawAxis(svg, duration, at, height) {
    var steps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600];
    var room = at(duration) - at(0);
    var step = steps.filter(function (candidate) {
      return (room / duration) * candidate >= 60;
    })[0] || duration;
    for (var t = 0; t <= duration; t += step) {
      svg.appendChild(draw("line", { x1: at(t), x2: at(t), y1: AXIS - 4, y2: height, class: "haven-vlm-grid" }));
      if (duration - t > step / 3) {
        svg.appendChild(draw("text", { x: at(t) + 2, y: 12, class: "haven-vlm-time" }, clock(t)));
      }
    }
  }

  // Times without an answer are neither yes nor no, and look like neither.
  function drawHoles(svg, timeline, at, height) {
    var answers = timeline.answers || [];
    answers.forEach(function (answer, index) {
      if (answer.tags) {
        return;
      }
      var next = answers[index + 1] ? answers[index + 1].t : timeline.duration;
      var hole = draw("rect", {
        x: at(answer.t),
        y: AXIS,
        width: Math.max(2, at(next) - at(answer.t)),
        height: height - AXIS,
        class: "haven-vlm-hole",
      });
      hole.appendChild(draw("title", {}, "No answer at " + clock(answer.t)));
      svg.appendChild(hole);
    });
  }

  function drawRow(svg, timeline, tag, index, at, scale, seek) {
    var top = AXIS + index * ROW;
    var bottom = top + ROW - 4;
    var color = hue(index);
    svg.appendChild(draw("text", { x: 0, y: top + 16, class: "haven-vlm-label" }, tag.length > 16 ? tag.slice(0, 15) + "\u2026" : tag)).appendChild(
      draw("title", {}, tag)
    );
    (timeline.markers || []).forEach(function (marker) {
      if (marker.tag === tag) {
        svg.appendChild(drawMarker(marker, top, bottom, color, at, seek));
      }
    });
    var path = "";
    (timeline.answers || []).forEach(function (answer) {
      var confidence = answer.tags && answer.tags[tag];
      if (confidence > 0) {
        path += "M" + at(answer.t).toFixed(1) + " " + bottom + "v" + (-(ROW - 8) * Math.min(1, confidence)).toFixed(1);
      }
    });
    if (path) {
      svg.appendChild(draw("path", { d: path, stroke: color, class: "haven-vlm-answers" }));
    }
  }

  function drawMarker(marker, top, bottom, color, at, seek) {
    var label = marker.tag + " from " + clock(marker.start) + " to " + clock(marker.end) + ", confidence " + Math.round(100 * marker.confidence) + " %";
    var box = draw("rect", {
      x: at(marker.start),
      y: top + 2,
      width: Math.max(3, at(marker.end) - at(marker.start)),
      height: bottom - top - 2,
      rx: 3,
      fill: color,
      class: "haven-vlm-marker",
      tabindex: 0,
      role: "button",
      "aria-label": label,
    });
    box.appendChild(draw("title", {}, label));
    box.addEventListener("keydown", function (event) {
      if (event.key === "Enter" || event.key === " ") {
        event.preventDefault();
        seek(marker.start);
      }
    });
    return box;
  }

  // ---- the panel ----------------------------------------------------------------------------------------------------------------

  function SceneView(host, sceneId, seek) {
    var view = this;
    this.sceneId = sceneId;
    this.seek = seek;
    this.requestId = "";
    this.stopped = false;
    this.wasRunning = false;
    this.timeline = null;
    this.analyze = button("btn-primary", "Analyze", "Asks the model about this scene and writes its tags and markers.", function () {
      view.begin("scene-tag");
    });
    this.rebuild = button("btn-secondary", "Rebuild", "Makes tags and markers again with today's settings, from the answers that are known.", function () {
      view.begin("scene-update");
    });
    this.cancel = button("btn-danger", "Cancel", "Stops the work on this scene.", function () {
      view.stop();
    });
    this.bar = make("progress", { max: 1, "aria-label": "Progress", class: "haven-vlm-bar" });
    this.text = make("p", { class: "haven-vlm-text", role: "status", "aria-live": "polite" });
    this.trouble = make("div", { class: "haven-vlm-trouble", role: "alert" });
    this.picture = make("div", { class: "haven-vlm-picture" });
    host.appendChild(make("div", { class: "haven-vlm-buttons" }, [this.analyze, this.rebuild, this.cancel]));
    [this.bar, this.text, this.trouble, this.picture].forEach(function (part) {
      host.appendChild(part);
    });
    this.show({}, "Looking \u2026");
    this.onResize = function () {
      view.redraw();
    };
    this.onVisible = function () {
      if (!document.hidden) {
        view.poll();
      }
    };
    window.addEventListener("resize", this.onResize);
    document.addEventListener("visibilitychange", this.onVisible);
  }

  function button(kind, text, title, click) {
    return make("button", { type: "button", class: "btn " + kind, text: text, title: title, click: click });
  }

  SceneView.prototype.open = function () {
    this.load();
    this.poll();
  };

  SceneView.prototype.close = function () {
    this.stopped = true;
    clearTimeout(this.timer);
    window.removeEventListener("resize", this.onResize);
    document.removeEventListener("visibilitychange", this.onVisible);
  };

  SceneView.prototype.begin = function (mode) {
    var view = this;
    view.busy(true);
    view.complain(null);
    ask(mode, { sceneId: view.sceneId })
      .then(function (output) {
        view.requestId = output.requestId;
        view.wasRunning = true;
        view.poll();
      })
      .catch(function (trouble) {
        view.busy(false);
        view.complain(trouble);
      });
  };

  SceneView.prototype.stop = function () {
    var view = this;
    view.cancel.disabled = true;
    ask("scene-cancel", { sceneId: view.sceneId, requestId: view.requestId })
      .then(function () {
        view.poll();
      })
      .catch(function (trouble) {
        view.cancel.disabled = false;
        view.complain(trouble);
      });
  };

  // While something runs, every two seconds; else when the page is shown again. Each look is a process that Stash starts.
  SceneView.prototype.poll = function () {
    var view = this;
    clearTimeout(view.timer);
    if (view.stopped || document.hidden) {
      return;
    }
    ask("scene-status", { sceneId: view.sceneId, requestId: view.requestId })
      .then(function (output) {
        if (!view.stopped) {
          view.complain(null);
          view.take(output.scene, output.request);
        }
      })
      .catch(function (trouble) {
        if (!view.stopped) {
          view.complain(trouble);
          view.busy(view.wasRunning);
          view.again(5 * POLL_MILLISECONDS);
        }
      });
  };

  SceneView.prototype.again = function (milliseconds) {
    var view = this;
    view.timer = setTimeout(function () {
      view.poll();
    }, milliseconds);
  };

  SceneView.prototype.take = function (scene, request) {
    var requestRuns = !!request && RUNNING.indexOf(request.state) >= 0;
    var sceneRuns = !!scene && RUNNING.indexOf(scene.state) >= 0;
    if (sceneRuns || requestRuns) {
      this.wasRunning = true;
      this.show(sceneRuns ? scene : request, sceneRuns && scene.state === "Suspended" ? "Paused." : "");
      this.again(POLL_MILLISECONDS);
      return;
    }
    this.requestId = "";
    this.busy(false);
    this.bar.hidden = true;
    this.text.textContent = scene ? ended(scene) : "This scene has not been analyzed yet.";
    if (this.wasRunning) {
      this.wasRunning = false;
      this.load();
      refreshStash();
    }
  };

  SceneView.prototype.show = function (instance, text) {
    this.busy(true);
    this.bar.hidden = false;
    this.bar.value = instance.fraction || 0;
    this.text.textContent = text || instance.sentence || (instance.state === "Pending" ? "Waiting for its turn." : "At work \u2026");
  };

  SceneView.prototype.busy = function (isBusy) {
    this.analyze.disabled = isBusy;
    this.rebuild.disabled = isBusy;
    this.cancel.disabled = !isBusy;
    this.bar.hidden = !isBusy;
  };

  SceneView.prototype.complain = function (trouble) {
    var box = this.trouble;
    box.textContent = "";
    if (!trouble) {
      return;
    }
    box.appendChild(make("p", { text: trouble.message || String(trouble) }));
    var lines = (trouble.advice || []).map(function (line) {
      return make("li", { text: line });
    });
    if (lines.length) {
      box.appendChild(make("ul", {}, lines));
    }
  };

  SceneView.prototype.load = function () {
    var view = this;
    ask("scene-timeline", { sceneId: view.sceneId })
      .then(function (output) {
        view.timeline = output.timeline;
        view.redraw();
      })
      .catch(function () {
        // The status says what is wrong.
      });
  };

  SceneView.prototype.redraw = function () {
    var picture = this.picture;
    if (this.stopped || !this.timeline) {
      picture.textContent = "";
      return;
    }
    var frames = this.timeline.frames || {};
    var width = Math.max(260, picture.clientWidth || 600);
    picture.textContent = "";
    picture.appendChild(drawTimeline(this.timeline, width, this.seek));
    var notes = [(this.timeline.markers || []).length + " markers", (frames.answered || 0) + " answers of " + (this.timeline.model || "the model")];
    if (frames.unanswered) {
      notes.push(frames.unanswered + " times without an answer (dashed)");
    }
    picture.appendChild(make("p", { class: "haven-vlm-notes", text: notes.join(", ") + ". A click plays from there." }));
  };

  function ended(scene) {
    var when = scene.changed ? new Date(scene.changed).toLocaleString() : "";
    if (scene.state === "Completed") {
      return "Analyzed " + when + ".";
    }
    return (scene.state === "Failed" ? "Failed " : "Stopped ") + when + (scene.reason ? ": " + scene.reason : ".");
  }

  // Stash's own page shows the new tags and markers at once.
  function refreshStash() {
    try {
      api.utils.StashService.getClient().refetchQueries({ include: "active" });
    } catch (e) {
      // A Stash whose client is made otherwise shows them when the page is opened again.
    }
  }

  // ---- the place in Stash's page ------------------------------------------------------------------------------------------------

  function Panel(props) {
    var host = React.useRef(null);
    var seek = React.useRef(props.seek);
    seek.current = props.seek;
    React.useEffect(
      function () {
        var place = host.current;
        var view = new SceneView(place, props.sceneId, function (seconds) {
          if (seek.current) {
            seek.current(seconds);
          }
        });
        view.open();
        return function () {
          view.close();
          place.textContent = "";
        };
      },
      [props.sceneId]
    );
    return React.createElement("div", { ref: host, className: "haven-vlm" });
  }

  function extended(child) {
    return function (props) {
      var rest = Array.prototype.slice.call(arguments, 1);
      if (!props || !props.scene) {
        return [props].concat(rest);
      }
      var children = React.createElement(React.Fragment, null, props.children, child(props));
      return [Object.assign({}, props, { children: children })].concat(rest);
    };
  }

  api.patch.before(
    "ScenePage.Tabs",
    extended(function () {
      return React.createElement(bootstrap.Nav.Item, null, React.createElement(bootstrap.Nav.Link, { eventKey: TAB }, "Haven VLM"));
    })
  );
  api.patch.before(
    "ScenePage.TabContent",
    extended(function (props) {
      var panel = React.createElement(Panel, { sceneId: String(props.scene.id), seek: props.setTimestamp });
      return React.createElement(bootstrap.Tab.Pane, { eventKey: TAB, mountOnEnter: true, unmountOnExit: true }, panel);
    })
  );
})();
