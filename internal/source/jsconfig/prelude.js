"use strict";
(function (global) {
  const mark = (name) => "\u0001" + name + "\u0001";
  const guard = (holder, name, tooMuch) => {
    const original = holder[name];
    holder[name] = function (...args) {
      if (tooMuch(this, args)) throw new RangeError("too much memory");
      return original.apply(this, args);
    };
  };
  const most = 1e6;
  guard(String.prototype, "repeat", (text, [n]) => String(text).length * n > most);
  guard(String.prototype, "padStart", (_, [n]) => n > most);
  guard(String.prototype, "padEnd", (_, [n]) => n > most);
  guard(Array.prototype, "fill", (list) => list.length > most);
  guard(Array.prototype, "join", (list) => list.length > most);
  guard(Array.prototype, "sort", (list) => list.length > most);
  guard(Array, "from", (_, [source]) => source && source.length > most);

  const inert = () =>
    new Proxy(function () {}, {
      get: (_, key) =>
        key === Symbol.toPrimitive ? () => mark("unknown") : key === "toJSON" ? () => mark("unknown") :
        key === Symbol.iterator ? function* () {} : inert(),
      apply: () => inert(),
      construct: () => inert(),
    });
  const env = new Proxy({}, {
    get: (_, name) => (typeof name === "string" && name !== "toJSON" ? mark("process.env." + name) : undefined),
    has: () => true,
    ownKeys: () => [],
  });
  const clean = (parts) => {
    const out = [];
    for (const part of parts.join("/").split("/")) {
      if (part === "..") out.pop();
      else if (part !== "" && part !== ".") out.push(part);
    }
    return out.join("/");
  };
  const path = {
    sep: "/", delimiter: ":",
    join: (...parts) => (String(parts[0] || "").startsWith("/") ? "/" : "") + clean(parts.map(String)) || ".",
    resolve: (...parts) => {
      let from = parts.map(String);
      for (let i = from.length - 1; i >= 0; i--) if (from[i].startsWith("/")) { from = from.slice(i); break; }
      if (!String(from[0] || "").startsWith("/")) from.unshift("/app");
      return "/" + clean(from);
    },
    dirname: (name) => String(name).replace(/\/[^/]*$/, "") || ".",
    basename: (name, ext) => {
      const base = String(name).replace(/^.*\//, "");
      return ext && base.endsWith(ext) ? base.slice(0, -ext.length) : base;
    },
    extname: (name) => (/\.[^./]*$/.exec(String(name)) || [""])[0],
    normalize: (name) => (String(name).startsWith("/") ? "/" : "") + clean([String(name)]),
    isAbsolute: (name) => String(name).startsWith("/"),
    relative: (_, to) => String(to),
  };
  path.posix = path;
  const coreList = () => new Proxy([], { get: (list, key) => (key === "length" ? mark("os.cpus().length") : list[key]) });
  const os = {
    cpus: coreList, availableParallelism: () => mark("os.availableParallelism()"), hostname: () => mark("os.hostname()"),
    platform: () => "linux", type: () => "Linux", arch: () => "x64", homedir: () => "/root", tmpdir: () => "/tmp", EOL: "\n",
    totalmem: () => mark("os.totalmem()"), freemem: () => mark("os.freemem()"), userInfo: () => ({ username: mark("user") }),
  };
  const modules = {
    path, os,
    url: { fileURLToPath: () => "/app/ecosystem.config.js", URL: function (name) { this.pathname = "/app/" + name; } },
    dotenv: { config: () => ({ parsed: env }), parse: () => env },
    process: null,
  };
  const process = {
    env, argv: ["node", "pm2", mark("process.argv[2]"), mark("process.argv[3]")], cwd: () => "/app", platform: "linux", arch: "x64",
    version: "v22.0.0", versions: { node: "22.0.0" }, pid: 1, exit: () => { throw new Error("process.exit was called"); },
    on: () => {}, once: () => {}, emitWarning: () => {}, execPath: "/usr/local/bin/node", uptime: () => 0, nextTick: () => {},
    memoryUsage: () => ({}), stdout: { write: () => true }, stderr: { write: () => true },
  };
  modules.process = process;
  global.require = (name) => {
    const known = modules[String(name).replace(/^node:/, "")];
    return known || inert();
  };
  global.require.resolve = (name) => String(name);
  global.$member = (module, member) => {
    const found = global.require(module);
    return member === "" || member === "default" ? found : found[member];
  };
  global.process = process;
  global.module = { exports: {}, id: "." };
  global.exports = global.module.exports;
  global.$D = undefined;
  global.__dirname = "/app";
  global.__filename = "/app/ecosystem.config.js";
  global.global = global;
  global.console = new Proxy({}, { get: () => () => {} });
  global.Buffer = inert();
  for (const name of ["setTimeout", "setInterval", "setImmediate", "clearTimeout", "clearInterval", "queueMicrotask", "fetch"]) {
    global[name] = () => 0;
  }
  const stringify = JSON.stringify;
  global.$result = (apps) => {
    let value = global.$D !== undefined ? global.$D : global.module.exports;
    if (value && typeof value === "object" && value.default) value = value.default;
    if (typeof value === "function") value = value();
    if (value && typeof value === "object" && Object.keys(value).length === 0 && apps !== undefined) value = { apps };
    return stringify(value, (_, item) => {
      if (typeof item === "number" && !Number.isFinite(item)) return mark("a number that is not known");
      if (typeof item === "function") return mark("a function");
      if (typeof item === "bigint" || item instanceof RegExp) return String(item);
      return item;
    });
  };
})(globalThis);
