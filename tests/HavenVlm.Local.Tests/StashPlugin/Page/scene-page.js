// As much of Stash's page as a plugin touches: patch.before as in Stash's patch.tsx, containers with the page's properties, tabs that mount
// when they are entered, and of React the four functions that the plugin uses.
(function () {
  "use strict";
  const before = {};
  const Fragment = Symbol("Fragment");
  let hooks = null;

  const React = {
    Fragment,
    createElement: (type, props, ...children) => ({ type, props: { ...props, children: children.length > 1 ? children : children[0] } }),
    useRef: (value) => hooks.next(() => ({ current: value })),
    useEffect: (effect) => hooks.effects.push(effect),
  };

  function mount(element, parent) {
    if (element === null || element === undefined || typeof element === "boolean" || element === "") return;
    if (Array.isArray(element)) return element.forEach((child) => mount(child, parent));
    if (typeof element !== "object") return void parent.appendChild(document.createTextNode(String(element)));
    const { type, props } = element;
    if (type === Fragment) return mount(props.children, parent);
    if (typeof type === "function") {
      const own = { values: [], effects: [], next: (make) => { const made = make(); own.values.push(made); return made; } };
      hooks = own;
      const result = type(props);
      hooks = null;
      mount(result, parent);
      own.effects.forEach((effect) => { const clean = effect(); if (clean) cleaning.push(clean); });
      return;
    }
    const node = document.createElement(type);
    for (const [name, value] of Object.entries(props)) {
      if (name === "className") node.className = value;
      else if (name === "onClick") node.addEventListener("click", value);
      else if (name === "ref") value.current = node;
      else if (name !== "children" && value !== undefined) node.setAttribute(name, value);
    }
    mount(props.children, node);
    parent.appendChild(node);
  }

  const cleaning = [];
  const panes = {};
  const Nav = {
    Item: (props) => React.createElement("span", {}, props.children),
    Link: (props) =>
      React.createElement("button", { type: "button", role: "tab", onClick: () => activate(props.eventKey) }, props.children),
  };
  const Tab = {
    Pane: (props) => {
      const place = React.useRef(null);
      React.useEffect(() => { panes[props.eventKey] = { place: place.current, children: props.children, mounted: false }; });
      return React.createElement("div", { ref: place, className: "tab-pane" });
    },
  };

  function activate(key) {
    cleaning.splice(0).forEach((clean) => clean());
    for (const [name, pane] of Object.entries(panes)) {
      pane.place.className = "tab-pane" + (name === key ? " active" : "");
      pane.place.textContent = "";
      if (name === key) mount(pane.children, pane.place);
    }
  }

  window.seeks = [];
  window.refetched = 0;
  window.PluginApi = {
    React,
    libraries: { Bootstrap: { Nav, Tab } },
    patch: { before: (name, fn) => (before[name] = before[name] || []).push(fn) },
    utils: { StashService: { getClient: () => ({ refetchQueries: () => void window.refetched++ }) } },
  };

  const container = (name) => function (...args) {
    for (const fn of before[name] || []) args = fn.apply(this, args);
    return React.createElement(Fragment, null, args[0].children);
  };

  window.renderScenePage = function () {
    const scene = { id: location.pathname.split("/").pop(), title: "A scene" };
    const shared = { scene, setTimestamp: (seconds) => window.seeks.push(seconds) };
    const own = React.createElement(Nav.Item, null, React.createElement(Nav.Link, { eventKey: "details" }, "Details"));
    const pane = React.createElement(Tab.Pane, { eventKey: "details" }, React.createElement("p", null, "Details of the scene"));
    mount(React.createElement(container("ScenePage.Tabs"), shared, own), document.getElementById("tabs"));
    mount(React.createElement(container("ScenePage.TabContent"), shared, pane), document.getElementById("content"));
    activate("details");
  };
})();
